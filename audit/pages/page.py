"""The audit report of one inspection as a page, for management."""

from __future__ import annotations

from audit.pages.due_section import due_section
from audit.pages.open_section import changes_section, exceptions_section, open_in_words, open_section
from audit.pages.people_section import decisions_section, refusals_section, validations_section
from audit.pages.proof_section import proof_notice, proof_section, proof_words
from audit.pages.side_events_section import side_events_section
from audit.pages.tables import things_table
from audit.pages.words import NONE, assurance, cut_short, moment, short, verdict_of, who
from audit.report.trail_review import review_in_words
from reports.layout.blocks import Block, Column, Facts, Page, Paragraph, Run, Section, Words, words
from reports.layout.phrases import listed
from schemas.audit.report import InspectionTrail, Sample
from schemas.counts import counted

PUBLISHER = "Audit of inspections"
CLOSING = (
    "Made from the ledger. It holds no case data, and no personal data but the account names of those who acted. Days "
    "are of the London calendar."
)


def page_of_inspection(trail: InspectionTrail, home: str = "") -> Page:
    """Lay the audit report of one inspection out as sections.

    Args:
        home: the page of the programme beside this one, if there is one.
    """
    way_back = (Paragraph((Run("All inspections", href=home),)),) if home else ()
    return Page(
        title=f"{trail.force}: audit report",
        kicker=f"Inspection {trail.inspection}",
        publisher=PUBLISHER,
        description=f"Who did and decided what in the inspection {trail.inspection}, and whether the record holds.",
        head=(*way_back, *proof_notice(trail.check, trail.fault), _facts(trail)),
        sections=(
            exceptions_section(trail),
            open_section(trail),
            changes_section(trail),
            due_section(trail),
            decisions_section(trail),
            validations_section(trail),
            side_events_section(trail),
            refusals_section(trail),
            Section("timeline", "Timeline", _timeline(trail)),
            proof_section(trail.check, trail.seals, trail.inspection),
            *((_sample(trail.sample),) if trail.sample else ()),
            Section("digests", "Digests in full", _digests(trail)),
        ),
        foot=(words(CLOSING),),
    )


def _facts(trail: InspectionTrail) -> Facts:
    standing = trail.standing
    revisit = next((due for due in trail.dues if due.subject == "revisit"), None)
    rows: list[tuple[str, Words]] = [
        ("Report made", words(moment(trail.at))),
        *((("Shows only", words(f"entries {trail.shown}")),) if trail.shown else ()),
        ("Last reviewed", words(review_in_words(trail.review))),
        ("Record", words(proof_words(trail.check, trail.seals))),
    ]
    if standing is not None:
        rows += [("Stands at", words(standing.state)), ("Next step", words(standing.next))]
        if standing.hold:
            rows.append(("On hold", words(standing.hold)))
        elif standing.incident:
            rows.append(("To fix", words(standing.incident)))
        rows.append(("Late or overdue", words(listed(standing.late) or "nothing")))
    rows.append(("Still open", words(open_in_words(trail))))
    if revisit is not None:
        rows.append(("Revisit", words(verdict_of(revisit))))
    rows += [
        ("Refusals", words(f"{trail.in_all['refusals']:,}")),
        ("Entries", words(f"{trail.in_all['lines']:,}")),
        ("Newest entry", (Run(trail.head, is_code=True),)),
    ]
    return Facts(tuple(rows))


def _timeline(trail: InspectionTrail) -> tuple[Block, ...]:
    sealed = {True: "yes", False: "not yet", None: NONE}
    return things_table(
        "Every entry of the ledger, oldest first",
        trail.lines,
        (
            (Column("Entry", share=3), lambda line: str(line.entry)),
            (Column("When", share=7), lambda line: moment(line.at)),
            (Column("Who", share=8), lambda line: f"{who(line)}, {assurance(line)}"),
            (Column("What", share=15), lambda line: line.words),
            (Column("Artefact", share=6), lambda line: short(line.artefact)),
            (Column("Sealed", share=3), lambda line: sealed[line.is_sealed]),
        ),
        empty="No entry could be read.",
        left_out=cut_short(
            len(trail.lines), trail.in_all["lines"], "entries" if trail.shown else "entries, those in the middle,"
        ),
        row_id=lambda line: f"entry-{line.entry}",
    )


def _sample(sample: Sample) -> Section:
    return Section(
        "sample",
        "Entries to check by hand",
        things_table(
            f"{counted(len(sample.lines), 'entry', 'entries')}, drawn by “{sample.seed}”",
            sample.lines,
            (
                (Column("Entry", share=3), lambda line: str(line.entry)),
                (Column("What must have happened", share=12), lambda line: f"{line.words}, by {who(line)}"),
                (Column("To prove it", share=12), lambda line: (Run(f"ncpi audit prove {line.digest}", is_code=True),)),
            ),
            empty="No entry could be read.",
            note="Whoever draws with the same words from the same entries gets the same ones. Ask those who are named, "
            "and look at the papers.",
        ),
    )


def _digests(trail: InspectionTrail) -> tuple[Block, ...]:
    return things_table(
        "SHA-256 of each entry and of what it is about",
        trail.lines,
        (
            (Column("Entry", share=2), lambda line: str(line.entry)),
            (Column("Digest of the entry", share=10), lambda line: (Run(line.digest, is_code=True),)),
            (
                Column("Digest of the artefact", share=10),
                lambda line: (Run(line.artefact, is_code=True),) if line.artefact else NONE,
            ),
        ),
        empty="No entry could be read.",
    )
