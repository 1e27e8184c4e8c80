"""The stage runner against a real Prefect server: once each, only our own flows, nothing left behind, drained."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deployments.demo.prefect_runs import stage_runs
from deployments.os_process import HOST
from deployments.program import program
from deployments.runner.runner_id import identity
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from desk.acts.context import open_desk
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from schemas.lifecycle.moves import Kind
from storage.prefect.hindrances import DEPLOYMENTS
from storage.settings import read_settings
from tests.support.returns import write_fieldwork
from tests.support.servers.another_runner import health, starting_runner, wait_until_ready
from tests.support.servers.fault_proxy import Fault, FaultProxy
from tests.support.servers.running import ask_prefect, wait_until
from tests.support.servers.template import ForkedProcess, Template
from tests.support.world import LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def api(method: str, path: str, body: object = None) -> Any:
    answer = ask_prefect(method, path, body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def deployment(flow: str) -> str:
    return str(api("GET", f"/deployments/name/{flow}/{DEPLOYMENTS[flow]}")["id"])


def start(flow: str, inspection: str, **more: object) -> str:
    body = {"parameters": {"inspection_id": inspection}, "state": {"type": "SCHEDULED"}} | more
    return str(api("POST", f"/deployments/{deployment(flow)}/create_flow_run", body)["id"])


def run(identity: str) -> dict[str, Any]:
    return api("GET", f"/flow_runs/{identity}")


def wait_for_state(identity: str, *names: str, seconds: float = 60) -> dict[str, Any]:
    wait_until(lambda: run(identity)["state"]["name"] in names, f"run {identity} to be {' or '.join(names)}", seconds)
    return run(identity)


def announce(inspection: str, kind: str, cause: str) -> None:
    event = {
        "id": str(uuid.uuid4()),
        "occurred": dt.datetime.now(dt.UTC).isoformat(),
        "event": kind,
        "resource": {"prefect.resource.id": f"inspection.{inspection}"},
        "payload": {"entry": cause},
    }
    api("POST", "/events", [event])


@contextmanager
def another_runner(template: Template, stack: Stack, log: Path) -> Iterator[tuple[ForkedProcess, int]]:
    """Run a second runner beside that of the stack."""
    with starting_runner(template, stack, log) as (process, port):
        wait_until_ready(port)
        yield process, port


@pytest.fixture(scope="module")
def second(template: Template, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a second runner for all tests that need one or wait for less with it, and give its port."""
    with another_runner(template, stack, tmp_path_factory.mktemp("second") / "log") as (_, port):
        yield port


def messages_in(log: Path) -> list[str]:
    """Return the messages of a process in the order in which it logged them."""
    return [json.loads(line)["message"] for line in log.read_text().splitlines() if line.startswith("{")]


def test_its_health_says_who_it_is_and_what_it_does(stack: Stack) -> None:
    def is_idle() -> bool:  # not at once: the acts of earlier tests start sweeps, which take a moment
        seen = health(stack.ports.runner)
        return seen is not None and (seen["status"], seen["running"], seen["waiting"]) == ("ready", 0, 0)

    wait_until(is_idle, "it to have nothing to do")
    assert httpx.get(f"http://127.0.0.1:{stack.ports.runner}/other", timeout=2).status_code == 404


def test_one_that_starts_while_prefect_is_away_waits_for_it(template: Template, stack: Stack, tmp_path: Path) -> None:
    log, away = tmp_path / "log", free_ports()
    with starting_runner(template, stack, log, PREFECT_API_URL=away.prefect_api_url) as (_, port):
        wait_until(lambda: "Prefect does not answer" in messages_in(log), "it to miss Prefect")
        assert health(port) == {"status": "starting"}
        with FaultProxy(stack.ports.prefect, port=away.prefect):
            wait_until_ready(port)
    assert "Traceback" not in log.read_text()


