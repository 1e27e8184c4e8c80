"""Options and arguments of `ncpi people`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.options import account_name
from desk.cli.printing import console, print_json
from desk.people.passphrase import read_secret
from desk.people.registry import Registry, open_registry
from desk.people.unlocking import check_role_held, key_signer
from domain.people.register import StoredRecord
from domain.signing import Signer
from schemas.people.roles import Role
from schemas.programme.forces import FORCES


def _force(text: str | None) -> str | None:
    if text is not None and text not in FORCES:
        message = f"not one of the 43 forces; expected one of: {', '.join(FORCES)}"
        raise typer.BadParameter(message)
    return text


def _roles(texts: list[str]) -> list[str]:
    known = [role.value for role in Role if role is not Role.SERVICE]
    if any(text not in known for text in texts):
        message = f"not a role; expected one or more of: {', '.join(known)}"
        raise typer.BadParameter(message)
    return texts


Member = Annotated[str, typer.Argument(help="Whom it is about: their account name.", callback=account_name)]
RolesGiven = Annotated[
    list[str], typer.Option("--role", help="Role that the person has; repeat it for each.", callback=_roles)
]
ForceGiven = Annotated[
    str | None, typer.Option("--force", help="Force that a force liaison speaks for.", callback=_force)
]
CodeFile = Annotated[
    Path | None, typer.Option("--code-file", help="File with the one-time code; asked for when left out.")
]
NewPassphraseFile = Annotated[
    Path | None, typer.Option("--new-passphrase-file", help="File with the new passphrase; asked for when left out.")
]


def roles_of(texts: list[str]) -> tuple[Role, ...]:
    """Return the named roles."""
    return tuple(Role(text) for text in texts)


def open_as(person: str, passphrase_file: Path | None) -> tuple[Registry, Signer]:
    """Open the register, and the key of the person who signs in it, in whichever role they hold.

    Raises:
        RefusedError: they have no key of the register, or the passphrase does not open it.
    """
    registry = open_registry()
    register = registry.register.read()
    role = check_role_held(register, person).roles[0]
    passphrase = read_secret(passphrase_file, f"Passphrase of {person}")
    return registry, key_signer(register, registry.boxes, person, role, passphrase)


def tell(recorded: StoredRecord, words: str, *, as_json: bool, **more: object) -> None:
    """Print what was recorded."""
    record = recorded.record
    if as_json:
        print_json({"record": record, "digest": recorded.digest, **more})
    else:
        console().print(f"{record.subject}: {words}, record {record.seq} ({recorded.digest[:12]}…)", markup=False)
