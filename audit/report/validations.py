"""The result of each check of a return: met, or rejected by which rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from audit.report.lenient_facts import count_in, digest_fact, digest_in, newest, summary_of, text_in, texts_in
from domain.lifecycle.history import History, Recorded
from schemas.audit.report import RuleCount, Validation
from schemas.documents.validation import ValidatedRule
from schemas.lifecycle.entry import MAX_FACT_LENGTH, Fact
from schemas.lifecycle.kinds import CHECKS_OF_RETURNS
from schemas.problems import Problem, Severity

_LISTED: Final = re.compile(
    rf"\[(critical|warning)\] .{{0,{MAX_FACT_LENGTH}}}\(rule ([A-Za-z0-9_.-]{{1,60}})\)", re.DOTALL
)
"""A problem as `str` of it says it, which is how a rejection lists it."""


def validations_of(
    history: History, problems: Mapping[int, Sequence[Problem]], checked: Mapping[int, Sequence[ValidatedRule]]
) -> tuple[Validation, ...]:
    """List the result of each check of a return, oldest first.

    Args:
        problems: by place of the entry, every problem of a rejection and every warning of evidence that was read from
            its artefact; of the others only what the entry lists is counted.
        checked: by place of the entry, every rule that the table was checked against.
    """
    return tuple(
        _validation(history, one, problems.get(one.entry.seq), checked.get(one.entry.seq, ()))
        for one in newest(history.all_of(*CHECKS_OF_RETURNS))
    )


def _validation(
    history: History, one: Recorded, read: Sequence[Problem] | None, checked: Sequence[ValidatedRule]
) -> Validation:
    entry, facts = one.entry, one.entry.facts
    turn = CHECKS_OF_RETURNS[entry.kind]
    is_accepted = entry.kind is turn.records
    submitted = history.before(one).latest(turn.wakes_on)
    found = Counter((problem.rule, problem.severity.value) for problem in read) if read is not None else _listed(one)
    problems, warnings = count_in(facts, "problems") or 0, _warnings(facts, checked)
    return Validation(
        **summary_of(one),
        of=turn.wakes_on.subject.replace("-", " "),
        is_accepted=is_accepted,
        sender=submitted.entry.actor.person if is_accepted and submitted else text_in(facts, "sender"),
        return_digest=digest_in(submitted) if is_accepted and submitted else digest_fact(facts, "pack"),
        expectations=_passed(facts, checked),
        warnings=warnings,
        problems=problems,
        validation=digest_fact(facts, "validation"),
        checked=tuple(checked),
        rules=tuple(
            RuleCount(rule=rule, severity=severity, times=times) for (rule, severity), times in sorted(found.items())
        ),
        is_all_listed=read is not None or found.total() == problems + (warnings or 0),
    )


def _passed(facts: dict[str, Fact], checked: Sequence[ValidatedRule]) -> int | None:
    return sum(rule.is_met for rule in checked) if checked else count_in(facts, "expectations")


def _warnings(facts: dict[str, Fact], checked: Sequence[ValidatedRule]) -> int | None:
    # The entry of a review's draft has no count; of its return only the table has rules that warn.
    counted = count_in(facts, "warnings")
    if counted is not None or not checked:
        return counted
    return sum(not rule.is_met and rule.severity is Severity.WARNING for rule in checked)


def _listed(one: Recorded) -> Counter[tuple[str, str]]:
    matches = (_LISTED.fullmatch(line) for line in texts_in(one.entry.facts, "list"))
    return Counter((match[2], match[1]) for match in matches if match)
