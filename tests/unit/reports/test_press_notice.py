"""The press notice: a judgement for a headline, the document's own lists, whom to call."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from reports.document import render_document
from reports.headline import headline_of_report, headline_of_review
from reports.inspectorate import inspectorate_at
from schemas.dates import SourcedDate
from schemas.documents.returns import FindingProgress, Outcome, Polarity
from tests.support.pages.page_outline import outline_of
from tests.support.pages.report_documents import FIELDWORK, initial_report, review


@pytest.mark.parametrize(
    ("polarities", "headline"),
    [
        (
            Polarity,
            ("South Wales Police does parts of its work to protect children well, but must do better in others"),
        ),
        (
            [Polarity.PLEASED],
            "South Wales Police protects children well in the areas that inspectors looked at",
        ),
        ([Polarity.CONCERNED], "South Wales Police must do better to protect children"),
        ([], "Inspectors have looked at how South Wales Police protects children"),
    ],
)
def test_headline_of_a_report(polarities: Sequence[Polarity], headline: str) -> None:
    report = initial_report()
    findings = tuple(finding for finding in report.findings if finding.polarity in polarities)
    assert headline_of_report(report.model_copy(update={"findings": findings})) == headline


@pytest.mark.parametrize(
    ("outcomes", "polarities", "headline"),
    [
        (
            [Outcome.IMPROVED, Outcome.STILL_A_CONCERN],
            Polarity,
            "South Wales Police has improved its work to protect children, but concerns remain",
        ),
        (
            [Outcome.ACHIEVED],
            [Polarity.CONCERNED],
            "South Wales Police has improved its work to protect children, but concerns remain",
        ),
        (
            [Outcome.ACHIEVED, Outcome.NOT_ASSESSED],
            [Polarity.PLEASED],
            "South Wales Police has improved its work to protect children",
        ),
        (
            [Outcome.STILL_A_CONCERN],
            [Polarity.PLEASED],
            "South Wales Police has made too little progress in its work to protect children",
        ),
        (
            [Outcome.NOT_ASSESSED],
            Polarity,
            "Inspectors still have concerns about how South Wales Police protects children",
        ),
        (
            [],
            [Polarity.PLEASED],
            "Inspectors have been back to see how South Wales Police protects children",
        ),
    ],
)
def test_headline_of_a_review(outcomes: Sequence[Outcome], polarities: Sequence[Polarity], headline: str) -> None:
    document = review()
    changed = document.model_copy(
        update={
            "findings": tuple(item for item in document.findings if item.polarity in polarities),
            "finding_progress": tuple(
                FindingProgress(finding=f"I{place}", outcome=outcome, basis="a test")
                for place, outcome in enumerate(outcomes, start=1)
            ),
        }
    )
    assert headline_of_review(changed) == headline


def test_headline_does_not_rest_on_recommendations() -> None:
    document = review()
    progress = tuple(
        item.model_copy(update={"outcome": Outcome.STILL_A_CONCERN}) for item in document.recommendation_progress
    )
    changed = document.model_copy(update={"recommendation_progress": progress})
    assert headline_of_review(changed) == headline_of_review(document)


def test_notice_of_the_review_tells_its_story() -> None:
    document = review()
    outline = outline_of(render_document(document)[3].data)
    for text in (
        headline_of_review(document),
        "The initial report came out in July 2015. It praised the force on 5 points and raised 3",
        "in February 2016",
        "late by between 1 and 59 days on any reading",
        "Inspectors were pleased to find",
        "Inspectors were concerned to find",
        "Effective practice",
        "“The people of this force care about children.",
        "Wendy Williams",
        "020 3513 0600",
        "07836 217 729",
        "Monday to Friday, 8:30am to 5:00pm",
    ):
        assert text in outline.words
    assert [link["href"] for link in outline.named("a")].count("report.html") == 2
    assert len(outline.named("ol")) == 1


def test_notice_of_a_report_without_a_date_names_none() -> None:
    report = initial_report().model_copy(update={"published": None})
    words = outline_of(render_document(report)[3].data).words
    assert "Published" not in words
    assert "from February 2015 to March 2015" in words


@pytest.mark.parametrize(
    ("start", "short", "full"),
    [
        ("2015-02", "HMIC", "Her Majesty’s Inspectorate of Constabulary"),
        ("2017-07-31", "HMIC", "Her Majesty’s Inspectorate of Constabulary"),
        ("2017-08", "HMICFRS", "Her Majesty’s Inspectorate of Constabulary and Fire"),
        ("2022-09-08", "HMICFRS", "His Majesty’s Inspectorate of Constabulary and Fire"),
    ],
)
def test_the_inspectorate_bears_the_name_of_its_day(start: str, short: str, full: str) -> None:
    fieldwork = FIELDWORK.model_copy(update={"start": SourcedDate(date=start, source="a test")})
    inspectorate = inspectorate_at(fieldwork)
    assert inspectorate.short == short
    assert inspectorate.full.startswith(full)
    report = initial_report().model_copy(update={"fieldwork": fieldwork})
    words = outline_of(render_document(report)[3].data).words
    assert inspectorate.full in words
    assert ("check before use" in words) == (short == "HMICFRS")
