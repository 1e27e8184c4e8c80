"""Who a command acts or reads for, and what it answers; `--person`, `--role` and the other options that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import typer

from desk.acts import context
from desk.acts.context import DeskContext
from desk.acts.programme import InspectionResult
from desk.cli import options
from desk.cli.printing import console, print_json, progress, tell
from desk.read_access import check_may_read
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.counts import counted
from schemas.lifecycle.acts import Act
from schemas.lifecycle.read_rights import ReadRight
from schemas.people.roles import Role
from storage.record.conflict import retry_on_conflict

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Who:
    """The person that a command acts for; `command` makes options of the fields."""

    person: options.Person
    role: options.RoleOption
    head: options.Head = None
    passphrase_file: options.PassphraseFile = None
    as_json: options.Json = False

    def sign_in(self, act: Act) -> Signer:
        """Return the signer of the person for an act; they are asked for their passphrase or taken to their provider.

        Raises:
            RefusedError: they are no member; the passphrase is wrong, or the login refused.
        """
        return _sign_in(self.person, self.role, self.passphrase_file, needs_step_up=act.needs_step_up)

    def act(self, act: Act, do: Callable[[DeskContext, Signer], R]) -> R:
        """Act as this person; again, when another writer was first."""
        desk, signer = replace(context.open_desk(), expected_head=self.head), self.sign_in(act)
        return retry_on_conflict(lambda: do(desk, signer))

    def tell(self, recorded: Recorded, words: str) -> None:
        """Print what was recorded, and where."""
        entry = recorded.entry
        if self.as_json:
            print_json({"entry": entry, "digest": recorded.digest})
        else:
            console().print(f"{entry.inspection}: {words}, entry {entry.seq} ({recorded.digest[:12]}…)", markup=False)

    def tell_all(self, results: Iterable[InspectionResult], doing: str, done: str) -> None:
        """Print what became of an act in each inspection, and in which it was recorded, also when it breaks off.

        Raises:
            Exit: with status 1, when an inspection could not be read or refused the act.
        """
        told: list[InspectionResult] = []
        is_whole = False
        try:
            with progress(doing) as show:
                for one in results:
                    told.append(one)
                    show(one.inspection, 0, 0)
                    if one.fault and not self.as_json:
                        console().print(f"  {one.fault}", markup=False)
            is_whole = True
        finally:
            number = counted(sum(one.recorded is not None for one in told), "inspection")
            if not is_whole:
                tell(f"{number} {done} before it broke off; the same command goes on with the rest")
        if self.as_json:
            print_json([_as_data(one) for one in told])
        else:
            names = ", ".join(one.inspection for one in told if one.recorded)
            console().print(f"{number} {done}{f': {names}' if names else ''}", markup=False)
        if any(one.fault for one in told):
            raise typer.Exit(1)


def _as_data(one: InspectionResult) -> dict[str, object]:
    recorded = one.recorded
    return {
        "inspection": one.inspection,
        "entry": recorded.entry if recorded else None,
        "digest": recorded.digest if recorded else None,
        "fault": one.fault,
    }


@dataclass(frozen=True, slots=True)
class Reader:
    """The person that a command reads for, or nobody; `command` makes options of the fields."""

    person: options.ReaderPerson = None
    role: options.ReaderRole = None
    passphrase_file: options.PassphraseFile = None

    def check(self, right: ReadRight, inspection_id: str | None) -> None:
        """Check that this person may read; they sign in as for an act, unless it is public.

        Args:
            inspection_id: None to read of all inspections.

        Raises:
            RefusedError: naming the roles that may; or the passphrase is wrong, or the login refused.
        """
        if not right.is_public:
            check_may_read(right, self.sign_in(), inspection_id)

    def sign_in(self) -> Signer | None:
        """Return the signer of the person; None for nobody.

        Raises:
            RefusedError: they are no member; the passphrase is wrong, or the login refused.
        """
        if self.person is None and self.role is None:
            return None
        if self.person is None or self.role is None:
            raise typer.BadParameter("expected both --person and --role, found one of them")
        return _sign_in(self.person, self.role, self.passphrase_file, needs_step_up=False)


def _sign_in(person: str, role: str, passphrase_file: Path | None, *, needs_step_up: bool) -> Signer:
    from desk.people import sign_in  # noqa: PLC0415 - slow to load, and the board needs nobody

    return sign_in.sign_in(person, Role(role), passphrase_file=passphrase_file, needs_step_up=needs_step_up)
