from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.layout.spreadsheet import as_csv, defused

LEADS = "=+-@\t\r\n"


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("before", ["", " ", "   ", "\u00a0", "\u3000", "\u200b", "\ufeff", " \u200b ", "\u202e"])
def test_every_lead_of_a_formula_is_defused_behind_whatever_is_not_seen(lead: str, before: str) -> None:
    cell = f"{before}{lead}cmd|' /C calc'!A0"
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("lead", ["\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\u207a"])
def test_look_alikes_that_programs_fold_are_defused(lead: str) -> None:
    assert defused(f"{lead}1+1") == f"'{lead}1+1"


@pytest.mark.parametrize("cell", ["", " ", "plain", "1 = 1", "a@b", "'quoted", "2026-01-02", "I2: check =1", "\u2014"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell


@given(st.text(st.one_of(st.characters(), st.sampled_from(LEADS + " \u200b\uff1d"))))
def test_no_cell_begins_a_formula_and_nothing_is_lost(cell: str) -> None:
    safe = defused(cell)
    assert safe in {cell, f"'{cell}"}
    shown = "".join(one for one in safe if unicodedata.category(one) != "Cf")
    assert not unicodedata.normalize("NFKC", shown).lstrip(" ").startswith(tuple(LEADS))
    assert defused(safe) == safe


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")), min_size=1, max_size=4))
def test_defused_cells_survive_a_table(cells: list[str]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow([defused(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert row == [defused(cell) for cell in cells]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "text",
    [
        "agreed;=1+1",
        "agreed; =1+1",
        'agreed;"=1+1"',
        "a,b,-2+3",
        "a\t@SUM(1)",
        "=1;=2;=3",
        "a;\uff1d1",
        "x\";=cmd|'/C calc'!A0;\"",
    ],
)
def test_no_cell_begins_a_formula_whichever_separator_is_assumed(text: str, delimiter: str) -> None:
    data = as_csv([["what", "why"], ["1", text]])
    assert data.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter):
        begins = [cell.strip(' "\r\n') for cell in row]
        assert [defused(cell) for cell in begins] == begins


def test_what_is_written_in_welsh_is_read_again_by_excel_and_by_us() -> None:
    data = as_csv([["words"], ["D\u0175r \u00e2, \u201cquoted\u201d; a-b"]])
    (_, (cell,)) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert cell == "D\u0175r \u00e2, \u201cquoted\u201d; a-b"
    assert data.decode("utf-8-sig").splitlines()[0] == '"words"'
