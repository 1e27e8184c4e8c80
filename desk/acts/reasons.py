"""Check the reasons that people write into the ledger, which keeps them for ever."""

from __future__ import annotations

import unicodedata

from domain.disclosure import personal_data_in
from schemas.errors import RefusedError
from schemas.lifecycle.entry import LONGEST_FACT


def check_reason(inspection_id: str, reason: str) -> None:
    """Check that a reason has words, is not too long and holds no personal data; nothing of a refused one is recorded.

    Raises:
        RefusedError: saying what is wrong with it, without repeating it.
    """
    if fault := fault_of_reason(reason):
        message = f"{inspection_id}: {fault}"
        raise RefusedError(message)
    if kinds := personal_data_in(reason):
        message = (
            f"{inspection_id}: the reason holds {' and '.join(kinds)}, and the ledger keeps it for ever; reword it"
        )
        raise RefusedError(message)


def fault_of_reason(reason: str) -> str | None:
    """Return what is wrong with a reason, without repeating it; None when nothing is."""
    if not any(character.isalnum() for character in reason):
        found = "none"
    elif len(reason) > LONGEST_FACT:
        found = f"{len(reason)}"
    elif any(unicodedata.category(character) == "Cs" for character in reason):
        found = "bytes that are no text (UTF-8)"
    else:
        return None
    return f"expected a reason in words, at most {LONGEST_FACT} characters, found {found}; reword it"
