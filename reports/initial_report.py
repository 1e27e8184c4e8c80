"""The initial report on a page."""

from __future__ import annotations

from reports.case_audit import case_audit_blocks
from reports.findings import felt, link_to, practice_blocks, summary_sections, themes_section
from reports.inspectorate import inspectorate_at
from reports.layout.blocks import Block, Bullets, Column, Facts, Page, Paragraph, Row, Section, Table, joined, words
from reports.layout.page import also_published
from reports.layout.phrases import TIMESCALES, during, period
from reports.layout.sources import sources_section
from reports.layout.synthetic import marked, parts_of_report, synthetic_notice
from reports.seal import seal_lines
from schemas.counts import counted
from schemas.documents.report import InitialReport
from schemas.documents.returns import Polarity, Recommendation
from schemas.programme.forces import force_of


def page_of_report(document: InitialReport) -> Page:
    """Return the page of an initial report."""
    force = force_of(document.inspection).name
    inspectorate = inspectorate_at(document.fieldwork)
    return Page(
        title=document.title,
        kicker="National child protection inspection: initial report",
        publisher=inspectorate.full,
        description=f"How {inspectorate.short} found {force} to protect children.",
        head=(*synthetic_notice(parts_of_report(document)), _facts(document)),
        sections=(
            Section("summary", "Summary", (), summary_sections(document.findings)),
            Section("how-we-inspected", "How we inspected", _how(document)),
            Section("case-audit", "Case audit", case_audit_blocks(document.case_audit)),
            themes_section(document.findings, document.programme, "Findings by theme"),
            Section("effective-practice", "Effective practice", practice_blocks(document.findings)),
            Section("recommendations", "Recommendations", _recommendations(document)),
            Section("next-steps", "Conclusion and next steps", _next_steps(document)),
            _sources(document),
        ),
        foot=(also_published(document.inspection), *seal_lines(document.seal)),
    )


def _facts(document: InitialReport) -> Facts:
    published = document.published.words if document.published else "see the list of publications"
    return Facts(
        (
            ("Force", words(force_of(document.inspection).name)),
            ("Inspectorate", words(inspectorate_at(document.fieldwork).full)),
            ("HM Inspector", words(document.hmi)),
            ("Fieldwork", words(period(document.fieldwork))),
            ("Published", words(published)),
        )
    )


def _how(document: InitialReport) -> tuple[Block, ...]:
    return (
        Paragraph(words(f"The team was with the force {during(document.fieldwork)}. It used these methods.")),
        Bullets(tuple(words(method) for method in document.fieldwork.methods)),
    )


def _recommendations(document: InitialReport) -> tuple[Block, ...]:
    if not document.recommendations:
        return (Paragraph(words("The report makes no recommendations.")),)
    known = [finding.id for finding in document.findings]
    flags = {recommendation.is_synthetic for recommendation in document.recommendations}
    return (
        Paragraph(
            words("Each recommendation keeps its reference for life, up to the review that says what came of it.")
        ),
        Table(
            caption="Recommendations to the force",
            columns=(
                Column("Reference", share=4),
                Column("Recommendation", share=11),
                Column("Timescale", share=5),
                Column("Rests on", share=3),
            ),
            rows=tuple(_row(item, known, is_marked=len(flags) > 1) for item in document.recommendations),
            is_synthetic=True in flags,
        ),
    )


def _row(item: Recommendation, known: list[str], *, is_marked: bool) -> Row:
    marks = marked(is_marked and item.is_synthetic)
    links = joined(link_to(identifier, known) for identifier in item.findings)
    return Row((words(item.id), words(item.text, *marks), words(TIMESCALES[item.timescale]), links), id=item.id)


def _next_steps(document: InitialReport) -> tuple[Block, ...]:
    force = force_of(document.inspection).name
    pleased, concerned = (len(felt(document.findings, polarity)) for polarity in Polarity)
    return (
        Paragraph(
            words(
                f"The inspection of {force} led to {counted(pleased, 'finding')} that we were pleased to make, "
                f"{counted(concerned, 'finding')} that concerned us, and "
                f"{counted(len(document.recommendations), 'recommendation')}."
            )
        ),
        Paragraph(words("From the day of publication:")),
        Bullets(
            (
                words("the force draws up an action plan and sends it to us, usually within six weeks;"),
                words("it acts on each recommendation by the timescale given with it;"),
                words("we aim to come back no later than six months after publication, and report what has changed."),
            )
        ),
    )


def _sources(document: InitialReport) -> Section:
    fieldwork = document.fieldwork
    return sources_section(
        (
            ("Start of fieldwork", fieldwork.start),
            ("End of fieldwork", fieldwork.end),
            ("Publication", document.published),
        ),
        document.findings,
    )
