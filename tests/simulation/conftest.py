from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.simulation.lives import FIRST_SEED, write_returns
from tests.support.quick import quicken

if TYPE_CHECKING:
    from tests.simulation.people import Returns


@pytest.fixture(scope="session")
def returns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Returns]:
    return write_returns(tmp_path_factory.mktemp("returns"))


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Quicken each test; what is remembered stays for the next."""
    with pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which lives were new this time, whatever came of them."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == FIRST_SEED and report.when == "call":
                    terminalreporter.write_line(f"{name} {value} on")
