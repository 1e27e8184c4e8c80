"""What in Prefect hinders our flows, in an operator's words: what somebody deleted, paused or limited there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

DEPLOYMENTS: Final = {
    "fieldwork": "check-the-return",
    "initial-report": "draft-the-report",
    "publication": "publish-or-withdraw",
    "follow-up": "plan-the-follow-up",
    "review-publication": "draft-and-publish-the-review",
    "sweep": "start-what-is-due",
    "seal": "seal-what-is-new",
}
"""Name of each flow's deployment: what it does; Prefect shows `fieldwork/check-the-return`."""
BY_CLOCK: Final = frozenset({"sweep", "seal"})
"""The flows whose deployments have a schedule."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What is wrong with one deployment."""

    flow: str
    words: str
    is_missing: bool = False
    """Whether it, or its schedule, is gone: then a runner makes it again, and nobody need do anything."""
    is_paused: bool = False
    """Whether somebody has paused its schedule, which we leave as it is."""


def hindrances(flow: str, deployment: Mapping[str, Any] | None) -> Iterator[Hindrance]:
    """Yield what hinders a flow.

    Args:
        deployment: as Prefect's API describes it; None where there is none.
    """
    subject = f"{flow}/{DEPLOYMENTS.get(flow, flow)}"
    if deployment is None:
        words = f"{subject}: it has no deployment in Prefect, so that nothing starts it; a runner makes it again"
        yield Hindrance(flow, words, is_missing=True)
        return
    if flow in BY_CLOCK:
        schedules = deployment["schedules"]
        if not schedules:
            words = f"{subject}: its schedule is gone from Prefect; a runner makes it again"
            yield Hindrance(flow, words, is_missing=True)
        elif deployment["paused"] or not any(one["active"] for one in schedules):
            words = f"{subject}: paused in Prefect, so that it does not run by the clock; resume it there"
            yield Hindrance(flow, words, is_paused=True)
    limit = deployment["global_concurrency_limit"]
    if limit and limit["active"]:
        words = f"{subject}: at most {limit['limit']} of its runs go on at once in Prefect; remove the limit there"
        yield Hindrance(flow, words)
