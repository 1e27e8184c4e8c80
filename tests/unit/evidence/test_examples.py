from __future__ import annotations

import csv
import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

import pytest

from desk.acts.uploads import read_return
from domain.disclosure import personal_data_in
from domain.documents.drafts import draft_initial_report
from evidence.examination import Examination, Request
from schemas.documents.pack import RETURN
from schemas.documents.report import InitialReport
from schemas.documents.returns import FieldworkReturn, Polarity, ReviewReturn
from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.programme.versions import GRADE_SCALES
from tests.support.world import examine_once

EXAMPLES = Path(__file__).parents[3] / "examples"
BROKEN = EXAMPLES / "broken"
BASE = BROKEN / "base"
WHOLE = (EXAMPLES / "south_wales", EXAMPLES / "kent", BASE)
REFUSED = sorted(BROKEN.glob("[0-9][0-9]-*"))
TABLES = {"fieldwork": CASE_AUDIT, "review": PROGRESS}
EXPECTED_FIELDS = {"form", "rule", "file", "line", "column", "says"}

every_life = pytest.mark.parametrize("life", WHOLE, ids=lambda life: life.name)


def fieldwork_of(life: Path) -> FieldworkReturn:
    return FieldworkReturn.model_validate_json((life / "fieldwork" / "return.json").read_bytes())


def review_of(life: Path) -> ReviewReturn:
    return ReviewReturn.model_validate_json((life / "review" / "return.json").read_bytes())


