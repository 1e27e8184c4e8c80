"""A process without a setting, or with another key than the registered one, ends before it takes work."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from deployments.runner import start_checks
from deployments.runner.flow_specs import FlowSpec, sealing_flow_specs, stage_flow_specs
from deployments.runner.runner import StageRunner
from deployments.runner.runner_process import RunnerProcess, serve
from deployments.runner.start_checks import entry_check, errors_in_log, sealing_check, stage_check
from deployments.runner.structured_log import log_as_json
from domain.sealing.note import verifier_key_of
from schemas.errors import SettingsError
from storage.settings import STAGE_DUTIES, Duty, Settings
from tests.support.memory import MemoryObjects
from tests.support.people import SERVICE, book_of_everybody, key_for
from tests.support.world import INSPECTION, World

OTHER = bytes(range(32)).hex()
COMPLETE = {
    "s3_endpoint": "http://127.0.0.1:9",
    "PREFECT_API_URL": "http://127.0.0.1:9/api",
    "service_key": SERVICE.key.private_bytes_raw().hex(),
    "seal_key": key_for("seals").private_bytes_raw().hex(),
    **{f"s3_{duty}_{half}_key": "x" for duty in (*STAGE_DUTIES, "seal") for half in ("access", "secret")},
}
SEALS = str(verifier_key_of("ncpi.invalid/ledger", key_for("seals")))


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> MemoryObjects:
    objects = MemoryObjects()
    monkeypatch.setattr(start_checks, "open_bucket", lambda *_: objects)
    return objects


def without(*names: str, **changes: str) -> Settings:
    return Settings.model_validate({name: value for name, value in COMPLETE.items() if name not in names} | changes)


def test_a_runner_with_everything_is_fit_before_and_after_the_register_is_founded(ledger: MemoryObjects) -> None:
    stages, seals = stage_check(without()), sealing_check(without())
    for check in (stages, seals):
        check()
    book_of_everybody(seal_key=SEALS).put(ledger)
    for check in (stages, seals):
        check()


def test_everything_that_a_runner_lacks_is_named_at_once(ledger: MemoryObjects) -> None:
    lacking = without("service_key", "s3_intake_secret_key", "s3_publish_access_key", "PREFECT_API_URL")
    with pytest.raises(SettingsError) as caught:
        stage_check(lacking)
    for name in ("NCPI_SERVICE_KEY", "NCPI_S3_INTAKE_SECRET_KEY", "NCPI_S3_PUBLISH_ACCESS_KEY", "PREFECT_API_URL"):
        assert name in str(caught.value)
    assert "LEDGER" not in str(caught.value)


def test_everything_that_the_sealing_process_lacks_is_named_at_once(ledger: MemoryObjects) -> None:
    with pytest.raises(SettingsError, match=r"(?s)NCPI_S3_SEAL_ACCESS_KEY.*NCPI_SEAL_KEY.*PREFECT_API_URL"):
        sealing_check(without("seal_key", "s3_seal_access_key", "PREFECT_API_URL"))


def test_recipients_of_notes_that_are_no_addresses_are_refused_before_the_first_seal(ledger: MemoryObjects) -> None:
    with pytest.raises(SettingsError, match="NCPI_SMTP_TO: expected mail addresses"):
        sealing_check(without(smtp_host="mail.example", smtp_from="a@b.example", smtp_to="a@b.example; c@d.example"))


@pytest.mark.parametrize("check", [stage_check, sealing_check])
def test_another_key_than_the_registered_one_is_refused_with_what_to_do(check, ledger: MemoryObjects) -> None:
    book_of_everybody(seal_key=SEALS).put(ledger)
    with pytest.raises(SettingsError, match=r"expected the private half of .* found that of .*`ncpi people ") as caught:
        check(without(service_key=OTHER, seal_key=OTHER))()
    assert OTHER not in str(caught.value)


def test_a_server_that_is_away_does_not_end_a_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise start_checks.S3_UNAVAILABLE[0]

    monkeypatch.setattr(start_checks, "open_bucket", lambda *_: SimpleNamespace(versions=away))
    stage_check(without())()


def test_an_event_starts_something_only_if_its_entry_stands_or_the_ledger_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    opened, other = world.open(), world.open("kent-2025")
    monkeypatch.setattr(start_checks, "open_bucket", lambda *_: world.ledger_objects)
    stands = entry_check(without(), Duty.LEDGER)
    assert stands(INSPECTION, opened.digest)
    assert not stands(INSPECTION, other.digest)
    assert not stands("essex-2025", opened.digest)
    assert stands(None, world.stores.register.read().head)
    assert not stands(None, opened.digest)
    world.ledger_objects.stored["ledger/kent-2025/00000000.json"].append(b"{}")
    assert stands("kent-2025", opened.digest), "the run says that the ledger is broken"


def test_the_log_says_why_a_process_ended_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_json("ncpi")
    with pytest.raises(SystemExit) as caught, errors_in_log():
        refuse()
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "another key"


def entry_stands(_inspection: str, _entry: str) -> bool:
    return True


def refuse() -> None:
    message = "another key"
    raise SettingsError(message)


def test_an_unfit_process_takes_nothing() -> None:
    with pytest.raises(SettingsError, match="another key"):
        serve((), 1, 0, refuse, entry_stands)


class Prefect:
    """A Prefect server that knows some deployments and remembers what it is asked."""

    def __init__(self, *deployments: UUID) -> None:
        self.deployments = list(deployments)
        self.created: list[tuple[UUID, str]] = []
        self.parameters: list[object] = []
        self.altered: dict[UUID, dict[str, object]] = {}

    async def read_deployments(self, **_: object) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=one, model_dump=lambda one=one, **_: self.describe(one)) for one in self.deployments]

    def describe(self, deployment: UUID) -> dict[str, object]:
        return {"paused": False, "schedules": [{"active": True}], "global_concurrency_limit": None} | self.altered.get(
            deployment, {}
        )

    async def create_flow_run_from_deployment(
        self, deployment: UUID, *, idempotency_key: str, parameters: object, **_: object
    ) -> SimpleNamespace:
        self.created.append((deployment, idempotency_key))
        self.parameters.append(parameters)
        return SimpleNamespace(id=uuid4(), deployment_id=deployment, state=None)

    async def read_flow_runs(self, **_: object) -> list[object]:
        return []

    async def get_scheduled_flow_runs_for_deployments(self, **_: object) -> list[object]:
        return []


def test_a_key_that_is_replaced_while_a_runner_runs_ends_it_after_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        prefect = Prefect()
        process = RunnerProcess((), 1, refuse, entry_stands, poll_seconds=0.01)
        await process._serve(StageRunner("a/b:1:1", prefect, {}, 1, entry_stands), prefect, asyncio.Event())

    with pytest.raises(SettingsError, match="another key"):
        asyncio.run(asyncio.wait_for(run(), 10))


@pytest.mark.parametrize("specs", [stage_flow_specs(60), sealing_flow_specs(60)])
def test_what_runs_by_the_clock_also_runs_once_at_the_start_of_each_runner(specs) -> None:
    flows = {UUID(int=place): spec for place, spec in enumerate(specs)}
    prefect = Prefect()
    for name in ("a/b:1:1", "a/b:2:2"):
        asyncio.run(StageRunner(name, prefect, flows, 1, entry_stands).start_by_clock())
    (by_clock,) = [deployment for deployment, spec in flows.items() if spec.interval]
    assert [deployment for deployment, _ in prefect.created] == [by_clock, by_clock]
    assert len({key for _, key in prefect.created}) == 2


class Served:
    """A runner process beside a Prefect server in memory, whose deployments somebody may alter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.specs = stage_flow_specs(60)
        self.flows = {UUID(int=place): spec for place, spec in enumerate(self.specs)}
        self.prefect = Prefect(*self.flows)
        self.runner = StageRunner("a/b:1:1", self.prefect, self.flows, 1, entry_stands)
        self.process = RunnerProcess(self.specs, 1, lambda: None, entry_stands)
        self.process._runner = self.runner
        self.process._stream.is_connected = True
        monkeypatch.setattr("deployments.runner.runner_process.register_deployments", self.register)

    async def register(self, specs: list[FlowSpec]) -> dict[UUID, FlowSpec]:
        made = {uuid4(): spec for spec in specs}
        self.prefect.deployments += made
        return made

    def id_of(self, flow: str) -> UUID:
        return next(one for one, spec in self.runner.flows.items() if spec.name == flow)

    def alter(self, flow: str, **altered: object) -> None:
        self.prefect.altered[self.id_of(flow)] = altered

    def look(self) -> dict[str, object]:
        """Look once, and return what health says then."""
        asyncio.run(self.process._keep_house(self.runner, self.prefect, looks_for_stale_runs=True))
        return dict(self.process.health()[1])


