"""Whatever is killed or cut off, every inspection completes once, and the ledger holds what anybody was told.

The whole stack with two runners; a nemesis by seed; people who do again what was not answered. What they
were told is written down and held against the ledger afterwards.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from deployments.demo.demonstration import steps_of
from deployments.demo.prefect_runs import stage_runs
from desk.acts.context import DeskContext, open_desk, open_read_only
from domain.lifecycle.history import History
from schemas.audit.check import Fault
from schemas.lifecycle.moves import STATE_AFTER, Kind, State
from schemas.lifecycle.stages import STAGES, stage_in
from schemas.people.roles import Role
from schemas.programme.forces import FORCES
from storage import keys
from storage.record.conflict import retry_on_conflict
from storage.record.stores import open_stores
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, read_settings
from tests.live.histories import LOOK, Client, contradictions
from tests.live.nemesis import CUTS, Nemesis
from tests.live.unreliable_stack import SERVERS, SWEEP_SECONDS, Database, UnreliableStack
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.postgres import PROGRAMS
from tests.support.servers.quick_runner import STALE_RUNS_SECONDS
from tests.support.servers.running import ask_prefect, pointed_at, wait_until
from tests.support.servers.stack_people import ReadyPeople, enrol_everybody
from tests.support.servers.template import Template
from tests.support.verifying import verify_inspection, verify_public
from tests.support.world import examine_once

LIFE: Final = [
    Kind.OPENED,
    Kind.FIELDWORK_SUBMITTED,
    Kind.FIELDWORK_RECORDED,
    Kind.REPORT_DRAFTED,
    Kind.REPORT_APPROVED,
    Kind.PUBLISHED,
    Kind.FOLLOW_UP_RECORDED,
    Kind.REVIEW_SUBMITTED,
    Kind.REVIEW_DRAFTED,
    Kind.REVIEW_APPROVED,
    Kind.REVIEW_PUBLISHED,
]
ORDER: Final = list(State)
UNDER_WAY: Final = frozenset({"Scheduled", "Late", "Pending", "Running"})
LOOK_SECONDS: Final = 0.5
LEFT_BEHIND_SECONDS: Final = 2 * STALE_RUNS_SECONDS
"""How long a run that a killed process left may say Running; until then no sweep starts its stage again.

Twice the pauses between two searches, because on a busy machine the polls take as long as the pauses.
"""
MOVES_WITHIN_SECONDS: Final = 2 * SWEEP_SECONDS + LEFT_BEHIND_SECONDS + 30
"""An event is given one interval, the sweep comes at most another later, and then the stage must run, or another's.

