from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence import checker_client
from evidence.checker_client import examine_in_child
from evidence.examination import Request, examine
from evidence.limits import CPU_SECONDS, MEMORY_BYTES
from evidence.reader import MAX_BYTES
from schemas.errors import NcpiError
from tests.support.checker import stop_checker
from tests.support.returns import as_csv, case_rows, fieldwork_return
from tests.support.servers.running import wait_until

CANARY = "zqcanary"
SECRETS = (
    "NCPI_S3_LEDGER_SECRET_KEY",
    "NCPI_S3_ADMIN_SECRET_KEY",
    "NCPI_DATA",
    "PREFECT_API_AUTH_STRING",
    "PREFECT_API_URL",
    "AWS_SECRET_ACCESS_KEY",
    "LD_PRELOAD_OF_A_STRANGER",
)


def request(table: bytes, document: bytes | None = None) -> Request:
    return Request(
        submitted_on=dt.date(2026, 11, 23),
        inspection="south-wales-2015",
        kind="fieldwork-return",
        pack="0" * 64,
        document=json.dumps(fieldwork_return()).encode() if document is None else document,
        table=table,
    )


UNREADABLE = request(b"PK\x03\x04" + CANARY.encode())


@pytest.fixture
def at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have the checker run some lines as it starts, as a site may; it is started anew, before and after."""

    def put(lines: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(textwrap.dedent(lines))
        rest = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *rest]))
        stop_checker()

    yield put
    stop_checker()


@pytest.fixture(scope="module")
def lines_of_children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Use one checker for all tests whose children run lines as they are forked: loading it takes seconds."""
    folder = tmp_path_factory.mktemp("site")
    lines = folder / "lines.py"
    (folder / "sitecustomize.py").write_text(
        textwrap.dedent(
            f"""
            import os

            def forked():
                if os.path.exists({str(lines)!r}):
                    with open({str(lines)!r}) as file:
                        exec(file.read(), {{"os": os}})

            os.register_at_fork(after_in_child=forked)
            """
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        rest = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *rest]))
        stop_checker()
        yield lines
        stop_checker()


@pytest.fixture
def in_each_child(lines_of_children: Path) -> Iterator[Callable[[str], None]]:
    """Have each child run some lines as it is forked."""

    def put(lines: str) -> None:
        lines_of_children.write_text("def run():\n" + textwrap.indent(textwrap.dedent(lines), "    ") + "\nrun()\n")

    yield put
    lines_of_children.unlink()


# Tests that can share a checker follow one another: to load it takes seconds of the processor.


def test_the_child_answers_as_this_process_would(capfd: pytest.CaptureFixture[str]) -> None:
    # Great Expectations prints and logs; the answer alone comes out.
    one = request(as_csv(case_rows(row_0={"case_type": CANARY}, row_3={"rationale": CANARY})))
    examination = examine_in_child(one)
    assert [problem.rule for problem in examination.problems] == ["case_type-known", "rationale-given"]
    assert CANARY not in "".join(capfd.readouterr())
    assert examination == examine(one)


def test_unreadable_files_are_answered_too() -> None:
    for one in (UNREADABLE, request(bytes(range(256)), b"[" * 100_000)):
        examination = examine_in_child(one)
        assert examination == examine(one)
        assert examination.problems


def test_a_checker_that_was_killed_is_started_again() -> None:
    examine_in_child(UNREADABLE)
    checker_client._checker._process.kill()
    checker_client._checker._process.wait()
    assert examine_in_child(UNREADABLE).problems


