"""The verifier of one file: its tables are the product's, its code is not, and it runs where nothing of ours is."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import itertools
import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.export import export
from domain.calendar import london_date
from schemas.identifiers import PERSON_PATTERN, is_person_id
from schemas.lifecycle.acts import ACT_OF, DRAFTS, MODERATE, SeparatedDuty
from schemas.lifecycle.kinds import (
    ACCEPTANCES,
    APPROVALS,
    FIRST_PUBLICATIONS,
    PUBLICATIONS,
    REFUSALS,
    RETURNS_OF_DRAFTS,
    STEPPED_UP,
    SUBMISSIONS,
)
from schemas.lifecycle.moves import INTERRUPTIONS, MOVES, RESUMPTIONS, SIDE_ENTRIES, Kind, Position, State
from schemas.people.roles import Role
from tests.support.archive import START, Archive
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

ROOT = Path(__file__).parents[3]
FILE = ROOT / "verifier" / "ncpi_verify.py"
ROOMS = {"schemas", "domain", "storage", "evidence", "reports", "tasks", "flows", "desk", "deployments"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").partition(".")[0]


def test_it_needs_nothing_but_python_and_cryptography() -> None:
    assert set(imported(FILE)) - {"cryptography"} <= sys.stdlib_module_names


def test_nothing_of_the_product_uses_it() -> None:
    users = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "ncpi_verify" in set(imported(path))]
    assert users == []


def test_its_moves_are_those_of_the_product() -> None:
    assert {state.value: {kind.value: after.value for kind, after in row.items()} for state, row in MOVES.items()} == (
        STAND_ALONE.MOVES
    )
    assert {
        kind.value: {state.value for state in states} for kind, states in SIDE_ENTRIES.items()
    } == STAND_ALONE.SIDE_ENTRIES
    assert {
        kind.value: (state.value, {one.value for one in states}) for kind, (state, states) in INTERRUPTIONS.items()
    } == STAND_ALONE.INTERRUPTIONS
    assert {kind.value: state.value for kind, state in RESUMPTIONS.items()} == STAND_ALONE.RESUMPTIONS


def test_it_moves_as_the_product_does() -> None:
    for state, left, kind in itertools.product(State, (None, *State), Kind):
        position = Position(state, left)
        legal = STAND_ALONE.legal_after(state.value, left.value if left else None)
        assert (kind.value in legal) == (kind in position.legal)
        if kind in position.legal:
            after = position.after(kind)
            moved = STAND_ALONE.moved(state.value, left.value if left else None, kind.value)
            assert moved == (after.state.value, after.left.value if after.left else None)


@pytest.mark.parametrize("kind", Kind)
def test_its_roles_and_bars_are_those_of_the_acts(kind: Kind) -> None:
    act, roles = ACT_OF.get(kind), STAND_ALONE.ROLES[kind.value]
    if act is not None:
        assert roles == {role.value for role in act.roles}
        assert set(STAND_ALONE.BARRED.get(kind.value, ())) == {part.value for part in act.barred}
        assert (kind.value in STAND_ALONE.STEPPED_UP) == (kind in STEPPED_UP)
    elif roles is not None and "service" not in roles:
        pytest.fail(f"{kind.value} is no act, so the service records it")


def test_its_groups_of_kinds_are_those_that_the_rows_make() -> None:
    assert set(SUBMISSIONS) == STAND_ALONE.SUBMISSIONS
    assert set(ACCEPTANCES) == STAND_ALONE.ACCEPTANCES
    assert set(DRAFTS) == STAND_ALONE.DRAFTS
    assert set(APPROVALS) == STAND_ALONE.APPROVALS
    assert set(RETURNS_OF_DRAFTS) == STAND_ALONE.RETURNS
    assert set(PUBLICATIONS) == STAND_ALONE.PUBLICATIONS
    assert {kind: of for of, kind in FIRST_PUBLICATIONS.items()} == STAND_ALONE.FIRST_VERSION
    assert set(STEPPED_UP) == STAND_ALONE.STEPPED_UP
    assert set(REFUSALS) == {kind for kind, roles in STAND_ALONE.ROLES.items() if roles is None}


def test_its_roles_are_all_roles() -> None:
    assert {role.value for role in Role} == STAND_ALONE.ALL_ROLES
    assert {part.value for part in SeparatedDuty} == {"author", "moderator", "approver"}
    assert MODERATE.records.value in STAND_ALONE.BARRED


@given(st.integers(946_684_800, 2_145_916_799).map(lambda one: dt.datetime.fromtimestamp(one, dt.UTC)))
@example(dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC))
@example(dt.datetime(2026, 6, 30, 23, 0, tzinfo=dt.UTC))
@example(dt.datetime(2026, 10, 24, 23, 0, tzinfo=dt.UTC))
@example(dt.datetime(2026, 10, 25, 23, 0, tzinfo=dt.UTC))
def test_its_days_are_those_of_london(moment: dt.datetime) -> None:
    assert STAND_ALONE.london_day(moment) == london_date(moment)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    archive = Archive()
    first = archive.found()
    archive.live("kent-2025")
    archive.seal()
    folder = tmp_path / "export"
    export(holdings_of_archive(archive), folder, now=START, with_documents=True)
    (tmp_path / "note").write_text(archive.notes[0])
    (tmp_path / "first").write_text(first)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Alone: without the folders of this project on the path, as whoever was given the export runs it.
    return subprocess.run(
        [sys.executable, "-I", folder / "ncpi_verify.py", folder, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def test_an_export_is_verified_by_the_file_beside_it(exported: Path) -> None:
    first = (exported.parent / "first").read_text()
    done = run(exported, "--register", first, "--note", str(exported.parent / "note"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "No sign of change." in done.stdout
    assert "(--note)" not in done.stdout


def test_it_says_what_was_missing(exported: Path) -> None:
    done = run(exported, "--json")
    layers = json.loads(done.stdout)["layers"]
    assert done.returncode == 0
    assert {name for name, layer in layers.items() if layer["missing"]} == {"register", "held"}
    assert "No sign of change. Two checks need papers that you hold" in run(exported).stdout


def test_a_mistyped_digest_is_said_to_be_one_and_not_tampering(exported: Path) -> None:
    first = (exported.parent / "first").read_text()
    mistyped = run(exported, "--register", ("0" if first[0] != "0" else "1") + first[1:])
    assert mistyped.returncode == 1
    assert "the digest that you gave is not one this register ever had: check the typing" in mistyped.stdout
    assert "No sign of change in the record itself, but what you gave does not fit it." in mistyped.stdout
    second = hashlib.sha256((exported / "register/00000001.json").read_bytes()).hexdigest()
    other = run(exported, "--register", second)
    assert "is of register record 1, expected that of record 0" in other.stdout


def test_what_is_altered_in_the_export_is_found_and_named(exported: Path) -> None:
    path = exported / "ledger/kent-2025/00000005.json"
    path.write_bytes(path.read_bytes().replace(b"dru.sharpling", b"eve.other"))
    done = run(exported, "--json")
    found = json.loads(done.stdout)["faults"]
    assert done.returncode == 1
    assert {("signature", 5), ("seal", 5), ("chain", 6)} <= {(one["layer"], one["entry"]) for one in found}


def test_documents_are_checked_by_their_bytes(exported: Path) -> None:
    path = next((exported / "artefacts/kent-2025").iterdir())
    path.write_bytes(b"other")
    done = run(exported, "--json")
    assert {one["layer"] for one in json.loads(done.stdout)["faults"]} == {"artefact"}


@pytest.mark.parametrize(
    "arguments", [("--register", "abc"), ("--seal-key", "no key"), ("--note", "/nowhere")], ids=lambda one: one[0]
)
def test_what_it_cannot_use_is_refused(exported: Path, arguments: tuple[str, str]) -> None:
    done = run(exported, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert arguments[0] in done.stderr


def test_a_folder_that_is_no_export_is_refused(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, FILE, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "expected an export" in done.stderr


def test_an_export_that_was_broken_off_is_refused(exported: Path) -> None:
    about = json.loads((exported / "export.json").read_text())
    (exported / "export.json").write_text(json.dumps({**about, "complete": False}))
    done = run(exported)
    assert done.returncode == 2
    assert "broken off" in done.stderr


def test_many_processes_find_the_same(tmp_path: Path) -> None:
    archive = Archive(keeps_artefacts=False)
    archive.found()
    for year in range(2000, 2100):
        for number in ("", "-2", "-3"):
            archive.live(f"kent-{year}{number}", 1)
    archive.seal()
    archive.ledger["ledger/kent-2077/00000000.json"] += b" "
    folder = tmp_path / "export"
    export(holdings_of_archive(archive), folder, now=START)
    anchors = STAND_ALONE.Anchors(None, (), ())
    one, two = (STAND_ALONE.verify(folder, anchors, processes).faults for processes in (1, 2))
    assert one == two
    assert {fault.where for fault in one} == {"kent-2077"}


@given(st.one_of(st.from_regex(PERSON_PATTERN), st.text(st.sampled_from("jo.'-s02\n\u0662"), max_size=20)))
@example("jo.smith2")
@example("jo.smith20000")
def test_both_take_the_same_account_names(text: str) -> None:
    assert STAND_ALONE.is_text(text, STAND_ALONE._PERSON) == is_person_id(text)


def test_without_its_one_library_it_says_in_one_line_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FILE), run_name="__main__")
    assert ended.value.code == 2
    assert "needs `python3 -m pip install cryptography`" in capsys.readouterr().err


def test_an_answer_that_is_not_taken_and_a_file_that_cannot_be_read_say_nothing_of_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = Archive()
    archive.found()
    export(holdings_of_archive(archive), tmp_path, now=START)
    for form in ([], ["--json"]):
        full = open("/dev/full", "w")  # noqa: PTH123, SIM115 - closing it fails
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", full)
            assert STAND_ALONE.main([str(tmp_path), *form]) == 6
            sys.stdout.close()
        with pytest.raises(OSError, match="No space"):
            full.close()
        assert "No space left on device; nothing is known of the record" in capsys.readouterr().err

    def refuse(*_: object) -> None:
        raise OSError(24, "Too many open files")

    for call in ("open", "listdir"):
        with monkeypatch.context() as patch:
            patch.setattr(f"os.{call}", refuse)
            assert STAND_ALONE.main([str(tmp_path)]) == 2
        assert "may open no more files: nothing is known" in capsys.readouterr().err
