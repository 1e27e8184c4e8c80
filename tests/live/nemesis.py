"""Whoever fails the parts of a stack one after another: each killed, each cut off in each way, in an order by seed."""

from __future__ import annotations

import functools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from tests.live.unreliable_stack import CLIENTS, SERVERS
from tests.support.servers.fault_proxy import Fault
from tests.support.servers.running import wait_until

if TYPE_CHECKING:
    from tests.live.unreliable_stack import Server, UnreliableStack

CUTS: Final = (Fault.LOST_REPLIES, Fault.RESETS, Fault.BLACK_HOLE)
_SHARES: Final = (0.5, 1.0)
_UNTIL_MET_SECONDS: Final = 30


class Nemesis:
    """Strikes every blow of a round; in every further round in another order, and with kills while cut off."""

    def __init__(self, stack: UnreliableStack, *, seed: int, rounds: int, longest_cut_seconds: float) -> None:
        self.killed: list[str] = []
        self._stack = stack
        self._random = random.Random(seed)
        self._longest_cut_seconds = longest_cut_seconds
        self._blows = [blow for number in range(rounds) for blow in self._round(is_first=number == 0)]
        self._begun = 0
        self._has_ended = False
        self._changed = threading.Condition()

    @property
    def blows(self) -> int:
        """How many blows there are in all."""
        return len(self._blows)

    def rage(self) -> None:
        """Strike every blow, one at a time, and see that every part serves afterwards."""
        try:
            for strike in self._blows:
                with self._changed:
                    self._begun += 1
                    self._changed.notify_all()
                strike()
                for title in self._stack.parts:
                    self._stack.wait_until_ready(title)
        finally:
            # After a blow that failed, nobody is to hide that by waiting for a later one.
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    def wait_for_blow(self, number: int, seconds: float) -> bool:
        """Wait until so many blows have been begun; tell whether they were, and not one before them failed."""
        with self._changed:
            changed = self._changed.wait_for(lambda: self._begun >= number or self._has_ended, seconds)
            assert changed, f"blow {number} was never struck"
            return self._begun >= number

    def met(self) -> Counter[tuple[Server, Fault]]:
        """Count the connections that each fault has met, by server."""
        counted: Counter[tuple[Server, Fault]] = Counter()
        for (_, server), proxy in self._stack.proxies.items():
            for fault, connections in proxy.met.items():
                counted[server, fault] += connections
        return counted

    def _round(self, *, is_first: bool) -> list[Callable[[], None]]:
        cuts = [(server, fault) for server in SERVERS for fault in CUTS]
        blows = [self._cut(server, fault) for server, fault in cuts]
        for title in self._stack.parts:
            kill = functools.partial(self._kill, title)
            blows.append(kill if is_first else self._cut(*self._random.choice(cuts), during=kill))
        self._random.shuffle(blows)
        return blows

    def _kill(self, title: str) -> None:
        self._stack.kill(title)
        self.killed.append(title)

    def _cut(self, server: Server, fault: Fault, during: Callable[[], None] | None = None) -> Callable[[], None]:
        # Never the desk alone: what the runners ask now and then shows that the fault is there.
        clients = self._random.sample(CLIENTS, self._random.choice((2, 3)))
        share = self._random.choice(_SHARES)
        seconds = self._random.uniform(1, self._longest_cut_seconds)
        name = f"{fault.value} between {' and '.join(clients)} and {server}"

        def strike() -> None:
            before = self.met()[server, fault]
            try:
                self._switch(clients, server, fault, share=share)
                if during is not None:
                    during()
                time.sleep(seconds)
                # Where all inspections rest, perhaps one connection alone is in use, and its draw spares it for ever.
                self._switch(clients, server, fault)
                wait_until(lambda: self.met()[server, fault] > before, f"anybody to meet {name}", _UNTIL_MET_SECONDS)
            finally:
                self._switch(clients, server, Fault.NONE)

        return strike

    def _switch(self, clients: Sequence[str], server: Server, fault: Fault, *, share: float = 1.0) -> None:
        for client in clients:
            self._stack.proxies[client, server].switch(fault, share=share)
