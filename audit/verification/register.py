"""The layer `register`: its chain, signatures and rules, and the digest of its first record that was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audit.verification.anchors import Anchors
from audit.verification.results import CheckResult
from domain.people.register import Register
from schemas.audit.check import Fault, Layer
from schemas.errors import ChainBrokenError
from schemas.identifiers import digest_of
from storage import keys


def check_register(stored: Sequence[tuple[str, bytes]], anchors: Anchors) -> tuple[Register, CheckResult]:
    """Return the register as far as it is whole, and where it is not."""
    register = Register()
    faults: list[Fault] = []
    try:
        for place, (key, data) in enumerate(stored):
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
    return register, CheckResult(faults, {"register": f"{len(stored)} records"}, missing)


def _anchored(stored: Sequence[tuple[str, bytes]], register: Register, anchors: Anchors) -> Iterator[Fault]:
    if anchors.register is not None and (not stored or digest_of(stored[0][1]) != anchors.register):
        message = "the first record is not the one whose digest was given (--register)"
        yield Fault("register", "register", 0, message)
    known = set(register.seal_keys)
    for key in anchors.seal_keys:
        if known and key not in known:
            message = f"the seal key that was given, {key.rpartition('+')[0]}, was never in the register"
            yield Fault("register", "register", None, message)
