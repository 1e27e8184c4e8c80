"""Whole documents made by hand for the tests of `reports`, after South Wales 2015."""

from __future__ import annotations

import datetime as dt
from typing import Final

from schemas.dates import DateRange, SourcedDate
from schemas.documents.evidence import CaseAudit, GradeCount, TypeCount
from schemas.documents.follow_up import DueDate, FollowUpPlan, RuleNotApplied
from schemas.documents.publication import Publication, PublishedFile
from schemas.documents.report import InitialReport
from schemas.documents.returns import (
    Fieldwork,
    Finding,
    FindingProgress,
    Outcome,
    Polarity,
    Quotation,
    Recommendation,
    Timescale,
)
from schemas.documents.review import ProgressCount, RecommendationProgress, Review, Timeliness
from schemas.programme.forces import force_of
from schemas.programme.versions import Grade, ProgrammeVersion, Theme

INSPECTION: Final = "south-wales-2015"
FIRST_NOTICE: Final = (
    "https://www.justiceinspectorates.gov.uk/hmicfrs/news/news-feed/"
    "south-wales-police-carries-out-its-duty-to-protect-children-well-in-a-number-of-areas/"
)
SECOND_NOTICE: Final = "HMIC notice on the post-inspection review of South Wales Police, 2016"
PUBLISHED: Final = SourcedDate(date="2015-07", source=SECOND_NOTICE)

FIELDWORK: Final = Fieldwork(
    start=SourcedDate(date="2015-02", source=FIRST_NOTICE),
    end=SourcedDate(date="2015-03", source=FIRST_NOTICE),
    methods=(
        "Review of case files, some of them first assessed by the force itself",
        "Interviews with officers, staff and partner bodies",
        "Visits to the control room, to custody and to specialist teams",
    ),
)
REVISIT: Final = Fieldwork(
    start=SourcedDate(date="2016-02", source=SECOND_NOTICE),
    end=SourcedDate(date="2016-02", source=SECOND_NOTICE),
    methods=("Review of case files", "Interviews with officers and staff"),
)


def finding(
    identifier: str,
    polarity: Polarity,
    theme: Theme,
    text: str,
    *,
    is_effective_practice: bool = False,
) -> Finding:
    """Make a finding whose source follows from its id."""
    return Finding(
        id=identifier,
        polarity=polarity,
        theme=theme,
        text=text,
        is_effective_practice=is_effective_practice,
        source=FIRST_NOTICE if identifier.startswith("I") else SECOND_NOTICE,
    )


INITIAL_FINDINGS: Final = (
    finding(
        "I1",
        Polarity.PLEASED,
        Theme.LEADERSHIP,
        "The force clearly wants to serve children at risk better.",
    ),
    finding(
        "I2",
        Polarity.PLEASED,
        Theme.INVESTIGATION,
        "Those who investigate child abuse are able and committed.",
    ),
    finding(
        "I3",
        Polarity.PLEASED,
        Theme.INITIAL_CONTACT,
        "First enquiries into a child’s safety are fast and thorough.",
    ),
    finding("I4", Polarity.PLEASED, Theme.MANAGING_RISK, "Registered sex offenders are managed well."),
    finding("I5", Polarity.PLEASED, Theme.LEADERSHIP, "The force is a strong partner to other bodies."),
    finding(
        "I6",
        Polarity.CONCERNED,
        Theme.INVESTIGATION,
        "The scale of child sexual exploitation is poorly understood.",
    ),
    finding(
        "I7",
        Polarity.CONCERNED,
        Theme.ASSESSMENT_AND_HELP,
        "Early help often fails children who go missing again.",
    ),
    finding(
        "I8",
        Polarity.CONCERNED,
        Theme.POLICE_DETENTION,
        "Children spend nights in cells without need.",
    ),
)
REVIEW_FINDINGS: Final = (
    finding(
        "R1",
        Polarity.PLEASED,
        Theme.INVESTIGATION,
        "Investigations of sexual exploitation are somewhat better.",
    ),
    finding(
        "R2",
        Polarity.PLEASED,
        Theme.DECISION_MAKING,
        "Decisions are audited regularly for quality and timeliness.",
    ),
    finding(
        "R3",
        Polarity.PLEASED,
        Theme.ASSESSMENT_AND_HELP,
        "Steps were taken for children missing from home.",
    ),
    finding(
        "R4",
        Polarity.PLEASED,
        Theme.TRUSTED_ADULT,
        "Four child advocates work early with children at risk of exploitation.",
        is_effective_practice=True,
    ),
    finding(
        "R5",
        Polarity.CONCERNED,
        Theme.ASSESSMENT_AND_HELP,
        "Specialist support comes late in some cases.",
    ),
    finding(
        "R6",
        Polarity.CONCERNED,
        Theme.POLICE_DETENTION,
        "Too many children are still detained without need.",
    ),
    finding(
        "R7",
        Polarity.CONCERNED,
        Theme.DECISION_MAKING,
        "Risk of exploitation was missed in some missing-child cases.",
    ),
)
RECOMMENDATIONS: Final = (
    Recommendation(
        id="REC-2015-01",
        text="Map child sexual exploitation in the force area and share the picture with partners.",
        timescale=Timescale.SIX_MONTHS,
        findings=("I6",),
        is_synthetic=True,
    ),
    Recommendation(
        id="REC-2015-02",
        text="Plan with local authorities for every child who goes missing more than twice.",
        timescale=Timescale.THREE_MONTHS,
        findings=("I7",),
        is_synthetic=True,
    ),
    Recommendation(
        id="REC-2015-03",
        text="Stop keeping children in cells overnight where another place can be found.",
        timescale=Timescale.IMMEDIATELY,
        findings=("I7", "I8"),
        is_synthetic=True,
    ),
)


