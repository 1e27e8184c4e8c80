"""Whatever is in the folder of an export, the verifier of one file ends with findings or refuses it, and in time."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from audit.export import export
from tests.support.archive import ORIGIN, SEAL_KEY, START, Archive, key_of, note_of, root_of, verifier_key
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

KENT, SURREY = "kent-2025", "surrey-2024"
ENTRY, RECORD, SEAL = f"ledger/{KENT}/00000001.json", "register/00000003.json", "seal/00000001.json"
DEEP: Final = b"[" * 100_000 + b"]" * 100_000

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export a record of two inspections, which is whole."""
    archive = Archive()
    archive.found()
    archive.seal()
    archive.live(SURREY, 2)
    archive.live(KENT, 8)
    archive.seal()
    folder = tmp_path_factory.mktemp("whole") / "export"
    export(holdings_of_archive(archive), folder, now=START, with_documents=True)
    (folder.parent / "note").write_text(archive.notes[-1])
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "export"))


def verified(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run the verifier; return its exit status and everything that it said."""
    status = STAND_ALONE.main([str(one) for one in arguments])
    said = capsys.readouterr()
    return status, said.out + said.err


def layers(capsys: pytest.CaptureFixture[str], folder: Path) -> tuple[int, set[str]]:
    status = STAND_ALONE.main([str(folder), "--json"])
    said = capsys.readouterr().out
    return status, {fault["layer"] for fault in json.loads(said)["faults"]} if said else set()


# What is verified


def test_a_whole_export_is_whole(capsys, whole: Path) -> None:
    assert verified(capsys, whole)[0] == 0


def drop_ledgers(folder: Path, *names: str) -> None:
    for name in names:
        shutil.rmtree(folder / "ledger" / name)
    rows = json.loads((folder / "versions.json").read_bytes())
    kept = [row for row in rows if not any(row[0].startswith(f"ledger/{name}/") for name in names)]
    write_rows(folder, "versions.json", kept)


def write_rows(folder: Path, name: str, rows: list[object]) -> None:
    (folder / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def say(folder: Path, **about: object) -> None:
    path = folder / "export.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **about}))


@pytest.mark.parametrize("says", ["", "kent-2025", 0, [], False])
def test_an_export_without_its_ledgers_is_not_whole_whatever_it_says(capsys, folder: Path, says: object) -> None:
    drop_ledgers(folder, KENT, SURREY)
    for name in ("artefacts", "public"):
        shutil.rmtree(folder / name)
        write_rows(folder, f"{name}.json", [])
    say(folder, inspection=says)
    status, said = verified(capsys, folder)
    assert status == 2
    assert "2 sealed inspections are not in this export" in said
    assert "No sign of change" not in said


def test_an_export_that_says_that_it_is_whole_must_have_every_sealed_leaf(capsys, folder: Path) -> None:
    drop_ledgers(folder, SURREY)
    status, said = verified(capsys, folder)
    assert status == 1
    assert f"ledger/{SURREY}/00000000.json: was sealed (seal 1), but is missing" in said
    (folder / "export.json").unlink()
    assert verified(capsys, folder)[0] == 1


def test_one_inspection_is_verified_when_it_is_asked_for(capsys, folder: Path) -> None:
    drop_ledgers(folder, SURREY)
    say(folder, inspection=KENT)
    assert verified(capsys, folder)[0] == 2
    shutil.rmtree(folder / "public")
    status, said = verified(capsys, folder, "--inspection", KENT)
    assert status == 1  # of that one, everything must be there
    assert "[public] kent-2025" in said


def test_other_inspections_are_left_out_when_one_is_asked_for(capsys, folder: Path) -> None:
    (folder / f"ledger/{SURREY}/00000001.json").write_bytes(b"{}")
    status, said = verified(capsys, folder, "--inspection", KENT)
    assert (status, f"Of {KENT} alone, as you asked" in said) == (0, True)
    assert verified(capsys, folder, "--inspection", SURREY)[0] == 1
    assert verified(capsys, folder, "--inspection", "essex-2024")[0] == 2


def test_a_sealed_inspection_that_is_gone_is_found_when_it_is_asked_for(capsys, folder: Path) -> None:
    drop_ledgers(folder, SURREY)
    assert verified(capsys, folder, "--inspection", SURREY)[0] == 1


@pytest.mark.parametrize("name", ["versions.json", "artefacts.json", "public.json", "seal", "register"])
def test_what_an_export_lacks_is_said_and_is_no_success(capsys, folder: Path, name: str) -> None:
    path = folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_rows(folder, "versions.json", []) if name == "seal" else None
    status, said = verified(capsys, folder)
    assert status in {1, 2}
    assert "Could not be checked" in said


def test_a_copy_of_the_bucket_is_verified_when_that_is_asked_for(capsys, folder: Path) -> None:
    for name in ("versions.json", "artefacts.json", "public.json", "export.json"):
        (folder / name).unlink()
    assert verified(capsys, folder)[0] == 2
    assert verified(capsys, folder, "--ledger-only")[0] == 0


# What is read


def other(key: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        value = json.loads((folder / key).read_bytes())
        change(value)
        (folder / key).write_bytes(
            json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )

    return made


def bytes_of(key: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / key).write_bytes(data)


def added(key: str, data: bytes = b"{}") -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(data)

    return made


def instead(key: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        path = folder / key
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        make(path)

    return made


def sparse(key: str, size: int = 10 * 2**30) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        with (folder / key).open("r+b") as file:
            file.truncate(size)

    return made


def record_with(name: str, value: object) -> Callable[[Path], None]:
    return other(RECORD, lambda record: record.__setitem__(name, value))


def entry_with(name: str, value: object) -> Callable[[Path], None]:
    return other(ENTRY, lambda entry: entry.__setitem__(name, value))


def actor_with(name: str, value: object) -> Callable[[Path], None]:
    return other(ENTRY, lambda entry: entry["actor"].__setitem__(name, value))


def seal_with(name: str, value: object) -> Callable[[Path], None]:
    return other(SEAL, lambda seal: seal.__setitem__(name, value))


PAGE, PUBLICATION = f"public/{KENT}/initial-report/report.html", f"public/publications/{KENT}/initial-report.json"
HOSTILE: Final[dict[str, tuple[str, Callable[[Path], object]]]] = {
    "a role that is a list": ("chain", actor_with("role", [])),
    "a person who is an object": ("chain", actor_with("person", {})),
    "a seq that is a list": ("chain", entry_with("seq", [1])),
    "an inspection that is a number": ("chain", entry_with("inspection", 1)),
    "signatures that are no list": ("register", record_with("signatures", {"key": 1})),
    "a body that is a list": ("register", record_with("body", [])),
    "a body of no kind": ("register", record_with("body", {"kind": []})),
    "a note that is a number": ("seal", seal_with("note", 1)),
    **{f"the {key} holds {data[:20]!r}": (layer, bytes_of(key, data))
       for key, layer in ((ENTRY, "chain"), (RECORD, "register"), (SEAL, "seal"))
       for data in (b"", b"null", b"[]", b"\xff", b"\xff\xfe{\0}\0", DEEP,
                    b"9" * 10_000, b"1e999", b'"\\ud800"', b"NaN")},
    **{f"{name} has a line {line!r}": (layer, bytes_of(name, b"[\n" + line + b"\n]\n"))
       for name, layer in (("versions.json", "versions"), ("artefacts.json", "artefact"), ("public.json", "public"))
       for line in (b"[1,2,3,4]", b"{}", b"[]x", b'["a"]', DEEP, b'["a","b","c",1]', b"9" * 5000, b"\xff")},
    "30 February": ("chain", entry_with("at", "2026-02-30T00:00:00Z")),
    "hour 24": ("chain", entry_with("at", "2026-03-02T24:00:00Z")),
    "the first second of the calendar": ("chain", entry_with("at", "0001-01-01T00:00:00Z")),
    "the last second of the calendar": ("chain", entry_with("at", "9999-12-31T23:59:59Z")),
    "a seal of the year 1": ("seal", seal_with("at", "0001-01-01T00:00:00Z")),
    "a record of the year 9999": ("register", record_with("at", "9999-12-31T23:59:59Z")),
    "a leaf that is a number": ("seal", seal_with("leaves", [[1, "x"]])),
    "a leaf of three": ("seal", seal_with("leaves", [["register/00000000.json", "0" * 64, "x"]])),
    "a name in other digits": ("chain", added(f"ledger/{KENT}/\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2.json")),
    "a file of the register in other digits": ("register", added("register/\u0661.json")),
    "a folder in a ledger": ("chain", added(f"ledger/{KENT}/x/y")),
    "a file beside the ledgers": ("chain", added("ledger/x")),
    "a file that is no text": ("chain", added(os.fsdecode(b"ledger/\xff\xfe/00000000.json"))),
    "folders in folders": ("chain", added("ledger/" + "a/" * 50 + "b")),
    "an entry that is a folder": ("seal", instead(ENTRY, Path.mkdir)),
    "an entry that is a link": ("chain", instead(ENTRY, lambda path: path.symlink_to("00000000.json"))),
    "an entry that is a link to nothing": ("chain", instead(ENTRY, lambda path: path.symlink_to("nothing"))),
    "an entry that is a pipe": ("chain", instead(ENTRY, os.mkfifo)),
    "an entry that is endless": ("chain", instead(ENTRY, lambda path: path.symlink_to("/dev/zero"))),
    "a seal that is a pipe": ("seal", instead(SEAL, os.mkfifo)),
    "a record that is endless": ("register", instead(RECORD, lambda path: path.symlink_to("/dev/zero"))),
    "a ledger that is a link": ("chain", instead(f"ledger/{KENT}", lambda path: path.symlink_to(f"../{SURREY}"))),
    "a ledger that is a link to all of it": ("chain", instead(f"ledger/{KENT}", lambda path: path.symlink_to("/"))),
    "a listing that is a pipe": ("versions", instead("versions.json", os.mkfifo)),
    "a listing that is a folder": ("versions", instead("versions.json", Path.mkdir)),
    "a page that is a pipe": ("public", instead(PAGE, os.mkfifo)),
    "a page of 10 GB": ("public", sparse(PAGE)),
    "an entry of 10 GB": ("chain", sparse(ENTRY)),
    "a record of 10 GB": ("register", sparse(RECORD)),
    "a seal of 10 GB": ("seal", sparse(SEAL)),
    "a listing of 10 GB": ("versions", sparse("versions.json")),
    "a page that nothing records, at a name that leads out": ("public", bytes_of(PUBLICATION, b"{}")),
    "a publication that is nested": ("public", bytes_of(PUBLICATION, DEEP)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_found_in_its_layer(capsys, folder: Path, name: str) -> None:
    layer, make = HOSTILE[name]
    make(folder)
    status, found = layers(capsys, folder)
    assert status == 1
    assert layer in found


@pytest.mark.parametrize(
    "make",
    [
        bytes_of("export.json", b"[]"),
        bytes_of("export.json", DEEP),
        bytes_of("export.json", b'{"version": 2}'),
        bytes_of("export.json", b'{"version": 1, "complete": 1}'),
        lambda folder: [shutil.rmtree(folder / name) for name in ("ledger", "register")],
        shutil.rmtree,
    ],
)
def test_what_is_no_export_is_refused(capsys, folder: Path, make) -> None:
    make(folder)
    status, said = verified(capsys, folder)
    assert status == 2
    assert "export" in said


def test_one_hostile_object_costs_no_other_finding(capsys, folder: Path) -> None:
    entry_with("actor", {"person": [], "role": {}, "assurance": 1})(folder)
    (folder / f"ledger/{SURREY}/00000001.json").unlink()
    (folder / PAGE).write_bytes(b"other")
    _, said = verified(capsys, folder)
    for key in (
        f"ledger/{SURREY}/00000001.json: was sealed",
        f"{KENT}/initial-report/report.html has bytes",
        "invalid actor",
    ):
        assert key in said


def test_a_public_file_that_a_document_names_is_not_looked_for_elsewhere(capsys, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    given = STAND_ALONE.Export(folder)
    for key in ("public/../../secret", "../secret", str(tmp_path / "secret")):
        assert not given.has(key)
        assert given.digest(key) is None
        with pytest.raises(ValueError, match="missing"):
            given.read(key)


@pytest.mark.parametrize(
    ("limit", "most"), [("MAX_FILES", 20), ("MAX_EXPORT_BYTES", 1_000), ("MAX_ENTRIES", 3), ("MAX_RECORDS", 2)]
)
def test_numbers_are_bounded(capsys, folder: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(STAND_ALONE, limit, most)
    assert verified(capsys, folder)[0] in {1, 2}


# Notes that contradict each other


def note(folder: Path, name: str, leaves: list[bytes], key=SEAL_KEY) -> Path:
    path = folder.parent / name
    path.write_text(note_of(leaves, key, b""))
    return path


def test_two_notes_of_one_size_cannot_be_of_one_record(capsys, folder: Path) -> None:
    one, two = note(folder, "a", [b"1", b"2"]), note(folder, "b", [b"1", b"3"])
    key = ("--seal-key", verifier_key(SEAL_KEY))
    status, said = verified(capsys, *key, "--note", one, two)
    assert (status, "b: cannot be of one record with a" in said) == (1, True)
    status, said = verified(capsys, folder, "--note", one, two)
    assert (status, "b: cannot be of one record with a" in said) == (1, True)
    assert verified(capsys, *key, "--note", one, one)[0] == 0
    assert verified(capsys, *key, "--note", one, note(folder, "c", [b"1"]))[0] == 2
    assert verified(capsys, "--note", one, two)[0] == 2
    assert verified(capsys, *key, "--note", one)[0] == 2
    status, said = verified(capsys, *key, "--note", one, note(folder, "d", [b"1", b"3"], key_of("thief")))
    assert (status, "cannot be of one record" in said) == (1, False)


def test_two_notes_of_different_sizes_are_told_apart_by_the_record(capsys, folder: Path) -> None:
    status, said = verified(capsys, folder, "--note", folder.parent / "x", folder.parent / "x")
    assert (status, "--note: expected files" in said) == (2, True)
    true = folder.parent / "true"
    true.write_text(json.loads((folder / SEAL).read_bytes())["note"])
    false = note(folder, "false", [b"1", b"2"])
    status, said = verified(capsys, folder, "--note", true, false)
    assert (status, "false: cannot be of one record with true, which is of this one" in said) == (1, True)


@pytest.mark.parametrize("line", ["", "9" * 5_000, "-1", "\u00b2", "1e3"])
def test_a_note_of_no_size_is_refused(capsys, folder: Path, line: str) -> None:
    text = f"{ORIGIN}\n{line}\n{base64.b64encode(root_of([b'1'])).decode()}\n"
    (folder.parent / "n").write_text(f"{text}\n\u2014 {ORIGIN} AAAA\n")
    status, said = verified(capsys, folder, "--note", folder.parent / "n")
    assert (status, "[held] n" in said) == (1, True)
