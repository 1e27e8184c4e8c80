"""Audit reports for spreadsheets: a workbook and a CSV file, typed, whole, and without a formula in them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from audit.pages.csv_files import render_csv
from audit.pages.render import render_audit, render_audit_tables
from audit.pages.sheets import Sheet
from audit.pages.workbook import render_workbook
from schemas.audit.check import LAYERS
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from tests.support.pages.audit_lives import report_on, report_on_all, south_wales, troubled
from tests.support.returns import EXPECTATIONS

if TYPE_CHECKING:
    from openpyxl import Workbook

AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\uff1d1+1",
    '=HYPERLINK("https://x")',
    "\u200b=1",
]


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


@pytest.fixture(scope="module")
def programme() -> ProgrammeTrail:
    return report_on_all(troubled())


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def table(book: Workbook, name: str) -> list[dict[str, object]]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_dates_are_dates_and_counts_are_numbers(trail: InspectionTrail) -> None:
    book = opened(render_audit(trail, "xlsx").data)
    revisit = table(book, "due dates")[0]
    assert revisit["what"] == "revisit"
    assert revisit["planned_latest"] == dt.datetime(2016, 1, 31)  # noqa: DTZ001 - Excel's dates have no zone
    assert revisit["stands_latest"] == dt.datetime(2016, 1, 29)  # noqa: DTZ001
    assert revisit["done"] == "2016-02"
    assert table(book, "due dates")[1]["done"] == dt.datetime(2015, 8, 28)  # noqa: DTZ001
    assert (revisit["days_late_at_least"], revisit["days_late_at_most"]) == (3, 31)
    line = table(book, "timeline")[0]
    assert line["at_utc"] == trail.lines[0].at.replace(tzinfo=None)
    assert line["entry"] == 0
    assert line["entry_sha256"] == trail.lines[0].digest
    cell = book["timeline"]["B2"]
    assert cell.is_date
    assert cell.number_format == "yyyy-mm-dd hh:mm:ss"
    evidence = table(book, "evidence")[0]
    assert (evidence["cases"], evidence["findings"], evidence["checks"]) == (76, 8, EXPECTATIONS)


def test_the_workbook_holds_everything(trail: InspectionTrail) -> None:
    book = opened(render_audit(trail, "xlsx").data)
    assert len(table(book, "timeline")) == len(trail.lines)
    assert [row["person"] for row in table(book, "decisions")] == [one.person for one in trail.decisions]
    assert [row["rule"] for row in table(book, "refusals")] == ["wrong role"]
    side_events = {row["what"]: row for row in table(book, "side events")}
    assert side_events["hold"]["days"] == 46
    assert side_events["hold"]["followed_person"] == "dru.sharpling"
    assert side_events["hold"]["programme"] == "no"
    assert side_events["cases referred back"]["cases"] == 2
    assert side_events["action plan"]["received"] == dt.datetime(2015, 8, 28)  # noqa: DTZ001
    assert isinstance(side_events["accuracy check"]["until_utc"], dt.datetime)
    assert side_events["accuracy check"]["comments"] == 1
    assert {row["passed"] for row in table(book, "rules checked")} == {"yes"}
    assert {row["layer"] for row in table(book, "verification")} == set(LAYERS)
    assert dict(book["seals"].iter_rows(min_row=2, values_only=True))["entries not sealed yet"] == 4
    people = [row for row in table(book, "about") if row["what"] == "author"]
    assert [row["value"] for row in people] == ["nia.price", "rhian.morgan", "tom.ellis"]
    assert book.properties.title == "Audit report: south-wales-2015"


def test_the_board_is_a_sheet(programme: ProgrammeTrail) -> None:
    book = opened(render_audit(programme, "xlsx").data)
    board = {row["inspection"]: row for row in table(book, "board")}
    assert board["south-wales-2015"]["late"] == "revisit late by 3 to 31 days"
    assert board["south-wales-2015"]["refusals"] == 1
    assert board["kent-2015"]["on_hold"] == "since 30 June 2016: COVID-19: no visits"
    assert {row["state"]: row["inspections"] for row in table(book, "states")} == {"review published": 1, "on hold": 2}
    assert [row["inspection"] for row in table(book, "open holds")] == ["essex-2015", "kent-2015"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_or_a_link(text: str) -> None:
    sheets = (Sheet("one", ("what",), ((text,),)),)
    data = render_workbook(sheets, text, AT).data
    cell = opened(data)["one"]["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert "<f>" not in packed.read("xl/worksheets/sheet1.xml").decode()
    (file,) = render_csv(sheets)
    (row,) = csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))
    assert row["what"].startswith("'")


def test_what_excel_cannot_hold_is_text() -> None:
    row = (2**53 - 1, dt.date(1, 1, 1), dt.datetime(1, 1, 1, tzinfo=dt.UTC), "x" * 40_000, None, 0, -1)
    sheet = Sheet("one", tuple("abcdefg"), (row,))
    made = opened(render_workbook((sheet,), "t", AT).data)["one"]
    values = [cell.value for cell in next(made.iter_rows(min_row=2))]
    assert values[:3] == [str(2**53 - 1), "0001-01-01", "0001-01-01 00:00:00+00:00"]
    assert values[3] == "x" * 32_000
    assert values[4:] == [None, 0, -1]


def test_each_table_is_a_csv_file_with_its_own_columns(trail: InspectionTrail, programme: ProgrammeTrail) -> None:
    for one, expected in ((trail, "timeline.csv"), (programme, "board.csv")):
        files = {file.name: file.data.decode("utf-8-sig") for file in render_audit_tables(one)}
        assert expected in files
        assert [name.removesuffix(".csv").replace("-", " ") for name in files] == opened(
            render_audit(one, "xlsx").data
        ).sheetnames
        for text in files.values():
            head, *rows = csv.reader(io.StringIO(text, newline=""))
            assert len(set(head)) == len(head) <= 31
            assert {len(row) for row in rows} <= {len(head)}
        assert not any(name in text for text in files.values() for name in ("RefusedError", "IllegalMoveError"))
    (timeline,) = (file for file in render_audit_tables(trail) if file.name == "timeline.csv")
    lines = list(csv.DictReader(io.StringIO(timeline.data.decode("utf-8-sig"), newline="")))
    assert [int(row["entry"]) for row in lines] == list(range(len(trail.lines)))
    assert dt.datetime.fromisoformat(lines[0]["at_utc"]) == trail.lines[0].at


@pytest.mark.parametrize("text", ["two\nlines", 'a "quoted", cell', "a;b\tc", "x\r\ntimeline,1,2016"])
def test_no_text_poses_as_a_row(text: str) -> None:
    (file,) = render_csv((Sheet("one", ("what",), ((text,), ("next",))),))
    made = file.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(made, newline="")))
    assert len(rows) == 2
    assert made.count("\r\n") == 3
    assert [row["what"] for row in rows][1] == "next"


def test_the_data_is_the_whole_report(trail: InspectionTrail, programme: ProgrammeTrail) -> None:
    data = render_audit(trail, "json").data
    assert InspectionTrail.model_validate_json(data) == trail
    assert json.loads(data)["kind"] == "inspection-audit"
    assert ProgrammeTrail.model_validate_json(render_audit(programme, "json").data) == programme
