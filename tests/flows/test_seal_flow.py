"""Sealing as Prefect runs, on real servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import tasks.seal_step
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import VerifierKey
from flows.seal import seal
from storage import keys
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, read_settings
from tests.support.entries import entries
from tests.support.servers.mail import messages, smtp_server
from tests.support.servers.running import ask_prefect, free_port, pointed_at

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def ledgers(servers, tmp_path_factory):
    """Start an S3 server for these tests alone: each run that seals meets what others have done to a ledger."""
    sealer = tasks.seal_step._sealer
    sealer.cache_clear()
    with (
        pointed_at({"PREFECT_API_URL": os.environ["PREFECT_API_URL"]}),
        Stack(tmp_path_factory.mktemp("seals"), free_ports(), report=print, prepare=create_buckets, serve=False) as own,
        pointed_at(own.environment),
    ):
        yield
    sealer.cache_clear()


@pytest.fixture
def notes(ledgers, monkeypatch, tmp_path):
    """Be the sealing process: with the seal key, and notes in a folder of this test."""
    key = (Path(os.environ["NCPI_DATA"]) / "seal.key").read_text().strip()
    monkeypatch.setenv("NCPI_SEAL_KEY", key)
    monkeypatch.setenv("NCPI_NOTES_FOLDER", str(tmp_path / "notes"))
    return tmp_path / "notes"


def write(inspection, written, start=0):
    bucket = open_bucket(Bucket.LEDGER, Duty.LEDGER)
    for seq, data in enumerate(written, start=start):
        assert bucket.create(keys.ledger_entry(inspection, seq), data, "application/json")


def run(**parameters):
    return seal(**parameters, return_state=True)


def summary(state):
    body = {"artifacts": {"flow_run_id": {"any_": [str(state.state_details.flow_run_id)]}}}
    answer = ask_prefect("POST", "/artifacts/filter", body)
    (one,) = answer.raise_for_status().json()
    return one["data"]


def test_what_is_new_is_sealed_noted_and_summed_up(notes):
    write("gwent-2031", entries("gwent-2031", 3))
    state = run(inspection_id="gwent-2031")
    assert state.name == "Sealed"
    (note,) = [path.read_text() for path in notes.iterdir()]
    checkpoint = Checkpoint.from_note(note, [VerifierKey.parse(read_settings().seal_public_key)])
    assert f"; {checkpoint.size} entries in " in state.message
    assert "notes written: 1" in summary(state)
    assert run().name == "Nothing to seal"


def test_a_broken_ledger_is_seen_in_the_state_of_the_run_and_others_are_sealed(notes):
    write("gwent-2032", [entries("gwent-2033", 1)[0]])
    write("gwent-2034", entries("gwent-2034", 2))
    state = run()
    assert (state.type.value, state.name) == ("FAILED", "Ledger not sealed")
    assert "2 entries" in state.message
    assert "gwent-2032 entry 0: expected one that follows its genesis, found one of another inspection" in summary(
        state
    )


def test_notes_that_were_not_sent_are_seen_and_sent_by_the_next_run(notes, monkeypatch, tmp_path):
    port = free_port()
    monkeypatch.setenv("NCPI_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("NCPI_SMTP_PORT", str(port))
    monkeypatch.setenv("NCPI_SMTP_FROM", "seals@ncpi.example")
    monkeypatch.setenv("NCPI_SMTP_TO", "management@ncpi.example")
    write("gwent-2035", entries("gwent-2035", 2))
    state = run()
    assert state.type.value == "FAILED"
    assert "**not sent** ConnectionRefusedError" in summary(state)
    with smtp_server(tmp_path / "mail", port):
        assert "sent: 1, waiting: 0" in summary(run())
    assert len(messages(tmp_path / "mail")) == 1


def test_without_the_seal_key_nothing_is_sealed(ledgers, monkeypatch):
    monkeypatch.delenv("NCPI_SEAL_KEY", raising=False)
    tasks.seal_step._sealer.cache_clear()
    write("gwent-2036", entries("gwent-2036", 1))
    state = run()
    assert state.type.value == "FAILED"
    assert "NCPI_SEAL_KEY is set for the sealing process alone" in state.message
