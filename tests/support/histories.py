"""Short histories made entry by entry, each signed by nobody in particular."""

from __future__ import annotations

import datetime as dt

from domain.lifecycle.history import History
from schemas.lifecycle.moves import START, Kind, State
from schemas.people.roles import Role
from tests.support.people import signer

SOMEBODY = signer("pat.howells", Role.PROGRAMME_MANAGER)


AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


PUBLISHED_LIFE = (
    Kind.OPENED,
    Kind.FIELDWORK_SUBMITTED,
    Kind.FIELDWORK_RECORDED,
    Kind.REPORT_DRAFTED,
    Kind.REPORT_APPROVED,
    Kind.PUBLISHED,
    Kind.FOLLOW_UP_RECORDED,
    Kind.REVIEW_SUBMITTED,
    Kind.REVIEW_DRAFTED,
    Kind.REVIEW_APPROVED,
    Kind.REVIEW_PUBLISHED,
)


def stored(kinds: tuple[Kind, ...], inspection: str = "kent-2025") -> list[bytes]:
    history = History(inspection)
    written = []
    for place, kind in enumerate(kinds):
        data = history.next_entry(kind, id=f"entry/{place}", at=AT, signer=SOMEBODY, facts={"n": place}).to_bytes()
        history = history.followed_by(data)
        written.append(data)
    return written


def shortest_path(state: State) -> tuple[Kind, ...]:
    paths: dict[State, tuple[Kind, ...]] = {State.UNOPENED: ()}
    waiting = [START]
    while waiting:
        here = waiting.pop(0)
        for kind in sorted(here.legal):
            there = here.after(kind)
            if there.state not in paths:
                paths[there.state] = (*paths[here.state], kind)
                waiting.append(there)
    return paths[state]
