from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from audit.export import export
from schemas.errors import NotFoundError, RefusedError
from storage.s3.read_only import ReadOnlyBuckets
from tests.support.archive import START, Archive
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

KENT, SURREY = "kent-2025", "surrey-2024"


@pytest.fixture
def archive() -> Archive:
    archive = Archive()
    archive.found()
    archive.live(KENT)
    archive.live(SURREY, 4)
    archive.seal()
    return archive


@pytest.fixture
def buckets(archive: Archive) -> ReadOnlyBuckets:
    return holdings_of_archive(archive)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def faults(folder: Path) -> list[object]:
    return STAND_ALONE.verify(folder, STAND_ALONE.Anchors(None, (), ())).faults


def test_it_holds_the_record_and_what_it_takes_to_check_it(
    archive: Archive, buckets: ReadOnlyBuckets, tmp_path: Path
) -> None:
    exported = export(buckets, tmp_path, now=START)
    found = contents(tmp_path)
    assert {key: data for key, data in found.items() if key in archive.ledger} == archive.ledger
    assert {f"public/{key}" for key in archive.public} <= found.keys()
    assert {"export.json", "versions.json", "artefacts.json", "public.json", "ncpi_verify.py"} <= found.keys()
    assert (exported.inspections, exported.records, exported.not_exported) == (2, len(archive.ledger), 0)
    assert faults(tmp_path) == []


@pytest.mark.parametrize("with_documents", [False, True])
def test_it_never_holds_a_case_table_or_a_sealed_key(
    archive: Archive, buckets: ReadOnlyBuckets, tmp_path: Path, with_documents: bool
) -> None:
    buckets.private.create("keys/pat.howells/1.json", b'{"kind":"pack","box":"sealed"}', "application/json")
    export(buckets, tmp_path, now=START, with_documents=with_documents)
    everything = b"".join(contents(tmp_path).values())
    assert b"case table" not in everything
    assert b"sealed" not in b"".join(data for key, data in contents(tmp_path).items() if key.startswith("artefacts/"))
    assert not (tmp_path / "keys").exists()
    assert (tmp_path / "artefacts").is_dir() == with_documents


def test_one_inspection_can_be_exported_and_verified(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    export(buckets, tmp_path, KENT, now=START)
    assert [path.name for path in (tmp_path / "ledger").iterdir()] == [KENT]
    assert faults(tmp_path) == []


def test_an_inspection_that_was_never_opened_is_not_found(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        export(buckets, tmp_path / "new", "essex-2020", now=START)
    assert not (tmp_path / "new").exists()


class Breaking:
    """A bucket whose server dies after some reads."""

    def __init__(self, objects, reads: int) -> None:
        self._objects = objects
        self.left = reads

    def __getattr__(self, name: str):
        return getattr(self._objects, name)

    def read(self, key: str) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise ConnectionError
        return self._objects.read(key)


def test_broken_off_it_goes_on_where_it_stopped(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    broken = type(buckets)(Breaking(buckets.ledger, 20), buckets.private, buckets.public, buckets.rules)
    with pytest.raises(ConnectionError):
        export(broken, tmp_path, now=START)
    assert json.loads((tmp_path / "export.json").read_text())["complete"] is False
    with pytest.raises(STAND_ALONE.Unusable, match="broken off"):
        faults(tmp_path)
    written = sum(path.suffix == ".json" for path in tmp_path.rglob("0*.json"))
    left = len(buckets.ledger.stored) - written
    rest = type(buckets)(Breaking(buckets.ledger, left), buckets.private, buckets.public, buckets.rules)
    export(rest, tmp_path, now=START)
    assert rest.ledger.left == 0
    assert faults(tmp_path) == []


def test_a_second_export_into_the_same_folder_shows_what_vanished_between(
    buckets: ReadOnlyBuckets, tmp_path: Path
) -> None:
    export(buckets, tmp_path, now=START)
    del buckets.ledger.stored[f"ledger/{SURREY}/00000003.json"]
    export(buckets, tmp_path, now=START)
    assert ("versions", SURREY, 3) in {(one.layer, one.where, one.entry) for one in faults(tmp_path)}


def test_a_second_export_holds_no_file_that_was_withdrawn_between(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    key = f"{KENT}/review/report.html"
    export(buckets, tmp_path, now=START)
    assert (tmp_path / "public" / key).is_file()
    buckets.public.remove(key)
    export(buckets, tmp_path, now=START)
    assert not (tmp_path / "public" / key).exists()


def test_documents_of_corrections_and_withdrawals_hold_no_case_data(tmp_path: Path) -> None:
    archive = Archive()
    archive.found()
    archive.live(KENT, 8)
    archive.correct(KENT)
    archive.store(KENT, b'{"kind":"errata"}')
    archive.store(KENT, b'{"kind":"accuracy-comments"}')
    archive.withdraw(KENT)
    archive.seal()
    export(holdings_of_archive(archive), tmp_path, now=START, with_documents=True)
    documents = [json.loads(path.read_bytes()) for path in (tmp_path / "artefacts" / KENT).iterdir()]
    kinds = {one["kind"] for one in documents}
    assert kinds == {
        "pack",
        "validation",
        "draft",
        "publication",
        "corrected-publication",
        "withdrawal",
        "follow-up-plan",
    }
    assert faults(tmp_path) == []


@pytest.mark.parametrize("there", ["notes.txt", "export.json"])
def test_a_folder_with_something_else_is_refused_and_left_as_it_was(
    buckets: ReadOnlyBuckets, tmp_path: Path, there: str
) -> None:
    (tmp_path / there).write_text('{"version": 1, "store": "another", "inspection": null}')
    before = contents(tmp_path)
    with pytest.raises(RefusedError, match=r"found (something else|an export of others)"):
        export(buckets, tmp_path, now=START)
    assert contents(tmp_path) == before


def test_an_export_of_one_is_not_mixed_with_one_of_all(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    export(buckets, tmp_path, KENT, now=START)
    with pytest.raises(RefusedError):
        export(buckets, tmp_path, now=START)


def test_a_file_is_refused(buckets: ReadOnlyBuckets, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RefusedError, match="found a file"):
        export(buckets, tmp_path / "file", now=START)


@pytest.mark.parametrize("key", ["ledger/../../../escaped.json", "ledger//x", "ledger/kent-2025/.hidden", "seal/a b"])
def test_no_key_leads_out_of_the_folder(buckets: ReadOnlyBuckets, tmp_path: Path, key: str) -> None:
    buckets.ledger.create(key, b"{}", "application/json")
    folder = tmp_path / "export"
    assert export(buckets, folder, now=START).not_exported == 1
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
    assert "versions" in {fault.layer for fault in faults(folder)}


@pytest.mark.parametrize("killed_at", ["export.json", "00000003.json"])
def test_what_a_killed_export_left_half_written_is_gone_from_the_next(
    buckets: ReadOnlyBuckets, tmp_path: Path, killed_at: str
) -> None:
    def name(path: Path, to: Path) -> None:
        """Be killed between the bytes of a file and its name."""
        if to.name == killed_at:
            os._exit(9)
        path.rename(to)

    process = os.fork()
    if process == 0:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pathlib.Path.replace", name)
            export(buckets, tmp_path, now=START)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9
    assert [name for name in contents(tmp_path) if name.endswith(".part")]
    export(buckets, tmp_path, now=START)
    assert [name for name in contents(tmp_path) if name.endswith(".part")] == []
    assert faults(tmp_path) == []
