"""Audit reports in a browser: narrow screens, contrast, the keyboard, landmarks, paper; nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from audit.pages.render import render_audit
from tests.support.pages.audit_lives import report_on, report_on_all, south_wales, troubled

pytestmark = pytest.mark.browser

NAMES = ["inspection.html", "programme.html"]
# Contrast of every text with what is painted behind it, as WCAG 2.2 reckons it (1.4.3).
CONTRASTS = """() => {
  const curve = one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4
  const part = value => curve(value / 255)
  const light = ([red, green, blue]) => 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
  const numbers = colour => colour.match(/[0-9.]+/g).map(Number)
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const found = numbers(getComputedStyle(one).backgroundColor)
      if (found.length < 4 || found[3] > 0) return found
    }
    return [255, 255, 255]
  }
  const poor = []
  for (const element of document.querySelectorAll("body *:not(svg, svg *)")) {
    if (![...element.childNodes].some(one => one.nodeType === 3 && one.textContent.trim())) continue
    const pair = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a)
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05)
    if (ratio < 4.5) poor.push([element.textContent.trim().slice(0, 40), ratio])
  }
  return poor
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audit")
    (root / "inspection.html").write_bytes(render_audit(report_on(south_wales()), "html").data)
    (root / "programme.html").write_bytes(render_audit(report_on_all(troubled()), "html").data)
    return root


@pytest.fixture(params=NAMES)
def page(request: pytest.FixtureRequest, browser: Browser, site: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((site / request.param).as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_the_page_fits_and_keeps_to_itself(browser: Browser, site: Path, name: str, width: int) -> None:
    address = (site / name).as_uri()
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
    assert complaints == []
    assert requests == [address]


def test_every_text_can_be_read_against_what_is_behind_it(page: Page) -> None:
    assert page.evaluate(CONTRASTS) == []
    # The check itself can fail.
    page.evaluate("document.querySelector('caption').style.color = '#999'")
    assert len(page.evaluate(CONTRASTS)) == 1


def test_the_keyboard_reaches_everything_in_order(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    expected = page.evaluate("[...document.querySelectorAll('main a')].map(one => one.getAttribute('href'))")
    found = []
    for _ in expected:
        page.keyboard.press("Tab")
        found.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert found == expected


def test_landmarks_and_chapters_have_names(page: Page) -> None:
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("contentinfo").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    assert page.get_by_role("region", name="Is the record what was written?", exact=True).count() == 1
    for title in page.evaluate("[...document.querySelectorAll('main > section > h2')].map(one => one.textContent)"):
        assert page.get_by_role("region", name=title, exact=True).count() == 1


def test_tables_stay_tables_on_a_narrow_screen(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto((site / "inspection.html").as_uri())
    table = page.get_by_role("table", name="What was due and what became of it")
    assert table.get_by_role("columnheader", name="In time or late").count() == 1
    assert table.get_by_role("rowheader", name="revisit").count() == 1
    page.close()


def test_what_is_drawn_has_its_size_and_its_words(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((site / "inspection.html").as_uri())
    figure = page.locator("figure.courses")
    assert "due 29 January 2016; done February 2016." in figure.inner_text()
    drawn = page.evaluate(
        "[...document.querySelectorAll('.courses svg')].map(one => one.getBoundingClientRect().width)"
    )
    assert len(drawn) == 12
    assert min(drawn) > 600
    page.close()


def test_the_page_can_be_printed_with_tables_as_tables(browser: Browser, site: Path, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((site / "inspection.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".contents").is_visible()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert 5 < len(pdf.pages) < 26
    page.close()
