"""Commands that write, where they cannot: a message, a status of its own, no part of a file, no other file harmed."""

from __future__ import annotations

import os
import resource
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from typer.testing import CliRunner

from deployments.program import main, program
from desk.cli.local_errors import EXIT_STATUSES, UNWRITABLE, message_of, out_of_handles
from schemas import errors
from storage.s3.objects import S3_UNAVAILABLE, open_bucket
from storage.settings import Bucket, Duty
from tests.support.pages.audit_lives import south_wales
from tests.support.reading import serve
from tests.support.world import INSPECTION, World

if TYPE_CHECKING:
    from typer.testing import Result

REPORT: Final = ("audit", "report", INSPECTION, "--without-verification")
TO_A_FILE: Final = {
    "show": ("show", INSPECTION, "initial-report/report.pdf", "-o"),
    "audit show": ("audit", "show", INSPECTION, "-o"),
    "audit report": (*REPORT, "-o"),
    "audit report xlsx": (*REPORT, "--format", "xlsx", "-o"),
    "audit prove": ("audit", "prove", f"{INSPECTION}/0", "-o"),
}
TO_A_FOLDER: Final = {
    "audit report csv": ((*REPORT, "--format", "csv", "-o"), "still-open.csv"),
    "audit report pages": (
        ("audit", "report", "--without-verification", "--format", "pages", "-o"),
        f"{INSPECTION}.html",
    ),
    "audit export": (("audit", "export"), "export.json"),
}
TO_THE_SCREEN: Final = {
    "help": ("--help",),
    "version": ("--version",),
    "completion": ("--show-completion", "bash"),
    "status": ("status",),
    "status of one": ("status", INSPECTION),
    "status json": ("status", "--json"),
    "show": ("show", INSPECTION, "initial-report/report.pdf"),
    "audit show": ("audit", "show", INSPECTION),
    "audit report": REPORT,
    "audit report json": (*REPORT, "--json"),
    "audit verify": ("audit", "verify"),
    "audit verify json": ("audit", "verify", "--json"),
    "audit notes": ("audit", "notes"),
}


@pytest.fixture(scope="module")
def record() -> World:
    return south_wales()


@pytest.fixture(autouse=True)
def _desk(record: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    serve(monkeypatch, record)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path / "data"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(program, [str(word) for word in words], env={"COLUMNS": "4000"})


def failed(result: Result, subject: object, found: str) -> None:
    assert (result.exit_code, result.stdout) == (UNWRITABLE, ""), result.output
    assert f"{subject}: expected a file or folder that can be read or written, found {found}" in result.stderr
    assert "run the command again" in result.stderr


@contextmanager
def limited(kind: int, most: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("command", TO_A_FILE.values(), ids=TO_A_FILE)
def test_a_file_is_written_whole_for_its_owner_alone_or_not_at_all(command: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    path, other, link = folder / "file", folder / "other", folder / "link"
    assert run(*command, path).exit_code == 0
    assert mode_of(path) == 0o600
    for one in (path, other):
        one.write_bytes(b"old")
    link.symlink_to(other)
    failed(run(*command, folder / "none" / "file"), folder / "none" / "file", "No such file")
    failed(run(*command, folder), folder, "Is a directory")
    failed(run(*command, link), link, "a symbolic link")
    failed(run(*command, "/dev/full"), "/dev/full", "a device")
    with limited(resource.RLIMIT_FSIZE, 8):
        failed(run(*command, path), path, "File too large")
    with limited(resource.RLIMIT_NOFILE, 3):
        result = run(*command, path)
    assert result.exit_code == UNWRITABLE
    assert "found Too many open files; end programs" in result.stderr
    assert path.read_bytes() == other.read_bytes() == b"old"
    assert sorted(folder.iterdir()) == [path, link, other]


@pytest.mark.parametrize(("command", "name"), TO_A_FOLDER.values(), ids=TO_A_FOLDER)
def test_a_folder_has_whole_files_for_its_owner_alone(command: tuple[str, ...], name: str, tmp_path: Path) -> None:
    folder = tmp_path / "here" / "folder"
    assert run(*command, folder).exit_code == 0
    assert {mode_of(path) for path in (tmp_path / "here", *folder.rglob("*")) if path.is_dir()} == {0o700}
    assert {mode_of(path) for path in folder.rglob("*") if path.is_file()} == {0o600}
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with limited(resource.RLIMIT_FSIZE, 8):
        result = run(*command, folder)
    assert (result.exit_code, "found File too large" in result.stderr) == (UNWRITABLE, True), result.output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    other = tmp_path / "other"
    (folder / name).replace(other)
    (folder / name).symlink_to(other)
    failed(run(*command, folder), folder / name, "a symbolic link")
    assert other.read_bytes() == before[folder / name]


@pytest.mark.parametrize("command", TO_THE_SCREEN.values(), ids=TO_THE_SCREEN)
def test_output_that_is_not_taken_is_no_traceback_and_says_nothing_of_the_record(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "argv", ["ncpi", *command])
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: ("bash", "/bin/bash"))  # make has another
    for output, told in (("/dev/full", "No space left on device; make room"), (writing, ""), (None, "it closed")):
        file = open(output, "w", encoding="utf-8") if output is not None else None  # noqa: PTH123, SIM115 - broken below
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", file)
            with pytest.raises(SystemExit) as left:
                main()
            if sys.stdout not in {file, None}:
                sys.stdout.close()
        assert left.value.code == UNWRITABLE
        said = capsys.readouterr().err
        assert said.count("standard output: expected") == bool(told), said
        assert told in said
        assert "Traceback" not in said
        with suppress(OSError):
            file and file.close()


def test_a_server_that_no_file_handle_was_left_for_is_not_said_to_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("NCPI_S3_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        bucket = open_bucket(Bucket.LEDGER, Duty.AUDITOR)
        with limited(resource.RLIMIT_NOFILE, 3), pytest.raises(S3_UNAVAILABLE) as caught:
            bucket.read("key")
    found = out_of_handles(caught.value)
    assert found is not None
    assert "one more file or connection, found Too many open files" in message_of(found)
    assert out_of_handles(ValueError()) is None


def test_the_page_of_commands_has_every_exit_status() -> None:
    tree = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.NcpiError)}
    assert {one.exit_status for one in tree} <= set(EXIT_STATUSES)
    page = (Path(__file__).parents[4] / "docs/commands.md").read_text()
    assert all(f"| {status} | {meaning} |" in page for status, meaning in EXIT_STATUSES.items())