def rows_of(life: Path, form: str) -> list[dict[str, str]]:
    with (life / form / TABLES[form].file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def examined(
    inspection: str, form: str, document: bytes, table: bytes, report: InitialReport | None = None
) -> Examination:
    return examine_once(
        Request.model_validate(
            {
                "inspection": inspection,
                "kind": f"{form}-return",
                "pack": "0" * 64,
                "submitted_on": dt.date(2026, 11, 23),
                "document": document,
                "table": table,
                "report": report,
            }
        )
    )


@functools.cache
def report_of(life: Path) -> InitialReport:
    folder = life / "fieldwork"
    examination = examined(
        fieldwork_of(life).inspection,
        "fieldwork",
        (folder / "return.json").read_bytes(),
        (folder / "cases.csv").read_bytes(),
    )
    assert examination.problems == ()
    assert examination.evidence is not None
    return draft_initial_report(examination.evidence)


def expected_of(folder: Path) -> dict[str, Any]:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert expected.keys() == EXPECTED_FIELDS
    return dict(expected)


@every_life
@pytest.mark.parametrize("form", TABLES)
def test_tables_have_exactly_their_columns_in_order(life: Path, form: str) -> None:
    table: TableSpec = TABLES[form]
    data = (life / form / table.file).read_bytes()
    assert data.split(b"\n", 1)[0].decode() == ",".join(table.column_names)
    assert b"\r" not in data
    assert data.endswith(b"\n")


@every_life
def test_counts_of_a_return_are_those_of_its_table(life: Path) -> None:
    submission = fieldwork_of(life)
    grades = [row["inspector_grade"] for row in rows_of(life, "fieldwork")]
    assert submission.case_audit.rows == len(grades)
    assert {grade: grades.count(grade.value) for grade in GRADE_SCALES[submission.programme]} == (
        submission.case_audit.grades
    )
    progress = rows_of(life, "review")
    assert review_of(life).progress.rows == len(progress)
    assert [row["recommendation"] for row in progress] == [one.id for one in submission.recommendations]


@every_life
def test_invented_data_is_marked_as_such(life: Path) -> None:
    submission, review = fieldwork_of(life), review_of(life)
    assert all(one.is_synthetic for one in submission.recommendations)
    assert submission.case_audit.is_synthetic
    assert review.progress.is_synthetic
    assert submission.quotation.is_synthetic
    assert review.quotation.is_synthetic
    assert all(row["rationale"].startswith("SYNTHETIC: ") for row in rows_of(life, "fieldwork"))
    assert all(row["evidence"].startswith("SYNTHETIC: ") for row in rows_of(life, "review"))


@pytest.mark.parametrize("life", [EXAMPLES / "kent", BASE], ids=lambda life: life.name)
def test_an_invented_inspection_is_marked_in_every_text_and_date(life: Path) -> None:
    for submission in (fieldwork_of(life), review_of(life)):
        dates = [submission.fieldwork.start, submission.fieldwork.end, submission.published]
        assert all(date.source.startswith("synthetic") for date in dates if date)
        assert all(finding.source.startswith("synthetic") for finding in submission.findings)
        texts = [*submission.fieldwork.methods, *submission.quotation.paragraphs]
        texts += [finding.text for finding in submission.findings]
        assert all(text.startswith("Synthetic: ") for text in texts)
    assert all(one.text.startswith("Synthetic: ") for one in fieldwork_of(life).recommendations)
    assert all(one.basis.startswith("synthetic") for one in review_of(life).finding_progress)


def test_south_wales_keeps_dates_as_precise_as_they_are_known() -> None:
    submission, review = fieldwork_of(EXAMPLES / "south_wales"), review_of(EXAMPLES / "south_wales")
    assert (submission.fieldwork.start.date, submission.fieldwork.end.date) == ("2015-02", "2015-03")
    assert submission.published is not None
    assert submission.published.date == "2015-07"
    assert review.published is not None
    assert (review.fieldwork.start.date, review.published.date) == ("2016-02", "2016-06-30")
    assert [finding.id for finding in review.findings if finding.is_effective_practice] == ["R4"]
    assert all(finding.source.startswith("https://") for finding in (*submission.findings, *review.findings))
    concerns = {finding.id for finding in submission.findings if finding.polarity is Polarity.CONCERNED}
    assert concerns == {finding for one in submission.recommendations for finding in one.findings}


@every_life
@pytest.mark.parametrize("form", TABLES)
def test_tables_hold_no_personal_data(life: Path, form: str) -> None:
    for row in rows_of(life, form):
        assert personal_data_in(row.get("rationale", row.get("evidence", ""))) == ()


@every_life
def test_complete_examples_have_no_problems(life: Path) -> None:
    folder = life / "review"
    examination = examined(
        fieldwork_of(life).inspection,
        "review",
        (folder / "return.json").read_bytes(),
        (folder / "progress.csv").read_bytes(),
        report_of(life),
    )
    assert examination.problems == ()
    assert examination.evidence is not None


def test_broken_returns_differ_in_what_is_wrong_and_the_list_names_each() -> None:
    listed = (BROKEN / "README.md").read_text(encoding="utf-8")
    seen: dict[tuple[str, str, str | None], str] = {}
    for folder in REFUSED:
        expected = expected_of(folder)
        key = (expected["rule"], expected["file"], expected["column"])
        assert key not in seen, f"{folder.name} and {seen[key]} are wrong in the same way"
        seen[key] = folder.name
        assert f"| `{folder.name}` | {expected['form']} | `{expected['rule']}` | {expected['file']} |" in listed
        assert expected["says"] in listed
    assert len(seen) >= 16


@pytest.mark.parametrize("folder", REFUSED, ids=lambda folder: folder.name)
def test_a_broken_return_is_refused_for_what_is_wrong_with_it(folder: Path) -> None:
    expected = expected_of(folder)
    form = expected["form"]
    files, problems = read_return(folder, TABLES[form].file)
    if not problems:
        report = report_of(BASE) if form == "review" else None
        examination = examined("south-wales-2015", form, files[RETURN], files[TABLES[form].file], report)
        assert examination.evidence is None
        problems = examination.problems
    found = [(one.rule, one.file, one.line, one.column) for one in problems]
    assert (expected["rule"], expected["file"], expected["line"], expected["column"]) in found
