"""The stores of the register's acts, and the one way to make, sign and write a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.calendar import time_in_words
from domain.people.register import Register, StoredRecord
from domain.signing import Signer, sign
from schemas.errors import AlreadyWrittenError, RefusedError
from schemas.lifecycle.entry import Entry
from schemas.people.register import Body
from schemas.people.signature import Signature
from storage import keys
from storage.clock import utc_now
from storage.record.conflict import retry_on_conflict
from storage.record.ledger import Ledger
from storage.record.register import RegisterStore
from storage.s3.objects import open_bucket
from storage.sealing.unsealed import find_unsealed
from storage.secrets.configured_keys import secret_bytes
from storage.secrets.sealed_keys import SealedKeys
from storage.settings import Bucket, Duty, Settings, read_settings

_CLOCKS_MAY_DIFFER: Final = dt.timedelta(seconds=60)
_MAX_TRIES: Final = 20
"""A team that was invited together enrols in the same minute."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The ports of the register's acts."""

    register: RegisterStore
    boxes: SealedKeys
    clock: Callable[[], dt.datetime] = utc_now
    make_key: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate
    announce: Callable[[StoredRecord], object] = lambda _: None
    """Tells that a record was written, so that a seal is made at once; the next one comes anyway."""

    def record(
        self,
        body_of: Callable[[Register], Body],
        *,
        by: str,
        subject: str,
        signatures: Sequence[Callable[[bytes], Signature]],
    ) -> StoredRecord:
        """Sign a record and append it; where another record came first, do so again after that one.

        Args:
            body_of: returns what is recorded, or refuses, from the register as it then stands.
            signatures: functions that sign it, in the order that its kind requires.

        Raises:
            RefusedError: a rule does not allow it; nothing was written.
            AlreadyWrittenError: another record came first each time; nothing was written.
        """

        def append() -> StoredRecord:
            register = self.register.read()
            return self._append(register, body_of(register), by, subject, signatures)

        try:
            recorded = retry_on_conflict(append, _MAX_TRIES)
        except AlreadyWrittenError:
            raise AlreadyWrittenError(
                f"{subject}: somebody else was registered at the same moment; run the same command again"
            ) from None
        self.announce(recorded)
        return recorded

    def _append(
        self,
        register: Register,
        body: Body,
        by: str,
        subject: str,
        signatures: Sequence[Callable[[bytes], Signature]],
    ) -> StoredRecord:
        record = register.next_record(body, by=by, subject=subject, at=self._now(register))
        statement = record.statement
        record = record.model_copy(update={"signatures": tuple(sign_it(statement) for sign_it in signatures)})
        if fault := register.fault_of_next(record):
            raise RefusedError(f"{subject}: {body.kind} refused: {fault}")
        return self.register.append(register, record).recorded[-1]

    def unsealed_by(self, person: str) -> tuple[str, ...]:
        """List the keys of the entries by a person that no seal holds yet: not believed once their key has ended.

        Raises:
            ChainBrokenError: the seals are not what was written.
        """
        objects = self.register.objects
        sealed = Ledger(objects).sealed(self.register.read())
        new = [key for key, _ in find_unsealed(objects, sealed).leaves if key.startswith(keys.LEDGER_PREFIX)]
        return tuple(key for key in new if Entry.from_bytes(objects.read(key)).actor.person == person)

    def check_all_sealed(self, person: str) -> None:
        """Refuse to end a key or a role in which a person has acted since the newest seal.

        Raises:
            RefusedError: what they did would not be believed any more.
        """
        if unsealed := self.unsealed_by(person):
            raise RefusedError(
                f"{person}: expected everything that they signed to be sealed, found {unsealed[0]} not sealed yet, "
                "which nobody would believe any more; try again after the next seal, in a few minutes"
            )

    def _now(self, register: Register) -> dt.datetime:
        """Return this instant, or that of the newest record where another computer's clock is a little ahead."""
        now = self.clock()
        last = register.records[-1].at if register.is_founded else now
        if last - now > _CLOCKS_MAY_DIFFER:
            raise RefusedError(
                f"this computer's clock says {time_in_words(now)}, the register's newest record {time_in_words(last)}; "
                "fix the clock that is wrong"
            )
        return max(now, last)


def by_key(key: Ed25519PrivateKey) -> Callable[[bytes], Signature]:
    """Sign with a private key in memory."""
    return lambda statement: sign(key, statement)


def record_by(
    registry: Registry, body_of: Callable[[Register], Body], signer: Signer, subject: str | None = None
) -> StoredRecord:
    """Record what one person does alone, about somebody else or about no person.

    Args:
        body_of: returns what is recorded, or refuses, from the register as it then stands.

    Raises:
        RefusedError: a rule does not allow it; nothing was written.
    """
    by = signer.actor.person
    return registry.record(body_of, by=by, subject=subject or by, signatures=[signer.sign])


def open_register(settings: Settings, duty: Duty = Duty.LEDGER) -> RegisterStore:
    """Open the register with the key of a duty."""
    return RegisterStore(open_bucket(Bucket.LEDGER, duty, settings))


def open_boxes(settings: Settings) -> SealedKeys:
    """Open the sealed keys.

    Raises:
        SettingsError: there is no pepper, or no key for the private bucket.
    """
    pepper = secret_bytes("NCPI_PEPPER", settings.pepper)
    return SealedKeys(open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings), pepper)


def open_registry(settings: Settings | None = None) -> Registry:
    """Open everything that the register's acts need.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    from storage.prefect.api import PrefectServer  # noqa: PLC0415 - slow to load, and who only looks needs it not

    settings = settings or read_settings()
    registry = Registry(open_register(settings), open_boxes(settings))
    if settings.prefect_api_url:
        return replace(registry, announce=PrefectServer(settings).announce_record)
    return registry
