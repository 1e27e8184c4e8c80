from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.reader import MAX_BYTES, MAX_CELL_LENGTH, Rows, read_rows
from schemas.documents.returns import MAX_ROWS
from schemas.documents.tables import PROGRESS
from schemas.problems import MAX_PROBLEMS
from schemas.text import CharacterError, normal
from tests.support.returns import as_csv, progress_rows

GOOD = as_csv(progress_rows(), PROGRESS.column_names)
HEADER, FIRST, SECOND = GOOD.splitlines(keepends=True)
CANARY = "zqcanary"


def is_readable(cell: str) -> bool:
    try:
        return normal(cell) is not None
    except CharacterError:
        return False


def read(data: bytes) -> Rows:
    return read_rows(data, PROGRESS)


def rules(data: bytes) -> list[tuple[str, int | None]]:
    found = read(data)
    assert found.rows == ()
    return [(problem.rule, problem.line) for problem in found.problems]


def test_a_good_table_is_read_with_its_lines() -> None:
    found = read(GOOD)
    assert found.problems == ()
    assert found.lines == (2, 3)
    assert found.rows[0]["outcome"] == "achieved"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n"), GOOD + b"\n,,,\n"])
def test_marks_line_ends_and_blank_lines_do_no_harm(data: bytes) -> None:
    assert len(read(data).rows) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD,
        GOOD + b"   ,  ,\t,\n" * 2,
        GOOD + "\u00a0,\u200b,\u3000,\ufeff\n".encode() * 40,
        b"\n".join(line + b",,," for line in GOOD.splitlines()),
        b"\n".join(b",".join([line.partition(b",")[0], b"", line.partition(b",")[2]]) for line in GOOD.splitlines()),
        HEADER.rstrip() + b",,\n" + FIRST + SECOND.rstrip() + b", ,,\n",
        HEADER + FIRST.replace(b"achieved", "achieved\u200b".encode()) + SECOND,
        HEADER + FIRST.replace(b"REC", "\ufeffREC".encode()) + SECOND.replace(b"still a", "still\u00a0a".encode()),
        HEADER.replace(b"outcome", "out\u00adcome".encode()) + FIRST + SECOND,
        HEADER.replace(b",", b", ") + FIRST.replace(b"achieved", b' "achieved"') + SECOND,
    ],
)
def test_what_programs_leave_in_a_table_is_none_of_it(data: bytes) -> None:
    assert read(data).problems == ()
    assert read(data).rows == read(GOOD).rows


def test_a_refused_character_is_named_with_its_line_and_column() -> None:
    (problem,) = read(HEADER + FIRST + SECOND.replace(b"SYNTHETIC", "SYN\u202eTHETIC".encode())).problems
    assert (problem.line, problem.column, problem.rule) == (3, "evidence", "character")
    assert problem.message.startswith("has U+202E RIGHT-TO-LEFT OVERRIDE as character 4; ")


def test_a_quoted_line_break_keeps_the_count_of_lines() -> None:
    broken = FIRST.replace(b"SYNTHETIC: long enough an account to follow", b'"SYNTHETIC: two\nlines of it"')
    assert read(HEADER + broken + SECOND).lines == (2, 4)
    assert rules(HEADER + broken + SECOND.rstrip(b"\n") + b",more\n") == [("row-length", 4)]


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"", "no-header", 1),
        (b"\n", "no-header", 1),
        (b"PK\x03\x04rest", "file-is-zip", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file-is-zip", None),
        (b"%PDF-1.7", "file-is-pdf", None),
        (GOOD.decode().encode("utf-16"), "encoding-utf-16", None),
        (GOOD.decode().encode("utf-16-be"), "nul-byte", 1),
        (b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "encoding-utf-16", None),
        (b"\xff\xfe" + GOOD.decode().encode("utf-16-le"), "encoding-utf-16", None),
        (GOOD + b"\xff", "encoding-utf-8", 4),
        (HEADER + FIRST + "caf\u00e9,\u2019".encode("cp1252"), "encoding-utf-8", 3),
        (HEADER + FIRST.replace(b"achieved", b"ach\0ieved"), "nul-byte", 2),
        (GOOD.replace(b",", b";"), "separator-comma", 1),
        (GOOD.replace(b",", b"\t"), "separator-comma", 1),
        (FIRST + SECOND, "no-header", 1),
        (HEADER.replace(b"outcome", b"outcomes") + FIRST, "header-columns", 1),
        (HEADER.replace(b"outcome", b"evidence") + FIRST, "header-columns", 1),
        (HEADER + b"one,two\n", "row-length", 2),
        (HEADER + b"\n\n" + b"1,2,3,4,5\n", "row-length", 4),
        (HEADER.rstrip() + b",\n" + FIRST.rstrip() + b",a note\n", "header-columns", 2),
        (HEADER + FIRST.replace(b"achieved", "achie\u202eved".encode()), "character", 2),
        (HEADER + FIRST.replace(b"achieved", "achieved \U000e0041".encode()), "character", 2),
        (HEADER.replace(b"outcome", b"Outcome") + FIRST, "header-columns", 1),
        (HEADER.rstrip() + b",outcome\n" + FIRST, "header-duplicate", 1),
        (b"\n" + GOOD, "no-header", 1),
        (b",,,\n" + FIRST, "no-header", 1),
        (HEADER + b'"left open\n' + FIRST, "quote-open", 3),
        (HEADER + b'a,b,c,"quoted"then not\n', "quote-open", 2),
        (HEADER + b"a,b,c," + b"x" * 40_000 + b"\n", "quote-open", 2),
        (b"x" * (MAX_BYTES + 1), "file-too-large", None),
    ],
)
def test_each_fault_is_named_with_its_line(data: bytes, rule: str, line: int | None) -> None:
    assert (rule, line) in rules(data)


