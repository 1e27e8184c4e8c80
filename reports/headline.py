"""The headline of a press notice: one judgement, built from findings and what became of them.

It rests on findings alone. Progress on recommendations may be synthetic, and no headline may rest
on that.
"""

from __future__ import annotations

from schemas.documents.report import InitialReport
from schemas.documents.returns import Outcome, Polarity
from schemas.documents.review import Review
from schemas.programme.forces import force_of

_BETTER = frozenset({Outcome.ACHIEVED, Outcome.IMPROVED})


def headline_of_report(document: InitialReport) -> str:
    """Write a headline from what the inspectors were pleased and concerned to find."""
    force = force_of(document.inspection).name
    felt = {finding.polarity for finding in document.findings}
    if felt == {Polarity.PLEASED}:
        return f"{force} protects children well in the areas that inspectors looked at"
    if felt == {Polarity.CONCERNED}:
        return f"{force} must do better to protect children"
    if not felt:
        return f"Inspectors have looked at how {force} protects children"
    return f"{force} does parts of its work to protect children well, but must do better in others"


def headline_of_review(document: Review) -> str:
    """Write a headline from the outcomes of the initial findings and remaining concerns."""
    force = force_of(document.inspection).name
    outcomes = {item.outcome for item in document.finding_progress}
    has_improved = bool(outcomes & _BETTER)
    is_concerning = Outcome.STILL_A_CONCERN in outcomes or any(
        finding.polarity is Polarity.CONCERNED for finding in document.findings
    )
    if has_improved and is_concerning:
        return f"{force} has improved its work to protect children, but concerns remain"
    if has_improved:
        return f"{force} has improved its work to protect children"
    if Outcome.STILL_A_CONCERN in outcomes:
        return f"{force} has made too little progress in its work to protect children"
    if is_concerning:
        return f"Inspectors still have concerns about how {force} protects children"
    return f"Inspectors have been back to see how {force} protects children"