@pytest.mark.parametrize("flow", ["publication", "sweep"])
def test_a_deployment_that_was_deleted_is_made_again_and_health_says_so(
    monkeypatch: pytest.MonkeyPatch, flow: str
) -> None:
    here = Served(monkeypatch)
    assert here.look()["status"] == "ready"
    assert len(here.prefect.created) == 1, "a sweep at the start"
    lost = here.id_of(flow)
    here.prefect.deployments.remove(lost)
    told = here.look()
    assert told["status"] == "hindered in Prefect"
    assert [flow in one and "makes it again" in one for one in told["hindrances"]] == [True]
    assert lost not in here.runner.flows
    assert {spec.name for spec in here.runner.flows.values()} == {spec.name for spec in here.specs}
    assert {deployment for deployment, _ in here.runner._by_event.values()} <= set(here.runner.flows)
    # Prefect deletes the runs of a deployment with it, which a sweep finds out.
    assert [deployment for deployment, _ in here.prefect.created[1:]] == [here.id_of("sweep")]
    assert here.look()["status"] == "ready"
    assert len(here.prefect.created) == 2


def test_a_schedule_that_was_deleted_is_made_again_and_one_that_is_paused_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Served(monkeypatch)
    here.alter("sweep", paused=True)
    told = here.look()
    assert (told["status"], here.process.health()[0]) == ("hindered in Prefect", False)
    assert ["sweep/start-what-is-due: paused" in one for one in told["hindrances"]] == [True]
    assert not here.prefect.created, "people have paused it"
    here.alter("sweep", schedules=[])
    assert "makes it again" in here.look()["hindrances"][0]
    here.prefect.altered.clear()
    assert here.look()["status"] == "ready"


def test_a_sweep_of_everything_begins_if_none_has_for_two_intervals_whatever_the_schedule_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, now = Served(monkeypatch), [1000.0]
    monkeypatch.setattr("deployments.runner.runner.time.monotonic", lambda: now[0])
    counts = []
    for seconds in (0, 60, 60, 1, 120, 1):
        now[0] += seconds
        here.look()
        counts.append(len(here.prefect.created))
    assert counts == [1, 1, 1, 2, 2, 3]
    assert here.prefect.parameters == [{"inspection_id": "all inspections"}] * 3
    assert len({key for _, key in here.prefect.created}) == 3
