"""The audit trail of one inspection in plain words, a line for each entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from domain.calendar import time_in_words
from domain.lifecycle.history import History
from schemas.counts import counted
from schemas.identifiers import Sha256
from schemas.lifecycle.entry import Entry, Fact
from schemas.lifecycle.moves import Kind
from schemas.model import Record


class TimelineLine(Record):
    """One entry, for people."""

    seq: int
    at: dt.datetime = Field(description="UTC")
    person: str
    role: str
    kind: Kind
    words: str
    digest: Sha256 = Field(description="SHA-256 of the entry's bytes as stored")
    document: Sha256 | None = Field(description="SHA-256 of the artefact it is about")
    facts: dict[str, Fact]


def timeline(history: History) -> tuple[TimelineLine, ...]:
    """Return a line for every entry, oldest first."""
    return tuple(
        TimelineLine(
            seq=one.entry.seq,
            at=one.entry.at,
            person=one.entry.actor.person,
            role=one.entry.actor.role.value,
            kind=one.entry.kind,
            words=words_of(one.entry),
            digest=one.digest,
            document=one.entry.document.sha256 if one.entry.document else None,
            facts=one.entry.facts,
        )
        for one in history.recorded
    )


def words_of(entry: Entry) -> str:
    """Return the sentence about one entry."""
    return fill(entry.kind.words, entry.facts, entry.at)


def fill(words: str, facts: dict[str, Fact], at: dt.datetime) -> str:
    """Put facts into a sentence of the tables; `None` stands where the entry lacks one.

    Args:
        at: when the entry was made, UTC: an embargo that had passed by then is none.
    """
    return words.format_map(_Named(facts, at))


@dataclass(frozen=True, slots=True)
class _Named:
    """What stands for each name in braces."""

    facts: dict[str, Fact]
    at: dt.datetime

    def __getitem__(self, name: str) -> _Value:
        if name == "with_embargo":
            return _Value(_embargo(self.facts, self.at))
        return _Value(_MADE[name](self.facts) if name in _MADE else self.facts.get(name))


@dataclass(frozen=True, slots=True)
class _Value:
    """A value in a sentence; a count with its noun, `case`, or with both its forms, `erratum/errata`."""

    value: Fact | None

    def __format__(self, noun: str) -> str:
        one, _, many = noun.partition("/")
        return counted(self.value, one, many) if noun else f"{self.value}"


def _time(facts: dict[str, Fact], name: str) -> str:
    text = str(facts.get(name))
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text  # an entry that somebody forged may say anything or nothing
    return text if moment.tzinfo is None else time_in_words(moment)


def _embargo(facts: dict[str, Fact], at: dt.datetime) -> str:
    # An approval for publication at once bears its own time.
    try:
        is_none = dt.datetime.fromisoformat(str(facts.get("embargo"))) <= at
    except (ValueError, TypeError):  # an entry that somebody forged may say anything
        is_none = False
    return ", for publication at once" if is_none else f", embargo {_time(facts, 'embargo')}"


def _programme(facts: dict[str, Fact]) -> str:
    return " with the whole programme" if facts.get("programme") else ""


def _replacing(facts: dict[str, Fact]) -> str:
    return f", in place of the draft {str(facts['replaces'])[:12]}…" if "replaces" in facts else ""


def _decision(facts: dict[str, Fact]) -> str:
    # One kind for both decisions on a draft; where it names no act it is of an approval.
    return "return" if str(facts.get("act")).startswith("return ") else "approval"


def _concerns(facts: dict[str, Fact]) -> str:
    if "concerns" not in facts:
        return "concerns as before"
    concerns = facts["concerns"]
    return "; ".join(concerns) if isinstance(concerns, tuple) and concerns else "no concerns"


def _answered_comments(facts: dict[str, Fact]) -> str:
    named = ((words, facts.get(name)) for name, words in (("accepted", "accepted"), ("not_accepted", "not accepted")))
    return "; ".join(
        f"{words}: {', '.join(numbers)}" for words, numbers in named if isinstance(numbers, tuple) and numbers
    )


def _entries_counted(facts: dict[str, Fact]) -> str:
    entries = facts.get("entries")
    return counted(len(entries) if isinstance(entries, tuple) else 0, "entry", "entries")


def _revisit_due(facts: dict[str, Fact]) -> str:
    earliest, latest = facts.get("revisit_due_earliest"), facts.get("revisit_due_latest")
    return f"{earliest}" if earliest == latest else f"a day between {earliest} and {latest}"


def _lateness(facts: dict[str, Fact]) -> str:
    verdict = str(facts.get("revisit"))
    if verdict != "late":
        return verdict
    least, most = facts.get("days_late_at_least"), facts.get("days_late_at_most")
    return f"late by {counted(least, 'day')}" if least == most else f"late by {least} to {most} days, on any reading"


_MADE: Final[Mapping[str, Callable[[dict[str, Fact]], str]]] = {
    "concerns": _concerns,
    "until": lambda facts: _time(facts, "until"),
    "with_programme": _programme,
    "replacing": _replacing,
    "refused_decision": _decision,
    "answered_comments": _answered_comments,
    "entries_counted": _entries_counted,
    "revisit_due": _revisit_due,
    "revisit_lateness": _lateness,
}
"""What is made of one fact or several, by the name that stands for it in a sentence."""
