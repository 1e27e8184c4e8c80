"""What verification found, in one sentence that says no more than was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.audit.check import PAPERS, VerifiedLayer
from schemas.counts import counted

_NUMBERS: Final = {1: "One", 2: "Two"}


def verdict_of_check(layers: Sequence[VerifiedLayer], faults: int, unfitting: int, unsealed: int) -> str:
    """Return what was found, and what could not be checked, as a sentence or two.

    Args:
        unfitting: faults that are of what the person gave, not of the record (`UNFITTING` in schemas/audit/check.py).
        unsealed: entries that are not sealed yet.
    """
    if faults > unfitting:
        return f"NOT what was written: {counted(faults, 'fault')}."
    open_checks = _not_checked(layers)
    if unsealed:
        open_checks.append(f"{unsealed:,} {'entry is' if unsealed == 1 else 'entries are'} not sealed yet")
    tail = f" {'; '.join(open_checks)}." if open_checks else ""
    if unfitting:
        return f"No sign of change in the record itself, but what you gave does not fit it.{tail}"
    return f"No sign of change.{tail}"


def _not_checked(layers: Sequence[VerifiedLayer]) -> list[str]:
    papers = sum(one.missing is not None for one in layers if one.layer in PAPERS)
    others = sum(one.missing is not None for one in layers if one.layer not in PAPERS)
    parts = []
    if papers:
        parts.append(f"{_NUMBERS[papers]} {'check needs' if papers == 1 else 'checks need'} papers that you hold")
    if others:
        parts.append(f"{counted(others, 'check')} could not be made in full")
    return parts
