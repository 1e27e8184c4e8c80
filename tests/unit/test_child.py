from __future__ import annotations

import json
import os
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from evidence import child
from evidence.child import examine_in_child
from evidence.examination import Request, examine
from evidence.reader import LARGEST_BYTES
from schemas.errors import InspectionError
from tests.support.returns import as_csv, case_rows, fieldwork_return

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
        inspection="south-wales-2015",
        kind="fieldwork-return",
        pack="0" * 64,
        document=json.dumps(fieldwork_return()).encode() if document is None else document,
        table=table,
    )


UNREADABLE = request(b"PK\x03\x04" + CANARY.encode())


@pytest.fixture
def at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have every Python that starts from here run some lines first, as a site may."""

    def put(lines: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(textwrap.dedent(lines))
        rest = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *rest]))

    return put


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
    examine_in_child(UNREADABLE)
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert CANARY not in seen.values()
    # LC_CTYPE is Python's own, where the locale is C.
    assert set(seen) <= {*child._KEPT, "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TMPDIR", "LC_CTYPE"}
    assert "PATH" in seen


def test_the_child_works_within_its_limits_and_leaves_nothing_behind(
    at_start: Callable[[str], None], tmp_path: Path
) -> None:
    at_start(
        f"""
        import atexit, json, os, resource, tempfile

        def look():
            names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_CORE", "RLIMIT_FSIZE")
            found = {{name: resource.getrlimit(getattr(resource, name)) for name in names}}
            with open({str(tmp_path / "limits.json")!r}, "w") as limits:
                json.dump([found, tempfile.gettempdir()], limits)

        atexit.register(look)
        """
    )
    examine_in_child(UNREADABLE)
    limits, scratch = json.loads((tmp_path / "limits.json").read_text())
    assert limits["RLIMIT_AS"] == [child.MEMORY_BYTES] * 2
    assert limits["RLIMIT_CPU"] == [child.CPU_SECONDS] * 2
    assert limits["RLIMIT_CORE"] == [0, 0]
    assert limits["RLIMIT_FSIZE"][1] <= 10_000_000
    assert "ncpi-examine-" in scratch
    assert not os.path.exists(scratch)  # noqa: PTH110 - a name from elsewhere


@pytest.mark.parametrize(
    ("death", "status"),
    [
        ("os.kill(os.getpid(), signal.SIGXCPU)", "-24"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "-9"),
        ("os._exit(7)", "7"),
        # Memory that the limit does not give.
        ("resource.setrlimit(resource.RLIMIT_AS, (90_000_000, 90_000_000))", "-?[0-9]+"),
    ],
)
def test_a_child_that_is_ended_is_an_error_without_content(
    at_start: Callable[[str], None], capfd: pytest.CaptureFixture[str], death: str, status: str
) -> None:
    at_start(
        f"""
        import os, resource, signal, sys
        print("{CANARY} on its output", flush=True)
        print("{CANARY} on its errors", file=sys.stderr, flush=True)
        {death}
        """
    )
    with pytest.raises(
        InspectionError, match=rf"ended with status {status} \(limits: 4 GiB, 60 CPU seconds\)"
    ) as ended:
        examine_in_child(UNREADABLE)
    assert "south-wales-2015" in str(ended.value)
    assert CANARY not in str(ended.value)
    assert ended.value.__context__ is None
    assert CANARY not in "".join(capfd.readouterr())


def test_a_child_that_never_answers_is_an_error_without_content(
    at_start: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "WALL_SECONDS", 0.5)
    at_start("import time; time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(InspectionError, match="took longer than") as ended:
        examine_in_child(UNREADABLE)
    assert time.monotonic() - started < 20
    assert CANARY not in str(ended.value)
    assert ended.value.__suppress_context__


def test_a_table_of_too_many_rows_is_refused_quickly() -> None:
    header, row = as_csv(case_rows(1)).splitlines(keepends=True)
    table = header + row * ((LARGEST_BYTES - len(header)) // len(row))
    assert len(table) > 19_000_000
    started = time.monotonic()
    (problem,) = examine_in_child(request(table)).problems
    assert problem.rule == "file-too-large"
    assert problem.line == 20_002
    assert time.monotonic() - started < 20
