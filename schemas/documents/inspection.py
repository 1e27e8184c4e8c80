"""The documents of an inspection: what people send in, what each stage makes, in the order of a life.

A document is a value: strict, frozen, closed. Its canonical JSON is an artefact, named by its SHA-256.
Text that may be published says so in `PublishableText`; evidence text never appears in these documents.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.dates import DateRange, SourcedDate
from schemas.identifiers import FindingId, InspectionId, PersonId, RecommendationId, Sha256
from schemas.model import Record
from schemas.problems import Problem
from schemas.programme.versions import Grade, Theme, Version

MOST_ROWS: Final = 20_000
"""Of a table that comes with a return."""

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
    programme: Version = Field(description="Programme version; decides labels and the grade scale")
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


class StoredFile(Record):
    """One file as stored: its name for people, its bytes by digest."""

    name: str = Field(max_length=80, pattern=r"^[a-z][a-z0-9-]*\.[a-z]{2,4}$")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str = Field(max_length=80)


class Pack(Record):
    """The files of one return exactly as received; its digest names the submission."""

    kind: Literal["pack"] = "pack"
    inspection: InspectionId
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]

    def file(self, name: str) -> StoredFile:
        """Find a file by name; KeyError when the pack has none of that name."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)


class GradeCount(Record):
    """How many cases got one grade, from each party."""

    grade: Grade
    inspectors: int = Field(ge=0, description="Cases the inspectors graded so")
    self_assessed: int = Field(ge=0, description="Self-assessed cases the force graded so")
    regraded: int = Field(ge=0, description="Self-assessed cases the inspectors graded so")


class TypeCount(Record):
    """How many cases of one type were examined; withheld when small (domain/disclosure.py)."""

    case_type: str = Field(max_length=60)
    cases: int | None = Field(description="None: withheld so that no child can be singled out")


class CaseAudit(Record):
    """What may be said of the examined cases: margins only, never a row and never a cross-table."""

    cases: int = Field(ge=1)
    self_assessed: int = Field(ge=0)
    referred_back: int = Field(ge=0, description="Cases handed to the force at once for a continuing risk")
    grades: tuple[GradeCount, ...]
    types: tuple[TypeCount, ...]
    is_synthetic: bool


class Evidence(Record):
    """A return that met its rules: what was said in it and what may be said of its table, never a row of it."""

    kind: Literal["evidence"] = "evidence"
    inspection: InspectionId
    pack: Sha256 = Field(description="Digest of the pack that was checked")
    submission: FieldworkReturn | ReviewReturn = Field(discriminator="kind")
    case_audit: CaseAudit | None = Field(description="Margins of the case audit; None for a review")
    outcomes: dict[RecommendationId, Outcome] = Field(description="From the progress table; empty for fieldwork")
    expectations: int = Field(ge=1, description="Expectations that were run")
    warnings: tuple[Problem, ...] = Field(description="Problems that did not stop the stage")


class PrintedSeal(Record):
    """The beginning of a checkpoint, printed where many keep it: the record as it stood when a document was drafted."""

    n: int = Field(ge=0, description="Number of the seal")
    made: dt.date = Field(description="Day on which it was made, UTC")
    entries: int = Field(ge=1, description="How many entries of all ledgers it fixes")
    root: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{16}$")] = Field(
        description="First 16 hexadecimal digits of the root over them"
    )


PrintedSealOrNone = Annotated[
    PrintedSeal | None,
    # Documents of before there were seals have no such field, and keep their bytes.
    Field(default=None, exclude_if=lambda seal: seal is None, description="Absent when nothing was sealed yet"),
]


class InitialReport(Record):
    """The report on a force, assembled from validated findings, grades and recommendations."""

    kind: Literal["initial-report"] = "initial-report"
    inspection: InspectionId
    force: str
    programme: Version
    title: str
    fieldwork: Fieldwork
    hmi: PersonName
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    case_audit: CaseAudit
    quotation: Quotation
    published: SourcedDate | None
    seal: PrintedSealOrNone = None


class ProgressCount(Record):
    """How many recommendations came to one outcome."""

    outcome: Outcome
    recommendations: int = Field(ge=0)


