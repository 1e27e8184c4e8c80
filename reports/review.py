"""The post-inspection review on a page: what the revisit found."""

from __future__ import annotations

from reports.findings import practice_blocks, summary_sections, themes_section
from reports.inspectorate import inspectorate_at
from reports.layout.blocks import Block, Bullets, Facts, Page, Paragraph, Quote, Section, words
from reports.layout.page import also_published
from reports.layout.phrases import during, moved_from, period, verdict, when
from reports.layout.sources import sources_section
from reports.layout.synthetic import parts_of_review, synthetic_notice
from reports.progress import finding_blocks, recommendation_blocks, timing_blocks
from reports.seal import seal_lines
from schemas.counts import counted
from schemas.documents.returns import Outcome
from schemas.documents.review import Review
from schemas.programme.forces import force_of


def page_of_review(document: Review) -> Page:
    """Return the page of a review."""
    force = force_of(document.inspection).name
    inspectorate = inspectorate_at(document.fieldwork)
    quotation = document.quotation
    return Page(
        title=document.title,
        kicker="National child protection inspection: post-inspection review",
        publisher=inspectorate.full,
        description=f"What {force} has done since its inspection, as {inspectorate.short} found it "
        f"{during(document.fieldwork)}.",
        head=(*synthetic_notice(parts_of_review(document)), _facts(document)),
        sections=(
            Section("summary", "Summary", (_in_short(document),), summary_sections(document.findings)),
            Section("timing", "When the revisit was due and took place", timing_blocks(document)),
            Section("how-we-reviewed", "How we reviewed", _how(document)),
            Section("initial-findings", "What became of the initial findings", finding_blocks(document)),
            Section("recommendations", "Progress on recommendations", recommendation_blocks(document)),
            themes_section(document.findings, document.programme, "New findings by theme"),
            Section("effective-practice", "Effective practice", practice_blocks(document.findings)),
            Section(
                "quotation",
                "What HM Inspector says",
                (Quote(quotation.speaker, quotation.paragraphs, is_synthetic=quotation.is_synthetic),),
            ),
            _sources(document),
        ),
        foot=(also_published(document.inspection), *seal_lines(document.seal)),
    )


def _facts(document: Review) -> Facts:
    published = document.published.words if document.published else "see the list of publications"
    return Facts(
        (
            ("Force", words(force_of(document.inspection).name)),
            ("Inspectorate", words(inspectorate_at(document.fieldwork).full)),
            ("HM Inspector", words(document.hmi)),
            ("Initial fieldwork", words(period(document.initial_fieldwork))),
            ("Initial report", words(document.initial_published.words)),
            ("Revisit", words(period(document.fieldwork))),
            ("Published", words(published)),
        )
    )


def _in_short(document: Review) -> Paragraph:
    judged = {item.finding: item.outcome for item in document.finding_progress}
    outcomes = [judged.get(finding.id, Outcome.NOT_ASSESSED) for finding in document.initial_findings]
    moved = ""
    if changes := document.revisit_changes:
        moved = f" Its last day was {document.revisit_due.words}{moved_from(changes)}."
    better = outcomes.count(Outcome.ACHIEVED) + outcomes.count(Outcome.IMPROVED)
    return Paragraph(
        words(
            f"The initial report of {document.initial_published.words} made "
            f"{counted(len(document.initial_findings), 'finding')}. At the revisit, {better} had been achieved or "
            f"improved on, {outcomes.count(Outcome.STILL_A_CONCERN)} remained a concern and "
            f"{outcomes.count(Outcome.NOT_ASSESSED)} "
            f"{'was' if outcomes.count(Outcome.NOT_ASSESSED) == 1 else 'were'} not assessed. The revisit was "
            f"{verdict(document.revisit, document.revisit_changes)}.{moved}"
        )
    )


def _how(document: Review) -> tuple[Block, ...]:
    force = force_of(document.inspection).name
    return (
        Paragraph(
            words(
                f"The initial report on {force} was published {when(document.initial_published)}. The team came back "
                f"{during(document.fieldwork)} and used these methods."
            )
        ),
        Bullets(tuple(words(method) for method in document.fieldwork.methods)),
    )


def _sources(document: Review) -> Section:
    initial, revisit = document.initial_fieldwork, document.fieldwork
    return sources_section(
        (
            ("Start of initial fieldwork", initial.start),
            ("End of initial fieldwork", initial.end),
            ("Initial publication", document.initial_published),
            ("Start of revisit", revisit.start),
            ("End of revisit", revisit.end),
            ("Publication", document.published),
        ),
        (*document.initial_findings, *document.findings),
        document.finding_progress,
    )