def test_one_that_waits_for_prefect_ends_when_it_is_told_to(template: Template, stack: Stack, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with FaultProxy(stack.ports.prefect) as proxy:
        proxy.switch(Fault.BLACK_HOLE)
        away = f"http://{HOST}:{proxy.port}/api"
        with starting_runner(template, stack, log, PREFECT_API_URL=away) as (process, port):
            wait_until(lambda: proxy.met[Fault.BLACK_HOLE] > 0, "it to ask Prefect")
            assert health(port) == {"status": "starting"}
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    assert messages_in(log) == ["ended"]


def test_one_that_prefect_refuses_does_not_wait(template: Template, stack: Stack, tmp_path: Path) -> None:
    elsewhere = f"{stack.ports.prefect_url}/no-such-api"
    with starting_runner(template, stack, tmp_path / "log", PREFECT_API_URL=elsewhere) as (process, _):
        assert process.wait(60) == 1


def test_two_runners_run_each_run_once(stack: Stack, second: int) -> None:
    inspections = [f"kent-20{year}" for year in range(40, 60)]
    runners = stack.ports.runner, second
    before = [health(port)["taken"] for port in runners]
    opened = [open_inspection(open_desk(), inspection, MANAGER) for inspection in inspections]
    for inspection, entry in zip(inspections, opened, strict=True):
        announce(inspection, "inspection.report.approved", entry.digest)
        announce(inspection, "inspection.report.approved", entry.digest)
    ended = {"Nothing to do"}
    settings = read_settings()
    wait_until(
        lambda: all({one.state for one in stage_runs(settings, one_of)} == ended for one_of in inspections), "all runs"
    )
    assert [len(stage_runs(settings, inspection)) for inspection in inspections] == [1] * len(inspections)
    taken = [health(port)["taken"] - count for port, count in zip(runners, before, strict=True)]
    for inspection in inspections:
        (one,) = stage_runs(settings, inspection)
        states = api("GET", f"/flow_run_states/?flow_run_id={one.id}")
        assert [state["type"] for state in states].count("RUNNING") == 1
    # Sweeps and what else the stack does may be among them.
    assert sum(taken) >= len(inspections)
    assert min(taken) > 0, "the work is shared"


def test_a_run_started_by_hand_is_picked_up_named_tagged_and_may_be_run_again(second: int) -> None:
    one = start("publication", "kent-2061")
    ended = wait_for_state(one, "Nothing to do")
    assert ended["name"] == "kent-2061: publication"
    assert {"force:kent", "inspection:kent-2061", "stage:publication"} <= set(ended["tags"])
    # As the button in Prefect's pages does.
    api("POST", f"/flow_runs/{one}/set_state", {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": True})
    wait_until(lambda: run(one)["run_count"] == 2, "the run to be run again")
    wait_for_state(one, "Nothing to do")


def test_a_run_that_waits_can_be_cancelled(stack: Stack) -> None:
    later = {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2090-01-01T00:00:00Z"}}}
    one = start("publication", "kent-2062", **later)
    api("POST", f"/flow_runs/{one}/set_state", {"state": {"type": "CANCELLING"}})
    assert run(one)["state"]["type"] == "CANCELLED"


@pytest.mark.parametrize(
    "parameters",
    [
        {"inspection_id": "../../etc/passwd"},
        {"inspection_id": "kent-2063", "more": 1},
        {},
        {"inspection_id": ["kent-2063"]},
    ],
)
def test_parameters_that_are_none_fail_the_run_and_nothing_else(second: int, parameters: dict[str, object]) -> None:
    made = api("GET", f"/deployments/name/publication/{DEPLOYMENTS['publication']}")
    api("PATCH", f"/deployments/{made['id']}", {"enforce_parameter_schema": False})
    try:
        one = start("publication", "", parameters=parameters)
        ended = wait_for_state(one, "Failed", "Crashed")
    finally:
        api("PATCH", f"/deployments/{made['id']}", {"enforce_parameter_schema": True})
    assert ended["state"]["type"] in {"FAILED", "CRASHED"}
    wait_for_state(start("publication", "kent-2064"), "Nothing to do")


def test_a_deployment_altered_to_run_other_code_changes_nothing(second: int, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.py"
    evil.write_text(
        f"open({str(ran)!r}, 'w').close()\n"
        "from prefect import flow\n"
        "@flow\n"
        f"def publication(inspection_id: str): open({str(ran)!r}, 'w').close()\n"
    )
    made = api("GET", f"/deployments/name/publication/{DEPLOYMENTS['publication']}")
    step = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {ran}"}}
    altered = {"entrypoint": f"{evil}:publication", "path": str(tmp_path), "pull_steps": [step]}
    same = {name: made[name] for name in ("flow_id", "name", "parameter_openapi_schema")}
    api("POST", "/deployments/", same | altered)
    assert api("GET", f"/deployments/{made['id']}")["entrypoint"] == f"{evil}:publication"
    try:
        started = start("publication", "kent-2065")
        ended = wait_for_state(started, "Nothing to do")
        # And one of a deployment that is none of ours is not touched at all.
        stranger = api("POST", "/deployments/", {**same, "name": "stranger", **altered})
        theirs = api(
            "POST", f"/deployments/{stranger['id']}/create_flow_run", {"parameters": {"inspection_id": "kent-2067"}}
        )
        wait_for_state(start("publication", "kent-2066"), "Nothing to do")
        assert run(theirs["id"])["state"]["type"] == "SCHEDULED"
    finally:
        api("POST", "/deployments/", same | {"entrypoint": made["entrypoint"], "path": made["path"]})
    assert ended["name"] == "kent-2065: publication"
    assert not ran.exists()


def test_what_a_killed_runner_left_running_is_marked_crashed(second: int) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "from deployments.runner.runner_id import identity; print(identity())"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
    ).stdout.strip()
    left = {"type": "PENDING", "message": f"Taken by runner {dead} (0)"}
    started = [start("publication", f"kent-20{year}", state=left) for year in (67, 68, 69)]
    api("POST", f"/flow_runs/{started[1]}/set_state", {"state": {"type": "RUNNING"}})
    api("POST", f"/flow_runs/{started[2]}/set_state", {"state": {"type": "RUNNING"}})
    api("POST", f"/flow_runs/{started[2]}/set_state", {"state": {"type": "CANCELLING"}})
    ended = ["CRASHED", "CRASHED", "CANCELLED"]
    wait_until(lambda: [run(one)["state"]["type"] for one in started] == ended, "the stale runs to be ended", 90)
    assert "sweep" in run(started[0])["state"]["message"]


def test_what_a_live_runner_has_is_left_alone(stack: Stack, second: int) -> None:
    name = health(second)["name"]
    assert name not in {identity(), health(stack.ports.runner)["name"]}
    theirs, lost = (
        start("publication", f"kent-20{year}", state={"type": "PENDING", "message": f"Taken by runner {taker} (0)"})
        for year, taker in ((86, identity()), (87, name))
    )
    for one in (theirs, lost):
        api("POST", f"/flow_runs/{one}/set_state", {"state": {"type": "RUNNING"}})
    try:
        wait_until(lambda: run(lost)["state"]["type"] == "CRASHED", "the second to see that it has no such run", 90)
        # Whoever looked at the later run has looked at the earlier one as well.
        assert run(theirs)["state"]["type"] == "RUNNING"
    finally:
        api("POST", f"/flow_runs/{theirs}/set_state", {"state": {"type": "CRASHED"}, "force": True})


def test_sigterm_lets_what_runs_end_and_leaves_what_waits(template: Template, stack: Stack, tmp_path: Path) -> None:
    opened = [open_inspection(open_desk(), f"kent-20{72 + number}", MANAGER) for number in range(12)]
    log = tmp_path / "log"
    with another_runner(template, stack, log) as (process, port):
        for number, entry in enumerate(opened):
            announce(f"kent-20{72 + number}", "inspection.report.approved", entry.digest)
        wait_until(lambda: (health(port) or {}).get("taken", 0) > 0, "it to take something")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert [message for message in messages_in(log) if message in {"draining", "ended"}] == ["draining", "ended"]
    settings = read_settings()
    wait_until(
        lambda: all(
            {one.state for one in stage_runs(settings, f"kent-20{72 + n}")} == {"Nothing to do"} for n in range(12)
        ),
        "the other runner to do the rest",
    )


def test_prefect_cannot_stall_an_inspection(stack: Stack, second: int, tmp_path: Path) -> None:
    """What everybody with Prefect's login can do, all at once: a return is checked and drafted all the same."""
    inspection = "kent-2088"
    later = {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}}
    opened = open_inspection(open_desk(), inspection, MANAGER)
    for flow in ("fieldwork", "initial-report"):
        start(flow, inspection, **later)
    api("DELETE", f"/deployments/{deployment('sweep')}")
    api("DELETE", f"/deployments/{deployment('fieldwork')}")
    wait_until(lambda: (health(second) or {}).get("status") == "hindered in Prefect", "health to say so", 30)
    for port in (second, stack.ports.runner):
        wait_until_ready(port)
    start("fieldwork", inspection, **later)
    limit = api("PATCH", f"/deployments/{deployment('follow-up')}", {"concurrency_limit": 1})
    assert limit is None
    wait_until(lambda: "at most 1" in str((health(second) or {}).get("hindrances")), "health to name the limit", 30)
    for number in range(800):
        announce(f"essex-20{number % 60 + 30}", "inspection.fieldwork-return.submitted", f"{number:064x}")
        announce(inspection, "inspection.report.approved", opened.digest)
    submit(open_desk(), inspection, write_fieldwork(tmp_path / "r", inspection, force="kent"), FORMS["fieldwork"], LEAD)
    began = time.monotonic()
    history = open_desk().stores.ledger.history
    assert "Prefect: follow-up/plan-the-follow-up: at most 1" in CliRunner().invoke(program, ["status"]).output
    wait_until(lambda: history(inspection).latest(Kind.REPORT_DRAFTED) is not None, "the draft", 60)
    assert time.monotonic() - began < 60
    assert [len(stage_runs(read_settings(), f"essex-20{year}")) for year in (30, 89)] == [0, 0]
    api("PATCH", f"/deployments/{deployment('follow-up')}", {"concurrency_limit": None})
    wait_until_ready(second)
