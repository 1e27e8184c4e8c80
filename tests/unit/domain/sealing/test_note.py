"""Signed notes and checkpoints: the published examples, and what must be refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import VerifierKey, open_note, sign_note, verifier_key_of
from schemas.errors import ProofError

# The example of golang.org/x/mod/sumdb/note, whose keys are published with it.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example key of c2sp.org/signed-note and the example text of c2sp.org/tlog-checkpoint.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ORIGIN = "ncpi.invalid/ledger"
KEY = verifier_key_of(ORIGIN, PRIVATE)
CHECKPOINT = Checkpoint(ORIGIN, 3, bytes(range(32)), "0123456789abcdef" * 4)


def test_the_published_note_is_signed_to_the_byte():
    seed = base64.b64decode(GO_SEED)[1:]
    assert sign_note(GO_TEXT, "PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed)) == GO_NOTE


def test_the_published_note_opens_with_the_published_key():
    assert open_note(GO_NOTE, [VerifierKey.parse(GO_KEY)]) == GO_TEXT


@pytest.mark.parametrize("text", [GO_KEY, C2SP_KEY])
def test_published_keys_are_written_as_they_were_read(text):
    assert str(VerifierKey.parse(text)) == text


def test_the_published_checkpoint_is_written_as_it_was_read():
    checkpoint = Checkpoint.parse(C2SP_TEXT)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.text == C2SP_TEXT
    assert checkpoint.short_root == "0ac5186a91863e8e"


def test_a_checkpoint_comes_back_from_its_note():
    assert Checkpoint.from_note(CHECKPOINT.signed(PRIVATE), [KEY]) == CHECKPOINT


def test_a_note_that_a_witness_has_signed_as_well_opens_all_the_same():
    note = CHECKPOINT.signed(PRIVATE)
    witness = sign_note(CHECKPOINT.text, "witness.example", OTHER).rpartition("\n\n")[2]
    assert Checkpoint.from_note(note + witness, [KEY]) == CHECKPOINT


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda note: note.replace("\n3\n", "\n4\n"), "is not of this text"),
        (lambda note: note.replace("— ", "- "), "expected text"),
        (lambda note: note.replace("\n\n", "\n"), "expected text"),
        (lambda note: note.removesuffix("\n"), "expected text"),
        (lambda note: note + "\n", "expected text"),
        (lambda note: note.replace("\n3\n", "\r\n3\r\n"), "expected text"),
        (lambda note: note + "— witness.example !!!!\n", "expected text"),
        (lambda note: note + "— witness.example AAAA\n", "expected text"),
        (lambda note: note.rpartition("\n\n")[0] + "\n", "expected text"),
        (lambda _note: "", "expected text"),
        (lambda note: note + note.rpartition("\n\n")[2] * 100, "expected text"),
        (lambda note: note + note.rpartition("\n\n")[2], "found 2"),
        (lambda _note: CHECKPOINT.signed(OTHER), "no key"),
        (lambda _note: sign_note(CHECKPOINT.text, "elsewhere.example", PRIVATE), "no key"),
    ],
)
def test_a_note_that_is_not_as_it_was_signed_is_refused(spoil, words):
    with pytest.raises(ProofError, match=words):
        open_note(spoil(CHECKPOINT.signed(PRIVATE)), [KEY])


@given(st.data())
def test_no_single_changed_sign_goes_unnoticed(data):
    note = CHECKPOINT.signed(PRIVATE)
    place = data.draw(st.integers(0, len(note) - 1))
    sign = data.draw(st.characters(codec="utf-8").filter(lambda one: one != note[place]))
    with pytest.raises(ProofError):
        Checkpoint.from_note(note[:place] + sign + note[place + 1 :], [KEY])


@given(st.text())
def test_whatever_is_no_note_is_refused_in_words(text):
    with pytest.raises(ProofError):
        open_note(text, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "PeterNewmann"),
        GO_KEY.replace("+AR", "+Ag"),
        GO_KEY[:-4],
        GO_KEY.replace("PeterNeumann", "Peter Neumann"),
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(ProofError, match="verifier key"):
        VerifierKey.parse(text)


@pytest.mark.parametrize("text", ["no end", "tab\there\n", "\ud800\n", "\0\n", "a\r\n"])
def test_what_cannot_stand_in_a_note_is_not_signed(text):
    with pytest.raises(ProofError, match="text of a note"):
        sign_note(text, ORIGIN, PRIVATE)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "a\nb"])
def test_no_key_has_a_name_that_its_line_could_not_bear(name):
    with pytest.raises(ProofError, match="name of a key"):
        verifier_key_of(name, PRIVATE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n3\n",
        CHECKPOINT.text + "extension\n",
        CHECKPOINT.text.replace("ncpi-seal 0", "ncpi-seal O"),
        CHECKPOINT.text.replace("ncpi-seal", "other-seal"),
        CHECKPOINT.text + CHECKPOINT.text.splitlines()[3] + "\n",
        CHECKPOINT.text.replace("\n3\n", "\n03\n"),
        CHECKPOINT.text.replace("\n3\n", "\n-3\n"),
        CHECKPOINT.text.replace("\n3\n", "\n٣\n"),
        CHECKPOINT.text.replace("AAEC", "AAE"),
        "\n3\n" + base64.b64encode(bytes(32)).decode() + "\n",
        f"origin\n3\n{base64.b64encode(bytes(31)).decode()}\n",
        f"origin\n3\n{base64.b64encode(bytes(32)).decode().replace('A=', 'B=')}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ProofError, match="checkpoint"):
        Checkpoint.parse(text)


def test_a_key_of_another_log_signs_no_checkpoint_of_this_one():
    note = sign_note(CHECKPOINT.text, "elsewhere.example", PRIVATE)
    with pytest.raises(ProofError, match="origin"):
        Checkpoint.from_note(note, [verifier_key_of("elsewhere.example", PRIVATE)])
