from __future__ import annotations

import pickle
import traceback

import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from schemas.dates import SourcedDate
from schemas.errors import NcpiError, NotFoundError, RejectedError
from tasks.guard import PAUSES, OutsideError, guarded, is_transient, retrying


def raising(error: Exception):
    @guarded
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize("error", [KeyError("zqcanary"), ValueError("zqcanary"), RuntimeError("zqcanary")])
def test_the_text_of_an_unexpected_error_never_passes(error: Exception) -> None:
    with pytest.raises(NcpiError) as caught:
        raising(error)()
    shown = "".join(traceback.format_exception(caught.value))
    assert "zqcanary" not in shown
    assert type(error).__name__ in str(caught.value)
    assert caught.value.__context__ is None


def test_what_is_known_passes_as_it_is() -> None:
    error = RejectedError("kent-2025", [])
    with pytest.raises(RejectedError) as caught:
        raising(error)()
    assert caught.value is error
    assert not is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("down"),
        TimeoutError("late"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
        ClientError({"Error": {"Code": "SlowDown"}}, "PutObject"),
        ConnectionResetError("reset"),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    with pytest.raises(OutsideError) as caught:
        raising(error)()
    assert str(caught.value) == f"{type(error).__name__}: {error}"
    assert is_transient(error)
    assert is_transient(caught.value)


def test_what_was_to_be_stored_and_the_login_do_not_pass_with_the_error() -> None:
    request = AWSPreparedRequest("PUT", "http://127.0.0.1:9/private", {"Authorization": b"zqcanary"}, b"zqcanary", None)
    error = ConnectionClosedError(endpoint_url=request.url, request=request)
    assert b"zqcanary" in pickle.dumps(error)
    with pytest.raises(OutsideError) as caught:
        guarded(raising(error))()
    assert b"zqcanary" not in pickle.dumps(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_process_ends_it(error: type[BaseException]) -> None:
    with pytest.raises(error):
        raising(error())()
    assert not is_transient(error())


def test_a_value_refused_deep_inside_is_not_shown_by_any_cause() -> None:
    @guarded
    def read(date: str) -> None:
        try:
            SourcedDate(date=date, source=date)
        except ValueError as error:
            message = f"the child of {date}"
            raise RuntimeError(message) from error

    with pytest.raises(NcpiError, match="read failed: RuntimeError at read, line ") as caught:
        # Made here, so that no line of this file shows it in the traceback.
        read("zq" * 9)
    assert "zqzq" not in "".join(traceback.format_exception(caught.value))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert type(caught.value) is NcpiError


def test_answers_arguments_and_the_name_pass() -> None:
    @guarded
    def add(one: int, *, two: int) -> int:
        """Add."""
        return one + two

    assert add(1, two=2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Add.")


def test_an_error_for_people_passes_as_the_very_same() -> None:
    error = NotFoundError("kent-2025: no such inspection")
    with pytest.raises(NotFoundError) as caught:
        raising(error)()
    assert caught.value is error
    assert not is_transient(error)


def failing_first(times: int, error: Exception, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[int]]:
    slept: list[float] = []
    calls: list[int] = []
    monkeypatch.setattr("tasks.guard.time.sleep", slept.append)

    @retrying
    def read() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "read"

    if times <= len(PAUSES) and is_transient(error):
        assert read() == "read"
    else:
        with pytest.raises(type(error)):
            read()
    return slept, calls


def test_what_only_reads_is_patient_as_a_task_is(monkeypatch: pytest.MonkeyPatch) -> None:
    slept, calls = failing_first(2, httpx.ConnectError("down"), monkeypatch)
    assert (slept, len(calls)) == ([1, 4], 3)
    slept, calls = failing_first(4, httpx.ConnectError("down"), monkeypatch)
    assert (slept, len(calls)) == ([1, 4, 10], 4)


def test_what_trying_again_cannot_help_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    slept, calls = failing_first(1, NotFoundError("gone"), monkeypatch)
    assert (slept, len(calls)) == ([], 1)