def test_a_table_of_too_many_rows_is_refused_quickly() -> None:
    header, row = as_csv(case_rows(1)).splitlines(keepends=True)
    table = header + row * ((MAX_BYTES - len(header)) // len(row))
    assert len(table) > 19_000_000
    started = time.monotonic()
    (problem,) = examine_in_child(request(table)).problems
    assert problem.rule == "file-too-large"
    assert problem.line == 20_002
    assert time.monotonic() - started < 20


def test_no_secret_of_this_process_reaches_the_child(
    at_start: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, CANARY)
    at_start(
        f"""
        import json, os
        with open({str(tmp_path / "seen.json")!r}, "w") as seen:
            json.dump(dict(os.environ), seen)
        """
    )
    checker_client.start_checker()
    read = tmp_path / "seen.json"
    wait_until(lambda: read.exists() and read.read_text().endswith("}"), "the checker to start", 60)
    seen = json.loads(read.read_text())
    assert CANARY not in seen.values()
    # LC_CTYPE is Python's own, where the locale is C.
    assert set(seen) <= {*checker_client._KEPT, "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TMPDIR", "LC_CTYPE"}
    assert "PATH" in seen


@pytest.mark.parametrize(
    "death",
    [
        "os.kill(os.getpid(), signal.SIGXCPU)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os._exit(7)",
        # Memory that the limit does not give.
        "resource.setrlimit(resource.RLIMIT_AS, (90_000_000, 90_000_000))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)); resource.setrlimit(resource.RLIMIT_DATA, (1, 1))",
    ],
)
def test_a_child_that_is_ended_is_an_error_without_content_and_the_next_works(
    in_each_child: Callable[[str], None], capfd: pytest.CaptureFixture[str], tmp_path: Path, death: str
) -> None:
    once = tmp_path / "once"
    in_each_child(
        f"""
        import resource, signal, sys
        if os.path.exists({str(once)!r}):
            return
        open({str(once)!r}, "w").close()
        print("{CANARY} on its output", flush=True)
        print("{CANARY} on its errors", file=sys.stderr, flush=True)
        {death}
        """
    )
    with pytest.raises(NcpiError, match=r"without an answer \(limits: 4 GiB, 60 CPU seconds") as ended:
        examine_in_child(UNREADABLE)
    assert "south-wales-2015" in str(ended.value)
    assert CANARY not in str(ended.value)
    assert ended.value.__context__ is None
    assert CANARY not in "".join(capfd.readouterr())
    assert examine_in_child(UNREADABLE).problems, "the checker itself lives on"


def test_a_child_that_never_answers_is_an_error_without_content(
    in_each_child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_each_child("import time; time.sleep(30)")
    checker_client.start_checker()
    monkeypatch.setattr(checker_client, "WALL_SECONDS", 2)
    started = time.monotonic()
    with pytest.raises(NcpiError, match="without an answer") as ended:
        examine_in_child(UNREADABLE)
    assert time.monotonic() - started < 28
    assert CANARY not in str(ended.value)
    assert ended.value.__context__ is None


def test_the_child_works_within_its_limits_and_leaves_nothing_behind(
    in_each_child: Callable[[str], None], tmp_path: Path
) -> None:
    in_each_child(
        f"""
        import json, resource, socket, tempfile
        end = os._exit

        def look(status):
            names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_CORE", "RLIMIT_FSIZE")
            found = {{name: resource.getrlimit(getattr(resource, name)) for name in names}}
            links = sorted(name for _, name in socket.if_nameindex())
            with open({str(tmp_path / "limits.json")!r}, "w") as limits:
                json.dump([found, tempfile.gettempdir(), links], limits)
            end(status)

        os._exit = look
        """
    )
    examine_in_child(UNREADABLE)
    seen = tmp_path / "limits.json"
    wait_until(lambda: seen.exists() and seen.read_text().endswith("]"), "the child to end", 20)
    limits, scratch, links = json.loads(seen.read_text())
    assert limits["RLIMIT_AS"] == [MEMORY_BYTES] * 2
    assert limits["RLIMIT_CPU"] == [CPU_SECONDS] * 2
    assert limits["RLIMIT_CORE"] == [0, 0]
    assert limits["RLIMIT_FSIZE"][1] <= 10_000_000
    if may_go_without_a_network():
        assert links == ["lo"]
    assert "ncpi-check-" in scratch
    stop_checker()
    assert not os.path.exists(scratch)  # noqa: PTH110 - a name from elsewhere


def may_go_without_a_network() -> bool:
    return subprocess.run(["unshare", "--user", "--net", "true"], check=False, capture_output=True).returncode == 0


def test_a_checker_that_cannot_start_is_an_error_and_not_tried_for_ever(at_start: Callable[[str], None]) -> None:
    at_start("import os; os._exit(3)")
    started = time.monotonic()
    with pytest.raises(NcpiError, match="did not start"):
        examine_in_child(UNREADABLE)
    assert time.monotonic() - started < 20


def test_the_checker_ends_with_the_process_that_started_it() -> None:
    program = (
        "from evidence import checker_client; from evidence.examination import Request; request = "
        f"Request.model_validate_json({UNREADABLE.model_dump_json()!r});"
        "checker_client.examine_in_child(request); checker = checker_client._checker;"
        "print(checker._process.pid, checker._folder.name, flush=True); import os; os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    pid, folder = done.stdout.split()
    wait_until(lambda: not Path(f"/proc/{int(pid)}").exists(), "the checker to end", 20)
    assert not Path(folder).exists(), "nothing of it is left behind"
