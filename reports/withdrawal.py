"""The notice that stays public when an inspection's publications are withdrawn."""

from __future__ import annotations

from reports.layout.blocks import Bullets, Facts, Page, Paragraph, Run, Section, Words, words
from reports.layout.page import render_page
from reports.layout.phrases import KINDS
from reports.layout.rendering import Rendering
from schemas.dates import in_words
from schemas.documents.withdrawal import Withdrawal, WithdrawnPublication
from schemas.programme.forces import force_of


def render_withdrawal(withdrawal: Withdrawal) -> Rendering:
    """Render the notice; the same bytes every time."""
    force = force_of(withdrawal.inspection).name
    title = f"{force}: publications withdrawn"
    page = Page(
        title=title,
        kicker="Notice of withdrawal",
        publisher="National child protection inspections",
        description=f"What was published of inspection {withdrawal.inspection} was withdrawn, and why.",
        head=(
            Facts(
                (
                    ("Force", words(force)),
                    ("Inspection", words(withdrawal.inspection)),
                    ("Withdrawn", words(in_words(withdrawal.day))),
                )
            ),
        ),
        sections=(
            Section("reason", "Why", (Paragraph(words(withdrawal.reason)),)),
            Section("withdrawn", "What was withdrawn", (Bullets(tuple(_line(one) for one in withdrawal.withdrawn)),)),
        ),
        foot=(words(Run("All publications", href="../index.html")),),
        has_contents=False,
        is_derived=True,
    )
    return render_page(page, "withdrawal.html")


def _line(one: WithdrawnPublication) -> Words:
    version = f", version {one.number}" if one.number > 1 else ""
    return words(f"{KINDS[one.of]}{version}, published {one.published.words}: {one.title}")
