"""The port to Prefect, by HTTP: announce entries as events, start the stages that the sweep finds due.

An event is a hint: it may be lost, and then the sweep starts the stage. Desk and stages both announce here, so that the
event of an entry has one name, one id and one shape. It holds only ids and digests, since everybody with the shared
login reads Prefect's database.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache
from http import HTTPStatus
from typing import Any, Final, Protocol

import httpx

from domain.calendar import time_in_words
from domain.lifecycle.history import Recorded
from domain.people.register import StoredRecord
from schemas.errors import NotFoundError, SettingsError
from schemas.programme.forces import force_of
from storage.prefect.hindrances import DEPLOYMENTS, Hindrance, hindrances
from storage.prefect.login import prefect_login
from storage.prefect.quick_retries import quick_retries
from storage.prefect.runs import WAITING, UnendedRuns, WaitingRun
from storage.settings import Settings

_NAMESPACE: Final = uuid.UUID("6f1c1d0e-5d3a-5b0e-9d53-0e9b8a4f1c77")
_TIMEOUT_SECONDS: Final = 10.0
_PAGE: Final = 200
REGISTER_CHANGED: Final = "register.changed"
"""The event of every record of the register."""
STARTED_BY_SWEEP: Final = "started-by:sweep"
STARTED_BY_EVENT: Final = "started-by:event"


def run_name(inspection_id: str, flow: str) -> str:
    """Return the name of a stage's run."""
    return f"{inspection_id}: {flow}"


def run_tags(inspection_id: str) -> tuple[str, str]:
    """Return the tags of the runs of an inspection, to find them by force and by inspection."""
    return f"force:{force_of(inspection_id).slug}", f"inspection:{inspection_id}"


class Announcer(Protocol):
    """Where entries are announced."""

    def announce(self, recorded: Recorded) -> bool:
        """Announce an entry; return False, and raise nothing, when the event is lost."""


def event_of(recorded: Recorded, flow_run: str | None = None) -> dict[str, Any]:
    """Return the event of an entry; the same entry always has the same event, with the same id.

    It does not say which event it follows: Prefect's automations would wait a quarter of an hour for one that was lost.

    Args:
        flow_run: id of the run that announces it; None for the desk.
    """
    entry = recorded.entry
    force = force_of(entry.inspection)
    of_force = {
        "prefect.resource.id": f"force.{force.slug}",
        "prefect.resource.role": "force",
        "prefect.resource.name": force.name,
    }
    of_run = {"prefect.resource.id": f"prefect.flow-run.{flow_run}", "prefect.resource.role": "flow-run"}
    return {
        "id": str(uuid.uuid5(_NAMESPACE, recorded.digest)),
        "occurred": entry.at.isoformat(),
        "event": entry.kind.event,
        "resource": {
            "prefect.resource.id": f"inspection.{entry.inspection}",
            "prefect.resource.name": entry.inspection,
        },
        "related": [of_force, of_run] if flow_run else [of_force],
        "payload": {"inspection": entry.inspection, "seq": entry.seq, "entry": recorded.digest},
    }


def event_of_record(recorded: StoredRecord) -> dict[str, Any]:
    """Return the event of a record of the register, at which everything new is sealed."""
    return {
        "id": str(uuid.uuid5(_NAMESPACE, recorded.digest)),
        "occurred": recorded.record.at.isoformat(),
        "event": REGISTER_CHANGED,
        "resource": {"prefect.resource.id": "register"},
        "payload": {"seq": recorded.record.seq, "entry": recorded.digest},
    }


