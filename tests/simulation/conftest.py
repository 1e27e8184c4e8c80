from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.lives import write_returns
from tests.simulation.quick import quicken

if TYPE_CHECKING:
    from collections.abc import Iterator

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
