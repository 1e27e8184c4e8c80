"""A process without a setting, or with another key than the registered one, ends before it takes work."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from uuid import UUID

import pytest

from deployments.runner import start_checks
from deployments.runner.flow_specs import sealing_flow_specs, stage_flow_specs
from deployments.runner.runner import StageRunner
from deployments.runner.runner_process import RunnerProcess, serve
from deployments.runner.start_checks import errors_in_log, sealing_check, stage_check
from deployments.runner.structured_log import log_as_json
from domain.sealing.note import verifier_key_of
from schemas.errors import SettingsError
from storage.settings import STAGE_DUTIES, Settings
from tests.support.memory import MemoryObjects
from tests.support.people import SERVICE, book_of_everybody, key_for

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


def test_the_log_says_why_a_process_ended_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_json("ncpi")
    with pytest.raises(SystemExit) as caught, errors_in_log():
        refuse()
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "another key"


def refuse() -> None:
    message = "another key"
    raise SettingsError(message)


def test_an_unfit_process_takes_nothing() -> None:
    with pytest.raises(SettingsError, match="another key"):
        serve((), 1, 0, refuse)


class Prefect:
    """A Prefect server that knows some deployments and remembers what it is asked."""

    def __init__(self, *deployments: UUID) -> None:
        self.deployments = list(deployments)
        self.created: list[tuple[UUID, str]] = []

    async def read_deployments(self, **_: object) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=one) for one in self.deployments]

    async def create_flow_run_from_deployment(self, deployment: UUID, *, idempotency_key: str, **_: object) -> None:
        self.created.append((deployment, idempotency_key))

    async def read_flow_runs(self, **_: object) -> list[object]:
        return []

    async def get_scheduled_flow_runs_for_deployments(self, **_: object) -> list[object]:
        return []


def test_a_key_that_is_replaced_while_a_runner_runs_ends_it_after_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        prefect = Prefect()
        process = RunnerProcess((), 1, refuse, poll_seconds=0.01)
        await process._serve(StageRunner("a/b:1:1", prefect, {}, 1), prefect, asyncio.Event())

    with pytest.raises(SettingsError, match="another key"):
        asyncio.run(asyncio.wait_for(run(), 10))


@pytest.mark.parametrize("specs", [stage_flow_specs(60), sealing_flow_specs(60)])
def test_what_runs_by_the_clock_also_runs_once_at_the_start_of_each_runner(specs) -> None:
    flows = {UUID(int=place): spec for place, spec in enumerate(specs)}
    prefect = Prefect()
    for name in ("a/b:1:1", "a/b:2:2"):
        asyncio.run(StageRunner(name, prefect, flows, 1).start_by_clock())
    (by_clock,) = [deployment for deployment, spec in flows.items() if spec.interval]
    assert [deployment for deployment, _ in prefect.created] == [by_clock, by_clock]
    assert len({key for _, key in prefect.created}) == 2


def test_a_deployment_that_was_deleted_is_made_again_and_its_events_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = stage_flow_specs(60)
    before = {UUID(int=place): spec for place, spec in enumerate(specs)}
    after = {UUID(int=place + 100): spec for place, spec in enumerate(specs)}
    made: list[object] = []

    async def register(flows: object) -> dict[UUID, object]:
        made.append(flows)
        return after

    monkeypatch.setattr("deployments.runner.runner_process.register_deployments", register)
    process = RunnerProcess(specs, 1, lambda: None)
    runner = StageRunner("a/b:1:1", Prefect(), before, 1)
    asyncio.run(process._restore_deployments(runner, Prefect(*before)))
    assert not made, "nothing is missing"
    asyncio.run(process._restore_deployments(runner, Prefect(*list(before)[1:])))
    assert made == [specs]
    assert runner.flows == after
    assert {deployment for deployment, _ in runner._by_event.values()} <= set(after)
