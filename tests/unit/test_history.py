from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.history import History
from schemas.entry import Entry, digest_of, genesis_of
from schemas.errors import ChainBrokenError, IllegalMoveError
from schemas.moves import MOVES, Kind, State
from schemas.roles import Role
from tests.support.signers import signer

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


def test_golden_bytes_of_the_first_entry_and_its_digest() -> None:
    # A change of these bytes is a change of the format: it needs a decision record and a reader for the old one.
    data = stored((Kind.OPENED,))[0]
    assert data == (
        b'{"actor":{"assurance":"asserted","person":"pat.howells","role":"programme-manager"},'
        b'"at":"2026-01-02T03:04:05Z","because":null,"document":null,"facts":{"n":0},"id":"entry/0",'
        b'"inspection":"kent-2025","kind":"opened",'
        b'"prev":"' + genesis_of("kent-2025").encode() + b'","seq":0,"version":1}'
    )
    assert digest_of(b"ncpi-ledger-v1\nkent-2025") == genesis_of("kent-2025")


def test_a_whole_life_leads_to_complete() -> None:
    history = History.from_bytes("kent-2025", stored(PUBLISHED_LIFE))
    assert history.state is State.COMPLETE
    assert [one.entry.seq for one in history.recorded] == list(range(len(PUBLISHED_LIFE)))


@given(st.integers(0, len(PUBLISHED_LIFE)))
def test_every_prefix_of_a_life_verifies(length: int) -> None:
    assert len(History.from_bytes("kent-2025", stored(PUBLISHED_LIFE)[:length]).recorded) == length


@settings(deadline=None)
@given(st.data())
def test_any_flipped_bit_before_the_head_is_seen(data: st.DataObject) -> None:
    written = stored(PUBLISHED_LIFE)
    place = data.draw(st.integers(0, len(written) - 2))
    offset = data.draw(st.integers(0, len(written[place]) - 1))
    bit = data.draw(st.integers(0, 7))
    altered = bytearray(written[place])
    altered[offset] ^= 1 << bit
    written[place] = bytes(altered)
    with pytest.raises(ChainBrokenError, match="kent-2025 entry"):
        History.from_bytes("kent-2025", written)


def test_a_missing_a_repeated_and_a_moved_entry_are_seen() -> None:
    written = stored(PUBLISHED_LIFE)
    for wrong in (written[:3] + written[4:], [*written[:3], written[2], *written[3:]], [written[1], written[0]]):
        with pytest.raises(ChainBrokenError):
            History.from_bytes("kent-2025", wrong)


def test_a_chain_cannot_be_moved_to_another_inspection() -> None:
    with pytest.raises(ChainBrokenError, match="wanted an entry of essex-2025"):
        History.from_bytes("essex-2025", stored((Kind.OPENED,)))


def test_other_encodings_of_the_same_entry_are_refused() -> None:
    data = stored((Kind.OPENED,))[0]
    spaced = json.dumps(json.loads(data)).encode()
    assert Entry.from_bytes(spaced) == Entry.from_bytes(data)
    with pytest.raises(ChainBrokenError, match="canonical JSON"):
        History.from_bytes("kent-2025", [spaced])


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(State, Kind)))
def test_only_the_moves_of_the_table_are_legal(state: State, kind: Kind) -> None:
    path = shortest_path(state)
    history = History.from_bytes("kent-2025", stored(path))
    assert history.state is state
    if kind in MOVES[state]:
        assert history.next_entry(kind, id="next", at=AT, signer=SOMEBODY).seq == len(path)
    else:
        with pytest.raises(IllegalMoveError, match=state.value):
            history.next_entry(kind, id="next", at=AT, signer=SOMEBODY)


def shortest_path(state: State) -> tuple[Kind, ...]:
    paths: dict[State, tuple[Kind, ...]] = {State.UNOPENED: ()}
    waiting = [State.UNOPENED]
    while waiting:
        here = waiting.pop(0)
        for kind, there in MOVES[here].items():
            if there not in paths:
                paths[there] = (*paths[here], kind)
                waiting.append(there)
    return paths[state]


def test_an_id_stands_once_in_a_ledger() -> None:
    history = History.from_bytes("kent-2025", stored((Kind.OPENED,)))
    again = history.next_entry(Kind.FIELDWORK_SUBMITTED, id="entry/0", at=AT, signer=SOMEBODY)
    with pytest.raises(ChainBrokenError, match="an id that was not used before"):
        history.followed_by(again.to_bytes())
