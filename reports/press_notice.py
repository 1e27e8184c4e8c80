"""The press notice that goes out with a report or a review."""

from __future__ import annotations

from reports.findings import as_list, effective, felt
from reports.headline import headline_of_report, headline_of_review
from reports.inspectorate import inspectorate_at
from reports.layout.blocks import Block, Facts, Page, Paragraph, Quote, Run, Section, words
from reports.layout.phrases import during, moved_from, verdict, when
from reports.layout.synthetic import TITLE, parts_of_report, parts_of_review, synthetic_notice
from reports.notes_to_editors import REVISIT_AIM, notes_section
from reports.seal import seal_lines
from schemas.counts import counted
from schemas.documents.report import InitialReport
from schemas.documents.returns import Polarity
from schemas.documents.review import Review
from schemas.programme.forces import force_of


def notice_of_report(document: InitialReport) -> Page:
    """Return the page of an initial report's press notice."""
    force = force_of(document.inspection).name
    audit = document.case_audit
    cases = counted(audit.cases, "case") + (f" ({TITLE.lower()})" if audit.are_totals_synthetic else "")
    return _notice(
        document,
        headline=headline_of_report(document),
        lead=(
            f"{inspectorate_at(document.fieldwork).short} is publishing its report on how {force} protects children, "
            f"after an inspection {during(document.fieldwork)}."
        ),
        background=(
            f"The inspectors looked at {cases}, and at how the force leads, organises and carries out this work.",
            "The inspection is one of a series that takes in every police force in England and Wales.",
        ),
        aim=REVISIT_AIM,
        synthetic=parts_of_report(document),
    )


def notice_of_review(document: Review) -> Page:
    """Return the page of a review's press notice."""
    force = force_of(document.inspection).name
    pleased, concerned = (len(felt(document.initial_findings, polarity)) for polarity in Polarity)
    return _notice(
        document,
        headline=headline_of_review(document),
        lead=(
            f"{inspectorate_at(document.fieldwork).short} is publishing a review of what {force} has done for the "
            "protection of children since it was last inspected."
        ),
        background=(
            (
                f"The initial report came out {when(document.initial_published)}. It praised the "
                f"force on {counted(pleased, 'point')} and raised {counted(concerned, 'concern')}."
            ),
            f"The inspectors were with the force again {during(document.fieldwork)}.",
        ),
        aim=(
            f"{REVISIT_AIM} For this force the last day for it was {document.revisit_due.words}"
            f"{moved_from(document.revisit_changes)}; the revisit was "
            f"{verdict(document.revisit, document.revisit_changes)}."
        ),
        synthetic=parts_of_review(document),
    )


def _notice(
    document: InitialReport | Review,
    *,
    headline: str,
    lead: str,
    background: tuple[str, ...],
    aim: str,
    synthetic: tuple[str, ...],
) -> Page:
    inspectorate = inspectorate_at(document.fieldwork)
    published = document.published
    return Page(
        title=headline,
        kicker="Press notice",
        publisher=inspectorate.full,
        description=lead,
        head=(
            *synthetic_notice(synthetic),
            *((Facts((("Published", words(published.words)),)),) if published else ()),
            Paragraph(words(lead)),
            _link(document),
        ),
        sections=(
            Section("background", "Background", tuple(Paragraph(words(text)) for text in background)),
            *(_felt(document, polarity) for polarity in Polarity),
            *_practice(document),
            _quotation(document),
            notes_section(inspectorate, aim),
        ),
        foot=(words(f"Inspection {document.inspection}."), *seal_lines(document.seal)),
        has_contents=False,
    )


def _link(document: InitialReport | Review) -> Paragraph:
    return Paragraph(words("Read it in full: ", Run(document.title, href="report.html")))


def _felt(document: InitialReport | Review, polarity: Polarity) -> Section:
    none = f"Nothing that the inspectors were {polarity.value} to find is recorded."
    found = as_list(felt(document.findings, polarity), is_linked=False, none=none)
    return Section(polarity.value, f"Inspectors were {polarity.value} to find", (found,))


def _practice(document: InitialReport | Review) -> tuple[Section, ...]:
    chosen = effective(document.findings)
    if not chosen:
        return ()
    blocks: tuple[Block, ...] = (
        Paragraph(words("Other forces can learn from this, in the inspectors’ judgement.")),
        as_list(chosen, is_linked=False, none=""),
    )
    return (Section("effective-practice", "Effective practice", blocks),)


def _quotation(document: InitialReport | Review) -> Section:
    said = document.quotation
    quote = Quote(said.speaker, said.paragraphs, is_synthetic=said.is_synthetic)
    return Section("quotation", "What HM Inspector says", (quote, _link(document)))
