"""Options and arguments of `ncpi people`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import options
from desk.cli.printing import console, print_json
from desk.people.passphrase import read_secret
from desk.people.registry import Registry, open_registry
from desk.people.unlocking import find_member, key_signer
from domain.people.register import StoredRecord
from domain.signing import Signer
from schemas.people.roles import Role


def _roles(texts: list[str]) -> list[str]:
    return [name for name in map(options.role_name, texts) if name]


Member = Annotated[str, typer.Argument(help="Whom it is about: their account name.", callback=options.account_name)]
RolesGiven = Annotated[
    list[str], typer.Option("--role", help="Role that the person has; repeat it for each.", callback=_roles)
]
ForceGiven = Annotated[
    str | None, typer.Option("--force", help="Force that a force liaison speaks for.", callback=options.force)
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


@dataclass(frozen=True, slots=True)
class Signatory:
    """The person who signs a record of the register; `command` makes options of the fields."""

    person: options.Person
    passphrase_file: options.PassphraseFile = None
    as_json: options.Json = False

    def open(self) -> tuple[Registry, Signer]:
        """Open the register, and the key of the person, in whichever role they hold.

        Raises:
            RefusedError: they have no key of the register, or the passphrase does not open it.
        """
        registry = open_registry()
        register = registry.register.read()
        role = find_member(register, self.person).roles[0]
        passphrase = read_secret(self.passphrase_file, f"Passphrase of {self.person}")
        return registry, key_signer(register, registry.boxes, self.person, role, passphrase)

    def new_passphrase(self) -> str:
        """Read the passphrase under which a new key of the person is sealed."""
        return read_secret(self.passphrase_file, f"New passphrase of {self.person}", confirm=True)

    def tell(self, recorded: StoredRecord, words: str, **more: object) -> None:
        """Print what was recorded."""
        record = recorded.record
        if self.as_json:
            print_json({"record": record, "digest": recorded.digest, **more})
        else:
            console().print(f"{record.subject}: {words}, record {record.seq} ({recorded.digest[:12]}…)", markup=False)
