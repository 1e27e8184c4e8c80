"""The supervisor, with small stand-ins for servers: what dies, what does not want to die, what was left behind."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.stack import orphans, supervised
from deployments.stack.log import bound_log
from deployments.stack.orphans import RECORD_FILE, end_orphans, record_process, write_record
from deployments.stack.supervisor import Supervisor
from schemas.errors import StackError
from tests.live.processes import IDLE, STUBBORN, eventually, has_line, is_alive, stand_in

pytestmark = pytest.mark.live


class Watched(Supervisor):
    """A supervisor and what it reported."""

    def __init__(self, data: Path) -> None:
        self.reported: list[str] = []
        super().__init__(data, self.reported.append)

    def pids(self) -> dict[str, int]:
        try:
            record = json.loads((self._data / RECORD_FILE).read_text())
        except FileNotFoundError:
            return {}
        return {one["title"]: one["pid"] for one in record["running"]}


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Watched]:
    one = Watched(tmp_path)
    one.start()
    yield one
    one.stop()


def test_what_is_killed_is_started_again_and_reported(supervisor: Watched, tmp_path: Path) -> None:
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, IDLE)))
    first = supervisor.pids()["the server"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: any("ready again" in line for line in supervisor.reported))
    second = supervisor.pids()["the server"]
    assert second != first
    assert is_alive(second)
    assert f"the server (pid {first}) ended by signal 9; started again (pid {second})" in supervisor.reported


def test_its_children_end_with_it(supervisor: Watched, tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', {STUBBORN!r}]);" + IDLE
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, code)))
    log = tmp_path / "server.log"
    eventually(lambda: log.read_text().count("ready") == 2)
    pids = [int(line.split()[1]) for line in log.read_text().splitlines() if line.startswith("ready")]
    os.kill(supervisor.pids()["the server"], signal.SIGKILL)
    eventually(lambda: not any(map(is_alive, pids)))
    supervisor.stop()


def test_what_never_was_ready_is_given_up_with_the_end_of_its_log(supervisor: Watched, tmp_path: Path) -> None:
    process = supervisor.supervise(stand_in(tmp_path, "print('no such setting'); raise SystemExit(3)"))
    with pytest.raises(StackError, match="ended with status 3, 3 times before it was ever ready") as caught:
        supervisor.wait_until_ready(process)
    assert "no such setting" in str(caught.value)
    with pytest.raises(StackError):
        supervisor.wait()


def test_what_dies_too_often_is_given_up_and_everything_stops(
    supervisor: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "_MAX_PAUSE_SECONDS", 0.2)
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, IDLE, name="good")))
    good = supervisor.pids()["the good"]
    code = "import time; print('ready', flush=True); time.sleep(0.5)"
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, code, name="bad")))
    with pytest.raises(StackError, match=r"the bad \(pid \d+\) ended with status 0, 8 times within 60 s"):
        supervisor.wait()
    assert not is_alive(good)
    assert supervisor.pids() == {}


def test_what_runs_but_does_not_serve_is_started_again_and_given_up_however_long_each_try_takes(
    supervisor: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "_WINDOW_SECONDS", 0.1)
    process = supervisor.supervise(stand_in(tmp_path, "import time; time.sleep(600)", start_seconds=0.3))
    with pytest.raises(StackError, match="signal 9, 3 times"):
        supervisor.wait_until_ready(process)


def test_a_command_that_does_not_exist_is_a_failure_not_a_hang(supervisor: Watched, tmp_path: Path) -> None:
    process = supervisor.supervise(dataclasses.replace(stand_in(tmp_path, ""), command=("/no/such",)))
    with pytest.raises(StackError, match="/no/such: No such file or directory"):
        supervisor.wait_until_ready(process)


def test_a_folder_that_is_not_there_is_a_failure_not_a_hang(supervisor: Watched, tmp_path: Path) -> None:
    process = supervisor.supervise(dataclasses.replace(stand_in(tmp_path, IDLE), folder=tmp_path / "gone"))
    with pytest.raises(StackError, match=r"could not be started .*gone"):
        supervisor.wait_until_ready(process)


def test_the_last_started_is_stopped_first_and_a_stubborn_one_is_made_to(supervisor: Watched, tmp_path: Path) -> None:
    trail = tmp_path / "trail"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open({trail!r}, 'a').write({name!r})\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.01)\n"
    )
    for name in ("a", "b"):
        supervisor.wait_until_ready(
            supervisor.supervise(stand_in(tmp_path, code.format(trail=str(trail), name=name), name=name))
        )
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, STUBBORN, name="stubborn", stop_seconds=0.3)))
    pids = supervisor.pids().values()
    assert len(pids) == 3
    supervisor.stop()
    assert trail.read_text() == "ba"
    assert not any(map(is_alive, pids))


def test_haste_does_not_wait(supervisor: Watched, tmp_path: Path) -> None:
    supervisor.wait_until_ready(supervisor.supervise(stand_in(tmp_path, STUBBORN, stop_seconds=60)))
    pid = supervisor.pids()["the server"]
    # As in a terminal; tests that were started in the background ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # As a second Ctrl-C does, which Python raises in the main thread.
        threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT)).start()
        began = time.monotonic()
        supervisor.stop()
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 10
    assert not is_alive(pid)
    assert "ending what is left at once" in supervisor.reported


def test_children_of_a_killed_supervisor_end_by_themselves(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from deployments.stack.supervisor import Supervisor\n"
        "from tests.live.processes import IDLE, stand_in\n"
        "data = Path(sys.argv[1]); one = Supervisor(data, print); one.start()\n"
        "one.wait_until_ready(one.supervise(stand_in(data, IDLE))); one.wait()\n"
    )
    project = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=project)
    log = tmp_path / "server.log"
    eventually(lambda: has_line(log, "ready"))
    pid = int(log.read_text().split("ready ")[1].split()[0])
    assert is_alive(pid)
    process.kill()
    process.wait()
    eventually(lambda: not is_alive(pid), 5)


@pytest.fixture
def left(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = (sys.executable, "-S", "-c", STUBBORN)
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        write_record(tmp_path, [record_process("the server", process.pid, command)])
        yield process
        process.kill()


def test_an_orphan_is_ended_even_when_it_does_not_want_to(
    left: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "_PATIENCE_SECONDS", 0.3)
    reported: list[str] = []
    end_orphans(tmp_path, reported.append)
    assert left.wait(5) == -signal.SIGKILL
    assert reported == [f"the server (pid {left.pid}) was left by a run that was killed; ending it"]
    assert not (tmp_path / RECORD_FILE).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"started": "1"},
        {"started": ""},
        {"command": [sys.executable, "-m", "prefect"]},
    ],
)
def test_a_stranger_with_the_id_of_an_orphan_is_left_alone(
    left: subprocess.Popen[bytes], tmp_path: Path, change: dict[str, object]
) -> None:
    record = json.loads((tmp_path / RECORD_FILE).read_text())
    record["running"][0].update(change)
    (tmp_path / RECORD_FILE).write_text(json.dumps(record))
    end_orphans(tmp_path, pytest.fail)
    assert is_alive(left.pid)


@pytest.mark.parametrize("text", ["", "{", '{"boot": "another", "running": []}', "[]", '{"running": 1}'])
def test_a_record_that_says_nothing_ends_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD_FILE).write_text(text)
    end_orphans(tmp_path, pytest.fail)
    assert not (tmp_path / RECORD_FILE).exists()


def test_a_log_stays_bounded_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 9_000_000)
        bound_log(log)
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (tmp_path / "server.log.1").stat().st_size == 9_000_000
