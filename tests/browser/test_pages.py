"""Pages in a browser: narrow screens, no outside requests, nothing the console complains about."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reports.document import render_document
from reports.index import render_index
from reports.withdrawal import render_withdrawal
from schemas.documents.correction import Erratum
from tests.support.pages.corrections import corrected, second, withdrawal
from tests.support.pages.report_documents import initial_report, publication, review

pytestmark = pytest.mark.browser

NAMES = [
    "initial/report.html",
    "initial/press-notice.html",
    "review/report.html",
    "corrected/report.html",
    "corrected/press-notice.html",
    "withdrawal.html",
    "index.html",
    "review/press-notice.html",
    "long/report.html",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    report = initial_report()
    long_word = report.findings[0].model_copy(update={"text": "w" * 2000, "source": "s" * 400})
    long_erratum = Erratum(place="p" * 120, was="poorly", now="w" * 1_900, why="y" * 600)
    sets = {
        "initial": render_document(report),
        "review": render_document(review()),
        "long": render_document(report.model_copy(update={"findings": (long_word,)})),
        "corrected": render_document(corrected(long_erratum, twice=True)),
        "": (
            render_index([publication(), second(), publication("norfolk-2014"), withdrawal("norfolk-2014")]),
            render_withdrawal(withdrawal(reason="w" * 600)),
        ),
    }
    for folder, files in sets.items():
        (root / folder).mkdir(exist_ok=True)
        for file in files:
            (root / folder / file.name).write_bytes(file.data)
    return root


@pytest.mark.parametrize("width", [320, 800, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_page_fits_and_keeps_to_itself(browser: Browser, site: Path, name: str, width: int) -> None:
    address = (site / name).as_uri()
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.close()
    assert complaints == []
    assert requests == [address]


def test_tables_stay_tables_on_a_narrow_screen(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto((site / "review/report.html").as_uri())
    table = page.get_by_role("table", name="Progress on each recommendation")
    assert table.get_by_role("row").count() == 4
    assert table.get_by_role("columnheader", name="Outcome").count() == 1
    assert table.get_by_role("rowheader", name="REC-2015-01").count() == 1
    page.close()
