"""A correction and a withdrawal as Prefect runs of the publication stage, on the real S3 server."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from desk.acts.context import open_desk
from desk.acts.corrections import draft_correction
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from desk.acts.withdrawal import withdraw
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import FIELDWORK, FOLLOW_UP, INITIAL_REPORT, PUBLICATION
from schemas.people.roles import Role
from storage.settings import read_settings
from tests.support.errata import write_errata
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.stage_flows import decide, history, run
from tests.support.world import HMI, LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
INSPECTION = "kent-2015"
PRESS = signer("tom.baker", Role.PRESS_OFFICER)


def status_of(key: str) -> int:
    return httpx.get(f"{read_settings().public_url}/{key}").status_code


def test_both_interruptions_are_turns_of_the_publication_flow(servers: None, tmp_path: Path) -> None:
    context = open_desk()
    open_inspection(context, INSPECTION, MANAGER)
    submit(context, INSPECTION, write_fieldwork(tmp_path, INSPECTION), FORMS["fieldwork"], LEAD)
    run(FIELDWORK, INSPECTION)
    run(INITIAL_REPORT, INSPECTION)
    decide(context, INSPECTION)
    run(PUBLICATION, INSPECTION)
    run(FOLLOW_UP, INSPECTION)

    draft_correction(context, INSPECTION, write_errata(tmp_path, inspection=INSPECTION), PRESS)
    assert run(PUBLICATION, INSPECTION).name == "Nothing to do"
    decide(context, INSPECTION)
    assert run(PUBLICATION, INSPECTION).message == "kent-2015: correction.recorded as entry 9"
    first, second = (f"{INSPECTION}/initial-report/{version}report.html" for version in ("", "v2/"))
    assert (status_of(first), status_of(second)) == (200, 200)
    assert history(INSPECTION).state is State.AWAITING_REVIEW

    withdraw(context, INSPECTION, HMI, "The figures of another force were printed")
    withdrawn = run(PUBLICATION, INSPECTION)
    assert (withdrawn.name, withdrawn.message) == ("Withdrawn", "kent-2015: withdrawal.recorded as entry 11")
    assert (status_of(first), status_of(second)) == (404, 404)
    assert status_of(f"{INSPECTION}/withdrawal.html") == 200
    assert f"{INSPECTION}/withdrawal.html" in httpx.get(f"{read_settings().public_url}/index.html").text
    assert history(INSPECTION).recorded[-1].entry.kind is Kind.WITHDRAWN
    assert run(PUBLICATION, INSPECTION).name == "Nothing to do"
