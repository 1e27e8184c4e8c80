from __future__ import annotations

import base64
import datetime as dt
import http.server
import json
import socket
import threading
import traceback
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from domain.calendar import time_in_words
from domain.lifecycle.history import History, Recorded
from schemas.errors import NotFoundError, SettingsError
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from storage.prefect.api import STARTED_BY_SWEEP, PrefectServer, event_of
from storage.prefect.runs import WAITING, WaitingRun
from storage.settings import Settings
from tests.support.histories import AT, PUBLISHED_LIFE, stored
from tests.support.people import signer
from tests.support.servers.running import free_port

CANARY = "zqcanary"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class Listener:
    """An HTTP server of this computer that keeps what it is sent and answers what it is told to."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str | None, Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = json.loads(sent) if sent else None
                listener.requests.append((self.command, self.path, self.headers["Authorization"], body))
                status, answer = listener.answers.get(self.path, (204, None))
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                data = b"" if answer is None else data
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST  # noqa: N815 - the server's own names

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.stop()


def server(url: str, login: str | None = None) -> PrefectServer:
    return PrefectServer(Settings(s3_endpoint="http://127.0.0.1:9", PREFECT_API_URL=url, PREFECT_API_AUTH_STRING=login))


def recorded(inspection: str = "kent-2025") -> Recorded:
    return History.from_bytes(inspection, stored(PUBLISHED_LIFE[:2], inspection)).recorded[-1]


def test_an_entry_has_one_event_with_one_id() -> None:
    event = event_of(recorded())
    assert event == event_of(recorded())
    assert uuid.UUID(event["id"]).version == 5
    assert event["event"] == "inspection.fieldwork-return.submitted"
    assert event["occurred"] == AT.isoformat()
    assert event["resource"] == {
        "prefect.resource.id": "inspection.kent-2025",
        "prefect.resource.name": "kent-2025",
    }
    (force,) = event["related"]
    assert force == {
        "prefect.resource.id": "force.kent",
        "prefect.resource.role": "force",
        "prefect.resource.name": "Kent Police",
    }
    run = {"prefect.resource.id": "prefect.flow-run.r-1", "prefect.resource.role": "flow-run"}
    assert event_of(recorded(), "r-1") == event | {"related": [force, run]}
    assert event["payload"] == {"inspection": "kent-2025", "seq": 1, "entry": recorded().digest}


def test_every_entry_of_every_inspection_has_another_id() -> None:
    lives = [History.from_bytes(one, stored(PUBLISHED_LIFE, one)) for one in ("kent-2025", "essex-2025", "kent-2025-2")]
    ids = [event_of(one)["id"] for history in lives for one in history.recorded]
    assert len(set(ids)) == 3 * len(PUBLISHED_LIFE)


def test_an_event_holds_neither_facts_nor_people() -> None:
    history = History("kent-2025")
    entry = history.next_entry(
        Kind.OPENED,
        id="opened",
        at=AT,
        signer=signer(f"{CANARY}.smith", Role.HMI),
        facts={"reason": CANARY, CANARY: 1},
    )
    assert CANARY not in json.dumps(event_of(history.followed_by(entry.to_bytes()).recorded[0]))


def test_an_announcement_is_one_event_in_a_list_with_the_login(listener: Listener) -> None:
    one = recorded()
    assert server(listener.url, "ncpi:zq:secret").announce(one) is True
    login = "Basic " + base64.b64encode(b"ncpi:zq:secret").decode()
    assert listener.requests == [("POST", "/api/events", login, [event_of(one)])]


@pytest.mark.parametrize("end", ["", "/"])
def test_without_a_login_none_is_sent_and_a_slash_at_the_end_does_no_harm(listener: Listener, end: str) -> None:
    assert server(listener.url + end).announce(recorded()) is True
    assert [request[:3] for request in listener.requests] == [("POST", "/api/events", None)]


def test_without_a_server_only_the_event_is_lost() -> None:
    assert server(f"http://127.0.0.1:{free_port()}/api").announce(recorded()) is False


@pytest.mark.parametrize("status", [401, 404, 422, 500, 503])
def test_with_a_server_that_refuses_only_the_event_is_lost(listener: Listener, status: int) -> None:
    listener.answers["/api/events"] = (status, {"detail": "no"})
    assert server(listener.url).announce(recorded()) is False


def test_with_a_server_that_hangs_up_only_the_event_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:

        def hang_up() -> None:
            deaf.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert server(f"http://127.0.0.1:{deaf.getsockname()[1]}/api").announce(recorded()) is False
        thread.join()


@pytest.mark.parametrize("url", [None, ""])
def test_the_error_for_a_missing_address_says_what_to_do(url: str | None) -> None:
    with pytest.raises(SettingsError, match=r"PREFECT_API_URL.*ncpi up"):
        PrefectServer(Settings(s3_endpoint="http://127.0.0.1:9", PREFECT_API_URL=url))


def test_a_start_asks_for_the_deployment_once_and_names_its_cause(listener: Listener) -> None:
    listener.answers = {
        "/api/deployments/name/fieldwork/check-the-return": (200, {"id": "d-1"}),
        "/api/deployments/d-1/create_flow_run": (201, {"id": "r-1"}),
    }
    prefect = server(listener.url)
    for _ in range(2):
        assert prefect.start("fieldwork", "kent-2025", cause="head/fieldwork/7") == "r-1"
    asked, started, again = listener.requests
    assert asked[:2] == ("GET", "/api/deployments/name/fieldwork/check-the-return")
    assert started == again
    body = started[3]
    assert (body["idempotency_key"], body["parameters"]) == ("head/fieldwork/7", {"inspection_id": "kent-2025"})
    assert body["tags"] == ["force:kent", "inspection:kent-2025", STARTED_BY_SWEEP]
    assert body["name"] == "kent-2025: fieldwork"
    assert body["state"]["type"] == "SCHEDULED"


@pytest.mark.parametrize(("status", "error"), [(404, NotFoundError), (500, httpx.HTTPError)])
def test_a_start_that_fails_is_not_hidden(listener: Listener, status: int, error: type[Exception]) -> None:
    listener.answers["/api/deployments/name/fieldwork/check-the-return"] = (status, {})
    with pytest.raises(error):
        server(listener.url).start("fieldwork", "kent-2025", cause="x")
    with pytest.raises(httpx.HTTPError):
        server(f"http://127.0.0.1:{free_port()}/api").unended("fieldwork", NOW)


def run(inspection: str, state: str, seconds_ago: int, *, held: int = 0, name: str = "") -> dict[str, Any]:
    """Return a run in a state since so many seconds, which Prefect holds for so many more."""
    since, until = (
        (NOW + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z") for seconds in (-seconds_ago, held)
    )
    return {
        "id": f"run of {inspection}",
        "parameters": {"inspection_id": inspection},
        "state": {"type": state, "name": name or state.capitalize(), "timestamp": since},
        "next_scheduled_start_time": until if state == "SCHEDULED" else None,
    }


def test_runs_that_are_due_or_run_are_under_way_and_neither_those_held_nor_those_of_a_killed_process(
    listener: Listener,
) -> None:
    listener.answers = {
        "/api/deployments/name/fieldwork/check-the-return": (200, {"id": "d-1"}),
        "/api/flow_runs/filter": (
            200,
            [
                run("kent-2025", "SCHEDULED", 9_000),
                run("essex-2025", "RUNNING", 5),
                run("dorset-2025", "PENDING", 300),
                run("durham-2025", "RUNNING", 301),
                run("surrey-2025", "PENDING", 9_000),
                run("sussex-2025", "SCHEDULED", 9_000, held=1, name=WAITING),
                run("norfolk-2025", "SCHEDULED", 9_000, held=0, name=WAITING),
                run("suffolk-2025", "SCHEDULED", 9_000, held=1, name="Scheduled"),
            ],
        ),
    }
    unended = server(listener.url).unended("fieldwork", NOW)
    assert unended.under_way == {"kent-2025", "essex-2025", "dorset-2025", "norfolk-2025"}
    assert unended.waiting == (WaitingRun("run of sussex-2025", "sussex-2025", NOW + dt.timedelta(seconds=1)),)
    expected = listener.requests[-1][3]
    assert expected["deployments"] == {"id": {"any_": ["d-1"]}}
    assert set(expected["flow_runs"]["state"]["type"]["any_"]) == {"SCHEDULED", "PENDING", "RUNNING"}


def test_a_run_that_waits_for_an_embargo_bears_its_name_and_time_from_the_beginning(listener: Listener) -> None:
    listener.answers = {
        "/api/deployments/name/publication/publish-or-withdraw": (200, {"id": "d-1"}),
        "/api/deployments/d-1/create_flow_run": (201, {"id": "r-1"}),
    }
    server(listener.url).start("publication", "kent-2025", cause="x", at=NOW)
    body = listener.requests[-1][3]
    assert body["name"] == "kent-2025: publication"
    assert (body["state"]["type"], body["state"]["name"]) == ("SCHEDULED", WAITING)
    assert dt.datetime.fromisoformat(body["state"]["state_details"]["scheduled_time"]) == NOW
    assert body["state"]["message"] == f"kent-2025: publication waits for the embargo, {time_in_words(NOW)}"


@pytest.mark.parametrize(("name", "requests"), [(WAITING, ["GET", "POST"]), ("Running", ["GET"])])
def test_a_run_is_ended_only_while_it_waits(listener: Listener, name: str, requests: list[str]) -> None:
    listener.answers = {
        "/api/flow_runs/r-1": (200, {"state": {"name": name}}),
        "/api/flow_runs/r-1/set_state": (201, {}),
    }
    server(listener.url).end_waiting(WaitingRun("r-1", "kent-2025", NOW))
    assert [method for method, *_ in listener.requests] == requests
    if name == WAITING:
        assert listener.requests[-1][3]["state"]["type"] == "CANCELLED"


def test_the_login_is_in_no_message(listener: Listener) -> None:
    listener.answers["/api/deployments/name/fieldwork/check-the-return"] = (401, {})
    prefect = server(listener.url, f"ncpi:{CANARY}")
    with pytest.raises(httpx.HTTPStatusError) as refusal:
        prefect.start("fieldwork", "kent-2025", cause="x")
    assert CANARY not in repr(refusal.value)
    assert CANARY not in repr(vars(prefect))


def test_with_an_answer_that_is_not_json_only_the_event_is_lost(listener: Listener) -> None:
    listener.answers["/api/events"] = (200, b"<html>sign in</html>")
    assert server(listener.url).announce(recorded()) is False


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:port/api", "\x00", "ftp://127.0.0.1/api", "api"])
def test_with_an_invalid_address_only_the_event_is_lost(url: str) -> None:
    assert server(url).announce(recorded()) is False


@pytest.mark.parametrize("login", [CANARY, f" {CANARY}"])
def test_a_login_without_a_colon_is_a_wrong_setting_and_is_not_shown(login: str) -> None:
    with pytest.raises(SettingsError, match=r"PREFECT_API_AUTH_STRING.*colon") as wrong:
        server("http://127.0.0.1:9/api", login)
    assert CANARY not in str(wrong.value)
    assert CANARY not in "".join(traceback.format_exception(wrong.value))


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:port/api"])
def test_a_sweep_with_an_invalid_address_names_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="PREFECT_API_URL"):
        server(url).unended("fieldwork", NOW)


def test_a_sweep_treats_an_answer_that_is_not_json_as_a_server_that_is_down(listener: Listener) -> None:
    listener.answers["/api/deployments/name/fieldwork/check-the-return"] = (200, b"<html>sign in</html>")
    with pytest.raises(httpx.HTTPError, match="expected JSON"):
        server(listener.url).unended("fieldwork", NOW)
