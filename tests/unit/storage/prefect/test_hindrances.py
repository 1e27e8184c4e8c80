from __future__ import annotations

from typing import Any

import pytest

from storage.prefect.hindrances import BY_CLOCK, DEPLOYMENTS, hindrances

WELL: dict[str, Any] = {"paused": False, "schedules": [{"active": True}], "global_concurrency_limit": None}


@pytest.mark.parametrize("flow", DEPLOYMENTS)
def test_nothing_hinders_a_deployment_as_a_runner_makes_it(flow: str) -> None:
    assert not list(hindrances(flow, WELL | ({} if flow in BY_CLOCK else {"schedules": []})))
    # A limit that is switched off, and a second schedule that is.
    assert not list(hindrances(flow, WELL | {"global_concurrency_limit": {"active": False, "limit": 0}}))
    assert not list(hindrances(flow, WELL | {"schedules": [{"active": False}, {"active": True}]}))


@pytest.mark.parametrize(
    ("flow", "altered", "said", "is_missing", "is_paused"),
    [
        ("publication", None, "publication/publish-or-withdraw: it has no deployment", True, False),
        ("sweep", {"schedules": []}, "sweep/start-what-is-due: its schedule is gone", True, False),
        ("sweep", {"paused": True}, "sweep/start-what-is-due: paused", False, True),
        ("seal", {"schedules": [{"active": False}]}, "seal/seal-what-is-new: paused", False, True),
        (
            "fieldwork",
            {"global_concurrency_limit": {"active": True, "limit": 0}},
            "fieldwork/check-the-return: at most 0 of its runs",
            False,
            False,
        ),
    ],
)
def test_what_somebody_deleted_paused_or_limited_is_said_with_what_to_do(
    flow: str, altered: dict[str, Any] | None, said: str, is_missing: bool, is_paused: bool
) -> None:
    (found,) = hindrances(flow, None if altered is None else WELL | altered)
    assert found.words.startswith(said)
    assert (found.is_missing, found.is_paused) == (is_missing, is_paused)


def test_a_stage_that_is_paused_in_prefect_runs_all_the_same_since_nothing_runs_it_by_the_clock() -> None:
    assert not list(hindrances("publication", WELL | {"paused": True, "schedules": []}))
