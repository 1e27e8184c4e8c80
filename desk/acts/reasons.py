"""Check the reasons that people write into the ledger, which keeps them for ever."""

from __future__ import annotations

from domain.disclosure import personal_data_in
from schemas.errors import RefusedError
from schemas.lifecycle.entry import MAX_FACT_LENGTH
from schemas.text import CharacterError, publishable


def checked_reason(inspection_id: str, reason: str) -> str:
    """Return a reason in the form of a published text, once it has words, is short enough and holds no personal data.

    Raises:
        RefusedError: saying what is wrong with it, without repeating it; nothing of a refused reason is recorded.
    """
    if fault := fault_of_reason(reason):
        raise RefusedError(f"{inspection_id}: {fault}")
    if kinds := personal_data_in(publishable(reason)):
        raise RefusedError(
            f"{inspection_id}: the reason holds {' and '.join(kinds)}, and the ledger keeps it for ever; reword it"
        )
    return publishable(reason)


def fault_of_reason(reason: str) -> str | None:
    """Return what is wrong with a reason, without repeating it; None when nothing is."""
    try:
        form = publishable(reason)
    except CharacterError as error:
        return f"the reason {error}"
    if any(character.isalnum() for character in form) and len(form) <= MAX_FACT_LENGTH:
        return None
    found = f"{len(form)}" if len(form) > MAX_FACT_LENGTH else "none"
    return f"expected a reason in words, at most {MAX_FACT_LENGTH} characters, found {found}; reword it"
