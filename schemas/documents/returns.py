"""What people send in: the fieldwork return and the review return, and the values that later documents share.

Text that may be published says so in `PublishableText`; evidence text never appears in a document.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.dates import SourcedDate
from schemas.identifiers import FindingId, InspectionId, PersonId, RecommendationId
from schemas.model import Record
from schemas.programme.versions import Grade, ProgrammeVersion, Theme

MOST_ROWS: Final = 20_000
"""Rows at most, of a table that comes with a return."""

PublishableText = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=2_000, strip_whitespace=False)]
"""Plain text, never markup; public once approved, so the disclosure rules read it (domain/disclosure.py)."""

PersonName = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=80)]
"""A public office holder's name as it is printed."""

Url = Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^https://[A-Za-z0-9./?=&%_~:()+,-]+$")]

Source = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=400)]
"""Where a fact was read: an address, a document. `synthetic` where it was made up for a demonstration."""


class Polarity(StrEnum):
    """What the inspectors felt about what they found."""

    PLEASED = "pleased"
    CONCERNED = "concerned"


class Timescale(StrEnum):
    """By when a recommendation asks for change, counted from publication."""

    IMMEDIATELY = "immediately"
    THREE_MONTHS = "three months"
    SIX_MONTHS = "six months"


class Outcome(StrEnum):
    """What became of a finding or recommendation, as the review's inspectors judged it."""

    ACHIEVED = "achieved"
    IMPROVED = "improved"
    STILL_A_CONCERN = "still a concern"
    NOT_ASSESSED = "not assessed"


class Finding(Record):
    """One thing the inspectors found."""

    id: FindingId
    polarity: Polarity = Field(description="Pleased or concerned to find")
    theme: Theme = Field(description="Theme code; the label printed depends on the programme version")
    text: PublishableText = Field(description="The finding in one or two sentences")
    is_effective_practice: bool = Field(default=False, description="Worth copying by other forces")
    source: Source = Field(description="Where the finding was read, or `inspection team`")


class Recommendation(Record):
    """One thing the force is asked to change."""

    id: RecommendationId
    text: PublishableText = Field(description="What the force should do")
    timescale: Timescale = Field(description="Counted from publication of the initial report")
    findings: Annotated[
        tuple[FindingId, ...], Field(min_length=1, max_length=60, description="The findings it rests on")
    ]
    is_synthetic: bool = Field(description="Made up for a demonstration; every rendering says so")


class Fieldwork(Record):
    """When and how the team looked."""

    start: SourcedDate = Field(description="First day on site")
    end: SourcedDate = Field(description="Last day on site")
    methods: Annotated[
        tuple[PublishableText, ...],
        Field(min_length=1, max_length=60, description="What was done: case file reviews, interviews"),
    ]


class Team(Record):
    """Who looked, and in whose name it is published."""

    lead_inspector: PersonId = Field(description="Account name of the lead inspector")
    inspectors: tuple[PersonId, ...] = Field(
        default=(), max_length=60, description="Account names of the rest of the team"
    )
    hmi: PersonName = Field(description="HM Inspector who signs the release, as printed")


class TableReference(Record):
    """A table that comes with a return, and the totals its rows must meet."""

    rows: int = Field(ge=1, le=MOST_ROWS, description="Number of rows, header not counted")
    grades: dict[Grade, Annotated[int, Field(ge=0, le=MOST_ROWS)]] = Field(
        default_factory=dict, description="Inspector's grade to number of cases; empty for a table without grades"
    )
    is_synthetic: bool = Field(description="Rows made up for a demonstration; every rendering says so")


class CaseAuditReference(TableReference):
    """The table of a fieldwork return."""

    file: Literal["cases.csv"] = Field(description="File name within the return")


class ProgressReference(TableReference):
    """The table of a review return."""

    file: Literal["progress.csv"] = Field(description="File name within the return")


class Quotation(Record):
    """What the HM Inspector says in the release, paragraph by paragraph."""

    speaker: PersonName
    paragraphs: Annotated[tuple[PublishableText, ...], Field(min_length=1, max_length=6)]
    is_synthetic: bool = Field(description="Made up for a demonstration; every rendering says so")


class FieldworkReturn(Record):
    """What the team brought back from fieldwork: `return.json`, beside `cases.csv`."""

    kind: Literal["fieldwork-return"]
    inspection: InspectionId
    force: str = Field(max_length=40, description="Slug of the force (schemas/programme/forces.py)")
    programme: ProgrammeVersion = Field(description="Programme version; decides labels and the grade scale")
    fieldwork: Fieldwork
    team: Team
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=60)]
    recommendations: Annotated[
        tuple[Recommendation, ...],
        Field(min_length=1, max_length=65, description="What the review answers, row by row"),
    ]
    case_audit: CaseAuditReference
    quotation: Quotation
    published: SourcedDate | None = Field(
        default=None,
        description="Publication date of an inspection that is replayed from history; absent for a live one",
    )


class FindingProgress(Record):
    """What became of one finding of the initial inspection."""

    finding: FindingId
    outcome: Outcome
    review_findings: tuple[FindingId, ...] = Field(
        default=(), max_length=60, description="Findings of the review that say so"
    )
    basis: Source = Field(description="Who judged it so: the inspection team, or a mapping with its source")


class ReviewReturn(Record):
    """What the team brought back from the revisit: `return.json`, beside `progress.csv`."""

    kind: Literal["review-return"]
    inspection: InspectionId
    fieldwork: Fieldwork
    team: Team
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=60)]
    finding_progress: Annotated[tuple[FindingProgress, ...], Field(max_length=60)]
    progress: ProgressReference
    quotation: Quotation
    published: SourcedDate | None = Field(
        default=None,
        description="Publication date of a review that is replayed from history; absent for a live one",
    )
