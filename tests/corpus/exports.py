"""The table of cases as Excel, LibreOffice and their like export it, named by what is odd; one answer for each cause."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

from evidence.examination import examine
from schemas.documents.tables import CASE_AUDIT
from tests.corpus import tables
from tests.corpus.case import HARMLESS, Case, Refusals, Return, rows_with_a_canary

COLUMNS: Final = CASE_AUDIT.column_names
DATES: Final = ("date_opened", "date_examined")
BOTH_DATES: Final = tuple(f"{column}-is-a-date" for column in DATES)
YES_OR_NO: Final = ("self_assessed", *(name for name in COLUMNS if name.startswith("theme_")), "referred_back")
MARK: Final = b"\xef\xbb\xbf"


def exported(
    separator: str = ",",
    line_end: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
    encoding: str = "utf-8",
    **cells: str,
) -> bytes:
    """Write the table; `cells` are put into every row."""
    return written([row | cells for row in rows_with_a_canary()], separator, line_end, quoting).encode(encoding)


def written(
    rows: Sequence[dict[str, str]], separator: str = ",", line_end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=separator, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def dated(form: str) -> bytes:
    """Write every date in a form of `strftime`."""
    rows = rows_with_a_canary()
    return written(
        [row | {name: dt.date.fromisoformat(row[name]).strftime(form) for name in DATES} for row in rows]
    ).encode()


def dated_as_numbers() -> bytes:
    rows = rows_with_a_canary()
    epoch = dt.date(1899, 12, 30)
    return written(
        [row | {name: str((dt.date.fromisoformat(row[name]) - epoch).days) for name in DATES} for row in rows]
    ).encode()


def capitalised() -> bytes:
    return written(
        [row | {name: row[name].capitalize() for name in YES_OR_NO} for row in rows_with_a_canary()]
    ).encode()


def with_lines(*lines: str) -> bytes:
    return exported() + "".join(f"{line}\r\n" for line in lines).encode()


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, exported())
    return packed.getvalue()


FILES: Final[dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]]] = {
    "excel-csv-utf-8": ("a byte order mark and line ends of Windows", lambda: MARK + exported(), ()),
    "excel-csv": ("no mark, Windows-1252 without an accent", lambda: exported(encoding="cp1252"), ()),
    "excel-csv-accent": ("Windows-1252 with a curly apostrophe", lambda: exported(encoding="cp1252", rationale="the force\u2019s own account of it"), ("encoding-utf-8",)),
    "excel-csv-macintosh": ("line ends of old Macintoshes", lambda: exported(line_end="\r"), ()),
    "excel-unicode-text": ("UTF-16 with tabs", lambda: exported("\t", encoding="utf-16"), ("encoding-utf-16",)),
    "excel-text": ("tabs", lambda: exported("\t"), ("separator-comma",)),
    "excel-csv-of-the-continent": ("semicolons", lambda: exported(";"), ("separator-comma",)),
    "excel-separator-line": ("a first line that names the separator", lambda: b"sep=,\r\n" + exported(), ("no-header",)),
    "excel-workbook": ("a workbook", lambda: zipped("xl/workbook.xml"), ("file-is-zip",)),
    "excel-dates-british": ("dates day first with slashes", lambda: dated("%d/%m/%Y"), BOTH_DATES),
    "excel-dates-american": ("dates month first with slashes", lambda: dated("%m/%d/%Y"), BOTH_DATES),
    "excel-dates-short": ("two digits for the year", lambda: dated("%d/%m/%y"), BOTH_DATES),
    "excel-dates-long": ("months in words", lambda: dated("%d %B %Y"), BOTH_DATES),
    "excel-dates-medium": ("months in three letters", lambda: dated("%d-%b-%y"), BOTH_DATES),
    "excel-dates-with-time": ("a time of day after each date", lambda: dated("%Y-%m-%d 00:00"), BOTH_DATES),
    "excel-dates-as-numbers": ("dates in cells of the format General", dated_as_numbers, BOTH_DATES),
    "excel-dates-hashes": ("a column that was too narrow", lambda: exported(date_opened="########"), ("date_opened-is-a-date",)),
    "excel-blank-rows": ("bare commas below", lambda: with_lines(*["," * (len(COLUMNS) - 1)] * 40), ()),
    "excel-blank-rows-with-spaces": ("rows of spaces below", lambda: with_lines(",".join("  " for _ in COLUMNS)), ()),
    "excel-blank-rows-with-hard-spaces": ("rows of non-breaking spaces below", lambda: with_lines(",".join("\u00a0" for _ in COLUMNS)), ()),
    "excel-blank-columns": ("commas after every line, the header too", lambda: exported().replace(b"\r\n", b",,,\r\n"), ()),
    "excel-title-row": ("a title above the header", lambda: b"Case audit" + b"," * 16 + b"\r\n" + exported(), ("no-header",)),
    "excel-header-capital": ("a header that was corrected to a capital", lambda: exported().replace(b"case_type", b"Case_type", 1), ("header-columns", "header-columns")),
    "excel-formula-error": ("#N/A in a column of grades", lambda: exported(inspector_grade="#N/A"), ("inspector_grade-known",)),
    "excel-words-corrected": ("Yes and No with capitals", capitalised, tuple(f"{name}-known" for name in sorted(YES_OR_NO, key=COLUMNS.index))),
    "excel-hard-spaces": ("non-breaking spaces in a type", lambda: exported().replace(b"domestic abuse", "domestic\u00a0abuse".encode()), ()),
    "excel-spaces-round": ("spaces round a word", lambda: exported().replace(b"domestic abuse", b" domestic abuse  "), ()),
    "excel-lines-in-a-cell": ("a cell of two lines", lambda: exported(rationale="what was seen first\nand what later"), ()),
    "excel-quotes": ("quotation marks in a cell", lambda: exported(rationale='the "voice of the child" was heard, mostly'), ()),
    "word-smart-quotes": ("curly quotes, dash and ellipsis", lambda: exported(rationale="the \u201cvoice\u201d of the child \u2013 the force\u2019s words\u2026"), ()),
    "word-soft-hyphen": ("a soft hyphen in a word", lambda: exported(rationale="what was under\u00adstood of the case"), ()),
    "web-zero-width-space": ("a zero-width space behind a grade", lambda: exported(self_assessed_grade="", self_assessed="no\u200b"), ()),
    "libreoffice-csv": ("line ends of Unix", lambda: exported(line_end="\n"), ()),
    "libreoffice-quote-all": ("every cell in double quotes", lambda: exported(line_end="\n", quoting=csv.QUOTE_ALL), ()),
    "libreoffice-semicolons": ("semicolons", lambda: exported(";", "\n"), ("separator-comma",)),
    "libreoffice-tabs": ("tabs", lambda: exported("\t", "\n"), ("separator-comma",)),
    "libreoffice-utf-16": ("UTF-16", lambda: exported(line_end="\n", encoding="utf-16"), ("encoding-utf-16",)),
    "libreoffice-workbook": ("a workbook of LibreOffice", lambda: zipped("content.xml"), ("file-is-zip",)),
    "libreoffice-dates-dotted": ("dates with dots", lambda: dated("%d.%m.%Y"), BOTH_DATES),
    "libreoffice-dates-slashes": ("dates year first with slashes", lambda: dated("%Y/%m/%d"), BOTH_DATES),
    "sheets-csv": ("no line end after the last row", lambda: exported().rstrip(b"\r\n"), ()),
    "marks-twice": ("two byte order marks", lambda: MARK + MARK + exported(), ()),
}  # fmt: skip
CASES: Final = tuple(
    Case(
        id=f"exports/{name}",
        what=what,
        build=lambda build=build: Return(table=build()),  # type: ignore[misc]
        expected=rules[0] if rules else HARMLESS,
    )
    for name, (what, build, rules) in FILES.items()
)


def prepare() -> None:
    tables.prepare()


def check(case: Case, sent: Return) -> None:
    """Examine a return: it is taken, or answered by exactly its causes."""
    examination = examine(sent.request())
    refusals = Refusals()
    refusals.add_problems(examination.problems)
    assert [problem.rule for problem in examination.problems] == list(FILES[case.id.partition("/")[2]][2])
    assert (examination.evidence is not None) is (case.expected == HARMLESS)
