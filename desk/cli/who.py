"""Who a command acts for: account name, role, and where the passphrase comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from desk.acts import context
from desk.acts.context import DeskContext
from desk.cli.printing import console, print_json
from desk.people import sign_in
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.lifecycle.acts import Act
from schemas.people.roles import Role
from storage.record.conflict import retry_on_conflict

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Who:
    """The person that a command acts for."""

    person: str
    role: Role
    passphrase_file: Path | None = None
    head: str | None = None
    """Beginning of the head of the ledger that the person saw."""

    def sign_in(self, act: Act) -> Signer:
        """Return the signer of the person for an act; they are asked for their passphrase or taken to their provider.

        Raises:
            RefusedError: they are no member or do not hold the role; the passphrase is wrong, or the login refused.
        """
        return sign_in.sign_in(
            self.person, self.role, passphrase_file=self.passphrase_file, needs_step_up=act.needs_step_up
        )


def acted(who: Who, act: Act, do: Callable[[DeskContext, Signer], R]) -> R:
    """Act as a person; again, when another writer was first."""
    desk, signer = context.open_desk(), who.sign_in(act)
    return retry_on_conflict(lambda: do(desk, signer))


def tell(recorded: Recorded, words: str, *, as_json: bool) -> None:
    """Print what was recorded, and where."""
    entry = recorded.entry
    if as_json:
        print_json({"entry": entry, "digest": recorded.digest})
    else:
        console().print(f"{entry.inspection}: {words}, entry {entry.seq} ({recorded.digest[:12]}…)", markup=False)
