"""What all tests have in common."""

from __future__ import annotations

import gc

_OBJECTS_BEFORE_A_LOOK = 20_000


def pytest_configure() -> None:
    """Seldom look for circles of garbage: a quarter of the time of imports went there, and a tenth of that of tests."""
    gc.set_threshold(_OBJECTS_BEFORE_A_LOOK, 20, 100)


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later look for garbage: it stays until the end."""
    gc.freeze()
