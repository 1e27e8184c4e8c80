"""What a case of the corpus is, and what holds of every refusal."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from evidence.examination import Request
from schemas.documents.report import InitialReport
from schemas.errors import NcpiError, RejectedError
from schemas.problems import Problem
from tests.support.returns import as_csv, case_rows, fieldwork_return, review_return

CANARY: Final = "zqcanary"
"""Stands for what was sent; no message may bear it."""
MAX_MESSAGE_LENGTH: Final = 2_000
MAX_PROBLEMS: Final = 1_000
HARMLESS: Final = ""
NOT_FOR_PEOPLE: Final = re.compile(
    r"\[0-9|\[a-z]-|\\[AZdsw]|\^|\)\$"  # of regular expressions
    r"|\b(?:[A-Z][a-z]+){2,}\b|\w+\.\w+\.py|\b(?:None|NoneType|dict|tuple|str|int|bool|float|enum|null byte|object)\b"
    r"|document:|[Ss]tring should|[Ii]nput should|Value error|pattern|regex|pydantic|constraint|valid "
)
"""What only programmers read: regular expressions, names of classes and types, sentences of libraries."""
NOT_A_PLACE: Final = re.compile(r"\[key\]|^the document|^$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One bad input: what it is, how it is made, what must come of it."""

    id: str
    what: str
    build: Callable[[], Any]
    """Makes the input; nothing large is kept before the case is tried."""
    expected: str
    """Name of the rule of a problem, or of a class of error; HARMLESS when it is taken and does nothing."""
    is_heavy: bool = False
    """Whether it may need much time or memory, so that it is also tried in the child that the product starts."""


def rows_with_a_canary(**changes: dict[str, str]) -> list[dict[str, str]]:
    rows = case_rows(**changes)
    return [row | {"rationale": row["rationale"].replace("a reason", f"{CANARY} as a reason")} for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The two files of a return, good where nothing else is said."""

    document: bytes = b""
    table: bytes = b""
    form: str = "fieldwork"

    def request(self, report: InitialReport | None = None) -> Request:
        good = fieldwork_return() if self.form == "fieldwork" else review_return()
        return Request.model_validate(
            {
                "inspection": "south-wales-2015",
                "kind": f"{self.form}-return",
                "pack": "0" * 64,
                "submitted_on": dt.date(2026, 11, 23),
                "document": self.document or json.dumps(good).encode(),
                "table": self.table or as_csv(rows_with_a_canary()),
                "report": report if self.form == "review" else None,
            }
        )


@dataclass(slots=True)
class Refusals:
    """The rules and classes by which something was refused, each message held to what holds of all."""

    names: set[str] = field(default_factory=set)

    def add_problems(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        assert len(found) <= MAX_PROBLEMS, f"{len(found)} problems"
        for problem in found:
            self._hold(str(problem))
            assert NOT_FOR_PEOPLE.findall(problem.message) == [], str(problem)
            assert problem.column is None or not NOT_A_PLACE.search(problem.column), problem.column
            self.names.add(problem.rule)

    def add_error(self, error: NcpiError) -> None:
        assert isinstance(error, NcpiError), type(error).__name__
        self._hold(str(error))
        self.names.update(one.__name__ for one in type(error).__mro__ if issubclass(one, NcpiError))
        if isinstance(error, RejectedError):
            self.add_problems(error.problems)

    def add_words(self, name: str, words: str) -> None:
        self._hold(words)
        self.names.add(name)

    def _hold(self, message: str) -> None:
        assert CANARY not in message, "a message repeats what was sent"
        assert len(message) < MAX_MESSAGE_LENGTH, f"a message of {len(message)} characters"
        assert message.isprintable() or "\n" in message, "a message holds what cannot be seen"
