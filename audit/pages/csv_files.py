"""Tables as CSV files, one a table: each opens in a spreadsheet as the rectangle that it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from audit.pages.sheets import Cell, Sheet
from reports.layout.rendering import Rendering
from reports.layout.spreadsheet import as_csv
from schemas.text import plain


def render_csv(sheets: Sequence[Sheet]) -> tuple[Rendering, ...]:
    """Write each table as a file of its name, with its own columns; an empty table has its headings.

    Columns of one name mean one thing in every table. Dates are ISO, instants UTC. Nothing in it is a formula.
    """
    return tuple(
        Rendering(
            f"{sheet.name.replace(' ', '-')}.csv",
            "text/csv; charset=utf-8",
            as_csv([sheet.columns, *([_text(cell) for cell in row] for row in sheet.rows)]),
        )
        for sheet in sheets
    )


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, dt.date | int):
        return str(cell)
    return plain(cell)
