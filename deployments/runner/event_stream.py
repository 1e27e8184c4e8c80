"""The stream of events from Prefect that start stages; reconnects for as long as somebody listens.

Events during a disconnection are not lost: Prefect replays the last minute, and the sweep reads the rest from the
ledgers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Final

from prefect.events.clients import PrefectEventSubscriber
from prefect.events.filters import EventFilter, EventNameFilter

if TYPE_CHECKING:
    from prefect.events import Event

_PAUSE_SECONDS: Final = 1.0
_log = logging.getLogger("ncpi.runner")


class EventStream:
    """The events with certain names, from the Prefect server of the settings."""

    def __init__(self, names: Iterable[str]) -> None:
        self.is_connected = False
        self._names = sorted(names)

    async def events(self) -> AsyncIterator[Event]:
        """Yield each event, once for each connection, until the caller stops."""
        while True:
            try:
                # A new filter each time: the subscriber writes the time of its connection into it.
                wanted = EventFilter(event=EventNameFilter(name=self._names))
                async with PrefectEventSubscriber(filter=wanted, reconnection_attempts=0) as stream:
                    self.is_connected = True
                    _log.info("event stream connected")
                    async for event in stream:
                        yield event
            except Exception as error:  # noqa: BLE001 - the stream is reopened after any error
                _log.warning("event stream lost", extra={"error": type(error).__name__})
            finally:
                self.is_connected = False
            await asyncio.sleep(_PAUSE_SECONDS)