class RecommendationProgress(Record):
    """What became of one recommendation."""

    recommendation: Recommendation
    due: DateRange | None = Field(description="None: asked for at once, no date was set")
    outcome: Outcome


class Timeliness(Record):
    """Whether something was in time, on every reading of dates known to the month."""

    verdict: Literal["in time", "late", "cannot be told"]
    days_late_at_least: int = Field(ge=0, description="0 unless late")
    days_late_at_most: int = Field(ge=0, description="0 when in time on any reading")


class Review(Record):
    """The post-inspection review: what became of each finding and recommendation, and whether it came in time."""

    kind: Literal["review"] = "review"
    inspection: InspectionId
    force: str
    programme: Version
    title: str
    initial_fieldwork: Fieldwork
    initial_published: SourcedDate
    fieldwork: Fieldwork
    hmi: PersonName
    findings: tuple[Finding, ...]
    initial_findings: tuple[Finding, ...]
    finding_progress: tuple[FindingProgress, ...]
    recommendation_progress: tuple[RecommendationProgress, ...]
    progress_counts: tuple[ProgressCount, ...]
    revisit_due: DateRange
    revisit: Timeliness
    is_progress_synthetic: bool
    quotation: Quotation
    published: SourcedDate | None
    seal: PrintedSealOrNone = None


class Draft(Record):
    """What a person approves: a document and every rendering of it, by digest."""

    kind: Literal["draft"] = "draft"
    inspection: InspectionId
    of: Literal["initial-report", "review"]
    round: int = Field(ge=1, description="1 for the first draft; one more each time it was returned")
    author: PersonId = Field(description="Who submitted the return it was made from; may not approve it")
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]


class PublishedFile(Record):
    """One file of a publication, where the public reads it."""

    name: str
    key: str = Field(max_length=200, description="Key in the public bucket")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str


class Publication(Record):
    """What was published, when, on whose approval."""

    kind: Literal["publication"] = "publication"
    inspection: InspectionId
    of: Literal["initial-report", "review"]
    title: str
    draft: Sha256 = Field(description="Digest that was approved")
    approver: PersonId
    embargo: AwareDatetime = Field(description="UTC; not published before this instant")
    published_at: AwareDatetime = Field(description="UTC; when this system published it")
    published: SourcedDate = Field(description="Date of publication that starts the clocks; London calendar")
    files: tuple[PublishedFile, ...]


class DueDate(Record):
    """One clock: what started it, the rule, when it runs out."""

    subject: str = Field(max_length=80, description="What is due: `revisit`, a recommendation id, `action plan`")
    rule: str = Field(max_length=60, description="Name of the rule (domain/documents/clocks.py)")
    text: str = Field(max_length=300, description="The rule in words, with its source")
    starts: SourcedDate = Field(description="The date that started the clock")
    due: DateRange = Field(description="Last day, London calendar; a range when the start is known to the month")
    act_by: dt.date = Field(description="Last working day that is in time on every reading of `due`")


class RuleNotApplied(Record):
    """A rule that does not bind this publication, and why; said so that nobody has to wonder."""

    rule: str
    text: str


class FollowUpPlan(Record):
    """Every due date that publication of the initial report started, and the chosen revisit window."""

    kind: Literal["follow-up-plan"] = "follow-up-plan"
    inspection: InspectionId
    force: str
    published: SourcedDate
    due_dates: tuple[DueDate, ...]
    not_applied: tuple[RuleNotApplied, ...]
    window_start: dt.date = Field(description="First day proposed for the revisit; restricted until it happened")
    window_end: dt.date = Field(description="Last day proposed for the revisit; in time on every reading")

    def due(self, subject: str) -> DueDate | None:
        """Find the clock of one subject."""
        return next((due for due in self.due_dates if due.subject == subject), None)


class Rejection(Record):
    """Why a return was refused: every problem, to be mended by the sender."""

    kind: Literal["rejection"] = "rejection"
    inspection: InspectionId
    pack: Sha256 | None = Field(description="Digest of the pack, when it was stored at all")
    problems: tuple[Problem, ...]


Document = (
    FieldworkReturn
    | ReviewReturn
    | Pack
    | Evidence
    | InitialReport
    | Review
    | Draft
    | Publication
    | FollowUpPlan
    | Rejection
)
