"""`ncpi audit notes`, `prove` and `check-proof` over a bucket in memory."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

import audit.proofs
from deployments.program import program
from domain.sealing.note import verifier_key_of
from schemas.identifiers import digest_of
from schemas.people.roles import Role
from storage import keys
from storage.sealing.sealer import Sealer
from tests.support.entries import entries
from tests.support.memory import MemoryObjects
from tests.support.reading import sign_in_as

ORIGIN = "ncpi.invalid/ledger"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = str(verifier_key_of(ORIGIN, PRIVATE))
OTHER = str(verifier_key_of(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))))
AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
KENT = entries("kent-2025", 6)


@pytest.fixture
def bucket(monkeypatch):
    """Return a bucket with two seals over four entries and two entries without, and have the desk read it."""
    objects = MemoryObjects()
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NCPI_S3_AUDITOR_ACCESS_KEY", "key")
    monkeypatch.setenv("NCPI_S3_AUDITOR_SECRET_KEY", "secret")
    sign_in_as(monkeypatch, "meera.shah", Role.MANAGEMENT)
    monkeypatch.setenv("NCPI_SEAL_PUBLIC_KEY", KEY)
    monkeypatch.setattr(audit.proofs, "open_bucket", lambda *_: objects)
    minutes = itertools.count()
    sealer = Sealer(objects, ORIGIN, PRIVATE, lambda: AT + dt.timedelta(minutes=next(minutes)))
    for seq, data in enumerate(KENT):
        objects.create(keys.ledger_entry("kent-2025", seq), data, "application/json")
        if seq in {1, 3}:
            sealer.seal()
    return objects


def run(*arguments, status=0):
    result = CliRunner().invoke(program, ["audit", *arguments], env={"COLUMNS": "4000"})
    assert result.exit_code == status, result.output
    return result.output


def test_the_seals_are_listed(bucket):
    lines = run("notes").splitlines()
    assert [line.split()[:4] for line in lines[:2]] == [[place, "2", "January", "2026,"] for place in "01"]
    assert "2 new" in lines[1]
    assert "4 entries" in lines[1]
    assert KEY in lines[2]
    told = json.loads(run("notes", "--json"))
    assert [(one["seal"], one["entries"]) for one in told] == [(0, 2), (1, 4)]
    assert told[1]["note"].startswith(f"{ORIGIN}\n4\n")


@pytest.mark.parametrize("named", ["kent-2025/3", digest_of(KENT[3]), digest_of(KENT[3])[:12]])
def test_an_entry_is_proved_by_its_place_or_its_digest_and_the_proof_needs_no_server(
    bucket, named, tmp_path, monkeypatch
):
    proof = tmp_path / "proof.json"
    run("prove", named, "-o", str(proof))
    for name in ("NCPI_S3_ENDPOINT", "NCPI_SEAL_PUBLIC_KEY"):
        monkeypatch.delenv(name)
    said = run("check-proof", str(proof), "--key", KEY)
    assert "ledger/kent-2025/00000003.json: sealed as it stands in the proof, place 3 of 4" in said
    assert digest_of(KENT[3]) in said
    assert "its signature is valid" in said
    assert "compare" not in said
    told = json.loads(run("check-proof", str(proof), "--json"))
    assert (told["index"], told["entry"]["seq"], told["was_key_given"]) == (3, 3, False)


def test_without_a_key_it_says_what_that_means(bucket, tmp_path):
    proof = tmp_path / "proof.json"
    proof.write_text(run("prove", "kent-2025/0"))
    assert "could have named a key of their own" in run("check-proof", str(proof))
    assert "no key that is trusted" in run("check-proof", str(proof), "--key", OTHER, status=1)


def test_a_note_of_old_is_proved_to_hold(bucket, tmp_path):
    old, proof = tmp_path / "00000000.note", tmp_path / "proof.json"
    old.write_text(json.loads(run("notes", "--json"))[0]["note"])
    run("prove", "--consistency", str(old), "-o", str(proof))
    assert "2 entries" in run("check-proof", str(proof), "--key", KEY)
    assert json.loads(run("check-proof", str(proof), "--json"))["old_entries"] == 2
    old.write_bytes(b"\xff")
    assert "note" in run("prove", "--consistency", str(old), status=1)


@pytest.mark.parametrize(
    ("named", "words", "status"),
    [
        ("kent-2025/4", "not sealed yet", 4),
        ("kent-2025/9", "no such object", 4),
        ("gwent-2025/0", "no such object", 4),
        ("0" * 12, "expected one sealed entry", 4),
        (digest_of(KENT[5]), "seals are made every few minutes", 4),
        ("kent-2025", "south-wales-2015/4", 2),
        ("../etc/3", "south-wales-2015/4", 2),
        ("abc", "south-wales-2015/4", 2),
        ("kent-2025/0\n", "south-wales-2015/4", 2),
    ],
)
def test_what_cannot_be_proved_is_said_so(bucket, named, words, status):
    assert words in run("prove", named, status=status)


def test_an_entry_that_was_altered_since_is_not_proved(bucket):
    bucket.stored[keys.ledger_entry("kent-2025", 1)] = [KENT[1].replace(b"pat.howells", b"pat.howels")]
    assert "tell management" in run("prove", "kent-2025/1", status=1)


def test_seals_that_were_altered_prove_nothing(bucket):
    bucket.stored[keys.seal(0)] = [bucket.stored[keys.seal(1)][0]]
    assert "seal 0" in run("prove", "kent-2025/1", status=1)
    assert "seal 0" in run("notes", status=1)


def test_before_the_first_seal_there_is_nothing_to_prove(bucket):
    bucket.stored.clear()
    assert "no seal was made yet" in run("prove", "kent-2025/1", status=4)
    assert "Nothing is sealed yet" in run("notes")
    assert json.loads(run("notes", "--json")) == []


@pytest.mark.parametrize("arguments", [(), ("kent-2025/0", "--consistency", __file__)])
def test_it_is_an_entry_or_a_note_and_not_both(bucket, arguments):
    assert "both or neither" in run("prove", *arguments, status=2)


def test_without_any_key_it_asks_for_one(bucket, monkeypatch):
    monkeypatch.delenv("NCPI_SEAL_PUBLIC_KEY")
    monkeypatch.setenv("NCPI_DATA", "/nonexistent")
    assert "set NCPI_SEAL_PUBLIC_KEY" in run("notes", status=2)


def test_a_key_that_is_none_is_wrong_input(tmp_path):
    (tmp_path / "proof.json").write_text("{}")
    assert "copy all of it" in run("check-proof", str(tmp_path / "proof.json"), "--key", "zq", status=2)
