"""The facts of entries: the few values of a document that management reads and the board needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.lifecycle.history import History
from schemas.documents.correction import PublishedVersion
from schemas.documents.evidence import Evidence
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.pack import StoredFile
from schemas.documents.review import Review
from schemas.documents.withdrawal import Withdrawal
from schemas.lifecycle.entry import MAX_FACT_LENGTH, Fact
from schemas.lifecycle.moves import Kind
from schemas.problems import Problem, Severity
from schemas.text import plain


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """Which draft this is, who sent in what it is made from, and the facts of its entry."""

    round_number: int
    sender: str
    facts: dict[str, Fact]


def facts_of_draft(evidence: Evidence, history: History, submitted: Kind, drafted: Kind) -> DraftFacts:
    """Return which round of drafting this is, and everybody who may not approve it."""
    sender = next(one.entry.actor.person for one in reversed(history.standing) if one.entry.kind is submitted)
    team = evidence.submission.team
    authors = tuple(sorted({sender, team.lead_inspector, *team.inspectors}))
    number = history.count(drafted) + 1
    return DraftFacts(
        number, sender, {"round": number, "authors": authors, "findings": len(evidence.submission.findings)}
    )


def facts_of_evidence(evidence: Evidence) -> dict[str, Fact]:
    """Count what the evidence holds."""
    audit = evidence.case_audit
    return {
        "cases": audit.cases if audit else 0,
        "referred_back": audit.referred_back if audit else 0,
        "findings": len(evidence.submission.findings),
        "expectations": evidence.expectations,
        "warnings": len(evidence.warnings),
    }


def facts_of_publication(published: PublishedVersion) -> dict[str, Fact]:
    """Return what was published, for which date, on whose approval; and which version, when it is a correction."""
    publication = published.publication
    facts: dict[str, Fact] = {
        "draft": publication.draft,
        "published": publication.published.date,
        "published_is_exact": publication.published.is_exact,
        "approver": publication.approver,
        "files": len(publication.files),
    }
    if published.number > 1:
        facts |= {"of": publication.of, "number": published.number}
    return facts


def facts_of_withdrawal(withdrawal: Withdrawal, notice: str) -> dict[str, Fact]:
    """Count the files that are no longer public, and name the notice by its digest."""
    return {"files": sum(len(one.files) for one in withdrawal.withdrawn), "notice": notice}


def facts_of_index(sha256: str, records: int) -> dict[str, Fact]:
    """Name the public index that an entry leaves behind, and how many public records it lists, which only grows."""
    return {"index": sha256, "index_records": records}


def facts_of_plan(plan: FollowUpPlan, calendar: StoredFile) -> dict[str, Fact]:
    """Return the revisit's deadline; the chosen window stays in the plan, for it is restricted until it happened."""
    revisit = next(due for due in plan.due_dates if due.subject == "revisit")
    return {
        "revisit_due_earliest": revisit.due.earliest.isoformat(),
        "revisit_due_latest": revisit.due.latest.isoformat(),
        "revisit_act_by": revisit.act_by.isoformat(),
        "due_dates": len(plan.due_dates),
        "calendar": calendar.sha256,
        "rules_not_applied": tuple(rule.rule for rule in plan.not_applied),
    }


def facts_of_review(review: Review) -> dict[str, Fact]:
    """Return whether the revisit came in time, and how many recommendations had which outcome."""
    return {
        "revisit": review.revisit.verdict,
        "days_late_at_least": review.revisit.days_late_at_least,
        "days_late_at_most": review.revisit.days_late_at_most,
        **{
            f"recommendations_{count.outcome.value.replace(' ', '_')}": count.recommendations
            for count in review.progress_counts
        },
    }


MAX_LISTED: Final = 40
"""How many problems the entry lists; its document lists all of them."""


def rejection_facts(problems: Sequence[Problem], *, sender: str, pack: str | None) -> dict[str, Fact]:
    """Return how many problems there are, the first of them in words, and who must fix the return."""
    facts: dict[str, Fact] = {
        "problems": len(problems),
        "critical": sum(problem.severity is Severity.CRITICAL for problem in problems),
        "sender": sender,
        "list": tuple(plain(str(problem))[:MAX_FACT_LENGTH].strip() for problem in problems[:MAX_LISTED]),
    }
    if pack is not None:
        facts["pack"] = pack
    return facts