class PrefectServer:
    """A Prefect server and the requests that we make."""

    def __init__(self, settings: Settings, flow_run: str | None = None) -> None:
        """Take the address and login from the settings.

        Args:
            flow_run: id of the run that announces entries; None for the desk.

        Raises:
            SettingsError: no Prefect address is set, or the login, which is not shown, has no password.
        """
        if not settings.prefect_api_url:
            raise SettingsError("no Prefect server: set PREFECT_API_URL, or start the local stack with `ncpi up`")
        self._url = settings.prefect_api_url.rstrip("/")
        self._flow_run = flow_run
        self._deployments: dict[str, str] = {}
        self._login = prefect_login(settings)

    def announce(self, recorded: Recorded) -> bool:
        """Announce an entry; return False when the server did not take the event."""
        return self._send(event_of(recorded, self._flow_run))

    def announce_record(self, recorded: StoredRecord) -> bool:
        """Announce a record of the register; return False when the server did not take the event."""
        return self._send(event_of_record(recorded))

    def start(self, flow: str, inspection_id: str, *, cause: str, at: dt.datetime | None = None) -> str:
        """Start a run of a stage and return its id; the same cause starts no second run.

        Args:
            cause: idempotency key, kept by the server with the run.
            at: UTC instant until which Prefect holds it, because of an embargo; at once when left out.

        Raises:
            httpx.HTTPError: the server cannot be reached.
            NotFoundError: it has no deployment of the flow.
        """
        state: dict[str, Any] = {"type": "SCHEDULED", "message": "Started by the sweep"}
        if at is not None:
            state = {
                "type": "SCHEDULED",
                "name": WAITING,
                "message": f"{inspection_id}: {flow} waits for the embargo, {time_in_words(at)}",
                "state_details": {"scheduled_time": at.isoformat()},
            }
        body = {
            "parameters": {"inspection_id": inspection_id},
            "name": run_name(inspection_id, flow),
            "idempotency_key": cause,
            "tags": [*run_tags(inspection_id), STARTED_BY_SWEEP],
            "state": state,
        }
        return str(self._request("POST", f"/deployments/{self._deployment(flow)}/create_flow_run", body)["id"])

    def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
        """Return the runs of a flow that have not ended: those under way, and those that wait for an embargo.

        Raises:
            httpx.HTTPError: the server cannot be reached.
            NotFoundError: it has no deployment of the flow.
        """
        body = {
            "deployments": {"id": {"any_": [self._deployment(flow)]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}}},
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": _PAGE,
        }
        found: list[dict[str, Any]] = []
        while len(page := self._request("POST", "/flow_runs/filter", body | {"offset": len(found)})) == _PAGE:
            found += page
        return UnendedRuns.told_by((*found, *page), now)

    def end_waiting(self, run: WaitingRun) -> None:
        """Cancel a run that waits for an embargo, unless it waits no more.

        Raises:
            httpx.HTTPError: the server cannot be reached.
        """
        if self._request("GET", f"/flow_runs/{run.id}", None)["state"]["name"] == WAITING:
            state = {"type": "CANCELLED", "message": f"{run.inspection}: nothing waits for this embargo any more"}
            self._request("POST", f"/flow_runs/{run.id}/set_state", {"state": state})

    def _send(self, event: dict[str, Any]) -> bool:
        try:
            self._request("POST", "/events", [event])
        except (httpx.HTTPError, SettingsError):
            return False  # what it tells of is recorded all the same, and the sweep or the next seal finds it
        return True

    def hindrances(self) -> tuple[Hindrance, ...]:
        """List what in Prefect hinders our flows.

        Raises:
            httpx.HTTPError: the server cannot be reached.
        """
        return tuple(one for flow in DEPLOYMENTS for one in hindrances(flow, self._read_deployment(flow)))

    def _deployment(self, flow: str) -> str:
        if flow not in self._deployments:
            found = self._read_deployment(flow)
            if found is None:
                raise NotFoundError(
                    f"{flow}: expected the deployment {flow}/{DEPLOYMENTS[flow]} in Prefect, found none; a runner "
                    "makes it again within 5 s"
                )
            self._deployments[flow] = str(found["id"])
        return self._deployments[flow]

    def _read_deployment(self, flow: str) -> dict[str, Any] | None:
        try:
            return dict(self._request("GET", f"/deployments/name/{flow}/{DEPLOYMENTS[flow]}", None))
        except httpx.HTTPStatusError as error:
            if error.response.status_code != HTTPStatus.NOT_FOUND:
                raise
            return None

    def _request(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
        try:
            answer = _client().request(method, f"{self._url}{path}", json=body, auth=self._login)
        except httpx.InvalidURL:
            raise SettingsError(
                "PREFECT_API_URL: expected an address such as http://127.0.0.1:4200/api, found none; fix it"
            ) from None
        answer.raise_for_status()
        try:
            return answer.json() if answer.content else None
        except ValueError:
            message = f"{path}: expected JSON, found something else; is PREFECT_API_URL a Prefect server?"
            raise httpx.DecodingError(message, request=answer.request) from None


@cache
def _client() -> httpx.Client:
    """Return the one client of this process: each run of a stage has a port, and its connections serve the next."""
    return httpx.Client(timeout=_TIMEOUT_SECONDS, transport=quick_retries())