def case_audit(*, is_synthetic: bool = True, are_totals_synthetic: bool | None = None) -> CaseAudit:
    """Make the margins of a case audit, two of its types withheld; its totals are made up as its rows are."""
    return CaseAudit(
        cases=60,
        self_assessed=34,
        referred_back=3,
        grades=(
            GradeCount(grade=Grade.GOOD, inspectors=14, self_assessed=17, regraded=9),
            GradeCount(grade=Grade.ADEQUATE, inspectors=13, self_assessed=9, regraded=8),
            GradeCount(grade=Grade.REQUIRES_IMPROVEMENT, inspectors=18, self_assessed=5, regraded=7),
            GradeCount(grade=Grade.INADEQUATE, inspectors=15, self_assessed=3, regraded=10),
        ),
        types=(
            TypeCount(case_type="domestic abuse", cases=16),
            TypeCount(case_type="missing child", cases=14),
            TypeCount(case_type="child sexual exploitation", cases=11),
            TypeCount(case_type="child protection enquiry", cases=12),
            TypeCount(case_type="police protection", cases=None),
            TypeCount(case_type="child in custody", cases=None),
        ),
        is_synthetic=is_synthetic,
        are_totals_synthetic=is_synthetic if are_totals_synthetic is None else are_totals_synthetic,
    )


def quotation(speaker: str, *, is_synthetic: bool = True) -> Quotation:
    """Make a quotation of two paragraphs."""
    return Quotation(
        speaker=speaker,
        paragraphs=(
            "The people of this force care about children.",
            "What they do must now reach every child alike.",
        ),
        is_synthetic=is_synthetic,
    )


def initial_report(*, is_synthetic: bool = True) -> InitialReport:
    """Make a full initial report."""
    return InitialReport(
        inspection=INSPECTION,
        force="south-wales",
        programme=ProgrammeVersion.V1_2014,
        title="South Wales Police: national child protection inspection",
        fieldwork=FIELDWORK,
        hmi="Dru Sharpling",
        findings=INITIAL_FINDINGS,
        recommendations=tuple(item.model_copy(update={"is_synthetic": is_synthetic}) for item in RECOMMENDATIONS),
        case_audit=case_audit(is_synthetic=is_synthetic),
        quotation=quotation("Dru Sharpling", is_synthetic=is_synthetic),
        published=PUBLISHED,
    )


