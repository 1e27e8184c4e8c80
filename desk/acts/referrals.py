"""Hand cases with a continuing risk to a child back to the force at once, whatever the report waits for.

The ledger bears how many cases and one digest. Which cases they are stands in a document in the private bucket that
holds a number too that only the sender's key can make: a digest of a case number alone could be guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.documents.referral import MAX_CASES, Referral
from schemas.errors import RefusedError
from schemas.identifiers import CaseReference
from schemas.lifecycle.acts import REFER_BACK

_SALT_PREFIX: Final = b"ncpi-referral-salt-v1\n"


def refer_back(context: DeskContext, inspection_id: str, cases: Sequence[str], signer: Signer) -> Recorded:
    """Record that cases were referred back: how many, and a digest that proves later which.

    Args:
        cases: the team's own numbers, `CA-0007`.

    Raises:
        RefusedError: role, head or state forbid it, or a number is malformed or stands twice; recorded without the
            numbers.
    """

    def content(history: History) -> EntryContent:
        references = _checked(inspection_id, cases)
        referral = Referral(
            inspection=history.inspection_id, cases=references, salt=_salt(inspection_id, references, signer)
        )
        stored = context.stores.artefacts.store_document(referral, inspection_id)
        return EntryContent({"cases": len(references), "reference": stored.sha256}, stored)

    return perform(context, context.history(inspection_id), REFER_BACK, signer, content)


def _salt(inspection_id: str, references: tuple[str, ...], signer: Signer) -> str:
    # Nobody else can make this signature, and the person always makes the same one, so that the act can be repeated.
    statement = "\n".join((inspection_id, *references)).encode()
    return hashlib.sha256(signer.sign(_SALT_PREFIX + statement).value.encode()).hexdigest()


def _checked(inspection_id: str, cases: Sequence[str]) -> tuple[str, ...]:
    try:
        references = TypeAdapter(tuple[CaseReference, ...]).validate_python(tuple(cases))
    except ValidationError:
        raise RefusedError(
            f"{inspection_id}: expected numbers of cases from CA-0001, found something else; fix them"
        ) from None
    if not 0 < len(set(references)) == len(references) <= MAX_CASES:
        raise RefusedError(
            f"{inspection_id}: expected 1 to {MAX_CASES} cases, each once, found {len(references)}; fix them"
        )
    return tuple(sorted(references))
