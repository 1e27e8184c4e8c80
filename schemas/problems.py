"""A problem in a return: where it is, which rule it breaks, what to do. Never the value itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field

from schemas.model import Record

MAX_COLUMN_LENGTH: Final = 120
MAX_MESSAGE_LENGTH: Final = 400
MAX_PROBLEMS: Final = 200
"""Problems listed for one file: where every line is wrong, the first of them show how to fix all."""


class Severity(StrEnum):
    """The effect of a problem on the stage."""

    CRITICAL = "critical"
    """The return is rejected and the stage waits."""
    WARNING = "warning"
    """The problem is recorded and the stage goes on."""


class Problem(Record):
    """One thing to fix, with its place but without any of the data."""

    file: str = Field(max_length=80, description="Name of the file within the return")
    line: int | None = Field(default=None, ge=1, description="Line of the file, counted from 1")
    column: str | None = Field(
        default=None, max_length=MAX_COLUMN_LENGTH, description="Column of a table, or path of a field in a JSON file"
    )
    rule: str = Field(max_length=60, description="Stable name of the rule, for looking it up")
    severity: Severity = Field(default=Severity.CRITICAL, description="Whether the stage stops")
    message: str = Field(max_length=MAX_MESSAGE_LENGTH, description="What is wrong and what to do; no values")

    def __str__(self) -> str:
        """Return one line: severity, place, message, rule."""
        place = self.file
        if self.line is not None:
            place += f" line {self.line}"
        if self.column is not None:
            place += f", {self.column}"
        return f"[{self.severity.value}] {place}: {self.message} (rule {self.rule})"


def has_critical(problems: tuple[Problem, ...]) -> bool:
    """Return whether any of the problems stops the stage."""
    return any(problem.severity is Severity.CRITICAL for problem in problems)
