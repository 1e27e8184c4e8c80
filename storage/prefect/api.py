"""The one small port to Prefect, by HTTP: announce entries as events, start what the sweep found due.

An event is a hint: it may be lost, and the sweep finds what was. The desk and the stages both announce here, so an
entry's event has one name, one id and one shape. Only ids and digests pass: Prefect's database is read by everybody
with the shared login.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx

from schemas.errors import SettingsError
from schemas.programme.forces import force_of
from storage.prefect.quick_retries import quick_retries

if TYPE_CHECKING:
    from pydantic import SecretStr

    from domain.lifecycle.history import Recorded
    from storage.settings import Settings

_NAMESPACE: Final = uuid.UUID("6f1c1d0e-5d3a-5b0e-9d53-0e9b8a4f1c77")
_TIMEOUT_SECONDS: Final = 10.0
_PAGE: Final = 200
_LONGEST_RUN_SECONDS: Final = 90
"""After this a run that was started is taken to be dead. A stage takes seconds; if one still runs, the ledger holds."""
DEPLOYMENT: Final = "ncpi"
"""Name of the deployment of each of our flows; Prefect shows `publication/ncpi`."""
STARTED_BY_SWEEP: Final = "started-by:sweep"
STARTED_BY_EVENT: Final = "started-by:event"


def run_name(inspection_id: str, flow: str) -> str:
    """Name the run of a stage for readers."""
    return f"{inspection_id}: {flow}"


def run_tags(inspection_id: str) -> tuple[str, str]:
    """Return the tags by which operations find the runs of a force and of an inspection."""
    return f"force:{force_of(inspection_id).slug}", f"inspection:{inspection_id}"


class Announcer(Protocol):
    """Where entries are announced."""

    def announce(self, recorded: Recorded) -> bool:
        """Announce an entry; False when nobody could be told. Never raises for a lost event."""
        ...


def event_of(recorded: Recorded) -> dict[str, Any]:
    """Make the event of an entry: the same entry always gives the same event, with the same id."""
    entry = recorded.entry
    force = force_of(entry.inspection)
    return {
        "id": str(uuid.uuid5(_NAMESPACE, recorded.digest)),
        "occurred": entry.at.isoformat(),
        "event": entry.kind.event,
        "resource": {"prefect.resource.id": f"inspection.{entry.inspection}"},
        "related": [
            {"prefect.resource.id": f"force.{force.slug}", "prefect.resource.role": "force"},
        ],
        "payload": {"inspection": entry.inspection, "seq": entry.seq, "entry": recorded.digest},
    }


class PrefectServer:
    """A Prefect server, by the three requests we need of it."""

    def __init__(self, settings: Settings) -> None:
        """Take the address and login from the settings.

        Raises:
            SettingsError: no Prefect address is set, or a login that is none; the login is not shown.
        """
        if not settings.prefect_api_url:
            message = "no Prefect server: set PREFECT_API_URL, or start the local stack with `ncpi up`"
            raise SettingsError(message)
        self._url = settings.prefect_api_url.rstrip("/")
        login = settings.prefect_api_auth_string
        self._login = _login_of(login) if login else None
        self._deployments: dict[str, str] = {}
        self._client = httpx.Client(auth=self._login, timeout=_TIMEOUT_SECONDS, transport=quick_retries())

    def announce(self, recorded: Recorded) -> bool:
        """Announce an entry; False when the server could not be told."""
        try:
            self._request("POST", "/events", [event_of(recorded)])
        except (httpx.HTTPError, SettingsError):
            return False  # the entry is recorded whatever becomes of its event, and the sweep finds it
        return True

    def start(self, flow: str, inspection_id: str, *, cause: str) -> str:
        """Start a run of a stage and give its id; the same cause again gives the same run.

        Args:
            cause: idempotency key, kept by the server with the run.

        Raises:
            httpx.HTTPError: the server cannot be reached or does not know the deployment.
        """
        body = {
            "parameters": {"inspection_id": inspection_id},
            "name": run_name(inspection_id, flow),
            "idempotency_key": cause,
            "tags": [*run_tags(inspection_id), STARTED_BY_SWEEP],
            "state": {"type": "SCHEDULED", "message": "Started by the sweep"},
        }
        return str(self._request("POST", f"/deployments/{self._deployment(flow)}/create_flow_run", body)["id"])

    def under_way(self, flow: str, now: dt.datetime) -> frozenset[str]:
        """Name the inspections for which a run of a flow is waiting or running; what a killed process left is neither.

        Raises:
            httpx.HTTPError: the server cannot be reached or does not know the deployment.
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
        return frozenset(
            str(run["parameters"].get("inspection_id"))
            for run in (*found, *page)
            if not _is_left_behind(run["state"], now)
        )

    def _deployment(self, flow: str) -> str:
        if flow not in self._deployments:
            found = self._request("GET", f"/deployments/name/{flow}/{DEPLOYMENT}", None)
            self._deployments[flow] = str(found["id"])
        return self._deployments[flow]

    def _request(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
        try:
            answer = self._client.request(method, f"{self._url}{path}", json=body)
        except httpx.InvalidURL:
            message = "PREFECT_API_URL: expected an address such as http://127.0.0.1:4200/api, found none; fix it"
            raise SettingsError(message) from None
        answer.raise_for_status()
        try:
            return answer.json() if answer.content else None
        except ValueError:
            message = f"{path}: expected JSON, found something else; is PREFECT_API_URL a Prefect server?"
            raise httpx.DecodingError(message, request=answer.request) from None


def _login_of(login: SecretStr) -> httpx.BasicAuth:
    name, colon, password = login.get_secret_value().partition(":")
    if not colon:
        message = (
            "PREFECT_API_AUTH_STRING: expected a name and a password with a colon between, found no colon; "
            "set it as the Prefect server has it"
        )
        raise SettingsError(message)
    return httpx.BasicAuth(name, password)


def _is_left_behind(state: dict[str, Any], now: dt.datetime) -> bool:
    """Return whether a run stopped being run: no stage takes that long, so its process was killed."""
    since = dt.datetime.fromisoformat(state["timestamp"])
    return state["type"] != "SCHEDULED" and (now - since).total_seconds() > _LONGEST_RUN_SECONDS
