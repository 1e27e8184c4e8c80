"""The short form of a seal in what is published; what was drafted before there were seals keeps its bytes."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.merkle import leaf_hash, root_of
from domain.sealing.seal_chain import SealChain, printed_seal
from reports.document import render_document
from schemas.documents.report import PrintedSeal
from schemas.sealing.seal import leaf_data
from storage.record.ledger import Ledger
from storage.record.seals import SealStore
from tests.support.entries import AT, entries, leaves
from tests.support.memory import MemoryObjects
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import initial_report, review

SEAL = PrintedSeal(n=12, made=dt.date(2026, 11, 5), entries=340, root="0ac5186a91863e8e")
LINE = "Record of the inspections: seal 12 of 5 November 2026 fixes 340 entries, root 0ac5186a91863e8e."
DOCUMENTS = pytest.mark.parametrize("document", [initial_report(), review()], ids=["initial report", "review"])


def files(document):
    made = render_document(document)
    return {item.name: item.data for item in made}


@DOCUMENTS
def test_every_form_of_a_document_prints_its_seal(document):
    made = files(document.model_copy(update={"seal": SEAL}))
    for name in ("report.html", "press-notice.html"):
        assert LINE in made[name].decode()
    assert squeezed(LINE) in text_of(made["report.pdf"])
    assert json.loads(made["report.json"])["seal"] == {
        "n": 12,
        "made": "2026-11-05",
        "entries": 340,
        "root": "0ac5186a91863e8e",
    }


@DOCUMENTS
def test_without_a_seal_nothing_is_printed_and_the_bytes_are_those_of_before(document):
    assert document.seal is None
    before = {name: value for name, value in document.model_dump(mode="json").items() if name != "seal"}
    assert document.to_bytes() == rfc8785.dumps(before)
    assert type(document).model_validate_json(document.to_bytes()) == document
    for name in ("report.html", "press-notice.html", "report.json"):
        assert b"root" not in files(document)[name].replace(b":root", b"")


@DOCUMENTS
def test_a_sealed_document_comes_back_as_it_was(document):
    sealed = document.model_copy(update={"seal": SEAL})
    assert type(document).model_validate_json(sealed.to_bytes()) == sealed


def test_one_entry_is_not_called_entries():
    made = files(initial_report().model_copy(update={"seal": SEAL.model_copy(update={"entries": 1})}))
    assert b"fixes 1 entry, root" in made["report.html"]


def test_what_is_printed_is_the_beginning_of_the_root():
    written = leaves("kent-2025", entries("kent-2025", 3))
    seal = SealChain().next_seal(written, AT, "ncpi.invalid/ledger", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    short = printed_seal(seal)
    assert (short.n, short.made, short.entries) == (0, AT.date(), 3)
    assert root_of([leaf_hash(leaf_data(one)) for one in written]).hex().startswith(short.root)


def test_a_ledger_has_the_seals_of_its_bucket():
    objects = MemoryObjects()
    ledger, chain = Ledger(objects), SealChain()
    assert ledger.seals.newest(by=AT) is None
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    made = chain.next_seal(leaves("kent-2025", entries("kent-2025", 1)), AT, "ncpi.invalid/ledger", key)
    SealStore(objects).append(made)
    assert ledger.seals.newest(by=AT) == made
