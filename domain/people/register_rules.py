"""The rules of the register: which record may follow.

* The first record, and no other, founds the register. Instants never go back.
* The kind of a record says who must sign it, in which order. Only registered keys sign, never a certificate.
* A key is used once: no person, one-time code or stages' key ever has that of another.
* Admins change roles and register keys and providers. Nobody changes their own roles. A person is revoked by an admin
  or by themselves.
* An admin holds that role alone. Roles hmi and admin are granted by invitation only (`invitation_rules.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from domain.people.invitation_rules import faults_of_confirmation, faults_of_enrolment, faults_of_invitation
from domain.people.membership import PRIVILEGED_ROLES, fault_of_roles
from domain.people.register_state import RegisterState, new_keys_of
from domain.signing import is_valid_signature
from schemas.people.register import (
    Confirmed,
    Enrolled,
    Founded,
    Invited,
    ProviderRegistered,
    RegisterRecord,
    Revoked,
    RolesChanged,
    Rotated,
    SealKeyRegistered,
    ServiceRegistered,
)


def fault_of_record(state: RegisterState, record: RegisterRecord, last: dt.datetime | None) -> str | None:
    """Return which rule a record would break as the next one; None when it may follow.

    Args:
        last: instant of the record before it; None for the first.
    """
    return next(_faults(state, record, last), None)


def _faults(state: RegisterState, record: RegisterRecord, last: dt.datetime | None) -> Iterator[str]:
    if isinstance(record.body, Founded) != (last is None):
        yield "expected the first record, and no other, to found the register"
    if last is not None and record.at < last:
        yield "expected an instant no earlier than that of the record before, found an earlier one"
    yield from _faults_of_parties(state, record)
    yield from _faults_of_body(state, record)
    yield from _faults_of_signatures(state, record)


def _faults_of_parties(state: RegisterState, record: RegisterRecord) -> Iterator[str]:
    body, is_own = record.body, record.by == record.subject
    if isinstance(body, Founded | Enrolled | Rotated):
        if not is_own:
            yield "expected a record by the person themselves, found one by another"
        return
    if isinstance(body, Revoked) and is_own:
        return
    if not state.is_admin(record.by):
        yield "expected a record by a current admin, found one by another"
    is_about_system = isinstance(body, ProviderRegistered | ServiceRegistered | SealKeyRegistered) or (
        isinstance(body, Confirmed) and body.invitation in state.pending_providers
    )
    if not is_about_system and is_own:
        yield "expected a subject other than the admin, found the admin"
    if is_about_system and not is_own:
        yield "expected the admin as the subject, found another"


def _faults_of_body(state: RegisterState, record: RegisterRecord) -> Iterator[str]:
    if rule := _RULES.get(type(record.body)):
        yield from rule(state, record, record.body)
    keys = new_keys_of(record)
    if state.keys & set(keys) or len(set(keys)) != len(keys):
        yield "expected a new key, found one that is in the register already"


def _faults_of_roles(state: RegisterState, record: RegisterRecord, body: RolesChanged) -> Iterator[str]:
    member = state.member(record.subject)
    if member is None:
        yield "expected a current member, found none"
        return
    if fault := fault_of_roles(body.roles, body.force):
        yield fault
    if PRIVILEGED_ROLES & (set(body.roles) - set(member.roles)):
        yield "expected hmi and admin to be granted by invitation, found one of them in a change of roles"


def _faults_of_revocation(state: RegisterState, record: RegisterRecord, _body: Revoked) -> Iterator[str]:
    is_invited = any(one.subject == record.subject for one in state.invitations.values())
    if state.member(record.subject) is None and not is_invited:
        yield "expected a current member or an invited person, found neither"


def _faults_of_provider(_state: RegisterState, _record: RegisterRecord, body: ProviderRegistered) -> Iterator[str]:
    if not body.issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        yield "expected the issuer as an https address, found another"
    from domain.people.id_token import fault_of_keys  # noqa: PLC0415 - slow to load, and few records need it

    if fault := fault_of_keys(body.keys):
        yield fault


def _faults_of_signatures(state: RegisterState, record: RegisterRecord) -> Iterator[str]:
    expected = _signing_keys(state, record)
    if None in expected:
        yield "expected a person with a registered key, found one without"
    if tuple(one.key for one in record.signatures) != expected:
        yield "expected the signatures that this kind of record needs, found others"
    if any(one.certificate is not None for one in record.signatures):
        yield "expected signatures with registered keys, found one with an identity provider's certificate"
    if not all(is_valid_signature(record.statement, one) for one in record.signatures):
        yield "expected signatures of exactly these bytes, found others"


def _signing_keys(state: RegisterState, record: RegisterRecord) -> tuple[str | None, ...]:
    """Return the keys that must sign, in order; None in place of a key that does not exist."""
    member = state.member(record.by)
    own = member.key if member else None
    match record.body:
        case Founded() as body:
            return (body.key,)
        case Enrolled() as body:
            return (body.key, state.invitations[body.invitation].body.code_key)
        case Rotated() as body:
            return (own, body.key)
        case _:
            return (own,)


_RULES: Final[Mapping[type, Callable[[RegisterState, RegisterRecord, Any], Iterator[str]]]] = {
    Invited: faults_of_invitation,
    Confirmed: faults_of_confirmation,
    Enrolled: faults_of_enrolment,
    RolesChanged: _faults_of_roles,
    ProviderRegistered: _faults_of_provider,
    Revoked: _faults_of_revocation,
}
