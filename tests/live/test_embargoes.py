"""Embargoes on the real stack: public within five seconds after their time, never before, whatever happens.

No sweep runs but the first of each runner, so that nothing but the run that waits in Prefect can publish.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.runners import SERVE
from deployments.stack.stack import Stack
from desk.acts.context import DeskContext, open_desk
from desk.acts.decision import approve, take_back_approval
from desk.acts.holds import change_hold
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.lifecycle.approval import ON_TIME, latest_draft
from domain.lifecycle.history import Recorded
from evidence.examination import examine
from schemas.lifecycle.acts import PLACE_HOLD
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import PUBLICATION
from schemas.programme.forces import FORCES
from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.prefect.sweep import sweep
from storage.settings import read_settings
from tests.support.returns import write_fieldwork
from tests.support.servers.another_runner import starting_runner, wait_until_ready
from tests.support.servers.prefect_database import lay_database
from tests.support.servers.running import http, pointed_at, wait_for, wait_until
from tests.support.servers.stack_people import enrol_everybody
from tests.support.servers.template import Template
from tests.support.stage_flows import ask, history
from tests.support.world import HMI, LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
REASON: Final = "The embargo was mistyped"
FAR: Final = 600
"""Seconds to an embargo that is taken back or never comes in this test."""


class Silence:
    """An announcer whose every event is lost."""

    def announce(self, recorded: Recorded) -> bool:  # noqa: ARG002 - the port's argument
        return False


@pytest.fixture(scope="module")
def servers(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run the servers of a stack, without a runner."""
    folder = tmp_path_factory.mktemp("stack")
    lay_database(folder)
    with (
        template.forking(),
        pointed_at({"NCPI_SWEEP_SECONDS": "86400"}),
        Stack(folder, free_ports(), report=print, prepare=create_buckets, serve=False) as stack,
        pointed_at(stack.environment),
    ):
        enrol_everybody(stack.environment)
        yield stack


def in_seconds(seconds: int) -> dt.datetime:
    return utc_now() + dt.timedelta(seconds=seconds)


def draft_all(inspections: Sequence[str], folder: Path) -> None:
    """Take inspections to the drafts of their reports."""
    desk = dataclasses.replace(open_desk(), examine=examine)

    def send(inspection: str) -> None:
        open_inspection(desk, inspection, MANAGER)
        submit(desk, inspection, write_fieldwork(folder / inspection, inspection, live=True), FORMS["fieldwork"], LEAD)

    with ThreadPoolExecutor(4) as people:
        list(people.map(send, inspections))
    for inspection in inspections:
        wait_for(inspection, State.REPORT_DRAFTED)


def approve_until(inspection: str, embargo: dt.datetime, desk: DeskContext | None = None) -> dt.datetime:
    desk = desk or open_desk()
    document = latest_draft(desk.stores.ledger.history(inspection)).entry.document
    assert document is not None
    approve(desk, inspection, document.sha256, HMI, embargo=embargo)
    return embargo


def waiting() -> dict[str, dt.datetime]:
    """Return until when Prefect holds a run, by inspection."""
    held = ask("/flow_runs/filter", {"flow_runs": {"state": {"name": {"any_": ["Waiting"]}}}})
    assert {run["name"] for run in held} == {
        f"{run['parameters']['inspection_id']}: {PUBLICATION.name}" for run in held
    }
    return {
        run["parameters"]["inspection_id"]: dt.datetime.fromisoformat(run["next_scheduled_start_time"]) for run in held
    }


def is_public(inspection: str) -> bool:
    return http().get(f"{read_settings().public_url}/{inspection}/initial-report/report.html").status_code == 200


def seconds_late(inspection: str, embargo: dt.datetime) -> float:
    """Ask for a page until anybody can read it; return how long after its embargo that was, below 0 for before."""
    while not is_public(inspection):
        assert dt.datetime.now(dt.UTC) < embargo + dt.timedelta(seconds=60), f"{inspection} is still not public"
        time.sleep(0.05)
    return (dt.datetime.now(dt.UTC) - embargo).total_seconds()


def figures(name: str, late: Sequence[float]) -> None:
    ordered = sorted(late)
    listed = ", ".join(f"{one:.2f}" for one in ordered)
    sys.stdout.write(f"{name}, {len(late)} embargoes, seconds from their time to public: {listed}\n")


