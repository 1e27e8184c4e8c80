"""Tables of cases and of progress: how files are written, what headers say, what stands in cells."""

from __future__ import annotations

import functools
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Final

from domain.documents.drafts import draft_initial_report
from evidence.examination import examine
from evidence.reader import MAX_BYTES, MAX_CELL_LENGTH
from schemas.documents.report import InitialReport
from schemas.documents.returns import MAX_ROWS
from schemas.documents.tables import CASE_AUDIT, PROGRESS
from tests.corpus.case import CANARY, HARMLESS, Case, Refusals, Return, rows_with_a_canary
from tests.support.returns import as_csv, case_rows, fieldwork_return, progress_rows

GOOD: Final = as_csv(rows_with_a_canary())
HEADER, FIRST, *REST = GOOD.splitlines(keepends=True)
BODY: Final = b"".join([FIRST, *REST])
TEXT: Final = GOOD.decode()
PROGRESS_GOOD: Final = as_csv(progress_rows(), PROGRESS.column_names)


def _file(name: str, what: str, build: Callable[[], bytes], expected: str, *, is_heavy: bool = False) -> Case:
    return Case(
        id=f"tables/{name}", what=what, build=lambda: Return(table=build()), expected=expected, is_heavy=is_heavy
    )


def _cell(column: str, name: str, value: str, expected: str) -> Case:
    def build() -> Return:
        return Return(table=as_csv(rows_with_a_canary(row_3={column: value})))

    return Case(id=f"tables/{column}/{name}", what=f"{name} in {column}", build=build, expected=expected)


def _progress(name: str, what: str, table: bytes, expected: str) -> Case:
    def build() -> Return:
        return Return(table=table, form="review")

    return Case(id=f"tables/progress/{name}", what=what, build=build, expected=expected)


def _workbook() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("xl/workbook.xml", f"<workbook>{CANARY}</workbook>")
    return written.getvalue()


def _bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cases.csv", b"0" * 30_000_000)
    return written.getvalue()


def _counted(count: int, programme: str = "v1-2014", table: bytes | None = None) -> Return:
    document = fieldwork_return(programme=programme)
    document["case_audit"]["rows"] = count
    return Return(document=json.dumps(document).encode(), table=GOOD if table is None else table)


def _many(count: int, **changes: str) -> bytes:
    rows = [row | {"case_reference": f"CA-{place % 10_000:04d}"} for place, row in enumerate(case_rows(count))]
    return as_csv([row | changes for row in rows])


