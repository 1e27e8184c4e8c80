"""What a table was checked against and how it fared: every rule with its arguments, and lines, never a cell."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record
from schemas.problems import Severity

MAX_LINES: Final = 1_000
"""How many lines of one rule are named; `broken` counts all of them."""


class ValidatedRule(Record):
    """One rule as it was run, and its result; each field is made here from lines and counts, none copied."""

    rule: str = Field(max_length=60, description="Stable name of the rule")
    expectation: str = Field(max_length=80, description="Great Expectations' class of the rule")
    arguments: dict[str, str | int | bool | tuple[str, ...]] = Field(
        description="What it was run with: from the product and from return.json, never from the table"
    )
    where: tuple[str, str] | None = Field(description="Column and value of the rows it is about; None for every row")
    severity: Severity
    is_met: bool
    rows: int | None = Field(ge=0, description="How many rows it looked at; None where it is about the column as one")
    broken: int = Field(ge=0, description="How many lines break it; 0 also where it is about the table as a whole")
    lines: tuple[int, ...] = Field(
        max_length=MAX_LINES, description="Lines of the file that break it, counted from 1, in order; the first 1,000"
    )


class Validation(Record):
    """The check of one table: by which programs, against which rules, with which result."""

    kind: Literal["validation"] = "validation"
    inspection: InspectionId
    pack: Sha256 = Field(description="Digest of the pack that the table is of, also where the pack was not kept")
    suite: str = Field(max_length=40, description="Name of the table, and so of its rules")
    file: str = Field(max_length=80, description="Name of the file within the return")
    programs: dict[str, str] = Field(description="Version of each program that ran it, by name")
    is_met: bool = Field(description="Whether every rule is met whose severity is critical")
    rules: tuple[ValidatedRule, ...] = Field(min_length=1, description="Every rule that was run, in order")
