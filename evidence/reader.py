"""A strict reader of CSV tables: each problem has its line, column and rule, and says what to do.

The csv module of the standard library reads; pandas would accept NUL bytes, shift ragged rows, rename repeated columns
and turn `NA` into nothing. Cells stay text, in its normal form. No problem repeats a cell or the name of an unknown
column: without a header, the first row of the file is somebody's case.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Self

from schemas.documents.returns import MAX_ROWS
from schemas.documents.tables import TableSpec
from schemas.problems import MAX_PROBLEMS, Problem
from schemas.text import CharacterError, normal, plain

MAX_BYTES: Final = 20_000_000
MAX_CELL_LENGTH: Final = 32_767
MAX_ROW_LENGTH: Final = 1_500_000
"""Characters of a row over all its lines; it is limited because a row is split before its cells can be counted."""
MAX_LINES: Final = 1_100_000
"""More than a worksheet has. Empty rows are skipped, but they take time to read."""
MAX_COLUMNS: Final = 100
_MAX_NAME_LENGTH: Final = 200
_SHORT_CELL: Final = 40
_SIMILARITY: Final = 0.8
"""From 0 to 1, as difflib counts it: how near an unknown column must be to one of the table to be taken for it."""
_SAVE_AS: Final = "save it as 'CSV UTF-8 (comma delimited)' and send that"
_MAGIC: Final = (
    (b"PK\x03\x04", "file-is-zip", f"this is an Excel workbook or a ZIP, not a CSV; {_SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file-is-zip", f"this is an old Excel workbook, not a CSV; {_SAVE_AS}"),
    (b"%PDF-", "file-is-pdf", "this is a PDF, not a CSV; send the table it was made from"),
    (b"\xff\xfe", "encoding-utf-16", f"the text is UTF-16; {_SAVE_AS}"),
    (b"\xfe\xff", "encoding-utf-16", f"the text is UTF-16; {_SAVE_AS}"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as read: rows of text by column, the line that each starts on, and the problems found."""

    rows: tuple[dict[str, str], ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_rows(data: bytes, table: TableSpec) -> Rows:
    """Read a table strictly; return no rows where there are problems, so that nothing half-read is used."""
    if (problem := _encoding_problem(data, table.file)) is not None:
        return Rows(problems=(problem,))
    text = _Text(data)
    reader = csv.reader(text, strict=True, skipinitialspace=True)
    csv.field_size_limit(MAX_CELL_LENGTH)
    try:
        header = next(reader, [])
        if len(header) > MAX_COLUMNS:
            cells = f"the first line has {len(header):,} cells, this table {len(table.columns)} columns"
            problem = Problem(file=table.file, line=1, rule="header-columns", message=f"{cells}; send the table alone")
            return Rows(problems=(problem,))
        is_split_otherwise = len(header) == 1 and (";" in header[0] or "\t" in header[0])
        header = [_folded(name) for name in header]
        if problems := tuple(_header_problems(header, table, is_split_otherwise=is_split_otherwise)):
            return Rows(problems=problems)
        return _read_body(reader, text, header, table)
    except _LongRowError:
        message = f"reading stopped here: this row has more than {MAX_ROW_LENGTH:,} characters; {_SAVE_AS}"
        return Rows(problems=(Problem(file=table.file, line=reader.line_num + 1, rule="row-length", message=message),))
    except csv.Error:
        message = (
            "reading stopped here: on this line or before it a double quote is left open or stands inside an unquoted "
            f"cell, or a cell is longer than {MAX_CELL_LENGTH:,} characters; put text with quotes in "
            '"…" and double each quote in it'
        )
        problem = Problem(file=table.file, line=max(reader.line_num, 1), rule="quote-open", message=message)
        return Rows(problems=(problem,))


class _LongRowError(Exception):
    """A row with more characters than any of our tables allows."""


class _Text:
    """The lines of a table, as long as those of one row are not too long."""

    def __init__(self, data: bytes) -> None:
        # Not io.StringIO, which would take four bytes for each character.
        self._lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self._row = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._lines.readline(MAX_ROW_LENGTH + 1)
        self._row += len(line)
        if self._row > MAX_ROW_LENGTH:
            raise _LongRowError
        if not line:
            raise StopIteration
        return line

    def begin_row(self) -> None:
        """Start to count the characters of the next row."""
        self._row = 0


def _folded(name: str) -> str:
    """Return what a column's name is compared as; not of a text that is much too long, which could take minutes."""
    try:
        return unicodedata.normalize("NFKC", normal(name)).strip() if len(name) <= _MAX_NAME_LENGTH else name
    except CharacterError:
        return name  # it is no name of ours, and is reported as such


def _encoding_problem(data: bytes, file: str) -> Problem | None:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes, the limit is {MAX_BYTES:,}; send the table alone"
        return Problem(file=file, rule="file-too-large", message=message)
    for magic, rule, message in _MAGIC:
        if data.startswith(magic):
            return Problem(file=file, rule=rule, message=message)
    if b"\0" in data:
        message = f"holds a NUL byte, so the file is damaged or not text; {_SAVE_AS}"
        return Problem(file=file, line=_line_of(data, data.index(b"\0")), rule="nul-byte", message=message)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"a character is not UTF-8 (the file may be Windows-1252); {_SAVE_AS}"
        return Problem(file=file, line=_line_of(data, error.start), rule="encoding-utf-8", message=message)
    return None


def _line_of(data: bytes, offset: int) -> int:
    return data[:offset].count(b"\n") + 1


def _header_problems(header: Sequence[str], table: TableSpec, *, is_split_otherwise: bool) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(file=table.file, line=1, rule=rule, message=message)

    expected = table.column_names
    if not any(header):
        yield problem("no-header", f"the first line must name the columns: {', '.join(expected)}")
        return
    if is_split_otherwise:
        yield problem("separator-comma", "columns are split by semicolons or tabs; save with commas")
        return
    counts = Counter(header)
    if not counts.keys() & set(expected):
        yield problem("no-header", "the first line names none of the columns; put their names on line 1")
        return
    yield from (problem("header-columns", f"column {name} is missing; add it") for name in expected if not counts[name])
    for name in (one for one in expected if counts[one] > 1):
        yield problem("header-duplicate", f"column {name} stands {counts[name]} times; keep one")
    for place, name in enumerate(header, start=1):
        if name and name not in expected:
            near = get_close_matches(name[:_MAX_NAME_LENGTH].lower(), expected, 1, _SIMILARITY)
            to_do = f"did you mean {near[0]}?" if near else "remove it or fix its name"
            yield problem("header-columns", f"column {place} is not one of this table's; {to_do}")


def _read_body(reader: Iterator[list[str]], text: _Text, header: Sequence[str], table: TableSpec) -> Rows:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    start = reader.line_num + 1  # type: ignore[attr-defined]
    text.begin_row()
    for row in reader:
        text.begin_row()
        cells = list(_cells(row, header, start, table, problems)) if any(row) else []
        if any(cells):
            if problem := _row_problem(cells, header, start, table):
                problems.append(problem)
            else:
                rows.append({name: cell for name, cell in zip(header, cells, strict=False) if name})
                lines.append(start)
        if len(rows) > MAX_ROWS or len(problems) >= MAX_PROBLEMS or start > MAX_LINES:
            message = (
                f"reading stopped here: more than {MAX_ROWS:,} rows, {MAX_LINES:,} lines or {MAX_PROBLEMS} problems"
            )
            problems.append(Problem(file=table.file, line=start, rule="file-too-large", message=message))
            break
        start = reader.line_num + 1  # type: ignore[attr-defined]
    if problems:
        return Rows(problems=tuple(problems))
    return Rows(rows=tuple(rows), lines=tuple(lines))


def _row_problem(cells: Sequence[str], header: Sequence[str], line: int, table: TableSpec) -> Problem | None:
    """Return what is wrong with the cells of a row; spreadsheets write empty ones beside those of the table."""
    named = [place for place, name in enumerate(header) if name]
    if len(cells) <= named[-1] or any(cells[len(header) :]):
        message = f"{len(cells)} cells where the header has {len(header)}; put text with commas in double quotes"
        return Problem(file=table.file, line=line, rule="row-length", message=message)
    for place, cell in enumerate(cells):
        if cell and place not in named:
            message = f"column {place + 1} has no name on line 1, and this row has text in it; name it or empty it"
            return Problem(file=table.file, line=line, rule="header-columns", message=message)
    return None


_normal_short: Final = lru_cache(normal)
"""Most cells are one of a few words, in each of many thousand rows."""


def _cells(
    row: Sequence[str], header: Sequence[str], line: int, table: TableSpec, problems: list[Problem]
) -> Iterator[str]:
    """Return the cells of a row in normal form, and list the characters that no cell may have."""
    for place, cell in enumerate(row):
        try:
            yield _normal_short(cell) if len(cell) < _SHORT_CELL else normal(cell)
        except CharacterError as error:
            column = header[place] if place < len(header) else None
            problems.append(Problem(file=table.file, line=line, column=column, rule="character", message=str(error)))
            yield plain(cell)
