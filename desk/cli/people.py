"""`ncpi people`: found the register, invite, confirm, enrol, change."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Annotated

import typer

from desk.cli import options
from desk.cli.command import command
from desk.cli.people_options import CodeFile, ForceGiven, Member, NewPassphraseFile, RolesGiven, Signatory, roles_of
from desk.cli.printing import console
from desk.people.changing import change_roles, revoke, rotate
from desk.people.founding import keys_of_the_system
from desk.people.joining import HOLDS, confirm, enrol, found, invite
from desk.people.passphrase import read_secret
from desk.people.registry import open_registry
from domain.people.membership import Login
from schemas.errors import NcpiError
from storage.settings import read_settings


@command
def found_command(signatory: Signatory) -> None:
    """Found the register, once, as its first admin.

    Keep the digest that it prints outside this system: it is what every later audit starts from.

    Example: ncpi people found --person jo.keller
    """
    settings = read_settings()
    service_key, seal_key = keys_of_the_system(settings)
    registry = open_registry(settings)
    passphrase = signatory.new_passphrase()
    recorded = found(registry, signatory.person, passphrase, service_key=service_key, seal_key=seal_key)
    signatory.tell(recorded, "the register is founded")
    if not signatory.as_json:
        console().print(f"  keep this outside the system: --register {recorded.digest}", markup=False)


@command
def invite_command(
    member: Member,
    given: RolesGiven,
    signatory: Signatory,
    force: ForceGiven = None,
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="How long the invitation holds.")] = HOLDS.days,
    login: Annotated[
        tuple[str, str] | None,
        typer.Option("--login", help="Registered identity provider and the person's `sub` there, in place of a code."),
    ] = None,
) -> None:
    """Invite a person. The one-time code is printed once and kept nowhere: hand it over in person or by telephone.

    Examples: ncpi people invite rhian.morgan --role inspector --person jo.keller;
    ncpi people invite gwyn.rees --role force-liaison --force south-wales --person jo.keller;
    ncpi people invite dru.sharpling --role hmi --login https://login.example.org 7f3a --person jo.keller
    """
    registry, admin = signatory.open()
    invited = invite(
        registry,
        admin,
        member,
        roles_of(given),
        force=force,
        holds=dt.timedelta(days=days),
        login=Login(*login) if login else None,
    )
    words = "invited, and waits for a second admin (`ncpi people confirm`)" if invited.needs_second else "invited"
    signatory.tell(invited.recorded, words, code=invited.code, needs_second=invited.needs_second)
    if invited.code and not signatory.as_json:
        console().print(f"  one-time code, shown only now: {invited.code}", markup=False)


@command
def confirm_command(member: Member, signatory: Signatory) -> None:
    """Agree, as a second admin, to the invitation of an approver, an admin, or somebody who was in before.

    Example: ncpi people confirm dru.sharpling --person sam.okafor
    """
    registry, admin = signatory.open()
    signatory.tell(confirm(registry, admin, member), "confirmed")


@command
def enrol_command(signatory: Signatory, code_file: CodeFile = None) -> None:
    """Accept your invitation: enter the one-time code and choose the passphrase under which your key is sealed.

    Example: ncpi people enrol --person rhian.morgan
    """
    registry = open_registry()
    code = read_secret(code_file, "One-time code")
    passphrase = signatory.new_passphrase()
    signatory.tell(enrol(registry, signatory.person, code, passphrase), "enrolled")


@command
def rotate_command(
    person: options.Person,
    passphrase_file: options.PassphraseFile = None,
    new_passphrase_file: NewPassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Replace your key and its passphrase. What you signed before stays valid.

    Example: ncpi people rotate --person rhian.morgan
    """
    registry = open_registry()
    old = read_secret(passphrase_file, f"Passphrase of {person}")
    new = read_secret(new_passphrase_file, f"New passphrase of {person}", confirm=True)
    Signatory(person, as_json=as_json).tell(rotate(registry, person, old, new), "has a new key")


@command
def revoke_command(
    member: Member,
    signatory: Signatory,
    reason: Annotated[str, typer.Option("--reason", help="Why; the register keeps it for ever.")],
) -> None:
    """End a person's key, login and roles, at once: as an admin, or your own.

    What they signed and no seal holds yet is not believed any more: it is listed. Who leaves as planned is revoked some
    minutes after their last act.

    Example: ncpi people revoke rhian.morgan --reason "laptop and passphrase stolen" --person jo.keller
    """
    registry, admin = signatory.open()
    unsealed: tuple[str, ...] = ()
    with suppress(NcpiError):  # nobody keeps a stolen key because the seals cannot be read
        unsealed = registry.unsealed_by(member)
    signatory.tell(revoke(registry, admin, member, reason), "revoked", not_believed=unsealed)
    if unsealed and not signatory.as_json:
        console().print(f"  not sealed yet, so nobody will believe it: {', '.join(unsealed)}", markup=False)


@command
def roles_command(member: Member, given: RolesGiven, signatory: Signatory, force: ForceGiven = None) -> None:
    """Set a member's roles: these and no others. hmi and admin are given by invitation alone.

    Example: ncpi people roles rhian.morgan --role inspector --role moderator --person jo.keller
    """
    registry, admin = signatory.open()
    recorded = change_roles(registry, admin, member, roles_of(given), force=force)
    signatory.tell(recorded, "roles changed")
