"""The fieldwork return and the review return, and the values in them that later documents use.

Text that may be published has the type `PublishableText`; the evidence in tables never appears in a document.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.dates import SourcedDate
from schemas.identifiers import FindingId, InspectionId, PersonId, RecommendationId
from schemas.model import Record
from schemas.programme.versions import Grade, ProgrammeVersion, Theme
from schemas.text import PUBLISHABLE

MAX_ROWS: Final = 20_000
"""Most rows in the table of a return."""

PublishableText = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=2_000), PUBLISHABLE]
"""Plain text, never markup; public once approved, so the disclosure rules apply (domain/disclosure.py)."""

PersonName = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=80), PUBLISHABLE]
"""The name of a public office holder, as printed."""

Source = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=400), PUBLISHABLE]
"""Where a fact is from: an address, a document; `synthetic` if it was made up for a demonstration."""


class Polarity(StrEnum):
    """The inspectors' judgement of a finding."""

    PLEASED = "pleased"
    CONCERNED = "concerned"


class Timescale(StrEnum):
    """The time that a recommendation gives, from publication."""

    IMMEDIATELY = "immediately"
    THREE_MONTHS = "three months"
    SIX_MONTHS = "six months"


class Outcome(StrEnum):
    """What became of a finding or recommendation, in the judgement of the review's inspectors."""

    ACHIEVED = "achieved"
    IMPROVED = "improved"
    STILL_A_CONCERN = "still a concern"
    NOT_ASSESSED = "not assessed"


class Finding(Record):
    """One finding of the inspectors."""

    id: FindingId = Field(description="Its number, as published")
    polarity: Polarity = Field(description="Whether the inspectors were pleased or concerned")
    theme: Theme = Field(description="Theme code; its printed label depends on the programme version")
    text: PublishableText = Field(description="The finding in one or two sentences")
    is_effective_practice: bool = Field(default=False, description="Worth copying by other forces")
    source: Source = Field(description="Where the finding is from, or `inspection team`")


class Recommendation(Record):
    """A change that the force is asked to make."""

    id: RecommendationId = Field(description="Its number, as published")
    text: PublishableText = Field(description="What the force should do")
    timescale: Timescale = Field(description="Counted from publication of the initial report")
    findings: Annotated[
        tuple[FindingId, ...], Field(min_length=1, max_length=60, description="The findings that it addresses")
    ]
    is_synthetic: bool = Field(description="Whether it was made up for a demonstration; every rendering says so")


class Fieldwork(Record):
    """When and how the team inspected."""

    start: SourcedDate = Field(description="First day on site")
    end: SourcedDate = Field(description="Last day on site")
    methods: Annotated[
        tuple[PublishableText, ...],
        Field(min_length=1, max_length=60, description="Such as case file reviews and interviews"),
    ]


class Team(Record):
    """Who inspected, and in whose name the report is published."""

    lead_inspector: PersonId = Field(description="Account name of the lead inspector")
    inspectors: tuple[PersonId, ...] = Field(
        default=(), max_length=60, description="Account names of the rest of the team"
    )
    hmi: PersonName = Field(description="Name of the HM Inspector who signs the press notice, as printed")


class TableReference(Record):
    """The table of a return, and how many rows it must have."""

    rows: int = Field(ge=1, le=MAX_ROWS, description="Number of rows, without the header")
    is_synthetic: bool = Field(description="Whether its rows were made up for a demonstration; every rendering says so")


class CaseAuditReference(TableReference):
    """The table of a fieldwork return, and the totals that its rows must have."""

    file: Literal["cases.csv"] = Field(description="File name within the return")
    grades: dict[Grade, Annotated[int, Field(ge=0, le=MAX_ROWS)]] = Field(
        description="Number of cases by the inspectors' grade"
    )
    are_totals_synthetic: bool | None = Field(
        default=None,
        description=(
            "Whether the number of cases and the totals by grade were made up too; left out, they are as the rows are"
        ),
    )


class ProgressReference(TableReference):
    """The table of a review return."""

    file: Literal["progress.csv"] = Field(description="File name within the return")


class Quotation(Record):
    """What the HM Inspector says in the press notice, by paragraph."""

    speaker: PersonName = Field(description="Name of the HM Inspector, as printed")
    paragraphs: Annotated[tuple[PublishableText, ...], Field(min_length=1, max_length=6, description="What they say")]
    is_synthetic: bool = Field(description="Whether it was made up for a demonstration; every rendering says so")


class FieldworkReturn(Record):
    """The results of fieldwork: `return.json`, sent with `cases.csv`."""

    kind: Literal["fieldwork-return"] = Field(description="Which form this is")
    inspection: InspectionId = Field(description="The inspection that it is for")
    force: str = Field(max_length=40, description="Short name of the force, such as south-wales")
    programme: ProgrammeVersion = Field(description="Programme version; determines labels and the grade scale")
    fieldwork: Fieldwork
    team: Team
    findings: Annotated[
        tuple[Finding, ...], Field(min_length=1, max_length=60, description="What the inspectors found")
    ]
    recommendations: Annotated[
        tuple[Recommendation, ...], Field(min_length=1, max_length=65, description="The review assesses each of them")
    ]
    case_audit: CaseAuditReference
    quotation: Quotation
    published: SourcedDate | None = Field(
        default=None, description="Publication date of an inspection replayed from history; absent for a live one"
    )


class FindingProgress(Record):
    """What became of one finding of the initial inspection."""

    finding: FindingId = Field(description="Its number in the published report")
    outcome: Outcome = Field(description="What became of it")
    review_findings: tuple[FindingId, ...] = Field(
        default=(), max_length=60, description="Findings of the review that show it"
    )
    basis: Source = Field(description="Who judged the outcome: the inspection team, or a mapping with its source")


class ReviewReturn(Record):
    """The results of the revisit: `return.json`, sent with `progress.csv`."""

    kind: Literal["review-return"] = Field(description="Which form this is")
    inspection: InspectionId = Field(description="The inspection that it is for")
    fieldwork: Fieldwork
    team: Team
    findings: Annotated[
        tuple[Finding, ...], Field(min_length=1, max_length=60, description="What the inspectors found")
    ]
    finding_progress: Annotated[
        tuple[FindingProgress, ...],
        Field(max_length=60, description="What became of each finding of the published report"),
    ]
    progress: ProgressReference
    quotation: Quotation
    published: SourcedDate | None = Field(
        default=None, description="Publication date of a review replayed from history; absent for a live one"
    )
