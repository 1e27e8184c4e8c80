from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.reader import LARGEST_BYTES, MOST_PROBLEMS, MOST_ROWS, Rows, read_rows
from schemas.tables import PROGRESS
from tests.support.returns import as_csv, progress_rows

GOOD = as_csv(progress_rows(), PROGRESS.column_names)
HEADER, FIRST, SECOND = GOOD.splitlines(keepends=True)
CANARY = "zqcanary"


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
        (GOOD + b"\xff", "encoding-utf-8", 4),
        (HEADER + FIRST.replace(b"achieved", b"ach\0ieved"), "nul-byte", 2),
        (GOOD.replace(b",", b";"), "separator-comma", 1),
        (GOOD.replace(b",", b"\t"), "separator-comma", 1),
        (FIRST + SECOND, "no-header", 1),
        (HEADER.replace(b"outcome", b"outcomes") + FIRST, "header-columns", 1),
        (HEADER.replace(b"outcome", b"evidence") + FIRST, "header-columns", 1),
        (HEADER + b"one,two\n", "row-length", 2),
        (HEADER + b'"left open\n' + FIRST, "quote-open", 3),
        (HEADER + b'a,b,c,"quoted"then not\n', "quote-open", 2),
        (HEADER + b"a,b,c," + b"x" * 40_000 + b"\n", "quote-open", 2),
        (b"x" * (LARGEST_BYTES + 1), "file-too-large", None),
    ],
)
def test_each_fault_is_named_with_its_line(data: bytes, rule: str, line: int | None) -> None:
    assert (rule, line) in rules(data)


def test_all_faults_of_a_table_come_at_once_and_have_a_bound() -> None:
    assert len(rules(HEADER + b"short\n" * 7)) == 7
    assert len(rules(HEADER + b"short\n" * 9_000)) == MOST_PROBLEMS + 1
    assert rules(HEADER + FIRST * (MOST_ROWS + 2))[-1][0] == "file-too-large"


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


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=20)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=4, max_size=4), max_size=6))
def test_what_a_spreadsheet_writes_is_read_as_it_was(table: list[list[str]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(PROGRESS.column_names)
    writer.writerows(table)
    found = read(written.getvalue().encode())
    assert found.problems == ()
    assert [list(row.values()) for row in found.rows] == [[cell.strip() for cell in row] for row in table if any(row)]
