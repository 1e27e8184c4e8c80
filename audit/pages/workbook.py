"""Tables as an Excel workbook: one sheet each, dates as dates, counts as numbers, and nothing that is run."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from audit.pages.sheets import Cell, Sheet
from reports.layout.rendering import Rendering
from reports.layout.spreadsheet import defused
from schemas.text import plain

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_YEAR: Final = 1901
"""Excel knows no day before 1900, and counts a day too many in that year."""
_MAX_DIGITS: Final = 15
"""Excel's numbers hold no more digits."""
_MAX_CELL_LENGTH: Final = 32_000
_WIDEST: Final = 60
_NARROWEST: Final = 10


def render_workbook(sheets: Sequence[Sheet], title: str, made: dt.datetime) -> Rendering:
    """Write tables as the sheets of a workbook; the same bytes for the same values.

    Args:
        title: what the workbook is called in its properties.
        made: when the report was made, UTC; the workbook says no other time.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - not needed to import this room

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(written, options) as workbook:
        workbook.set_properties({"title": plain(title), "created": made.replace(tzinfo=None)})
        formats = _Formats(workbook)
        for sheet in sheets:
            _write(workbook.add_worksheet(sheet.name), sheet, formats)
    return Rendering("audit-report.xlsx", MEDIA_TYPE, written.getvalue())


class _Formats:
    """How cells look; made once a workbook."""

    def __init__(self, workbook: Workbook) -> None:
        top = {"valign": "top"}
        self.head: Format = workbook.add_format({"bold": True, "bottom": 1, **top})
        self.text: Format = workbook.add_format({"text_wrap": True, **top})
        self.number: Format = workbook.add_format({"num_format": "0", **top})
        self.day: Format = workbook.add_format({"num_format": "yyyy-mm-dd", **top})
        self.instant: Format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", **top})


def _write(worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    worksheet.freeze_panes(1, 0)
    worksheet.set_landscape()
    worksheet.set_paper(9)  # A4
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0)
    for place, name in enumerate(sheet.columns):
        widest = max((len(str(row[place] or "")) for row in sheet.rows), default=0)
        worksheet.set_column(place, place, min(max(widest, len(name), _NARROWEST), _WIDEST) + 1)
        worksheet.write_string(0, place, name, formats.head)
    if sheet.rows:
        worksheet.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    for line, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            _put(worksheet, line, place, cell, formats)


def _put(worksheet: Worksheet, line: int, place: int, cell: Cell, formats: _Formats) -> None:
    if cell is None:
        return
    if isinstance(cell, dt.datetime) and cell.year >= _FIRST_YEAR:
        worksheet.write_datetime(line, place, cell.replace(tzinfo=None, microsecond=0), formats.instant)
    elif isinstance(cell, dt.date) and cell.year >= _FIRST_YEAR:
        worksheet.write_datetime(line, place, cell, formats.day)
    elif isinstance(cell, int) and len(str(abs(cell))) <= _MAX_DIGITS:
        worksheet.write_number(line, place, cell, formats.number)
    else:
        worksheet.write_string(line, place, defused(plain(str(cell)))[:_MAX_CELL_LENGTH], formats.text)
