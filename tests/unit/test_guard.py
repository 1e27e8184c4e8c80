from __future__ import annotations

import traceback

import httpx
import pytest

from schemas.errors import InspectionError, RejectedError
from tasks.guard import guarded, is_transient


def raising(error: Exception):
    @guarded
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize("error", [KeyError("zqcanary"), ValueError("zqcanary"), RuntimeError("zqcanary")])
def test_the_text_of_an_unexpected_error_never_passes(error: Exception) -> None:
    with pytest.raises(InspectionError) as caught:
        raising(error)()
    shown = "".join(traceback.format_exception(caught.value))
    assert "zqcanary" not in shown
    assert type(error).__name__ in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("error", [httpx.ConnectError("down"), RejectedError("kent-2025", []), TimeoutError("late")])
def test_what_is_known_passes_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)):
        raising(error)()
    assert is_transient(error) is not isinstance(error, InspectionError)
