"""Tables as one CSV file: a rectangle whose first column says of which table a row is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from audit.pages.sheets import SUMMARY, Cell, Sheet
from reports.layout.rendering import Rendering
from reports.layout.spreadsheet import as_csv
from schemas.text import plain

_FIRST: Final = ("inspection", *SUMMARY)


def render_csv(sheets: Sequence[Sheet]) -> Rendering:
    """Write tables below one another, with the columns of all of them; a cell is empty where its table lacks it.

    Columns of one name mean one thing in every table. Dates are ISO, instants UTC. Nothing in it is a formula.
    """
    used = dict.fromkeys(column for sheet in sheets for column in sheet.columns)
    columns = [*(column for column in _FIRST if column in used), *(column for column in used if column not in _FIRST)]
    rows = [["section", *columns]]
    for sheet in sheets:
        for row in sheet.rows:
            cells = {column: _text(cell) for column, cell in zip(sheet.columns, row, strict=True)}
            rows.append([sheet.name, *(cells.get(column, "") for column in columns)])
    return Rendering("audit-report.csv", "text/csv; charset=utf-8", as_csv(rows))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, dt.date | int):
        return str(cell)
    return plain(cell)