With more to do than slots, an inspection waits for those that are further; how long depends on how many those are.
"""
MAX_SECONDS: Final = 1500
PAGE: Final = 200
"""As many runs as Prefect shows at a time."""
on_postgres: Final = pytest.mark.skipif(not PROGRAMS.exists(), reason="needs PostgreSQL 15")

pytestmark = [pytest.mark.live, pytest.mark.timeout(2400)]


class People:
    """Everybody who acts, in many inspections at once, and one who only looks."""

    def __init__(self, inspections: Sequence[str], folder: Path, s3_endpoint: str) -> None:
        """Gather them.

        Args:
            s3_endpoint: where they look, past every proxy: who acted only after a look had succeeded would hardly ever
                meet a fault.
        """
        self.client = Client()
        self.inspections = inspections
        self.have_given_up = threading.Event()
        self._folder = folder
        self._deadline = time.monotonic() + MAX_SECONDS
        # Their own check runs in this process, once for all; the stages check in their children.
        self._office = dataclasses.replace(open_desk(), examine=examine_once)
        # Keeps what it has read, so that a look is one listing.
        self._ledger = open_stores(read_settings().model_copy(update={"s3_endpoint": s3_endpoint})).ledger

    def live(self, inspection: str) -> None:
        """Take one inspection through its life, doing again what was not answered."""
        folder = self._folder / inspection
        write_fieldwork(folder / "fieldwork", inspection)
        write_review(folder / "review", inspection)
        for step in steps_of(inspection, folder, ReadyPeople()):
            self._wait_for(inspection, step.state)
            while not self.client.act(inspection, f"to reach {step.leads_to}", lambda step=step: self._do(step.act)):
                self._pause()
        self._wait_for(inspection, State.COMPLETE)

    def look_at_all(self, ended: threading.Event) -> None:
        """Look at one inspection after another, whoever is at work on them."""
        while not ended.is_set():
            for inspection in self.inspections:
                self._look(inspection)
                ended.wait(LOOK_SECONDS / 2)

    def _do(self, act: Callable[[DeskContext], object]) -> object:
        return retry_on_conflict(lambda: act(self._office))

    def _wait_for(self, inspection: str, state: State) -> None:
        while (history := self._look(inspection)) is None or ORDER.index(history.state) < ORDER.index(state):
            self._pause()

    def _look(self, inspection: str) -> History | None:
        return self.client.look(inspection, lambda: self._ledger.history(inspection))

    def _pause(self) -> None:
        assert time.monotonic() < self._deadline, "the inspections do not complete"
        assert not self.have_given_up.is_set(), "somebody else has given up"
        time.sleep(LOOK_SECONDS)


@pytest.mark.parametrize(
    ("database", "count", "rounds", "longest_cut_seconds"),
    [
        ("SQLite", 4, 1, 4),
        pytest.param("PostgreSQL", 4, 1, 4, marks=on_postgres),
        pytest.param("SQLite", 43, 3, 25, marks=pytest.mark.full),
        pytest.param("PostgreSQL", 43, 3, 25, marks=[pytest.mark.full, on_postgres]),
    ],
)
def test_every_inspection_completes_once_whatever_is_killed_or_cut_off(
    template: Template, database: Database, count: int, rounds: int, longest_cut_seconds: float, tmp_path: Path
) -> None:
    inspections = [f"{force}-2015" for force in list(FORCES)[:count]]
    started = time.monotonic()
    with (
        template.forking(),
        UnreliableStack(tmp_path / "stack", database, seed=count) as stack,
        pointed_at(stack.environment),
    ):
        enrol_everybody(stack.environment)
        nemesis = Nemesis(stack, seed=count, rounds=rounds, longest_cut_seconds=longest_cut_seconds)
        people = People(inspections, tmp_path / "returns", stack.s3_endpoint)
        ready = time.monotonic()
        calm = live_through(nemesis, people)
        completed = time.monotonic()
        ledgers = {inspection: open_read_only().ledger.history(inspection) for inspection in inspections}
        assert [kinds_of(history) for history in ledgers.values()] == [LIFE] * count
        assert contradictions(people.client.told, ledgers) == []
        assert acts_by_people(ledgers.values()) == acknowledged_acts(people.client)
        assert versions_of_public_objects() == {1}
        assert faults(inspections) == []
        waits = waits_for_stages(people.client, calm)
        assert idle_while_somebody_waited(waits, beginnings_of_runs()) == []
        longest = max((wait.seconds for wait in waits), default=0)
        wait_until(lambda: not runs_under_way(inspections), "every run to end", LEFT_BEHIND_SECONDS + 15)
        assert Counter(deaths(stack)) == Counter(nemesis.killed)
        assert set(nemesis.met()) >= {(server, fault) for server in SERVERS for fault in CUTS}
    met = ", ".join(f"{number} {fault.value} to {server}" for (server, fault), number in sorted(nemesis.met().items()))
    told = ", ".join(f"{number} {what}" for what, number in sorted(people.client.counts().items()))
    sys.stdout.write(
        f"{count} inspections, Prefect on {database}: ready after {ready - started:.0f} s, faults for "
        f"{calm - ready:.0f} s, complete {completed - calm:.0f} s later; "
        f"{len(nemesis.killed)} kills, connections that met a fault: {met}; told: {told}; "
        f"in the calm none waited longer than {longest:.1f} s for a stage\n"
    )


def live_through(nemesis: Nemesis, people: People) -> float:
    """Let everybody act while everything goes wrong and for as long afterwards as it takes; say when the calm began."""
    ended = threading.Event()
    count = len(people.inspections)
    with ThreadPoolExecutor(count + 2) as threads:
        raging = threads.submit(nemesis.rage)
        looking = threads.submit(people.look_at_all, ended)

        def live(number: int) -> None:
            # Begun one after another, so that whatever is struck, some inspections are there for it.
            if nemesis.wait_for_blow(1 + number * nemesis.blows // count, MAX_SECONDS):
                people.live(people.inspections[number])

        lives = [threads.submit(live, number) for number in range(count)]
        try:
            raise_the_first_error(raging, looking, *lives, until=[raging])
            calm = time.monotonic()
            raise_the_first_error(looking, *lives, until=lives)
        except BaseException:
            people.have_given_up.set()
            raise
        finally:
            ended.set()
    looking.result()
    return calm


def raise_the_first_error(*futures: Future[None], until: Sequence[Future[None]]) -> None:
    """Wait for some, and raise what any of them raises meanwhile."""
    pending = set(futures)
    while pending & set(until):
        done, pending = wait(pending, timeout=1, return_when=FIRST_EXCEPTION)
        for one in done:
            one.result()


def kinds_of(history: History) -> list[Kind]:
    return [one.entry.kind for one in history.recorded]


def acts_by_people(ledgers: Iterable[History]) -> set[str]:
    """Return the digests of everything that stages did not record."""
    return {one.digest for history in ledgers for one in history.recorded if one.entry.actor.role is not Role.SERVICE}


def acknowledged_acts(client: Client) -> set[str]:
    return {one.head for one in client.told if one.outcome == "ok" and one.what != LOOK}


def versions_of_public_objects() -> set[int]:
    """Return how many versions the objects have; the index alone is made again and again."""
    objects = open_bucket(Bucket.PUBLIC, Duty.AUDITOR)
    counts = Counter(one.key for one in objects.versions(""))
    del counts[keys.PUBLIC_INDEX]
    return set(counts.values())


def faults(inspections: Sequence[str]) -> list[Fault]:
    """Verify everything, as `ncpi audit verify` does."""
    stores = open_read_only()
    of_each = [one for inspection in inspections for one in verify_inspection(stores, inspection).faults]
    return [*of_each, *verify_public(stores, stores.ledger.inspections())]


class Wait(NamedTuple):
    """How long an inspection was seen to wait for a stage; both instants by the monotonic clock, in seconds."""

    inspection: str
    since: float
    until: float

    @property
    def seconds(self) -> float:
        return self.until - self.since


def waits_for_stages(client: Client, calm: float) -> list[Wait]:
    """Return the waits for stages after the calm began."""
    looks = [one for one in client.told if one.what == LOOK]
    waits = []
    for inspection in {one.inspection for one in looks}:
        seen: dict[int, float] = {}
        for one in looks:
            if one.inspection == inspection:
                seen[one.places] = min(one.after, seen.get(one.places, one.after))
        for places, at in seen.items():
            left = min((later for more, later in seen.items() if more > places), default=at)
            if places and stage_in(STATE_AFTER[LIFE[places - 1]]) and left > calm:
                waits.append(Wait(inspection, max(at, calm), left))
    return waits


def idle_while_somebody_waited(waits: Iterable[Wait], beginnings: Sequence[float]) -> list[str]:
    """Say where an inspection waited while, for longer than one may take, no stage of any began."""
    found = []
    for one in waits:
        instants = [one.since, *sorted(begun for begun in beginnings if one.since < begun < one.until), one.until]
        longest = max(after - before for before, after in itertools.pairwise(instants))
        if longest > MOVES_WITHIN_SECONDS:
            found.append(f"{one.inspection} waited {one.seconds:.1f} s, and for {longest:.1f} s nothing began")
    return found


def beginnings_of_runs() -> list[float]:
    """Return when each run of a stage that has ended or is at work began, by the monotonic clock, in seconds."""
    since_epoch = time.time() - time.monotonic()
    begun: list[float] = []
    while True:
        found = {"tags": {"any_": [f"stage:{stage.name}" for stage in STAGES]}, "start_time": {"is_null_": False}}
        body = {"sort": "START_TIME_ASC", "limit": PAGE, "offset": len(begun), "flow_runs": found}
        page = ask_prefect("POST", "/flow_runs/filter", body).raise_for_status().json()
        begun += [dt.datetime.fromisoformat(run["start_time"]).timestamp() - since_epoch for run in page]
        if len(page) < PAGE:
            return begun


def runs_under_way(inspections: Sequence[str]) -> list[str]:
    settings = read_settings()
    runs = [run for inspection in inspections for run in stage_runs(settings, inspection)]
    return [run.name for run in runs if run.state in UNDER_WAY]


def deaths(stack: UnreliableStack) -> list[str]:
    """Return the title of each part that ended, as often as it did; an end that is no kill bears how it ended."""
    ends = [re.fullmatch(r"(.+) \(pid [0-9]+\) (ended .+); started again \(pid [0-9]+\)", line) for line in stack.said]
    return [end[1] if end[2] == "ended by signal 9" else end[0] for end in ends if end]
