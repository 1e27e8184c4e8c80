"""The events that wake stages, as Prefect streams them; connected again for as long as anybody listens.

What happens while nothing is connected is not lost to the system: Prefect plays back the last minute, and the sweep
finds the rest in the ledgers.
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
    """Events of some names, from the Prefect server of the settings."""

    def __init__(self, names: Iterable[str]) -> None:
        self.is_connected = False
        self._names = sorted(names)

    async def events(self) -> AsyncIterator[Event]:
        """Return each event, once for each connection, until the caller stops."""
        while True:
            try:
                # A new filter each time: the subscriber writes the time of its connection into it.
                chosen = EventFilter(event=EventNameFilter(name=self._names))
                async with PrefectEventSubscriber(filter=chosen, reconnection_attempts=0) as stream:
                    self.is_connected = True
                    _log.info("event stream connected")
                    async for event in stream:
                        yield event
            except Exception as error:  # noqa: BLE001 - whatever ended the stream, it is opened again
                _log.warning("event stream lost", extra={"error": type(error).__name__})
            finally:
                self.is_connected = False
            await asyncio.sleep(_PAUSE_SECONDS)
