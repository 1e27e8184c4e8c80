from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from deployments.program import program
from deployments.served import flow_of
from desk.options import read_embargo
from schemas import errors
from schemas.acts import ACTS
from schemas.entry import Entry, digest_of
from schemas.moves import Kind
from schemas.stages import STAGES
from storage.settings import Duty, Settings
from tests.unit.test_history import PUBLISHED_LIFE, stored

ROOT = Path(__file__).parents[2]
LEDGER_PAGE = (ROOT / "docs/ledger.md").read_text()


def commands(group: typer.main.TyperGroup, words: str = "ncpi") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= commands(command, f"{words} {name}") if inner else {f"{words} {name}": command}
    return found


COMMANDS = commands(typer.main.get_command(program))


def test_stages_page_is_what_the_tables_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs/stages.py", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_examples_and_stands_in_the_readme(words: str) -> None:
    assert re.search(r"Examples?: ncpi ", COMMANDS[words].help or "")
    assert f"`{words}" in (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in Settings.model_fields:
        wanted = name.upper() if name.startswith("prefect_") else f"NCPI_{name.upper()}"
        wanted = re.sub(rf"NCPI_S3_({'|'.join(duty.name for duty in Duty)})_", "NCPI_S3_<DUTY>_", wanted)
        assert wanted in readme, wanted


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_has_a_flow_that_says_what_it_does_its_own_file_and_a_row_of_the_page(stage) -> None:
    name = stage.name.replace("-", "_")
    assert flow_of(stage).fn.__doc__
    assert Path(flow_of(stage).fn.__code__.co_filename) == ROOT / "flows" / f"{name}.py"
    rows = [line for line in (ROOT / "docs/stages.md").read_text().splitlines() if line.startswith(f"| `{stage.name}`")]
    assert len(rows) == len(stage.turns)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_act_has_a_row_of_the_page(act) -> None:
    assert f"| `{act.name}` |" in (ROOT / "docs/stages.md").read_text()


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A ledger as an outsider has copied it, with the check of the ledger page beside it."""
    (script,) = re.findall(r"```python\n(.*?)```", LEDGER_PAGE, re.DOTALL)
    (tmp_path / "check.py").write_text(script)
    folder = tmp_path / "kent-2025"
    folder.mkdir()
    for seq, data in enumerate(stored(PUBLISHED_LIFE)):
        (folder / f"{seq:08d}.json").write_bytes(data)
    return folder


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the check as an outsider would, and without asserts, so that it cannot rest on them."""
    command = [sys.executable, "-I", "-O", folder.parent / "check.py", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_check_in_the_ledger_page_accepts_a_ledger_and_prints_its_head(exported: Path) -> None:
    done = check(exported)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"head {digest_of(stored(PUBLISHED_LIFE)[-1])}\n")


def replaced(old: bytes, new: bytes):
    def alter(folder: Path) -> None:
        path = folder / "00000003.json"
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))

    return alter


def spaced(folder: Path) -> None:
    path = folder / "00000010.json"
    path.write_text(json.dumps(json.loads(path.read_bytes())))


def repeated_id(folder: Path) -> None:
    path = folder / "00000010.json"
    path.write_bytes(path.read_bytes().replace(b"entry/10", b"entry/9"))


def of_another(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (folder / "00000000.json").write_bytes(stored((Kind.OPENED,), "essex-2025")[0])


def nothing(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (replaced(b"pat.howells", b"pat.powells"), "00000004.json: does not follow the entry before"),
        (replaced(b'"seq":3', b'"seq":4'), "00000003.json: another version or seq"),
        (replaced(b'"version":1', b'"version":2'), "00000003.json: another version or seq"),
        (replaced(b'{"n":3}', b'{"n":3.5}'), "ValueError"),
        (replaced(b'"version":1', b'"version":1,"why":1'), "00000003.json: other fields"),
        (lambda folder: (folder / "00000003.json").unlink(), "gap or stray file"),
        (lambda folder: (folder / "notes.txt").write_text("{}"), "notes.txt: gap or stray file"),
        (spaced, "00000010.json: not canonical"),
        (repeated_id, "00000010.json: id stood before"),
        (of_another, "00000000.json: another inspection"),
        (nothing, "no entries"),
    ],
)
def test_the_check_in_the_ledger_page_finds_what_was_altered(exported: Path, alter, said: str) -> None:
    alter(exported)
    done = check(exported)
    assert done.returncode == 1
    assert said in done.stderr


def test_the_example_entries_in_the_ledger_page_are_the_real_ones_with_their_digests() -> None:
    blocks = re.findall(r"(    \{\"actor\".*?\"version\":1\})", LEDGER_PAGE, re.DOTALL)
    shown = ["".join(line.strip() for line in block.splitlines()).encode() for block in blocks]
    assert shown == stored((Kind.OPENED, Kind.FIELDWORK_SUBMITTED))
    for data in shown:
        assert f"`{digest_of(data)}`" in LEDGER_PAGE
        assert f"{len(data)} bytes" in LEDGER_PAGE


def test_the_ledger_page_names_every_field_and_every_kind() -> None:
    named = re.search(r'FIELDS = "(.*?)"', LEDGER_PAGE)
    assert named is not None
    assert named[1].split() == sorted(Entry.model_fields)
    for name in (*Entry.model_fields, *Kind):
        assert f"`{name}`" in LEDGER_PAGE


def test_the_architecture_page_has_the_error_tree_with_its_exit_statuses() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    shown = re.findall(r"^[│├└─ ]*(\w+Error) +([0-9])\b", page, re.MULTILINE)
    tree = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.InspectionError)}
    found = {name: int(status) for name, status in shown}
    assert found == {one.__name__: one.exit_status for one in tree}


def test_the_security_page_has_a_row_for_each_key() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    assert all(f"| `{duty.name}` |" in page for duty in Duty)


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_documents_named_in_code_exist() -> None:
    rooms = ("schemas", "domain", "storage", "evidence", "reports", "tasks", "flows", "desk", "deployments")
    named = {
        name
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r"(?:docs|examples|tests)/[\w./-]+\.(?:md|py)", path.read_text())
    }
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_an_embargo_is_london_time() -> None:
    assert read_embargo("2026-07-01T00:01").isoformat() == "2026-06-30T23:01:00+00:00"
