"""The sentence about a verification says no more than was checked."""

from __future__ import annotations

import pytest

from audit.verification.verdict import verdict_of_check
from schemas.audit.check import LAYERS, VerifiedLayer


def layers(*lacking: str) -> list[VerifiedLayer]:
    return [VerifiedLayer(layer, "3 things", 0, "it" if layer in lacking else None) for layer in LAYERS]


@pytest.mark.parametrize(
    ("lacking", "faults", "unfitting", "unsealed", "words"),
    [
        ((), 0, 0, 0, "No sign of change."),
        (
            ("register", "held"),
            0,
            0,
            4,
            "No sign of change. Two checks need papers that you hold; 4 entries are not sealed yet.",
        ),
        (("held",), 0, 0, 1, "No sign of change. One check needs papers that you hold; 1 entry is not sealed yet."),
        (("artefact", "public"), 0, 0, 0, "No sign of change. 2 checks could not be made in full."),
        ((), 1, 0, 0, "NOT what was written: 1 fault."),
        (("held",), 7, 1, 9, "NOT what was written: 7 faults."),
        (
            ("held",),
            1,
            1,
            0,
            (
                "No sign of change in the record itself, but what you gave does not fit it. "
                "One check needs papers that you hold."
            ),
        ),
    ],
)
def test_it_counts_what_was_not_checked(
    lacking: tuple[str, ...], faults: int, unfitting: int, unsealed: int, words: str
) -> None:
    assert verdict_of_check(layers(*lacking), faults, unfitting, unsealed) == words
