"""Records whose bytes are frozen: a ledger, the register and the seals.

Whoever holds a digest or a note of last year holds it over these very bytes. `python -m tests.golden.test_golden`
writes them where there are none; it never writes over one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from domain.lifecycle.history import History
from domain.people.register import Register
from domain.sealing.note import VerifierKey
from domain.sealing.seal_chain import SealChain
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import State
from schemas.people.register import RegisterRecord
from schemas.sealing.seal import Seal
from tests.support.archive import SEAL_KEY, Archive, verifier_key

FOLDER: Final = Path(__file__).parent / "records"
INSPECTION: Final = "kent-2025"
CHANGED: Final = (
    "the bytes of a record have changed. Digests and notes that others hold are over the old bytes, so this is a "
    "change of the format: it needs a decision record (docs/decisions), a new version number, and a reader of the old "
    "version. If you did not mean to change the format, undo it"
)


def record() -> dict[str, bytes]:
    """Make the record anew, with keys that are the same each time."""
    archive = Archive()
    archive.found()
    archive.seal()
    archive.live(INSPECTION)
    archive.seal()
    return archive.ledger


def frozen() -> dict[str, bytes]:
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in sorted(FOLDER.rglob("*.json"))}


def test_the_bytes_that_are_written_today_are_those_that_were_frozen() -> None:
    made, kept = record(), frozen()
    assert made.keys() == kept.keys(), CHANGED
    for key, data in made.items():
        assert data == kept[key], f"{key}: {CHANGED}"


def test_the_frozen_bytes_have_the_frozen_digests() -> None:
    digests = json.loads((FOLDER.parent / "digests.json").read_text())
    assert {key: digest_of(data) for key, data in frozen().items()} == digests, CHANGED


def test_the_frozen_ledger_is_read_and_written_the_same() -> None:
    stored = [data for key, data in frozen().items() if key.startswith(f"ledger/{INSPECTION}/")]
    assert History.from_bytes(INSPECTION, stored).state is State.COMPLETE
    assert [Entry.from_bytes(data).to_bytes() for data in stored] == stored, CHANGED


def test_the_frozen_register_and_seals_are_read_and_written_the_same() -> None:
    records = [data for key, data in frozen().items() if key.startswith("register/")]
    register = Register.from_bytes(records)
    assert [RegisterRecord.from_bytes(data).to_bytes() for data in records] == records, CHANGED
    ledger = [data for key, data in frozen().items() if key.startswith("ledger/")]
    assert [register.fault_of(Entry.from_bytes(data)) for data in ledger] == [None] * len(ledger)
    seals = [data for key, data in frozen().items() if key.startswith("seal/")]
    chain = SealChain()
    for data in seals:
        chain.add(data, (VerifierKey.parse(verifier_key(SEAL_KEY)),))
    assert chain.size == len(records) + len(ledger)
    assert [Seal.from_bytes(data).to_bytes() for data in seals] == seals, CHANGED


def write() -> None:
    """Freeze what is not frozen yet."""
    for key, data in record().items():
        path = FOLDER / key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    digests = FOLDER.parent / "digests.json"
    if not digests.exists():
        rows = {key: digest_of(data) for key, data in frozen().items()}
        digests.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    write()
