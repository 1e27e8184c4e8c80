"""An audit report in one of its forms: a page, tables, data, a workbook."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, TypeAlias

from audit.pages.csv_files import render_csv
from audit.pages.page import page_of_inspection
from audit.pages.programme_page import page_of_programme
from audit.pages.programme_sheets import sheets_of_programme
from audit.pages.sheets import Sheet, sheets_of_inspection
from audit.pages.workbook import render_workbook
from reports.layout.page import render_page
from reports.layout.rendering import Rendering
from schemas.audit.report import InspectionTrail, ProgrammeTrail

HOME: Final = "index.html"
"""The page of the programme in a folder of pages."""
Form: TypeAlias = Literal["html", "json", "xlsx"]
"""A report as one file."""


def render_audit(trail: InspectionTrail | ProgrammeTrail, form: Form) -> Rendering:
    """Render an audit report in one form; the same bytes for the same values."""
    if form == "json":
        return Rendering("audit-report.json", "application/json", trail.to_bytes())
    if form == "html":
        page = page_of_inspection(trail) if isinstance(trail, InspectionTrail) else page_of_programme(trail)
        return render_page(page, "audit-report.html")
    about = trail.inspection if isinstance(trail, InspectionTrail) else "all inspections"
    return render_workbook(_sheets(trail), f"Audit report: {about}", trail.at)


def render_linked(trail: InspectionTrail | ProgrammeTrail, pages: Collection[str] = ()) -> Rendering:
    """Render an audit report as one of the pages of a folder, which link to each other.

    Args:
        pages: the inspections that have a page in the folder.
    """
    if isinstance(trail, InspectionTrail):
        return render_page(page_of_inspection(trail, home=HOME), f"{trail.inspection}.html")
    return render_page(page_of_programme(trail, pages), HOME)


def render_audit_tables(trail: InspectionTrail | ProgrammeTrail) -> tuple[Rendering, ...]:
    """Render an audit report as CSV files, one a table; the same bytes for the same values."""
    return render_csv(_sheets(trail))


def _sheets(trail: InspectionTrail | ProgrammeTrail) -> tuple[Sheet, ...]:
    return sheets_of_inspection(trail) if isinstance(trail, InspectionTrail) else sheets_of_programme(trail)
