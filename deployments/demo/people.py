"""The made-up people of a demonstration, enrolled as real ones are: each with a key under a passphrase of their own.

Their passphrases are drawn once and kept in private files beside the data, so that a demonstration that was killed goes
on, and so that its commands can be done again by hand with `--passphrase-file`. Real people keep theirs to themselves.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deployments.stack.private_file import make_private_folder, write_private_file
from desk.acts.context import retry_on_conflict
from desk.people.founding import keys_of_the_system
from desk.people.joining import confirm, enrol, found, invite
from desk.people.registry import open_registry
from desk.people.unlocking import key_signer
from schemas.people.roles import Role
from storage.settings import read_settings

if TYPE_CHECKING:
    from desk.people.registry import Registry
    from domain.signing import Signer
    from storage.settings import Settings

FOLDER: Final = "people"
"""Folder of the passphrases in the data folder."""
FIRST_ADMIN: Final = "jo.keller"
SECOND_ADMIN: Final = "sam.okafor"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of them: account name, role, and the force that a force liaison speaks for."""

    person: str
    role: Role
    force: str | None = None


MANAGER: Final = DemoPerson("pat.howells", Role.PROGRAMME_MANAGER)
LEAD: Final = DemoPerson("rhian.morgan", Role.INSPECTOR)
MODERATOR: Final = DemoPerson("ruth.davies", Role.MODERATOR)
HMI_REPORT: Final = DemoPerson("dru.sharpling", Role.HMI)
HMI_REVIEW: Final = DemoPerson("wendy.williams", Role.HMI)
LIAISON: Final = DemoPerson("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
CHARACTERS: Final = (
    DemoPerson(SECOND_ADMIN, Role.ADMIN),
    MANAGER,
    LEAD,
    MODERATOR,
    HMI_REPORT,
    HMI_REVIEW,
    LIAISON,
)


class DemoPeople:
    """The people of one stack."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        """Gather them.

        Args:
            folder: where their passphrases are kept.
        """
        self._registry = registry
        self._folder = folder
        self._signers: dict[DemoPerson, Signer] = {}

    def enrol_everybody(self, service_key: str, seal_key: str) -> None:
        """Found the register and take in everybody, as far as that is not done yet."""
        if not self._registry.register.read().is_founded:
            found(
                self._registry,
                FIRST_ADMIN,
                self._passphrase(FIRST_ADMIN),
                service_key=service_key,
                seal_key=seal_key,
            )
        admin = DemoPerson(FIRST_ADMIN, Role.ADMIN)
        for character in CHARACTERS:
            if self._registry.register.read().member(character.person) is None:
                self._welcome(character, self.signer(admin))

    def signer(self, character: DemoPerson) -> Signer:
        """Return the signer of one of them, whose key is unlocked once."""
        if character not in self._signers:
            self._signers[character] = key_signer(
                self._registry.register.read(),
                self._registry.boxes,
                character.person,
                character.role,
                self._passphrase(character.person),
            )
        return self._signers[character]

    def passphrase_file(self, person: str) -> Path:
        """Name the file with somebody's passphrase."""
        return self._folder / f"{person}.passphrase"

    def _welcome(self, character: DemoPerson, admin: Signer) -> None:
        person = character.person
        # A code that a killed demonstration took with it is worth nothing: another invitation takes its place.
        invitee = retry_on_conflict(
            lambda: invite(self._registry, admin, person, (character.role,), force=character.force)
        )
        if invitee.needs_second:
            second = self.signer(DemoPerson(SECOND_ADMIN, Role.ADMIN))
            retry_on_conflict(lambda: confirm(self._registry, second, person))
        code = invitee.code or ""
        retry_on_conflict(lambda: enrol(self._registry, person, code, self._passphrase(person)))

    def _passphrase(self, person: str) -> str:
        path = self.passphrase_file(person)
        if not path.exists():
            make_private_folder(self._folder)
            write_private_file(path, secrets.token_urlsafe(24) + "\n")
        return path.read_text(encoding="utf-8").strip()


def demo_people(data: Path, settings: Settings | None = None) -> DemoPeople:
    """Gather the people of the stack on a data folder and enrol whoever is not.

    Raises:
        SettingsError: the stack's keys are not set.
    """
    settings = settings or read_settings()
    cast = DemoPeople(open_registry(settings), data / FOLDER)
    cast.enrol_everybody(*keys_of_the_system(settings))
    return cast
