"""An audit report in one of its forms: a page, a table, data, a workbook."""

from __future__ import annotations

from typing import Literal, TypeAlias

from audit.pages.csv_file import render_csv
from audit.pages.page import page_of_inspection
from audit.pages.programme_page import page_of_programme
from audit.pages.programme_sheets import sheets_of_programme
from audit.pages.sheets import sheets_of_inspection
from audit.pages.workbook import render_workbook
from reports.layout.page import render_page
from reports.layout.rendering import Rendering
from schemas.audit.report import InspectionTrail, ProgrammeTrail

Form: TypeAlias = Literal["html", "csv", "json", "xlsx"]


def render_audit(trail: InspectionTrail | ProgrammeTrail, form: Form) -> Rendering:
    """Render an audit report in one form; the same bytes for the same values."""
    if form == "json":
        return Rendering("audit-report.json", "application/json", trail.to_bytes())
    if form == "html":
        page = page_of_inspection(trail) if isinstance(trail, InspectionTrail) else page_of_programme(trail)
        return render_page(page, "audit-report.html")
    sheets = sheets_of_inspection(trail) if isinstance(trail, InspectionTrail) else sheets_of_programme(trail)
    if form == "csv":
        return render_csv(sheets)
    about = trail.inspection if isinstance(trail, InspectionTrail) else "all inspections"
    return render_workbook(sheets, f"Audit report: {about}", trail.at)
