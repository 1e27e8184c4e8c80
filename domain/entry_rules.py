"""Is an entry by whom it names? Read against the register as it stood at the entry's instant.

* By a stage: actor `ncpi`, role and assurance `service`, signed with the stages' key.
* By a person: signed with their key of the register, or with a key that the identity provider bound to their login by
  an ID token (`certificate.py`); in a role that they held; a force liaison only for their own force.
* Without a signature: only the entries that the register's first record counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.certificate import fault_of_certificate
from domain.membership import Login
from domain.signing import is_signed
from schemas.acts import ACTS, WITHDRAW
from schemas.entry import UNSIGNED_VERSION, digest_of
from schemas.errors import NotFoundError
from schemas.forces import force_of
from schemas.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from domain.membership import Membership
    from domain.roll import Roll
    from schemas.entry import Entry
    from schemas.signature import Signature

STEP_UP: Final = frozenset(act.records for act in ACTS if act.of is not None) | {WITHDRAW.records}
"""Acts for which a person at a provider must have proved who they are just before: decisions and withdrawals."""
_STAGES: Final = "ncpi"


def fault_of_entry(roll: Roll, unsigned: Mapping[str, tuple[int, str]], entry: Entry) -> str | None:
    """Say why an entry is not by whom it names, without case data; None when it is.

    Args:
        unsigned: for each inspection the number and the head of its entries from before acts were signed.
    """
    return next(_faults(roll, unsigned, entry), None)


def credential_of(member: Membership | None) -> str | Login | None:
    """Give that by which a member signs: the key of the register, or the login at a provider."""
    return (member.key or member.login) if member else None


def _faults(roll: Roll, unsigned: Mapping[str, tuple[int, str]], entry: Entry) -> Iterator[str]:
    if entry.version == UNSIGNED_VERSION:
        yield from _faults_of_unsigned(unsigned, entry)
        return
    signature = entry.signature
    if signature is None:
        yield "wanted a signature, found none"
        return
    yield from _faults_of_service(roll, entry, signature)
    yield from _faults_of_person(roll, entry, signature)
    if not is_signed(entry.statement, signature):
        yield "wanted a signature of these very bytes, found another"


def _faults_of_unsigned(unsigned: Mapping[str, tuple[int, str]], entry: Entry) -> Iterator[str]:
    count, head = unsigned.get(entry.inspection, (0, ""))
    if entry.signature is not None:
        yield "wanted an entry of version 1 without a signature, found one with"
    if entry.seq >= count:
        yield "wanted a signature, found an entry of version 1 that the register's first record does not count"
    if entry.seq == count - 1 and digest_of(entry.to_bytes()) != head:
        yield "wanted the head that the register's first record names, found another"


def _faults_of_service(roll: Roll, entry: Entry, signature: Signature) -> Iterator[str]:
    signs = (entry.actor.person == _STAGES, entry.actor.role is Role.SERVICE, entry.actor.assurance == "service")
    if any(signs) != all(signs):
        yield "wanted the stages alone in the role and with the assurance of a service"
    if all(signs) and (signature.key != roll.service.at(entry.at) or signature.certificate is not None):
        yield "wanted the key of the stages of that time, found another"


def _faults_of_person(roll: Roll, entry: Entry, signature: Signature) -> Iterator[str]:
    actor = entry.actor
    if actor.person == _STAGES:
        return
    member = roll.member(actor.person, entry.at)
    if member is None:
        yield "wanted a member of that time, found nobody such, or somebody revoked"
        return
    if actor.role not in member.roles or actor.role is Role.ADMIN:
        yield f"wanted a role that the person held and that acts, found {actor.role.value}"
    if actor.role is Role.FORCE_LIAISON and member.force != _force_slug(entry.inspection):
        yield "wanted the liaison of this force, found another's"
    if actor.assurance == "person-key":
        if signature.key != member.key or signature.certificate is not None:
            yield "wanted the key that the person had then, found another"
    elif actor.assurance == "identity-provider":
        yield from _faults_of_login(roll, entry, signature, member)
    else:
        yield f"wanted an act signed by its person, found assurance {actor.assurance}"


def _faults_of_login(roll: Roll, entry: Entry, signature: Signature, member: Membership) -> Iterator[str]:
    provider = roll.providers[member.login.issuer].at(entry.at) if member.login else None
    if member.login is None or provider is None or signature.certificate is None:
        yield "wanted somebody who logs in at a registered provider, with an ID token, found otherwise"
        return
    fault = fault_of_certificate(
        signature.certificate, provider, member.login, signature.key, entry.at, is_weighty=entry.kind in STEP_UP
    )
    if fault:
        yield fault


def _force_slug(inspection_id: str) -> str | None:
    try:
        return force_of(inspection_id).slug
    except NotFoundError:
        return None
