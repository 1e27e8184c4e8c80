"""The made-up people of a demonstration, enrolled like real ones, each with a key under a passphrase.

Private files in the data folder hold their passphrases, so that a killed demonstration can go on, and so that its
commands can be repeated by hand with `--passphrase-file`. Real people keep theirs to themselves.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployments.stack.private_folder import make_private_folder
from desk.people.founding import keys_of_the_system
from desk.people.joining import confirm, enrol, found, invite
from desk.people.registry import Registry, open_registry
from desk.people.unlocking import key_signer
from domain.signing import Signer
from schemas.people.roles import Role
from storage.atomic_file import write_atomically
from storage.record.conflict import retry_on_conflict
from storage.settings import read_settings

FOLDER: Final = "people"
"""Folder of the passphrases in the data folder."""
FIRST_ADMIN: Final = "jo.keller"
SECOND_ADMIN: Final = "sam.okafor"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Account name, role, and the force of a force liaison."""

    person: str
    role: Role
    force: str | None = None


MANAGER: Final = DemoPerson("pat.howells", Role.PROGRAMME_MANAGER)
LEAD: Final = DemoPerson("rhian.morgan", Role.INSPECTOR)
MODERATOR: Final = DemoPerson("ruth.davies", Role.MODERATOR)
HMI_REPORT: Final = DemoPerson("dru.sharpling", Role.HMI)
HMI_REVIEW: Final = DemoPerson("wendy.williams", Role.HMI)
LIAISON: Final = DemoPerson("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
_EVERYBODY: Final = (DemoPerson(SECOND_ADMIN, Role.ADMIN), MANAGER, LEAD, MODERATOR, HMI_REPORT, HMI_REVIEW, LIAISON)


class DemoPeople:
    """The people of one stack, who sign."""

    def __init__(self, registry: Registry, passphrases: Path) -> None:
        self._registry = registry
        self._folder = passphrases
        self._signers: dict[DemoPerson, Signer] = {}

    def enrol_everybody(self, service_key: str, seal_key: str) -> None:
        """Found the register and enrol everybody, except where that is done."""
        if not self._registry.register.read().is_founded:
            passphrase = self._passphrase(FIRST_ADMIN)
            found(self._registry, FIRST_ADMIN, passphrase, service_key=service_key, seal_key=seal_key)
        admin = DemoPerson(FIRST_ADMIN, Role.ADMIN)
        for who in _EVERYBODY:
            if self._registry.register.read().member(who.person) is None:
                self._enrol(who, self.signer(admin))

    def signer(self, who: DemoPerson) -> Signer:
        """Return a person's signer, whose key is unlocked once."""
        if who not in self._signers:
            self._signers[who] = key_signer(
                self._registry.register.read(), self._registry.boxes, who.person, who.role, self._passphrase(who.person)
            )
        return self._signers[who]

    def _enrol(self, who: DemoPerson, admin: Signer) -> None:
        person = who.person
        # The code of an earlier invitation is lost if the demonstration was killed, so there is always a new one.
        invitee = retry_on_conflict(lambda: invite(self._registry, admin, person, (who.role,), force=who.force))
        if invitee.needs_second:
            second = self.signer(DemoPerson(SECOND_ADMIN, Role.ADMIN))
            retry_on_conflict(lambda: confirm(self._registry, second, person))
        code = invitee.code or ""
        retry_on_conflict(lambda: enrol(self._registry, person, code, self._passphrase(person)))

    def _passphrase(self, person: str) -> str:
        path = self._folder / f"{person}.passphrase"
        if not path.exists():
            make_private_folder(self._folder)
            write_atomically(path, secrets.token_urlsafe(24).encode() + b"\n")
        return path.read_text(encoding="utf-8").strip()


def demo_people(data: Path) -> DemoPeople:
    """Return the people of the stack of a data folder, all enrolled.

    Raises:
        SettingsError: the keys of the stack are not set.
    """
    settings = read_settings()
    people = DemoPeople(open_registry(settings), data / FOLDER)
    people.enrol_everybody(*keys_of_the_system(settings))
    return people