def test_all_faults_of_a_table_come_at_once_and_have_a_bound() -> None:
    assert len(rules(HEADER + b"short\n" * 7)) == 7
    assert len(rules(HEADER + b"short\n" * 9_000)) == MAX_PROBLEMS + 1
    assert rules(HEADER.rstrip() + b",x" * 600_000) == [("header-columns", 1)]
    assert rules(HEADER + FIRST * (MAX_ROWS + 2))[-1][0] == "file-too-large"


def test_neither_headers_nor_cells_are_ever_repeated() -> None:
    for data in (
        HEADER.replace(b"outcome", CANARY.encode()) + FIRST,
        f"{CANARY},{CANARY},b,c\n".encode(),
        HEADER + f"{CANARY},short\n".encode(),
        HEADER + f'"{CANARY}'.encode(),
        HEADER + CANARY.encode() + b"\xff",
    ):
        assert read(data).problems
        assert CANARY not in str([str(problem) for problem in read(data).problems])


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", HEADER, HEADER + FIRST]))
def test_no_bytes_make_it_fail_or_half_read(data: bytes, before: bytes) -> None:
    found = read(before + data)
    assert not (found.rows and found.problems)
    assert len(found.rows) == len(found.lines)


cells = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs")), max_size=20).filter(is_readable)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=4, max_size=4), max_size=6))
def test_what_a_spreadsheet_writes_is_read_as_it_was(table: list[list[str]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(PROGRESS.column_names)
    writer.writerows(table)
    found = read(written.getvalue().encode())
    assert found.problems == ()
    rows = [[normal(cell) for cell in row] for row in table]
    assert [list(row.values()) for row in found.rows] == [row for row in rows if any(row)]


def test_only_a_header_is_a_table_of_no_rows() -> None:
    assert read(HEADER) == Rows()
    assert read(HEADER.rstrip()) == Rows()


def test_the_header_may_stand_in_another_order_and_in_wide_letters() -> None:
    turned = as_csv(progress_rows(), tuple(reversed(PROGRESS.column_names)))
    assert read(turned).rows == read(GOOD).rows
    wide = HEADER.decode().replace("outcome", " \uff4futcome ").encode()
    assert read(wide + FIRST + SECOND).rows == read(GOOD).rows


def test_lines_are_those_that_an_editor_shows() -> None:
    two = b'REC-2015-01,achieved,2016-02-10,"one\r\ntwo ""quoted"", and\r\nthree"\r\n'
    crlf = HEADER.replace(b"\n", b"\r\n")
    assert read(crlf + b"\r\n" + two + two + b",,,\r\n" + two).lines == (3, 6, 10)
    assert rules(crlf + two + b"short\r\n" + two + b"a,b,c,d,e\r\n") == [("row-length", 5), ("row-length", 9)]
    assert rules(crlf + two + b'a,b,c,"left\r\nopen') == [("quote-open", 6)]


def test_cells_are_text_and_never_numbers_or_nothing() -> None:
    odd = {"\u2028": " ", "a\u0301": "\u00e1", "  inside  kept  ": " inside kept "}
    odd |= {cell: cell for cell in ("NA", "null", "007", "1e5", "TRUE", "=1+1", "\u2019", "\u4e2d")}
    for cell, kept in odd.items():
        (row,) = read(HEADER + f"REC-2015-01,achieved,2016-02-10,x{cell}x\n".encode()).rows
        assert row["evidence"] == f"x{kept}x"


def test_the_most_rows_and_the_longest_cell_are_still_read() -> None:
    assert len(read(HEADER + FIRST * MAX_ROWS).rows) == MAX_ROWS
    (row,) = read(HEADER + b"a,b,c," + b"x" * MAX_CELL_LENGTH + b"\n").rows
    assert len(row["evidence"]) == MAX_CELL_LENGTH


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from([b"", HEADER, HEADER + FIRST]), st.integers(0, 60))
def test_a_canary_among_any_bytes_is_never_repeated(data: bytes, before: bytes, place: int) -> None:
    found = read(before + data[:place] + CANARY.encode() + data[place:])
    assert CANARY not in str([str(problem) for problem in found.problems])
    assert all(problem.line is None or problem.line >= 1 for problem in found.problems)


def test_a_column_may_have_spaces_around_its_name_and_one_nearly_right_is_told_the_right_one() -> None:
    assert len(read(GOOD.replace(b"outcome", b"outcome ", 1)).rows) == 2
    messages = [problem.message for problem in read(GOOD.replace(b"outcome", b"Outcomes", 1)).problems]
    assert "column outcome is missing; add it" in messages
    assert any("did you mean outcome?" in message for message in messages)
