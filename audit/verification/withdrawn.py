"""A recorded withdrawal, compared with its order and with everything that was published before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from audit.verification.artefacts import Artefact
from audit.verification.ledger import ExaminedLedger
from audit.verification.published import Published
from domain.documents.withdrawals import draft_withdrawal
from domain.lifecycle.history import Recorded
from schemas.documents.withdrawal import Withdrawal
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry


def fault_of_withdrawal(
    examined: ExaminedLedger, published: Sequence[Published], documents: Mapping[tuple[str, str], Artefact]
) -> str | None:
    """Return how a recorded withdrawal differs from its order; None where it does not, or none is recorded."""
    order, withdrawn = examined.order, examined.withdrawn
    if order is None or withdrawn is None:
        return None
    artefact = documents.get((examined.inspection, withdrawn.document.sha256)) if withdrawn.document else None
    if artefact is not None and artefact.fault:
        return None  # found as an artefact
    before = [one for one in published if one.named.entry < order.seq]
    if len(before) != sum(one.entry < order.seq for one in examined.publications):
        return None  # one of them cannot be read, which is found as an artefact
    expected = _expected(order, before)
    if expected is None or read_withdrawal(examined, documents) != expected:
        return "expected the withdrawal that was ordered, found the record of a different one"
    files = sum(len(one.files) for one in expected.withdrawn)
    if withdrawn.facts.get("files") != files:
        return f"expected {files} withdrawn files, found a different number"
    return None


def _expected(order: Entry, published: Sequence[Published]) -> Withdrawal | None:
    try:
        recorded = Recorded(order, digest_of(order.to_bytes()))
        return draft_withdrawal(recorded, [one.record for one in published])
    except (KeyError, ValidationError):
        return None  # an order without a reason


def read_withdrawal(examined: ExaminedLedger, documents: Mapping[tuple[str, str], Artefact]) -> Withdrawal | None:
    """Read the document behind a recorded withdrawal; None where there is none, or it is gone, altered or not one."""
    document = examined.withdrawn.document if examined.withdrawn else None
    artefact = documents.get((examined.inspection, document.sha256)) if document else None
    return artefact.read_as(Withdrawal) if artefact else None
