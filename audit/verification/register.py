"""The layer `register`: its chain, signatures and rules, and the digest of its first record that was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from audit.verification.anchors import Anchors
from audit.verification.results import CheckResult
from domain.people.register import Register
from schemas.audit.check import GIVEN_DIGEST, GIVEN_KEY, Fault, Layer
from schemas.counts import counted
from schemas.errors import ChainBrokenError
from schemas.identifiers import digest_of
from storage import keys

MAX_RECORDS: Final = 50_000


def check_register(stored: Sequence[tuple[str, bytes]], anchors: Anchors) -> tuple[Register, CheckResult]:
    """Return the register as far as it is whole, and where it is not."""
    register = Register()
    faults: list[Fault] = []
    try:
        if len(stored) > MAX_RECORDS:
            words = f"expected at most {MAX_RECORDS:,} records, found {len(stored):,}; the others were not read"
            faults.append(Fault("register", "register", None, words))
        for place, (key, data) in enumerate(stored[:MAX_RECORDS]):
            if key != keys.register_record(place):
                message = f"expected {keys.register_record(place)}, found {key}"
                faults.append(Fault("register", "register", place, message))
                break
            register = register.followed_by(data)
    except ChainBrokenError as error:
        faults.append(Fault("register", "register", len(register.records), str(error)))
    faults += _anchored(stored, register, anchors)
    missing: dict[Layer, str] = {}
    if not register.is_founded:
        missing["signature"] = "a register; no signature was checked"
    if anchors.register is None:
        missing["register"] = "the digest of its first record (--register)"
    return register, CheckResult(faults, {"register": counted(len(stored), "record")}, missing)


def _anchored(stored: Sequence[tuple[str, bytes]], register: Register, anchors: Anchors) -> Iterator[Fault]:
    if anchors.register is not None and (fault := _fault_of_digest(anchors.register, stored)):
        yield Fault("register", GIVEN_DIGEST, None, fault)
    known = set(register.seal_keys)
    for key in anchors.seal_keys:
        if known and key not in known:
            message = f"the seal key {key.rpartition('+')[0]} was never in the register: check the typing (--seal-key)"
            yield Fault("register", GIVEN_KEY, None, message)


def _fault_of_digest(given: str, stored: Sequence[tuple[str, bytes]]) -> str | None:
    digests = [digest_of(data) for _, data in stored]
    if given not in digests:
        return (
            "the digest that you gave is not one this register ever had: check the typing (--register). If it was "
            "typed as you noted it, this is not the register that you knew"
        )
    place = digests.index(given)
    return f"the digest that you gave is of register record {place}, expected that of record 0" if place else None
