"""Sign in: from an account name and a role to the signer of the act, by passphrase or at the identity provider.

The register decides which of the two: people with a key of the register open it with their passphrase, people with a
login log in with a browser. Either way the key that signs is in this process alone.
"""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from desk.people.passphrase import read_secret
from desk.people.provider import Provider
from desk.people.registry import open_boxes, open_register
from desk.people.unlocking import find_member, key_signer
from domain.people.membership import Membership
from domain.people.register import Register
from domain.signing import KeySigner, Signer
from schemas.errors import RefusedError
from schemas.lifecycle.entry import Actor
from schemas.people.roles import Role
from storage.secrets.sealed_keys import SealedKeys
from storage.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class SignInContext:
    """The ports of signing in."""

    register: Register
    boxes: Callable[[], SealedKeys]
    passphrase: Callable[[], str]
    provider: Callable[[], Provider]

    def signer(self, person: str, role: Role, *, needs_step_up: bool = False) -> Signer:
        """Return the signer of a person in the role that they claim; an act refuses a role that they do not hold.

        Args:
            needs_step_up: whether they are about to decide or withdraw, for which a login must be fresh.

        Raises:
            RefusedError: they are no member; the passphrase is wrong, or the login refused.
            ArtefactError: the sealed key is gone or altered.
        """
        member = find_member(self.register, person)
        if member.login is None:
            return key_signer(self.register, self.boxes(), person, role, self.passphrase())
        return self._logged_in(member, role, needs_step_up=needs_step_up)

    def _logged_in(self, member: Membership, role: Role, *, needs_step_up: bool) -> Signer:
        login = member.login
        registered = self.register.state.providers[login.issuer].current if login else None
        if login is None or registered is None:
            raise RefusedError(f"{member.person}: expected a login at a registered provider, found none; ask an admin")
        session = self.provider().log_in(registered, login, needs_step_up=needs_step_up)
        actor = Actor(person=member.person, role=role, assurance="identity-provider")
        return KeySigner(actor, session.key, session.certificate, force=member.force, is_role_held=role in member.roles)


def sign_in(
    person: str,
    role: Role,
    *,
    passphrase_file: Path | None = None,
    needs_step_up: bool = False,
    settings: Settings | None = None,
) -> Signer:
    """Return the signer of a person, asking them for their passphrase or taking them to their provider.

    Args:
        passphrase_file: where the passphrase is; asked for when left out.
        needs_step_up: whether they are about to approve, return or withdraw.

    Raises:
        RefusedError: they are no member; the passphrase is wrong, or the login refused.
        SettingsError: a setting is missing, or nobody is there to be asked.
        LedgerError: the register is not what was written.
        ArtefactError: the sealed key is gone or altered.
    """
    known = settings or read_settings()
    door = SignInContext(
        open_register(known).read(),
        lambda: open_boxes(known),
        lambda: read_secret(passphrase_file, f"Passphrase of {person}"),
        lambda: _browser(known),
    )
    return door.signer(person, role, needs_step_up=needs_step_up)


@cache
def _client() -> httpx.Client:
    """Return the one client of this process, which it keeps to its end."""
    return httpx.Client(timeout=10)


def _browser(settings: Settings) -> Provider:
    return Provider(_client(), _show, settings.login_port, settings.login_acr)


def _show(address: str) -> None:
    sys.stderr.write(f"Log in with your browser; if it does not open, go to:\n{address}\n")
    webbrowser.open(address)
