"""A TCP proxy that loses replies, resets, holds back and delays on demand, while connections live.

It stands between a client and a server as the network does, and knows nothing of what they say to each other.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from deployments.os_process import HOST

_PIECE_BYTES: Final = 65_536
_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    """What the network does to a connection."""

    NONE = "none"
    LOST_REPLIES = "lost replies"
    """What the client sends arrives; at the first byte of the reply its connection is closed."""
    RESETS = "resets"
    """RST at the connect, and at the next byte of connections that live."""
    BLACK_HOLE = "black hole"
    """Connections are accepted and nothing passes; what was sent meanwhile arrives when the fault ends."""
    DELAY = "delay"
    """Every piece comes late, in each direction."""


class FaultProxy:
    """Listens on a port of its own for a server of this computer, in a thread of its own."""

    def __init__(self, server_port: int, *, port: int = 0, seed: int = 0, delay_seconds: float = 0.5) -> None:
        """Describe it; it listens inside the `with` block.

        Args:
            port: where to listen; 0 for any that is free.
            seed: decides which connections a fault with a share meets, by the order in which they come.
        """
        self.port = port
        self.met: Counter[Fault] = Counter()
        """How many connections each fault has met; one that it meets twice counts once."""
        self._server_port = server_port
        self._delay_seconds = delay_seconds
        self._random = random.Random(seed)
        self._fault = Fault.NONE
        self._share = 1.0
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy")

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and listen no more."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def switch(self, fault: Fault, *, share: float = 1.0) -> None:
        """Have a fault from now on, on this share of the connections, also of those that live."""
        asyncio.run_coroutine_threadsafe(self._switch(fault, share), self._loop).result()

    async def _switch(self, fault: Fault, share: float) -> None:
        self._fault, self._share = fault, share
        self._changed.set()
        self._changed = asyncio.Event()

    async def _listen(self) -> int:
        self._listening = await asyncio.start_server(self._accept, HOST, self.port)
        return int(self._listening.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        self._listening.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await _Connection(self, self._random.random(), reader, writer).live(self._server_port)
        finally:
            self._connections.discard(connection)

    async def fault_for(self, connection: _Connection) -> Fault:
        """Return the fault that a connection meets now, after any black hole that it must wait in."""
        while (fault := self._fault if connection.draw < self._share else Fault.NONE) is Fault.BLACK_HOLE:
            self._note(connection, fault)
            await self._changed.wait()
        return fault

    async def suffer(self, connection: _Connection, *, is_reply: bool) -> bool:
        """Do to a piece what the network does now; tell whether it arrives."""
        fault = await self.fault_for(connection)
        if fault is Fault.DELAY:
            self._note(connection, fault)
            await asyncio.sleep(self._delay_seconds)
        elif fault is Fault.RESETS:
            self._note(connection, fault)
            connection.reset()
            return False
        elif fault is Fault.LOST_REPLIES and is_reply:
            self._note(connection, fault)
            return False
        return True

    def _note(self, connection: _Connection, fault: Fault) -> None:
        if fault not in connection.has_met:
            connection.has_met.add(fault)
            self.met[fault] += 1


class _Connection:
    """One connection of a client, and the one to the server that was made for it."""

    def __init__(
        self, proxy: FaultProxy, draw: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.draw = draw
        self.has_met: set[Fault] = set()
        self._proxy = proxy
        self._reader = reader
        self._writer = writer

    async def live(self, server_port: int) -> None:
        """Carry bytes both ways until one side ends it or a fault does."""
        server: asyncio.StreamWriter | None = None
        try:
            if not await self._proxy.suffer(self, is_reply=False):
                return
            reader, server = await asyncio.open_connection(HOST, server_port)
            carrying = {
                asyncio.create_task(self._carry(self._reader, server, is_reply=False)),
                asyncio.create_task(self._carry(reader, self._writer, is_reply=True)),
            }
            try:
                # The first to end takes the other along: half-closed connections are no part of HTTP.
                await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in carrying:
                    one.cancel()
                await asyncio.gather(*carrying, return_exceptions=True)
        except OSError:
            pass  # the server is away, and the client's connection is closed
        finally:
            self._writer.close()
            if server is not None:
                server.close()

    def reset(self) -> None:
        """End the client's connection by RST."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        self._writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_reply: bool) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE_BYTES):
                if not await self._proxy.suffer(self, is_reply=is_reply):
                    return
                writer.write(piece)
                await writer.drain()
