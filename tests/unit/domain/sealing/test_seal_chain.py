"""The chain of seals and proofs of it, without a store."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.merkle import leaf_hash, root_of
from domain.sealing.note import verifier_key_of
from domain.sealing.proof import ProvenConsistency, ProvenEntry, check_proof, prove_consistency, prove_entry
from domain.sealing.seal_chain import SealChain
from schemas.errors import ChainBrokenError, NotFoundError, ProofError
from schemas.identifiers import digest_of
from schemas.sealing.seal import GENESIS, Seal, leaf_data
from tests.support.entries import entries, leaves

AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
ORIGIN = "ncpi.invalid/ledger"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEYS = (verifier_key_of(ORIGIN, PRIVATE),)


def leaf(chain, place, text=b""):
    return f"{chain}/{place:08d}.json", digest_of(f"{chain}/{place}".encode() + text)


KENT = [leaf("ledger/kent-2025", place) for place in range(9)]
DYFED = [leaf("ledger/dyfed-powys-2025", place) for place in range(9)]
REGISTER = [leaf("register", place) for place in range(9)]
BATCHES = ([KENT[0]], [*REGISTER[:2], DYFED[0], KENT[1], KENT[2]], [REGISTER[2], *DYFED[1:3]])


def chain_of_batches(batches=BATCHES, key=PRIVATE):
    chain, written = SealChain(), []
    for batch in batches:
        written.append(chain.next_seal(batch, AT, ORIGIN, key).to_bytes())
        chain.add(written[-1], KEYS)
    return chain, written


def test_a_chain_holds_what_its_seals_say():
    chain, written = chain_of_batches()
    assert chain.count == 3
    assert chain.leaves == [one for batch in BATCHES for one in batch]
    assert chain.head == digest_of(written[-1])
    assert chain.sealed_prefix("ledger/kent-2025").length == 3
    assert chain.sealed_prefix("ledger/kent-2025").head == KENT[2][1]
    assert chain.sealed_prefix("ledger/gwent-2025").length == 0
    assert chain.root == root_of([leaf_hash(leaf_data(one)) for one in chain.leaves])
    digest = digest_of(chain.last.statement)
    assert Checkpoint.from_note(chain.last.note, KEYS) == Checkpoint(ORIGIN, 9, chain.root, digest)


def test_leaves_are_put_in_order_the_register_first():
    seal = SealChain().next_seal([KENT[1], KENT[0], DYFED[0], REGISTER[0]], AT, ORIGIN, PRIVATE)
    assert [key for key, _ in seal.leaves] == [REGISTER[0][0], DYFED[0][0], KENT[0][0], KENT[1][0]]


def test_the_bytes_of_a_seal_are_frozen():
    chain, written = chain_of_batches()
    first = json.loads(written[0])
    assert first["prev"] == GENESIS == "1957c5438c3f392d5f5ed13d14cc662ee738a1eb986e4f592eab5eb0f1b875ca"
    assert chain.head == "4ae556996d958e62f26d4daf9fd4af98edbd0b5ba02eadece56ae01e11f5e488"


def altered(data, **changes):
    return Seal.from_bytes(data).model_copy(update=changes).to_bytes()


def with_note(data, change):
    return altered(data, note=change(json.loads(data)["note"]))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data[:-1], "other bytes"),
        (lambda data: json.dumps(json.loads(data)).encode(), "another encoding"),
        (lambda data: altered(data, n=3), "n 3"),
        (lambda data: altered(data, prev=GENESIS), "prev"),
        (lambda data: altered(data, at=AT + dt.timedelta(1)).replace(b"ncpi", b"NCPI"), "signed"),
        (lambda data: altered(data, at=AT + dt.timedelta(1)), "instant or place"),
        (lambda data: altered(data, at=AT - dt.timedelta(minutes=50)), "instant or place"),
        (lambda data: with_note(data, lambda note: note + note.rpartition("\n\n")[2]), "found 2"),
        (lambda data: with_note(data, lambda note: note + "— other.example AAAAAAAAAA==\n"), "one signature"),
        (lambda data: data.replace(b'"version":2', b'"version":true'), "other bytes"),
        (lambda data: altered(data, leaves=(REGISTER[2], DYFED[1])), "size and root"),
        (lambda data: altered(data, leaves=(REGISTER[2], DYFED[1], leaf("ledger/dyfed-powys-2025", 2, b"x"))), "root"),
        (lambda data: altered(data, leaves=(DYFED[1], DYFED[2], REGISTER[2])), "in order"),
        (lambda data: altered(data, leaves=(REGISTER[2], DYFED[2], DYFED[1])), "from place 1"),
        (lambda data: altered(data, leaves=(REGISTER[2], DYFED[0], DYFED[1])), "from place 1"),
    ],
)
def test_a_seal_that_is_not_what_was_written_is_refused_and_changes_nothing(spoil, words):
    chain, written = chain_of_batches(BATCHES[:2])
    last = chain.next_seal(BATCHES[2], AT, ORIGIN, PRIVATE).to_bytes()
    before = (chain.count, chain.head, chain.size, chain.root, list(chain.leaves))
    with pytest.raises(ChainBrokenError, match=words):
        chain.add(spoil(last), KEYS)
    assert (chain.count, chain.head, chain.size, chain.root, list(chain.leaves)) == before
    chain.add(last, KEYS)
    assert chain.count == len(written) + 1


def test_a_seal_by_another_key_is_refused():
    chain, _ = chain_of_batches(BATCHES[:1])
    forged = chain.next_seal(BATCHES[1], AT, ORIGIN, OTHER).to_bytes()
    with pytest.raises(ChainBrokenError, match="no key"):
        chain.add(forged, KEYS)


def test_a_gap_is_not_sealed():
    with pytest.raises(ChainBrokenError, match="from place 0"):
        SealChain().next_seal([KENT[1]], AT, ORIGIN, PRIVATE)


def test_no_seal_is_empty():
    with pytest.raises(ValueError, match="at least 1 item"):
        SealChain().next_seal([], AT, ORIGIN, PRIVATE)


# Proofs.

LIFE = entries("kent-2025", 11)
LIFE_LEAVES = leaves("kent-2025", LIFE)


def sealed_life():
    chain, _ = chain_of_batches((LIFE_LEAVES[:4], LIFE_LEAVES[4:5], LIFE_LEAVES[5:]))
    return chain


def entry_proof(place=5):
    chain = sealed_life()
    return prove_entry(chain.leaves, LIFE_LEAVES[place][0], LIFE[place], chain.last.note, KEYS)


@pytest.mark.parametrize("place", range(len(LIFE)))
def test_each_entry_is_shown_by_its_proof(place):
    shown = check_proof(entry_proof(place).to_bytes(), KEYS)
    assert isinstance(shown, ProvenEntry)
    assert shown.entry.to_bytes() == LIFE[place]
    assert (shown.key, shown.index, shown.checkpoint.size) == (LIFE_LEAVES[place][0], place, len(LIFE))


def test_a_proof_tells_nothing_of_other_entries():
    text = entry_proof(5).to_bytes().decode()
    others = [digest for _, digest in LIFE_LEAVES if digest != json.loads(LIFE[5])["prev"]]
    assert not [digest for digest in others if digest in text]
    assert text.count("ledger/kent") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entry": LIFE[4].decode()}, "at its place in what the note seals"),
        ({"key": LIFE_LEAVES[4][0]}, "at its place in what the note seals"),
        ({"index": 4}, "at its place in what the note seals"),
        ({"path": ()}, "at its place in what the note seals"),
        ({"note": Checkpoint(ORIGIN, 11, bytes(32)).signed(PRIVATE)}, "at its place in what the note seals"),
        ({"note": Checkpoint(ORIGIN, 11, bytes(32)).signed(OTHER)}, "no key"),
    ],
)
def test_an_altered_proof_shows_nothing(changes, words):
    proof = entry_proof(5).model_copy(update=changes)
    with pytest.raises(ProofError, match=words):
        check_proof(proof.to_bytes(), KEYS)


def test_a_proof_by_a_key_of_its_own_is_believed_only_where_no_key_was_given():
    chain = SealChain()
    forged_keys = (verifier_key_of(ORIGIN, OTHER),)
    chain.add(chain.next_seal(LIFE_LEAVES, AT, ORIGIN, OTHER).to_bytes(), forged_keys)
    proof = prove_entry(chain.leaves, LIFE_LEAVES[0][0], LIFE[0], chain.last.note, forged_keys).to_bytes()
    assert check_proof(proof).index == 0
    assert check_proof(proof).is_signed
    with pytest.raises(ProofError, match="no key"):
        check_proof(proof, KEYS)


def test_what_is_not_sealed_is_not_shown():
    with pytest.raises(NotFoundError, match="not sealed yet"):
        prove_entry(LIFE_LEAVES[:2], LIFE_LEAVES[2][0], LIFE[2], "", KEYS)


def test_what_was_altered_since_is_not_shown():
    with pytest.raises(ProofError, match="found others"):
        prove_entry(LIFE_LEAVES, LIFE_LEAVES[2][0], LIFE[3], "", KEYS)


def note_of(leaves):
    return Checkpoint(ORIGIN, len(leaves), root_of([leaf_hash(leaf_data(one)) for one in leaves])).signed(PRIVATE)


@given(st.integers(1, len(LIFE_LEAVES)))
def test_an_older_note_is_shown_to_be_the_beginning(size):
    chain = sealed_life()
    proof = prove_consistency(chain.leaves, note_of(LIFE_LEAVES[:size]), chain.last.note, KEYS)
    shown = check_proof(proof.to_bytes(), KEYS)
    assert isinstance(shown, ProvenConsistency)
    assert (shown.old.size, shown.checkpoint.size) == (size, len(LIFE))


def test_a_record_that_was_rewritten_does_not_continue_the_held_note():
    held = note_of([KENT[0], *LIFE_LEAVES[1:4]])
    with pytest.raises(ProofError, match="rewritten or entries were removed"):
        prove_consistency(LIFE_LEAVES, held, note_of(LIFE_LEAVES), KEYS)


def test_a_record_that_was_rolled_back_is_shorter_than_the_held_note():
    with pytest.raises(ProofError, match="some are missing"):
        prove_consistency(LIFE_LEAVES[:3], note_of(LIFE_LEAVES[:5]), note_of(LIFE_LEAVES[:3]), KEYS)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"proof": "ncpi-entry"}', b"\xff", b'{"proof": "another"}'])
def test_what_is_no_proof_is_refused_in_words(data):
    with pytest.raises(ProofError, match="ncpi audit prove"):
        check_proof(data)
