"""The sweep as Prefect tasks."""

from __future__ import annotations

import datetime as dt

from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.prefect.sweep import Swept, sweep
from storage.record.stores import open_stores
from storage.settings import read_settings
from tasks.prefect_steps import open_steps
from tasks.step import step


@step("find and start what is due")
def start_what_is_due(only: str | None) -> Swept:
    """Read every ledger, or that of one inspection, and do for it what events missed."""
    settings = read_settings()
    stores = open_stores(settings)
    grace = dt.timedelta(seconds=settings.sweep_seconds)
    return sweep(stores.ledger, PrefectServer(settings), utc_now(), grace=grace, only=only)


def end_links() -> int:
    """End the links that forces were given to drafts, where their check is over by its time or an act broke off."""
    return open_steps().end_links()


def restore_index() -> int:
    """Make the public index again where somebody else changed it."""
    return open_steps().restore_index()
