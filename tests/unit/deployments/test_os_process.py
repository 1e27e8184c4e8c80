"""What is known of a process: when it started, with which command, and whether it has ended."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from deployments.os_process import boot_id, command_line, start_time

WITHOUT_MAIN_THREAD = """
import ctypes, threading, time
threading.Thread(target=lambda: (time.sleep(0.2), print("ready", flush=True), time.sleep(600))).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_live_process_started_and_has_a_command() -> None:
    assert start_time(os.getpid()) == start_time(os.getpid())
    assert psutil.Process().cmdline() == list(command_line(os.getpid()))
    assert boot_id()


def test_a_corrected_clock_makes_no_process_look_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before, boot_time = start_time(os.getpid()), psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time + 3600)
    assert psutil.boot_time() == boot_time + 3600
    assert start_time(os.getpid()) == before


@pytest.mark.parametrize("pid", [2**22 + 1, 9_999_999_999])
def test_there_is_no_process_of_an_id_that_is_not_given(pid: int) -> None:
    assert start_time(pid) is None
    assert command_line(pid) is None


def test_a_process_that_was_not_waited_for_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout.read() == b""
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
        assert start_time(process.pid) is None


def test_a_process_whose_main_thread_has_ended_is_ending_and_not_ended() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", WITHOUT_MAIN_THREAD], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
            assert start_time(process.pid) is not None
            assert command_line(process.pid) == ()
        finally:
            process.kill()