FILES: Final = (
    _file("empty", "an empty file", lambda: b"\n", "no-header"),
    _file("spaces-only", "nothing but spaces", lambda: b"   \n  \n", "no-header"),
    _file("header-only", "a header and no row", lambda: HEADER, "rows-present"),
    _file("header-without-line-end", "a header that no line end follows", lambda: HEADER.strip(), "rows-present"),
    _file("mark-only", "a byte order mark alone", lambda: b"\xef\xbb\xbf", "no-header"),
    _file("mark", "a byte order mark before a good table", lambda: b"\xef\xbb\xbf" + GOOD, HARMLESS),
    _file("mark-twice", "two byte order marks", lambda: b"\xef\xbb\xbf" * 2 + GOOD, HARMLESS),
    _file("mark-within", "a byte order mark in the middle", lambda: GOOD.replace(b"CA-0004", b"\xef\xbb\xbfCA-0004"), HARMLESS),
    _file("mark-of-utf-16", "a UTF-16 mark before UTF-8", lambda: b"\xff\xfe" + GOOD, "encoding-utf-16"),
    _file("utf-16-le", "UTF-16, small end first", lambda: TEXT.encode("utf-16"), "encoding-utf-16"),
    _file("utf-16-be", "UTF-16, big end first", lambda: b"\xfe\xff" + TEXT.encode("utf-16-be"), "encoding-utf-16"),
    _file("utf-16-unmarked", "UTF-16 with no mark", lambda: TEXT.encode("utf-16-le"), "nul-byte"),
    _file("utf-32-le", "UTF-32 with its mark", lambda: TEXT.encode("utf-32"), "encoding-utf-16"),
    _file("utf-32-be", "UTF-32, big end first", lambda: b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"), "nul-byte"),
    _file("utf-7", "the mark of UTF-7", lambda: b"+/v8-" + GOOD, "header-columns"),
    _file("latin-1", "an accent in Latin-1", lambda: GOOD.replace(b"SYNTHETIC", b"caf\xe9", 1), "encoding-utf-8"),
    _file("windows-1252", "quotes of Windows-1252", lambda: GOOD.replace(b"SYNTHETIC", b"\x93so\x94", 1), "encoding-utf-8"),
    _file("ebcdic", "EBCDIC", lambda: TEXT.encode("cp037"), "encoding-utf-8"),
    _file("shift-jis", "Shift-JIS", lambda: GOOD + "\u8868".encode("shift_jis"), "encoding-utf-8"),
    _file("overlong-comma", "a comma in two bytes", lambda: GOOD.replace(b",", b"\xc0\xac", 1), "encoding-utf-8"),
    _file("overlong-nul", "a NUL in two bytes", lambda: GOOD.replace(b"SYN", b"\xc0\x80", 1), "encoding-utf-8"),
    _file("surrogate-bytes", "half a surrogate pair as bytes", lambda: GOOD.replace(b"SYN", b"\xed\xa0\x80", 1), "encoding-utf-8"),
    _file("beyond-unicode", "a code point past the last", lambda: GOOD.replace(b"SYN", b"\xf4\x90\x80\x80", 1), "encoding-utf-8"),
    _file("cut-in-a-character", "an end in the middle of a character", lambda: GOOD + b"\xe2\x82", "encoding-utf-8"),
    _file("nul-first", "a NUL byte at the beginning", lambda: b"\0" + GOOD, "nul-byte"),
    _file("nul-last", "a NUL byte at the end", lambda: GOOD + b"\0", "nul-byte"),
    _file("nul-in-header", "a NUL byte in a column's name", lambda: GOOD.replace(b"case_type", b"case\0type", 1), "nul-byte"),
    _file("returns-only", "old line ends, carriage returns alone", lambda: GOOD.replace(b"\n", b"\r"), HARMLESS),
    _file("crlf", "line ends of Windows", lambda: GOOD.replace(b"\n", b"\r\n"), HARMLESS),
    _file("line-ends-mixed", "three kinds of line end", lambda: HEADER.strip() + b"\r" + FIRST.strip() + b"\r\n" + b"".join(REST), HARMLESS),
    _file("line-separator", "U+2028 for a line end", lambda: TEXT.replace("\n", "\u2028").encode(), "header-columns"),
    _file("next-line", "U+0085 for a line end", lambda: TEXT.replace("\n", "\u0085").encode(), "header-columns"),
    _file("form-feed", "a form feed in a cell", lambda: GOOD.replace(b"domestic abuse", b"domestic\fabuse", 1), HARMLESS),
    _file("semicolons", "semicolons for commas", lambda: GOOD.replace(b",", b";"), "separator-comma"),
    _file("tabs", "tabs for commas", lambda: GOOD.replace(b",", b"\t"), "separator-comma"),
    _file("bars", "vertical bars for commas", lambda: GOOD.replace(b",", b"|"), "no-header"),
    _file("wide-commas", "full-width commas", lambda: TEXT.replace(",", "\uff0c").encode(), "no-header"),
    _file("separator-line", "a line that names the separator first", lambda: b"sep=,\n" + GOOD, "no-header"),
    _file("zip", "a ZIP", _workbook, "file-is-zip"),
    _file("zip-bomb", "a ZIP of thirty megabytes of one digit", _bomb, "file-is-zip", is_heavy=True),
    _file("zip-without-files", "an empty ZIP", lambda: b"PK\x05\x06" + b"\0" * 18, "nul-byte"),
    _file("old-workbook", "an old Excel workbook", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file-is-zip"),
    _file("pdf", "a PDF", lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "file-is-pdf"),
    _file("gzip", "gzip", lambda: gzip.compress(GOOD, mtime=0), "nul-byte"),
    _file("png", "a picture", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "nul-byte"),
    _file("jpeg", "a photograph", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "nul-byte"),
    _file("program", "a program", lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 40, "nul-byte"),
    _file("page", "a page of a browser", lambda: f"<html><body>{CANARY}</body></html>".encode(), "no-header"),
    _file("rich-text", "rich text", lambda: b"{\\rtf1\\ansi " + GOOD + b"}", "header-columns"),
    _file("json", "JSON in place of a table", lambda: json.dumps(case_rows()).encode(), "quote-open"),
    _file("xml", "an XML entity that grows", lambda: b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;&b;</a>', "separator-comma"),
    _file("e-mail", "an e-mail", lambda: f"From: {CANARY}\nSubject: cases\n\n".encode() + GOOD, "no-header"),
    _file("quote-left-open", "a quote left open", lambda: GOOD + b'"CA-0099,' + CANARY.encode(), "quote-open"),
    _file("quote-within", "a quote inside an unquoted cell", lambda: GOOD.replace(b"SYNTHETIC", b'he said "no"', 1), HARMLESS),
    _file("quote-then-more", "words after a closing quote", lambda: HEADER + b'"CA-0001"x,' + FIRST, "quote-open"),
    _file("quotes-single", "single quotes round each cell", lambda: GOOD.replace(b",", b"','"), "no-header"),
    _file("quotes-curly", "curly quotes round a cell with a comma", lambda: HEADER + "CA-0001,\u201cdomestic, abuse\u201d\n".encode(), "row-length"),
    _file("backslash-quote", "a quote escaped by a backslash", lambda: HEADER + b'"CA-0001\\"",x\n', "quote-open"),
    _file("header-open", "a quote left open in the header", lambda: b'"' + GOOD, "quote-open"),
    _file("ragged-short", "a row that is too short", lambda: GOOD + b"CA-0013,missing child\n", "row-length"),
    _file("ragged-long", "a row that is too long", lambda: GOOD + FIRST.strip() + b",more\n", "row-length"),
    _file("comma-at-end", "a comma at the end of each row", lambda: GOOD.replace(b"\n", b",\n"), HARMLESS),
    _file("title-above", "a title above the header", lambda: b"Case audit\n" + GOOD, "no-header"),
    _file("total-below", "a row of totals at the end", lambda: GOOD + b"total,12" + b"," * 14 + b"\n", "row-length"),
    _file("header-again", "the header once more in the middle", lambda: GOOD + HEADER, "case_reference-form"),
    _file("empty-rows", "a thousand empty rows", lambda: GOOD + (b"," * 16 + b"\n") * 1000, HARMLESS),
    _file("row-missing", "one row fewer than counted", lambda: HEADER + FIRST + b"".join(REST[1:]), "rows-as-counted"),
    _file("row-twice", "a row that stands twice", lambda: GOOD + FIRST, "case_reference-unique"),
    _file("columns-as-numbers", "columns named by numbers", lambda: b",".join(b"%d" % n for n in range(16)) + b"\n" + BODY, "no-header"),
    _file("column-missing", "a column left out", lambda: GOOD.replace(b",referred_back", b"", 1), "header-columns"),
    _file("column-twice", "a column that stands twice", lambda: GOOD.replace(b",rationale", b",rationale,rationale", 1), "header-duplicate"),
    _file("column-twice-when-folded", "a column twice once folded", lambda: GOOD.replace(b",rationale", ",rationale,\uff52ationale".encode(), 1), "header-duplicate"),
    _file("column-of-the-child", "a column for the child's name", lambda: GOOD.replace(b",rationale", f",rationale,{CANARY}".encode(), 1), "header-columns"),
    _file("column-capital", "a column's name in capitals", lambda: GOOD.replace(b"case_type", b"CASE_TYPE", 1), "header-columns"),
    _file("column-spaced", "spaces round the names", lambda: GOOD.replace(b"case_type", b"  case_type\t", 1), HARMLESS),
    _file("column-look-alike", "a Cyrillic letter in a name", lambda: GOOD.replace(b"case_type", "c\u0430se_type".encode(), 1), "header-columns"),
    _file("column-zero-width", "a zero-width space in a name", lambda: GOOD.replace(b"case_type", "case\u200b_type".encode(), 1), HARMLESS),
    _file("column-reversed", "a name behind a right-to-left mark", lambda: GOOD.replace(b"case_type", "\u202ecase_type".encode(), 1), "header-columns"),
    _file("column-wide", "a name in full-width letters", lambda: GOOD.replace(b"rationale", "\uff52\uff41tionale".encode(), 1), HARMLESS),
    _file("column-unnamed", "a column without a name", lambda: GOOD.replace(b"case_type", b"", 1), "header-columns"),
    _file("column-formula", "a formula for a name", lambda: GOOD.replace(b"case_type", b"=1+1", 1), "header-columns"),
    _file("columns-101", "more columns than are read", lambda: HEADER.strip() + b",x" * 90 + b"\n" + BODY, "header-columns"),
    _file("other-table", "the table of the other return", lambda: PROGRESS_GOOD, "no-header"),
    _file("combining-name", "a name of thousands of accents", lambda: ("c" + "\u0301\u0316" * 16_000).encode() + b"," + GOOD, "header-columns", is_heavy=True),
    _file("ligature-names", "names that grow when folded", lambda: (("\ufdfa" * 32_000 + ",") * 40).encode() + GOOD, "header-columns", is_heavy=True),
    _file("longest-cell", "the longest cell that is read", lambda: GOOD.replace(b"SYNTHETIC", b"x" * (MAX_CELL_LENGTH - 60), 1), HARMLESS, is_heavy=True),
    _file("cell-too-long", "a cell longer than that", lambda: GOOD.replace(b"SYNTHETIC", b"x" * MAX_CELL_LENGTH, 1), "quote-open"),
    _file("one-line", "nineteen megabytes without a comma", lambda: b"x" * 19_000_000, "row-length", is_heavy=True),
    _file("commas-in-header", "nineteen million commas for a header", lambda: b"," * 19_000_000, "row-length", is_heavy=True),
    _file("commas-in-row", "nineteen million commas in a row", lambda: HEADER + b"," * 19_000_000, "row-length", is_heavy=True),
    _file("faces-in-row", "a row of four million faces", lambda: HEADER + "\U0001f600,".encode() * 3_900_000, "row-length", is_heavy=True),
    _file("row-over-lines", "one row over a million lines", lambda: HEADER + b'",\n' * 6_000_000, "row-length", is_heavy=True),
    _file("open-over-lines", "a quote open over nineteen million lines", lambda: HEADER + b'"' + b"\n" * 19_000_000, "quote-open", is_heavy=True),
    _file("empty-lines", "nineteen million empty lines", lambda: GOOD + b"\n" * 19_000_000, "file-too-large", is_heavy=True),
    _file("empty-rows-of-a-sheet", "as many empty rows as a worksheet has", lambda: GOOD + (b"," * 16 + b"\n") * 1_100_000, "file-too-large", is_heavy=True),
    _file("short-rows", "a million rows that are too short", lambda: HEADER + b"x,y\n" * 1_000_000, "file-too-large", is_heavy=True),
    _file("rows-1000000", "a million rows", lambda: HEADER + (b"," * 14 + b"x\n") * 1_000_000, "row-length", is_heavy=True),
    _file("rows-20001", "one row more than are read", lambda: HEADER + FIRST * (MAX_ROWS + 1), "file-too-large", is_heavy=True),
    _file("rows-20000-all-wrong", "as many rows as are read, wrong in each cell", lambda: HEADER + (b",".join([CANARY.encode()] * len(CASE_AUDIT.columns)) + b"\n") * MAX_ROWS, "case_type-known", is_heavy=True),
    _file("rows-long-all-wrong", "nineteen megabytes of long cells, all wrong", lambda: HEADER + (b"z," * 16 + b"z" * 30_000 + b"\n") * 600, "case_type-known", is_heavy=True),
    _file("faces-in-cells", "a face in each of many long cells", lambda: HEADER + (b"z," * 16 + b"z" * 30_000 + "\U0001f600\n".encode()) * 600, "case_type-known", is_heavy=True),
    _file("too-large", "a byte more than is read", lambda: b"x" * (MAX_BYTES + 1), "file-too-large", is_heavy=True),
    Case(id="tables/rows-9999-good", what="ten thousand good rows but one", build=lambda: _counted(9_999, table=_many(9_999)), expected="total-good", is_heavy=True),
    Case(id="tables/rows-20000-twice", what="twenty thousand rows, each reference twice", build=lambda: _counted(20_000, table=_many(20_000)), expected="case_reference-unique", is_heavy=True),
    Case(id="tables/grades-of-another-version", what="four grades where the programme had three", build=lambda: _counted(12, "v1-2015"), expected="inspector_grade-known"),
    Case(id="tables/count-too-high", what="more rows counted than sent", build=lambda: _counted(13), expected="rows-as-counted"),
)  # fmt: skip

CELLS: Final = tuple(
    _cell(column, name, value, expected)
    for column, values in {
        "case_reference": [
            ("nothing", "", "case_reference-present"),
            ("three-digits", "CA-001", "case_reference-form"),
            ("five-digits", "CA-00001", "case_reference-form"),
            ("lower-case", "ca-0004", "case_reference-form"),
            ("arabic-digits", "CA-\u0660\u0660\u0660\u0664", "case_reference-form"),
            ("wide-digits", "CA-\uff10\uff10\uff10\uff14", "case_reference-form"),
            ("cyrillic-letters", "\u0421\u0410-0004", "case_reference-form"),
            ("long-dash", "CA\u20130004", "case_reference-form"),
            ("zero-width-end", "CA-0004\u200b", HARMLESS),
            ("line-end-within", "CA-0004\nCA-0005", "case_reference-form"),
            ("crime-number", f"62/{CANARY}/15", "case_reference-form"),
            ("formula", "=CA-0004", "case_reference-form"),
            ("link-formula", f'=HYPERLINK("https://example.org/{CANARY}","x")', "case_reference-form"),
            ("plus", "+0004", "case_reference-form"),
            ("minus", "-0004", "case_reference-form"),
            ("at-sign", "@SUM(A1:A9)", "case_reference-form"),
            ("tab-formula", "\t=1+1", "case_reference-form"),
            ("wide-equals", "\uff1d1+1", "case_reference-form"),
            ("path", "../CA-0004", "case_reference-form"),
            ("another-rows", "CA-0001", "case_reference-unique"),
            ("spaces-round-it", "  CA-0004  ", HARMLESS),
        ],
        "case_type": [
            ("nothing", "", "case_type-present"),
            ("capitals", "Domestic Abuse", "case_type-known"),
            ("two-spaces", "domestic  abuse", HARMLESS),
            ("hard-space", "domestic\u00a0abuse", HARMLESS),
            ("two-types", "domestic abuse; missing child", "case_type-known"),
            ("right-to-left", "\u202emissing child", "character"),
            ("markup", f"<b>{CANARY}</b>", "case_type-known"),
            ("number", "0", "case_type-known"),
            ("not-a-number", "NaN", "case_type-known"),
            ("database-order", "missing child'; drop table cases; --", "case_type-known"),
            ("template", "{{ 7 * 7 }}", "case_type-known"),
        ],
        "date_opened": [
            ("nothing", "", "date_opened-present"),
            ("30-february", "2015-02-30", "date_opened-in-calendar"),
            ("29-february-of-no-leap-year", "2014-02-29", "date_opened-in-calendar"),
            ("29-february-1900", "1900-02-29", "date_opened-in-calendar"),
            ("29-february-2000", "2000-02-29", HARMLESS),
            ("31-september", "2014-09-31", "date_opened-in-calendar"),
            ("month-13", "2014-13-01", "date_opened-is-a-date"),
            ("month-0", "2014-00-10", "date_opened-is-a-date"),
            ("day-0", "2014-10-00", "date_opened-is-a-date"),
            ("week", "2014-W36-1", "date_opened-is-a-date"),
            ("day-of-year", "2014-244", "date_opened-is-a-date"),
            ("no-hyphens", "20140901", "date_opened-is-a-date"),
            ("two-digit-year", "14-09-01", "date_opened-is-a-date"),
            ("day-first", "01/09/2014", "date_opened-is-a-date"),
            ("month-first", "9/1/2014", "date_opened-is-a-date"),
            ("in-words", "1 September 2014", "date_opened-is-a-date"),
            ("with-time", "2014-09-01T00:00:00Z", "date_opened-is-a-date"),
            ("day-number-of-a-sheet", "41883", "date_opened-is-a-date"),
            ("japanese-calendar", "\u5e73\u621026\u5e749\u67081\u65e5", "date_opened-is-a-date"),
            ("hebrew-calendar", "6 Elul 5774", "date_opened-is-a-date"),
            ("islamic-calendar", "1435-11-06", "date_opened-is-a-date"),
            ("buddhist-year", "2557-09-01", "date_opened-is-a-date"),
            ("arabic-digits", "\u0662\u0660\u0661\u0664-\u0660\u0669-\u0660\u0661", "date_opened-is-a-date"),
            ("wide-digits", "\uff12\uff10\uff11\uff14-09-01", "date_opened-is-a-date"),
            ("true-minus", "2014\u221209\u221201", "date_opened-is-a-date"),
            ("before-christ", "-2014-09-01", "date_opened-is-a-date"),
            ("year-0", "0000-01-01", "date_opened-is-a-date"),
            ("year-9999", "9999-12-31", "date_opened-is-a-date"),
            ("year-1815", "1815-06-18", "date_opened-is-a-date"),
            ("formula", "=TODAY()", "date_opened-is-a-date"),
            ("after-it-was-examined", "2015-03-01", "dates-in-order"),
            ("the-day-it-was-examined", "2015-02-25", HARMLESS),
        ],
        "date_examined": [
            ("day-before-fieldwork", "2015-01-31", "date_examined-in-fieldwork"),
            ("first-day", "2015-02-01", HARMLESS),
            ("last-day", "2015-03-31", HARMLESS),
            ("day-after-fieldwork", "2015-04-01", "date_examined-in-fieldwork"),
            ("far-ahead", "2099-12-31", "date_examined-in-fieldwork"),
            ("29-february", "2015-02-29", "date_examined-in-calendar"),
        ],
        "self_assessed": [
            ("capital", "Yes", "self_assessed-known"),
            ("letter", "y", "self_assessed-known"),
            ("truth", "TRUE", "self_assessed-known"),
            ("welsh", "ydw", "self_assessed-known"),
            ("zero-width", "yes\u200d", HARMLESS),
            ("no-beside-a-grade", "no", "no-grade-where-not-self-assessed"),
        ],
        "self_assessed_grade": [
            ("nothing", "", "two-gradings-where-self-assessed"),
            ("unknown", "outstanding", "self_assessed_grade-known"),
            ("number", "3", "self_assessed_grade-known"),
        ],
        "inspector_grade": [
            ("nothing", "", "inspector_grade-present"),
            ("capital", "Good", "inspector_grade-known"),
            ("cyrillic", "g\u043eod", "inspector_grade-known"),
            ("another-than-counted", "good", "total-inadequate"),
            ("two-grades", "good/adequate", "inspector_grade-known"),
        ],
        "theme_leadership": [
            ("cross", "x", "theme_leadership-known"),
            ("nothing", "", "theme_leadership-present"),
            ("negative", "-1", "theme_leadership-known"),
        ],
        "referred_back": [
            ("perhaps", "perhaps", "referred_back-known"),
            ("infinity", "inf", "referred_back-known"),
        ],
        "rationale": [
            ("nothing", "", "rationale-present"),
            ("short", "ok", "rationale-given"),
            ("shell", f"$(touch /tmp/{CANARY}) `id` ; rm -rf / ## long enough", HARMLESS),
            ("formula", f'=cmd|" /C calc"!A0 {CANARY} long enough', HARMLESS),
            ("lines", f"one\r\ntwo\rthree\nfour {CANARY} long enough", HARMLESS),
        ],
    }.items()
    for name, value, expected in values
)


def _answering(**changes: str) -> bytes:
    first, second = progress_rows()
    return as_csv([first | changes, second], PROGRESS.column_names)


PROGRESSES: Final = (
    _progress("unknown", "a recommendation that was not made", _answering(recommendation="REC-2015-77"), "recommendation-known"),
    _progress("twice", "a recommendation answered twice", _answering(recommendation="REC-2015-02"), "recommendation-unique"),
    _progress("no-answer", "no answer to one of them", as_csv(progress_rows()[:1], PROGRESS.column_names), "recommendations-complete"),
    _progress("outcome", "an outcome of our own making", _answering(outcome=CANARY), "outcome-known"),
    _progress("outcome-empty", "no outcome", _answering(outcome=""), "outcome-present"),
    _progress("after", "assessed after the revisit", _answering(date_assessed="2016-03-01"), "date_assessed-in-fieldwork"),
    _progress("leap-day", "assessed on 29 February of a leap year", _answering(date_assessed="2016-02-29"), HARMLESS),
    _progress("no-leap-day", "assessed on 30 February", _answering(date_assessed="2016-02-30"), "date_assessed-in-calendar"),
    _progress("evidence", "no evidence", _answering(evidence=" "), "evidence-present"),
    _progress("evidence-short", "evidence in a word", _answering(evidence="yes"), "evidence-given"),
    _progress("formula", "a formula as evidence", _answering(evidence="+1+1 which is long enough to follow"), HARMLESS),
    _progress("cases", "the table of the other return", GOOD, "no-header"),
    _progress("empty", "a header alone", PROGRESS_GOOD.splitlines(keepends=True)[0], "rows-present"),
)  # fmt: skip

WARNINGS: Final = frozenset({"rationale-given", "evidence-given", "finding-answered"})
"""Rules that stop nothing."""
CASES: Final = (*FILES, *CELLS, *PROGRESSES)


@functools.cache
def report() -> InitialReport:
    """Return the report that reviews answer."""
    evidence = examine(Return().request()).evidence
    assert evidence is not None
    return draft_initial_report(evidence)


def prepare() -> None:
    report()


def check(case: Case, sent: Return) -> None:
    """Examine a return and hold what comes of it."""
    examination = examine(sent.request(report()))
    refusals = Refusals()
    refusals.add_problems(examination.problems)
    assert not case.expected or case.expected in refusals.names, sorted(refusals.names)
    assert (examination.evidence is not None) is (case.expected in {HARMLESS, *WARNINGS}), sorted(refusals.names)
    if case.id.startswith("tables/"):
        assert CANARY not in examination.model_dump_json(), "no row leaves the child"
