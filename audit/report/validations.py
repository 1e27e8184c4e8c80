"""What became of each return when it was checked: met, or rejected by which rules."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

from audit.report.lenient_facts import count_in, digest_fact, digest_in, newest, summary_of, text_in, texts_in
from schemas.audit.report import RuleCount, Validation
from schemas.lifecycle.moves import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.lifecycle.history import History, Recorded
    from schemas.problems import Problem

_MET: Final = (Kind.FIELDWORK_RECORDED, Kind.REVIEW_DRAFTED)
_REJECTED: Final = (Kind.FIELDWORK_REJECTED, Kind.REVIEW_REJECTED)
VALIDATIONS: Final = (*_MET, *_REJECTED)
_OF_FIELDWORK: Final = (Kind.FIELDWORK_RECORDED, Kind.FIELDWORK_REJECTED)
_LISTED: Final = re.compile(r"\[(critical|warning)\] .{0,600}\(rule ([A-Za-z0-9_.-]{1,60})\)", re.DOTALL)
"""A problem as `str` of it says it, which is how a rejection lists it."""


def validations_of(history: History, problems: Mapping[int, Sequence[Problem]]) -> tuple[Validation, ...]:
    """List what became of each return, oldest first.

    Args:
        problems: by place of the entry, every problem of a rejection and every warning of evidence that was read from
            its artefact; of the others only what the entry lists is counted.
    """
    return tuple(_validation(history, one, problems.get(one.entry.seq)) for one in newest(history.all_of(*VALIDATIONS)))


def _validation(history: History, one: Recorded, read: Sequence[Problem] | None) -> Validation:
    entry, facts = one.entry, one.entry.facts
    is_met = entry.kind in _MET
    is_fieldwork = entry.kind in _OF_FIELDWORK
    of: Literal["fieldwork return", "review return"] = "fieldwork return" if is_fieldwork else "review return"
    submitted = history.before(one).latest(Kind.FIELDWORK_SUBMITTED if is_fieldwork else Kind.REVIEW_SUBMITTED)
    found = Counter((problem.rule, problem.severity.value) for problem in read) if read is not None else _listed(one)
    problems, warnings = count_in(facts, "problems") or 0, count_in(facts, "warnings")
    return Validation(
        **summary_of(one),
        of=of,
        is_met=is_met,
        sender=submitted.entry.actor.person if is_met and submitted else text_in(facts, "sender"),
        return_digest=digest_in(submitted) if is_met and submitted else digest_fact(facts, "pack"),
        expectations=count_in(facts, "expectations"),
        warnings=warnings,
        problems=problems,
        rules=tuple(
            RuleCount(rule=rule, severity=severity, times=times) for (rule, severity), times in sorted(found.items())
        ),
        is_all_listed=read is not None or found.total() == problems + (warnings or 0),
    )


def _listed(one: Recorded) -> Counter[tuple[str, str]]:
    matches = (_LISTED.fullmatch(line) for line in texts_in(one.entry.facts, "list"))
    return Counter((match[2], match[1]) for match in matches if match)