def review(*, is_synthetic: bool = True) -> Review:
    """Make a full review; some initial findings have no line of progress at all."""
    mapping = "mapping by subject between the two notices"
    recommendations = tuple(item.model_copy(update={"is_synthetic": is_synthetic}) for item in RECOMMENDATIONS)
    return Review(
        inspection=INSPECTION,
        force="south-wales",
        programme=ProgrammeVersion.V1_2014,
        title="South Wales Police: national child protection inspection, post-inspection review",
        initial_fieldwork=FIELDWORK,
        initial_published=PUBLISHED,
        fieldwork=REVISIT,
        hmi="Wendy Williams",
        findings=REVIEW_FINDINGS,
        initial_findings=INITIAL_FINDINGS,
        finding_progress=(
            FindingProgress(finding="I1", outcome=Outcome.NOT_ASSESSED, basis=mapping),
            FindingProgress(finding="I2", outcome=Outcome.IMPROVED, review_findings=("R1", "R2"), basis=mapping),
            FindingProgress(finding="I6", outcome=Outcome.IMPROVED, review_findings=("R1",), basis=mapping),
            FindingProgress(
                finding="I7",
                outcome=Outcome.STILL_A_CONCERN,
                review_findings=("R3", "R7"),
                basis=mapping,
            ),
            FindingProgress(
                finding="I8",
                outcome=Outcome.STILL_A_CONCERN,
                review_findings=("R6",),
                basis=mapping,
            ),
        ),
        recommendation_progress=(
            RecommendationProgress(
                recommendation=recommendations[0],
                due=DateRange(earliest=dt.date(2016, 1, 1), latest=dt.date(2016, 1, 31)),
                outcome=Outcome.IMPROVED,
            ),
            RecommendationProgress(
                recommendation=recommendations[1],
                due=DateRange(earliest=dt.date(2015, 10, 1), latest=dt.date(2015, 10, 31)),
                outcome=Outcome.ACHIEVED,
            ),
            RecommendationProgress(recommendation=recommendations[2], due=None, outcome=Outcome.STILL_A_CONCERN),
        ),
        progress_counts=(
            ProgressCount(outcome=Outcome.ACHIEVED, recommendations=1),
            ProgressCount(outcome=Outcome.IMPROVED, recommendations=1),
            ProgressCount(outcome=Outcome.STILL_A_CONCERN, recommendations=1),
            ProgressCount(outcome=Outcome.NOT_ASSESSED, recommendations=0),
        ),
        revisit_due=DateRange(earliest=dt.date(2016, 1, 1), latest=dt.date(2016, 1, 31)),
        revisit=Timeliness(verdict="late", days_late_at_least=1, days_late_at_most=59),
        is_progress_synthetic=is_synthetic,
        quotation=quotation("Wendy Williams", is_synthetic=is_synthetic),
        published=SourcedDate(date="2016-06-30", source="https://news.wales/south/south-wales-police/report.html"),
    )


def publication(inspection: str = INSPECTION, of: str = "initial-report", published: str = "2015-07") -> Publication:
    """Make a publication with its four files."""
    digest = "5e" * 32
    files = {
        "report.html": ("text/html; charset=utf-8", 31_200),
        "report.pdf": ("application/pdf", 215_300),
        "report.json": ("application/json", 999),
        "press-notice.html": ("text/html; charset=utf-8", 1_210_000),
    }
    return Publication.model_validate(
        {
            "inspection": inspection,
            "of": of,
            "title": f"{force_of(inspection).name}: national child protection inspection",
            "draft": digest,
            "approver": "dru.sharpling",
            "embargo": dt.datetime(2015, 7, 14, 23, 1, tzinfo=dt.UTC),
            "published_at": dt.datetime(2015, 7, 15, 8, 30, tzinfo=dt.UTC),
            "published": SourcedDate(date=published, source=SECOND_NOTICE),
            "files": tuple(
                PublishedFile(
                    name=name,
                    key=f"{inspection}/{of}/{name}",
                    sha256=digest,
                    size_bytes=size,
                    media_type=media_type,
                )
                for name, (media_type, size) in files.items()
            ),
        }
    )


def follow_up_plan() -> FollowUpPlan:
    """Make a plan whose clocks run from a publication known to the month, but for one."""
    exact = SourcedDate(date="2015-07-14", source="made for a test")
    return FollowUpPlan(
        inspection=INSPECTION,
        force="south-wales",
        published=PUBLISHED,
        due_dates=(
            DueDate(
                subject="revisit",
                rule="revisit-six-months",
                text="The force is revisited no later than six months after publication; yes, so",
                starts=PUBLISHED,
                due=DateRange(earliest=dt.date(2016, 1, 1), latest=dt.date(2016, 1, 31)),
                act_by=dt.date(2015, 12, 31),
            ),
            DueDate(
                subject="REC-2015-02",
                rule="recommendation-three-months",
                text="Recommended to be done within three months of publication",
                starts=exact,
                due=DateRange(earliest=dt.date(2015, 10, 14), latest=dt.date(2015, 10, 14)),
                act_by=dt.date(2015, 10, 14),
            ),
        ),
        not_applied=(RuleNotApplied(rule="policing-body-56-days", text="In force from 2 May 2017."),),
        window_start=dt.date(2015, 11, 30),
        window_end=dt.date(2015, 12, 11),
    )
