"""The same document gives the same bytes: twice, in another process, zone and hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from audit.pages.render import Form, render_audit
from audit.report.inspection import ReportSources, trail_of
from audit.report.programme import programme_of
from domain.lifecycle.history import History
from tests.support.histories import AT, PUBLISHED_LIFE, stored
from tests.support.pages.rendered import renderings

ROOT = Path(__file__).parents[3]


def digests() -> list[str]:
    """Render every sample document and the audit reports, and return the digests."""
    trail = trail_of(History.from_bytes("kent-2025", stored(PUBLISHED_LIFE)), AT, ReportSources())
    reports = [render_audit(one, form) for one in (trail, programme_of([trail], AT)) for form in get_args(Form)]
    return [f"{item.name} {item.sha256}" for item in (*renderings().values(), *reports)]


def test_twice_in_one_process() -> None:
    assert digests() == digests()


@pytest.mark.parametrize(("seed", "zone"), [("1", "Pacific/Auckland"), ("4242", "America/Lima")])
def test_in_another_process(seed: str, zone: str, tmp_path: Path) -> None:
    program = f"import runpy; print(*runpy.run_path({str(Path(__file__))!r})['digests'](), sep='\\n')"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split("\n")[:-1] == digests()


def test_importing_the_room_imports_nothing_heavy() -> None:
    program = (
        "import sys, reports.document, reports.index, reports.calendar, "
        "audit.pages.page, "
        "audit.pages.programme_page, audit.pages.programme_sheets, audit.pages.csv_files, audit.pages.workbook; "
        "print({'typst', 'jinja2', 'icalendar', 'holidays', 'xlsxwriter'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "set()"
