"""One browser for all tests of pages in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.support.pages.chromium import CHROMIUM, chromium

FOLDER: Final = "tests/browser/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print in red how many tests no browser was there for, so that nobody takes them for passed."""
    skipped = [one for one in terminalreporter.stats.get("skipped", ()) if one.nodeid.startswith(FOLDER)]
    if skipped:
        terminalreporter.section(f"{len(skipped)} BROWSER TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"The pages were not tested in a browser: install {CHROMIUM} (Debian: chromium).")
