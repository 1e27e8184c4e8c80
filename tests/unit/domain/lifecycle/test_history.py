from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.lifecycle.history import History
from domain.signing import is_valid_signature
from schemas.errors import ChainBrokenError, IllegalMoveError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference, Entry, genesis_of
from schemas.lifecycle.moves import Kind, Position, State
from schemas.people.roles import Role
from tests.support.histories import AT, PUBLISHED_LIFE, SOMEBODY, shortest_path, stored
from tests.support.people import signer


def test_golden_bytes_of_the_first_entry_and_its_digest() -> None:
    # A change of these bytes is a change of the format: it needs a decision record and a reader for the old one.
    data = stored((Kind.OPENED,))[0]
    assert data == (
        b'{"actor":{"assurance":"person-key","person":"pat.howells","role":"programme-manager"},'
        b'"at":"2026-01-02T03:04:05Z","because":null,"document":null,"facts":{"n":0},"id":"entry/0",'
        b'"inspection":"kent-2025","kind":"opened",'
        b'"prev":"' + genesis_of("kent-2025").encode() + b'","seq":0,'
        b'"signature":{"certificate":null,"key":"ed7c6d700d428aa0eebcbc359cabd18f9b706f9c63892ad91ff248a5a12a4ac5",'
        b'"value":"waT28SjPdJ9E9hpwcPrX2/PT8LzA8+jbnckM0+2bcI8lu6wf/zeWkwd2ugtS5gl98+hKVw71GJJFfXMGSX+NDw=="},"version":2}'
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
    with pytest.raises(ChainBrokenError, match="expected an entry of essex-2025"):
        History.from_bytes("essex-2025", stored((Kind.OPENED,)))


def test_other_encodings_of_the_same_entry_are_refused() -> None:
    data = stored((Kind.OPENED,))[0]
    spaced = json.dumps(json.loads(data)).encode()
    assert Entry.from_bytes(spaced) == Entry.from_bytes(data)
    with pytest.raises(ChainBrokenError, match="canonical JSON"):
        History.from_bytes("kent-2025", [spaced])


def test_an_entry_with_a_number_that_canonical_json_cannot_hold_is_no_entry() -> None:
    forged = json.loads(stored((Kind.OPENED,))[0])
    forged["document"] = {"sha256": "0" * 64, "size_bytes": 2**53, "media_type": "text/plain", "key": "a"}
    with pytest.raises(ChainBrokenError, match="bytes that are none"):
        History.from_bytes("kent-2025", [json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()])


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(State, Kind)))
def test_only_the_moves_of_the_table_are_legal(state: State, kind: Kind) -> None:
    path = shortest_path(state)
    history = History.from_bytes("kent-2025", stored(path))
    assert history.state is state
    if kind in history.position.legal:
        assert history.next_entry(kind, id="next", at=AT, signer=SOMEBODY).seq == len(path)
    else:
        with pytest.raises(IllegalMoveError, match=state.value):
            history.next_entry(kind, id="next", at=AT, signer=SOMEBODY)


@pytest.mark.parametrize("state", [state for state in State if Kind.HOLD_PLACED in Position(state).legal])
def test_a_interruption_comes_back_to_where_the_path_was_left(state: State) -> None:
    path = (*shortest_path(state), Kind.HOLD_PLACED, Kind.CASE_REFERRED_BACK, Kind.ACT_REFUSED)
    held = History.from_bytes("kent-2025", stored(path))
    assert held.state is State.ON_HOLD
    assert History.from_bytes("kent-2025", stored((*path, Kind.HOLD_LIFTED))).state is state


@pytest.mark.parametrize("left", [State.AWAITING_REVIEW, State.COMPLETE])
@pytest.mark.parametrize(
    "interruption",
    [
        (Kind.CORRECTION_DRAFTED, Kind.CORRECTION_RETURNED),
        (Kind.CORRECTION_DRAFTED, Kind.CORRECTION_REFUSED, Kind.CORRECTION_APPROVED, Kind.CORRECTION_PUBLISHED),
    ],
)
def test_a_correction_leaves_the_path_and_comes_back(left: State, interruption: tuple[Kind, ...]) -> None:
    assert History.from_bytes("kent-2025", stored((*shortest_path(left), *interruption))).state is left


def test_what_is_withdrawn_stays_withdrawn() -> None:
    path = (*shortest_path(State.COMPLETE), Kind.WITHDRAWAL_ORDERED, Kind.WITHDRAWN)
    assert History.from_bytes("kent-2025", stored(path)).position.legal == {
        Kind.ACT_REFUSED,
        Kind.TRAIL_REVIEWED,
        Kind.FOREIGN_NAMED,
        Kind.FOREIGN_SET_ASIDE,
    }


def test_an_aside_does_not_hide_what_the_state_is_about() -> None:
    history = History.from_bytes("kent-2025", stored((*PUBLISHED_LIFE[:2], Kind.CASE_REFERRED_BACK, Kind.ACT_REFUSED)))
    assert history.last_on_path == history.recorded[1]


ANOTHER_FORM = {
    "no signature": {"signature": ...},
    "a signature that is null": {"signature": None},
    "version 1": {"version": 1},
    "version 1 without a signature": {"version": 1, "signature": ...},
    "version 3": {"version": 3},
    "an actor whom nothing shows": {
        "actor": {"person": "pat.howells", "role": "programme-manager", "assurance": "asserted"}
    },
}
"""Fields that differ from an entry's; `...` leaves a field out."""


@pytest.mark.parametrize("name", ANOTHER_FORM)
def test_an_entry_of_another_form_is_none_even_as_the_first(name: str) -> None:
    first, second = stored((Kind.OPENED, Kind.FIELDWORK_SUBMITTED))
    for before, good in (([], first), ([first], second)):
        said = {field: value for field, value in {**json.loads(good), **ANOTHER_FORM[name]}.items() if value is not ...}
        with pytest.raises(ChainBrokenError, match="expected an entry of format 2, found bytes that are none"):
            History.from_bytes("kent-2025", [*before, rfc8785.dumps(said)])


def test_the_signature_covers_all_that_an_entry_says() -> None:
    history = History.from_bytes("kent-2025", stored(PUBLISHED_LIFE[:3]))
    entry = history.next_entry(Kind.REPORT_DRAFTED, id="next", at=AT, signer=SOMEBODY, facts={"draft": "a"})
    assert is_valid_signature(entry.statement, entry.signature)
    others = {
        "inspection": "essex-2025",
        "seq": 4,
        "id": "other",
        "kind": Kind.REPORT_APPROVED,
        "at": AT + dt.timedelta(seconds=1),
        "actor": signer("sam.smith", Role.PROGRAMME_MANAGER).actor,
        "document": DocumentReference(sha256="a" * 64, size_bytes=1, media_type="text/csv", key="k"),
        "facts": {"draft": "b"},
        "because": "b" * 64,
        "prev": "b" * 64,
        "version": 1,
    }
    assert others.keys() == Entry.model_fields.keys() - {"signature"}
    for name, other in others.items():
        assert not is_valid_signature(entry.model_copy(update={name: other}).statement, entry.signature), name


def test_an_id_stands_once_in_a_ledger() -> None:
    history = History.from_bytes("kent-2025", stored((Kind.OPENED,)))
    again = history.next_entry(Kind.FIELDWORK_SUBMITTED, id="entry/0", at=AT, signer=SOMEBODY)
    with pytest.raises(ChainBrokenError, match="an id that was not used before"):
        history.followed_by(again.to_bytes())
