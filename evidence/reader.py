"""A strict reader of CSV tables: each refusal names line, column and rule, and says what to do.

The standard library's csv module reads; pandas would accept NUL bytes, shift ragged rows, rename repeated columns and
turn `NA` into nothing. Cells stay text. Nothing of a cell, nor of an unknown column's name, is ever repeated: when the
header is missing, the first row of the file is somebody's case.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from schemas.documents.returns import MOST_ROWS
from schemas.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.documents.tables import TableSpec

LARGEST_BYTES: Final = 20_000_000
LARGEST_CELL: Final = 32_767
LONGEST_ROW: Final = 1_500_000
"""Characters of one row over all its lines; its cells are taken apart before they can be counted."""
MOST_LINES: Final = 1_100_000
"""More than a worksheet has. Empty rows are passed over, but reading them takes its time."""
MOST_COLUMNS: Final = 100
MOST_PROBLEMS: Final = 200
"""Problems listed for one table; a file that is wrong on every line is fixed by its first lines' advice."""

_LONGEST_NAME: Final = 200
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
    """A table as read: rows of text by column, each with the line it starts on, and what is wrong with it."""

    rows: tuple[dict[str, str], ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def read_rows(data: bytes, table: TableSpec) -> Rows:
    """Read a table strictly; with problems there are no rows, so nothing half-read goes on."""
    problem = _encoding_problem(data, table.file)
    if problem is not None:
        return Rows(problems=(problem,))
    text = _Text(data)
    reader = csv.reader(text, strict=True)
    csv.field_size_limit(LARGEST_CELL)
    try:
        header = next(reader, [])
        if len(header) > MOST_COLUMNS:
            return Rows(problems=(_too_many_columns(len(header), table),))
        header = [_folded(name) for name in header]
        if problems := tuple(_header_problems(header, table)):
            return Rows(problems=problems)
        return _read_body(reader, text, header, table)
    except _LongRowError:
        return Rows(
            problems=(
                Problem(
                    file=table.file,
                    line=reader.line_num + 1,
                    rule="row-length",
                    message=f"reading stopped here: this row has more than {LONGEST_ROW:,} characters; {_SAVE_AS}",
                ),
            )
        )
    except csv.Error:
        return Rows(
            problems=(
                Problem(
                    file=table.file,
                    line=max(reader.line_num, 1),
                    rule="quote-open",
                    message=(
                        "reading stopped here: on this line or before it a double quote is left open, stands inside an "
                        "unquoted cell, or a cell is longer than "
                        f'{LARGEST_CELL:,} characters; put text with quotes in "…" and double each quote in it'
                    ),
                ),
            )
        )


class _LongRowError(Exception):
    """A row that no table of ours can have."""


class _Text:
    """The lines of a table, until those of one row are too long."""

    def __init__(self, data: bytes) -> None:
        # Not io.StringIO, which takes four bytes for each character.
        self._lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self._row = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._lines.readline(LONGEST_ROW + 1)
        self._row += len(line)
        if self._row > LONGEST_ROW:
            raise _LongRowError
        if not line:
            raise StopIteration
        return line

    def begin_row(self) -> None:
        """Count the characters of the next row."""
        self._row = 0


def _folded(name: str) -> str:
    """Write a column's name as ours are written; what is much longer is none, and folding it could take minutes."""
    return unicodedata.normalize("NFKC", name).strip() if len(name) <= _LONGEST_NAME else name


def _encoding_problem(data: bytes, file: str) -> Problem | None:
    if len(data) > LARGEST_BYTES:
        return Problem(
            file=file,
            rule="file-too-large",
            message=f"the file has {len(data):,} bytes, the limit is {LARGEST_BYTES:,}; send the table alone",
        )
    for magic, rule, message in _MAGIC:
        if data.startswith(magic):
            return Problem(file=file, rule=rule, message=message)
    if b"\0" in data:
        return Problem(
            file=file,
            line=_line_of(data, data.index(b"\0")),
            rule="nul-byte",
            message=f"holds a NUL byte, so the file is damaged or not text; {_SAVE_AS}",
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(
            file=file,
            line=_line_of(data, error.start),
            rule="encoding-utf-8",
            message=f"a character is not UTF-8 (the file may be Windows-1252); {_SAVE_AS}",
        )
    return None


def _line_of(data: bytes, offset: int) -> int:
    return data[:offset].count(b"\n") + 1


def _too_many_columns(count: int, table: TableSpec) -> Problem:
    return Problem(
        file=table.file,
        line=1,
        rule="header-columns",
        message=f"the first line has {count:,} cells, this table {len(table.columns)} columns; send the table alone",
    )


def _header_problems(header: Sequence[str], table: TableSpec) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(file=table.file, line=1, rule=rule, message=message)

    expected = table.column_names
    if not any(header):
        yield problem("no-header", f"the first line must name the columns: {', '.join(expected)}")
        return
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
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
        if name not in expected:
            yield problem("header-columns", f"column {place} is not one of this table's; remove it or fix its name")


def _read_body(reader: Iterator[list[str]], text: _Text, header: Sequence[str], table: TableSpec) -> Rows:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    start = reader.line_num + 1  # type: ignore[attr-defined]
    text.begin_row()
    for row in reader:
        text.begin_row()
        if any(row):
            if len(row) != len(header):
                problems.append(
                    Problem(
                        file=table.file,
                        line=start,
                        rule="row-length",
                        message=(
                            f"{len(row)} cells where the header has {len(header)}; "
                            "put text with commas in double quotes"
                        ),
                    )
                )
            else:
                rows.append(dict(zip(header, (cell.strip() for cell in row), strict=True)))
                lines.append(start)
        if len(rows) > MOST_ROWS or len(problems) >= MOST_PROBLEMS or start > MOST_LINES:
            problems.append(
                Problem(
                    file=table.file,
                    line=start,
                    rule="file-too-large",
                    message=(
                        f"reading stopped here: more than {MOST_ROWS:,} rows, {MOST_LINES:,} lines or {MOST_PROBLEMS} "
                        "problems"
                    ),
                )
            )
            break
        start = reader.line_num + 1  # type: ignore[attr-defined]
    if problems:
        return Rows(problems=tuple(problems))
    return Rows(rows=tuple(rows), lines=tuple(lines))
