"""A recorded withdrawal, compared with its order and with everything that was published before it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from audit.verification.artefacts import Artefact
from audit.verification.ledger import ExaminedLedger
from audit.verification.published import Published
from domain.documents.withdrawals import draft_withdrawal
from domain.lifecycle.history import Recorded
from schemas.audit.check import VerificationFinding
from schemas.documents.withdrawal import Withdrawal
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry


def check_withdrawal(
    examined: ExaminedLedger, published: Sequence[Published], documents: Mapping[tuple[str, str], Artefact]
) -> Iterator[VerificationFinding]:
    """Find what of a recorded withdrawal does not follow from the ledger; nothing where none is recorded."""
    order, withdrawn = examined.order, examined.withdrawn
    if order is None or withdrawn is None:
        return
    artefact = documents.get((examined.inspection, withdrawn.document.sha256)) if withdrawn.document else None
    if artefact is not None and artefact.finding:
        return  # found as an artefact
    before = [one for one in published if one.named.entry < order.seq]
    if len(before) != sum(one.entry < order.seq for one in examined.publications):
        return  # one of them cannot be read, which is found as an artefact
    expected = _expected(order, before)
    if expected is None or artefact is None or _read(artefact) != expected:
        yield VerificationFinding(
            "rule", examined.inspection, withdrawn.seq, "records a different withdrawal from the one ordered"
        )
    elif withdrawn.facts.get("files") != sum(len(one.files) for one in expected.withdrawn):
        yield VerificationFinding("rule", examined.inspection, withdrawn.seq, "counts other files than were withdrawn")


def _expected(order: Entry, published: Sequence[Published]) -> Withdrawal | None:
    try:
        recorded = Recorded(order, digest_of(order.to_bytes()))
        return draft_withdrawal(recorded, [one.record for one in published])
    except (KeyError, ValidationError):
        return None  # an order without a reason


def _read(artefact: Artefact) -> Withdrawal | None:
    try:
        return Withdrawal.model_validate_json(json.dumps(artefact.document)) if artefact.document else None
    except ValidationError:
        return None