@pytest.mark.parametrize("count", [2, pytest.param(12, marks=pytest.mark.full)])
def test_an_embargo_is_kept_to_the_second_whatever_happens(
    template: Template, servers: Stack, tmp_path: Path, count: int
) -> None:
    year = 2024 + (count > 2)
    spread, lost, taken_back, held, changed, slept = (
        tuple(f"{force}-{year}" for force in list(FORCES)[:count]),
        *(f"{force}-{year}" for force in list(FORCES)[count : count + 5]),
    )
    with starting_runner(template, servers, tmp_path / "log", SERVE) as (process, port):
        wait_until_ready(port)
        draft_all([*spread, lost, taken_back, held, changed, slept], tmp_path)
        desk = open_desk()

        # Taken back, changed, and put on hold before their time.
        for inspection in (taken_back, held, changed):
            approve_until(inspection, in_seconds(FAR))
        wait_until(lambda: waiting().keys() == {taken_back, held, changed}, "three runs to wait")
        take_back_approval(desk, taken_back, HMI, REASON)
        take_back_approval(desk, changed, HMI, REASON)
        change_hold(desk, PLACE_HOLD, held, MANAGER, REASON)
        wait_until(lambda: waiting() == {}, "no run to wait any more", 30)
        until = approve_until(changed, in_seconds(8))
        wait_until(lambda: waiting() == {changed: until}, "only the new time to be waited for", 30)

        # The event of an approval is lost, and a sweep puts that right before its time.
        forgotten = approve_until(lost, in_seconds(12), dataclasses.replace(desk, announcer=Silence()))
        sweep(desk.stores.ledger, PrefectServer(read_settings()), utc_now(), grace=dt.timedelta(0))
        embargoes = {
            inspection: approve_until(inspection, in_seconds(14 + place)) for place, inspection in enumerate(spread)
        }
        with ThreadPoolExecutor(count + 2) as readers:
            times = {changed: until, lost: forgotten, **embargoes}
            late = list(readers.map(seconds_late, times, times.values()))
        figures("one after the other", late)
        assert min(late) >= 0
        assert max(late) <= ON_TIME.total_seconds()

        # Nobody is up when the time comes.
        missed = approve_until(slept, in_seconds(6))
        wait_until(lambda: slept in waiting(), "the run to wait")
        process.kill()
        process.wait()
        wait_until(lambda: utc_now() > missed + 2 * ON_TIME, "the embargo to pass")
        assert not is_public(slept)
    with starting_runner(template, servers, tmp_path / "log", SERVE) as (_, port):
        wait_until_ready(port)
        ready = dt.datetime.now(dt.UTC)
        wait_until(lambda: is_public(slept), "it to be published", 30)
        seconds = (dt.datetime.now(dt.UTC) - ready).total_seconds()
        sys.stdout.write(f"public {seconds:.2f} s after a runner was ready\n")
        wait_for(slept, State.AWAITING_REVIEW)
        (run,) = ask("/flow_runs/filter", {"flow_runs": {"name": {"any_": [f"{slept}: {PUBLICATION.name}"]}}})
        assert run["state"]["name"] == "Published"
        assert "after its embargo: no runner was up" in run["state"]["message"]
        assert "embargo ended before this" in (tmp_path / "log").read_text()
    assert waiting() == {}
    assert not is_public(taken_back)
    assert not is_public(held)
    for inspection in (*spread, lost, changed, slept):
        assert len(history(inspection).all_of(Kind.PUBLISHED)) == 1


@pytest.mark.full
def test_twelve_embargoes_of_one_second_are_kept(template: Template, servers: Stack, tmp_path: Path) -> None:
    inspections = [f"{force}-2023" for force in list(FORCES)[:12]]
    with starting_runner(template, servers, tmp_path / "log", SERVE) as (_, port):
        wait_until_ready(port)
        draft_all(inspections, tmp_path)
        embargo = in_seconds(20)
        for inspection in inspections:
            approve_until(inspection, embargo)
        with ThreadPoolExecutor(len(inspections)) as readers:
            late = list(readers.map(lambda one: seconds_late(one, embargo), inspections))
        figures("all at once", late)
        assert min(late) >= 0
        assert max(late) <= ON_TIME.total_seconds()
