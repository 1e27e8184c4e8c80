"""What stood beside the path, on a page: holds, corrections, withdrawal, referrals, the force's checks of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.pages.tables import entries_table
from audit.pages.words import NONE, moment, number, who
from reports.layout.blocks import Column, Paragraph, Section, words

if TYPE_CHECKING:
    from reports.layout.blocks import Block, Words
    from schemas.audit.report import AccuracyCheck, Correction, Hold, InspectionTrail


def beside_section(trail: InspectionTrail) -> Section:
    """Say what was recorded beside the path from fieldwork to review."""
    return Section(
        "beside",
        "Holds, corrections, referrals",
        (),
        (
            Section("holds", "Holds", _holds(trail)),
            Section("corrections", "Corrections after publication", _corrections(trail)),
            Section("withdrawal", "Withdrawal", _withdrawal(trail)),
            Section("referrals", "Cases referred back at once", _referrals(trail)),
            Section("accuracy", "The force’s checks of facts", _accuracy(trail)),
        ),
    )


def _holds(trail: InspectionTrail) -> tuple[Block, ...]:
    return entries_table(
        trail,
        "Every hold",
        trail.holds,
        (
            (Column("Why", share=9), _why_held),
            (Column("Days", is_number=True, share=3), lambda one: words(number(one.days))),
            (Column("Lifted", share=9), _lifted),
        ),
        empty="The inspection was never on hold.",
    )


def _why_held(hold: Hold) -> Words:
    return words(hold.reason, " (with the whole programme)" if hold.is_programme else "")


def _lifted(hold: Hold) -> Words:
    if hold.lifted is None:
        return words("not yet")
    return words(
        f"{moment(hold.lifted.at)} by {who(hold.lifted)}", f": {hold.lifted_reason}" if hold.lifted_reason else ""
    )


def _corrections(trail: InspectionTrail) -> tuple[Block, ...]:
    return entries_table(
        trail,
        "Every correction",
        trail.corrections,
        (
            (Column("Of", share=5), lambda one: words(one.of)),
            (Column("Version", is_number=True, share=4), lambda one: words(number(one.number))),
            (Column("Errata", is_number=True, share=4), lambda one: words(number(one.errata))),
            (Column("What became of it", share=9), _became),
        ),
        empty="Nothing that was published was corrected.",
    )


def _became(one: Correction) -> Words:
    if one.ended is None:
        return words("waits for approval")
    return words(f"{one.state}, {moment(one.ended.at)} by {who(one.ended)}", f": {one.reason}" if one.reason else "")


def _withdrawal(trail: InspectionTrail) -> tuple[Block, ...]:
    withdrawal = trail.withdrawal
    if withdrawal is None:
        return (Paragraph(words("Nothing was withdrawn.")),)
    done = (
        f"Carried out {moment(withdrawal.done.at)}; {number(withdrawal.files)} files are public no more."
        if withdrawal.done
        else "Not carried out yet."
    )
    return entries_table(
        trail,
        "The withdrawal",
        (withdrawal,),
        (
            (Column("Why", share=9), lambda one: words(one.reason)),
            (Column("Done", share=9), lambda _: words(done)),
        ),
        empty=NONE,
    )


def _referrals(trail: InspectionTrail) -> tuple[Block, ...]:
    return entries_table(
        trail,
        "How many cases were referred back; which they are is in no report",
        trail.referrals,
        ((Column("Cases", is_number=True, share=4), lambda one: words(number(one.cases))),),
        empty="No case was referred back beside the fieldwork return.",
    )


def _accuracy(trail: InspectionTrail) -> tuple[Block, ...]:
    return entries_table(
        trail,
        "Every check of a draft’s facts by the force",
        trail.accuracy_checks,
        (
            (Column("Open until", share=7), lambda one: words(moment(one.until))),
            (Column("Answer", share=9), _answer),
        ),
        empty="No draft was given to the force to check its facts.",
    )


def _answer(one: AccuracyCheck) -> Words:
    if one.answer is None:
        return words("none recorded")
    return words(f"{number(one.comments)} comments, {moment(one.answer.at)} by {who(one.answer)}")
