#!/usr/bin/env python3
"""Check an exported record of inspections against keys and notes that were kept elsewhere.

One file, for Python 3.11 or newer with `cryptography`; it shares no code with the product that wrote the record, so
that a fault of the one is seen by the other. What it checks is written in docs/ledger.md. Every finding bears the layer
that made it:

versions   one version a key, no delete markers
chain      places, links, encoding, ids
rule       legal moves, roles of acts, three different people, approvals of the newest draft, embargo
signature  who signed, with a key that was theirs then, in a role that they had then
register   the register of people: its own chain, signatures and rules
seal       the seals' chain, their leaves against what is there, root, signed note, times
held       notes that were kept elsewhere
artefact   bytes behind the entries, by digest
public     what the public reads

Exit status: 0 nothing found, 1 findings, 2 the export or the arguments cannot be used.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import bisect
import datetime as dt
import hashlib
import json
import math
import multiprocessing
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

LAYERS: Final = ("versions", "chain", "rule", "signature", "register", "seal", "held", "artefact", "public")
EXPORT_VERSION: Final = 1

# ---------------------------------------------------------------------------------------------------------------------
# The tables of the record: what may follow what, and who may do it
# ---------------------------------------------------------------------------------------------------------------------

START: Final = "not opened"
MOVES: Final[dict[str, dict[str, str]]] = {
    "not opened": {"opened": "awaiting fieldwork return"},
    "awaiting fieldwork return": {
        "fieldwork-return.submitted": "fieldwork return submitted",
        "fieldwork-return.rejected": "awaiting fieldwork return",
    },
    "fieldwork return submitted": {
        "fieldwork.recorded": "fieldwork recorded",
        "fieldwork-return.rejected": "awaiting fieldwork return",
    },
    "fieldwork recorded": {"initial-report.recorded": "report awaiting approval"},
    "report awaiting approval": {
        "report.approved": "report approved",
        "report.returned": "awaiting fieldwork return",
        "report-approval.refused": "report awaiting approval",
    },
    "report approved": {"publication.recorded": "report published"},
    "report published": {"follow-up.recorded": "awaiting review return"},
    "awaiting review return": {
        "review-return.submitted": "review return submitted",
        "review-return.rejected": "awaiting review return",
    },
    "review return submitted": {
        "review.drafted": "review awaiting approval",
        "review-return.rejected": "awaiting review return",
    },
    "review awaiting approval": {
        "review.approved": "review approved",
        "review.returned": "awaiting review return",
        "review-approval.refused": "review awaiting approval",
    },
    "review approved": {"review-publication.recorded": "review published"},
    "review published": {},
    "on hold": {},
    "correction awaiting approval": {
        "correction.approved": "correction approved",
        "correction-approval.refused": "correction awaiting approval",
    },
    "correction approved": {},
    "withdrawal ordered": {"withdrawal.recorded": "withdrawn"},
    "withdrawn": {},
}
"""State to kind to the state after it."""

_DRAFTED: Final = frozenset({"report awaiting approval", "review awaiting approval", "correction awaiting approval"})
_PLANNED: Final = frozenset({"awaiting review return", "review return submitted", "review awaiting approval"})
_ANSWERED: Final = _PLANNED | {"on hold", "review approved", "review published"}
SIDE_ENTRIES: Final[dict[str, frozenset[str]]] = {
    "draft.moderated": _DRAFTED,
    "factual-accuracy.opened": frozenset({"report awaiting approval", "review awaiting approval"}),
    "factual-accuracy.commented": frozenset({"report awaiting approval", "review awaiting approval"}),
    "due-date.changed": _PLANNED | {"on hold"},
    "action-plan.received": _ANSWERED,
    "policing-body-response.received": _ANSWERED,
    "case.referred-back": frozenset(MOVES) - {START, "review published", "withdrawn", "withdrawal ordered"},
    "act.refused": frozenset(MOVES) - {START},
}
"""Kinds that leave the state as it is, and where they may stand."""

INTERRUPTIONS: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "hold.placed": (
        "on hold",
        frozenset(
            {
                "awaiting fieldwork return",
                "fieldwork return submitted",
                "fieldwork recorded",
                "report awaiting approval",
                "report approved",
                "report published",
                "awaiting review return",
                "review return submitted",
                "review awaiting approval",
                "review approved",
            }
        ),
    ),
    "correction.drafted": (
        "correction awaiting approval",
        frozenset({"awaiting review return", "review published"}),
    ),
    "withdrawal.ordered": (
        "withdrawal ordered",
        frozenset(
            {
                "awaiting review return",
                "review awaiting approval",
                "review approved",
                "review published",
                "correction awaiting approval",
                "correction approved",
            }
        ),
    ),
}
"""Kinds that leave the path: where they lead, and from where."""
RESUMPTIONS: Final[dict[str, str]] = {
    "hold.lifted": "on hold",
    "correction.returned": "correction awaiting approval",
    "correction.recorded": "correction approved",
}
"""Kinds that come back to where the path was left, and the state they stand in."""

_CHARGE: Final = frozenset({"programme-manager", "hmi"})
_DECIDES: Final = frozenset({"hmi", "moderator"})
_RECEIVES: Final = frozenset({"force-liaison", "programme-manager"})
_SERVICE: Final = frozenset({"service"})
ROLES: Final[dict[str, frozenset[str] | None]] = {
    "opened": frozenset({"programme-manager"}),
    "fieldwork-return.submitted": frozenset({"inspector"}),
    "fieldwork-return.rejected": frozenset({"inspector", "service"}),
    "fieldwork.recorded": _SERVICE,
    "initial-report.recorded": _SERVICE,
    "report.approved": frozenset({"hmi"}),
    "report.returned": _DECIDES,
    "report-approval.refused": None,
    "publication.recorded": _SERVICE,
    "follow-up.recorded": _SERVICE,
    "review-return.submitted": frozenset({"inspector"}),
    "review-return.rejected": frozenset({"inspector", "service"}),
    "review.drafted": _SERVICE,
    "review.approved": frozenset({"hmi"}),
    "review.returned": _DECIDES,
    "review-approval.refused": None,
    "review-publication.recorded": _SERVICE,
    "draft.moderated": frozenset({"moderator"}),
    "factual-accuracy.opened": frozenset({"inspector", "hmi"}),
    "factual-accuracy.commented": frozenset({"force-liaison"}),
    "hold.placed": _CHARGE,
    "hold.lifted": _CHARGE,
    "due-date.changed": frozenset({"programme-manager"}),
    "action-plan.received": _RECEIVES,
    "policing-body-response.received": _RECEIVES,
    "case.referred-back": frozenset({"inspector", "hmi"}),
    "correction.drafted": frozenset({"inspector", "press-officer"}),
    "correction.approved": frozenset({"hmi"}),
    "correction.returned": _DECIDES,
    "correction-approval.refused": None,
    "correction.recorded": _SERVICE,
    "withdrawal.ordered": frozenset({"hmi"}),
    "withdrawal.recorded": _SERVICE,
    "act.refused": None,
}
"""Who may record a kind; None for refusals, which any person may leave."""

SUBMISSIONS: Final = frozenset({"fieldwork-return.submitted", "review-return.submitted", "correction.drafted"})
DRAFTS: Final = frozenset({"initial-report.recorded", "review.drafted", "correction.drafted"})
APPROVALS: Final = frozenset({"report.approved", "review.approved", "correction.approved"})
RETURNS: Final = frozenset({"report.returned", "review.returned", "correction.returned"})
PUBLICATIONS: Final = frozenset({"publication.recorded", "review-publication.recorded", "correction.recorded"})
FIRST_VERSION: Final = {"publication.recorded": "initial-report", "review-publication.recorded": "review"}
"""Kind to the document whose first version it publishes; `correction.recorded` publishes the later ones of either."""
STEPPED_UP: Final = APPROVALS | RETURNS | {"withdrawal.ordered"}
"""Acts for which a login at an identity provider must be fresh."""
BARRED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(SUBMISSIONS, ("moderator", "approver")),
    **dict.fromkeys(APPROVALS, ("author", "moderator")),
    **dict.fromkeys(RETURNS, ("author",)),
    "draft.moderated": ("author", "approver"),
}
"""Which earlier part in the inspection bars a person from a kind."""
ALL_ROLES: Final = frozenset(
    [
        "programme-manager",
        "inspector",
        "moderator",
        "hmi",
        "press-officer",
        "force-liaison",
        "operations",
        "management",
        "admin",
        "service",
    ]
)


def legal_after(state: str) -> frozenset[str]:
    """Name the kinds that may follow in a state."""
    return frozenset(
        {
            *MOVES[state],
            *(kind for kind, states in SIDE_ENTRIES.items() if state in states),
            *(kind for kind, (_, states) in INTERRUPTIONS.items() if state in states),
            *(kind for kind, where in RESUMPTIONS.items() if where == state),
        }
    )


_LEGAL: Final = {state: legal_after(state) for state in MOVES}


def moved(state: str, left: str | None, kind: str) -> tuple[str, str | None]:
    """Return the state after a legal kind, and where an interruption comes back to."""
    if kind in SIDE_ENTRIES:
        return state, left
    if kind in INTERRUPTIONS:
        return INTERRUPTIONS[kind][0], state
    if kind in RESUMPTIONS:
        return left or START, None
    return MOVES[state][kind], left


# ---------------------------------------------------------------------------------------------------------------------
# Small things
# ---------------------------------------------------------------------------------------------------------------------

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_INSPECTION: Final = re.compile(r"([a-z]{2,20}(?:-[a-z]{2,20}){0,3})-20[0-9]{2}(?:-[2-9])?")
_PERSON: Final = re.compile(r"[a-z][a-z'-]{0,28}(\.[a-z][a-z'-]{0,28}){1,2}")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9./-]{0,119}")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_VALUE: Final = re.compile(r"[A-Za-z0-9+/]{86}==")
_VKEY: Final = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+")
_LARGEST_INTEGER: Final = 2**53 - 1
_LONGEST_TEXT: Final = 600
TOLERANCE: Final = dt.timedelta(hours=1)
"""By how much clocks of one system may differ. S3 refuses a request whose clock is a quarter of an hour off."""
STEP_UP: Final = dt.timedelta(seconds=300)
SMALLEST_RSA: Final = 2048


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    layer: str
    where: str
    entry: int | None
    message: str


class Unusable(Exception):  # noqa: N818 - it says what the export is
    """The export or an argument cannot be used at all."""


def digest_of(data: bytes) -> str:
    """Name bytes by their SHA-256."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Encode as RFC 8785 does, for values without floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Decode JSON that must be canonical; ValueError when it is not."""
    value = json.loads(data, parse_float=_refuse, parse_constant=_refuse)
    if canonical(value) != data:
        message = "is not canonical JSON (RFC 8785)"
        raise ValueError(message)
    return value


def _refuse(_: str) -> float:
    message = "holds a number that is no whole number"
    raise ValueError(message)


def instant(text: object) -> dt.datetime:
    """Read an instant as records bear it; ValueError when it is none."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        message = "bears a time that is none in UTC"
        raise ValueError(message)
    return dt.datetime.fromisoformat(text)


def is_signed(key: str, value: str, statement: bytes) -> bool:
    """Return whether an Ed25519 key has signed a statement."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(base64.b64decode(value), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_text(value: object, pattern: re.Pattern[str]) -> bool:
    """Return whether a value is a text of a pattern, whole."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_whole(value: object, least: int = 0, most: int = 99_999_999) -> bool:
    """Return whether a value is a whole number within bounds; a boolean is none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def has_fields(value: object, names: str) -> bool:
    """Return whether a value is an object of exactly these fields."""
    return isinstance(value, dict) and sorted(value) == sorted(names.split())


# ---------------------------------------------------------------------------------------------------------------------
# RFC 6962 and C2SP signed notes
# ---------------------------------------------------------------------------------------------------------------------


class Tree:
    """The root of a growing Merkle tree (RFC 6962), remembered at the sizes that were asked for."""

    def __init__(self, sizes: Iterable[int] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        self._expected = set(sizes)
        self.roots: dict[int, bytes] = {0: hashlib.sha256(b"").digest()}

    def add(self, leaf: bytes) -> None:
        """Take the next leaf in."""
        node, place = hashlib.sha256(b"\0" + leaf).digest(), self.size
        while place & 1:
            node = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest()
            place >>= 1
        self._peaks.append(node)
        self.size += 1
        if self.size in self._expected:
            self.roots[self.size] = self.root()

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._peaks:
            return self.roots[0]
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = hashlib.sha256(b"\1" + peak + node).digest()
        return node


class VerifierKey(NamedTuple):
    """A key that checks signed notes: `<name>+<id>+<base64>`."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key; ValueError when it is none or its id is not that of its bytes."""
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        known = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != b"\x01" or len(raw) != 33 or known.hex() != key_id:  # noqa: PLR2004 - type and 32 bytes
            message = "is not an Ed25519 verifier key"
            raise ValueError(message)
        return cls(name, known, raw[1:])


class Checkpoint(NamedTuple):
    """What a note says: so many leaves have this root."""

    size: int
    root: bytes


def read_note(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Check a signed note against the keys that may have signed it; ValueError says what is wrong."""
    body, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise ValueError("is no signed note")
    text = body + "\n"
    if not any(_signed_by(key, text, signatures) for key in keys):
        raise ValueError("is not signed with a known seal key")
    lines = text.split("\n")
    if len(lines) < 4 or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]):  # noqa: PLR2004 - origin, size, root, end
        raise ValueError("is no checkpoint")
    if all(lines[0] != key.name for key in keys):
        raise ValueError("is of another origin")
    return Checkpoint(int(lines[1]), base64.b64decode(lines[2], validate=True))


def _signed_by(key: VerifierKey, text: str, signatures: str) -> bool:
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if dash == "\u2014" and name == key.name and raw[:4] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
            except InvalidSignature:
                continue
            return True
    return False


# ---------------------------------------------------------------------------------------------------------------------
# The export
# ---------------------------------------------------------------------------------------------------------------------


class Export:
    """A folder as `ncpi audit export` makes it, or a plain copy of the ledger bucket."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "ledger").is_dir() and not (folder / "register").is_dir():
            message = f"{folder}: expected an export with the folder `ledger`, found none"
            raise Unusable(message)
        self.folder = folder
        self.about = self._json("export.json") or {}
        self.versions = self._json("versions.json")
        self.artefacts = self._json("artefacts.json")
        self.public = self._json("public.json")

    def _json(self, name: str) -> Any:  # noqa: ANN401
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            return json.loads(path.read_bytes())
        except ValueError:
            message = f"{path}: expected JSON, found something else"
            raise Unusable(message) from None

    @property
    def only(self) -> str | None:
        """The one inspection that was exported; None for all."""
        return self.about.get("inspection")

    def keys(self, prefix: str) -> list[str]:
        """List what is exported under a prefix, in order of key."""
        root = self.folder / prefix
        return [f"{prefix}/{name}" for name in sorted(os.listdir(root))] if root.is_dir() else []  # noqa: PTH208 - names alone

    def read(self, key: str) -> bytes:
        """Read the bytes of a key."""
        with open(self.folder / key, "rb") as file:  # noqa: PTH123 - of 300,000 files it is the faster
            return file.read()

    def inspections(self) -> list[str]:
        """Name the folders of the ledger."""
        return [key.split("/")[1] for key in self.keys("ledger")]


def check_versions(export: Export) -> Iterator[Finding]:
    """Hold the listing of the bucket against the rule of one version a key, and against what was exported."""
    if export.versions is None:
        return
    counted: Counter[str] = Counter()
    for key, _, _, is_marker in export.versions:
        if is_marker:
            yield _of_key("versions", key, "a delete marker stands on it")
        else:
            counted[key] += 1
    for key, count in counted.items():
        if count > 1:
            yield _of_key("versions", key, f"{count} versions; every key has one")
    there = {
        key
        for top in ("register", "seal", *(f"ledger/{one}" for one in export.inspections()))
        for key in export.keys(top)
    }
    for key in sorted(there ^ set(counted)):
        word = "is in the bucket's listing, but not exported" if key in counted else "is in no listing of the bucket"
        yield _of_key("versions", key, word)


def _of_key(layer: str, key: str, message: str) -> Finding:
    parts = key.split("/")
    name = parts[-1].removesuffix(".json")
    number = int(name) if name.isascii() and name.isdigit() else None
    where = parts[1] if parts[0] == "ledger" and len(parts) > 1 else parts[0]
    return Finding(layer, where, number, f"{key}: {message}")


# ---------------------------------------------------------------------------------------------------------------------
# The register of people
# ---------------------------------------------------------------------------------------------------------------------

_REGISTER_GENESIS: Final = digest_of(b"ncpi-register-v1\n")
_RECORD_FIELDS: Final = "version seq at by subject body prev signatures"
_BODIES: Final = {
    "founded": "kind key box service_key seal_key",
    "invited": "kind roles force until code_key issuer login",
    "confirmed": "kind invitation",
    "enrolled": "kind invitation key box",
    "rotated": "kind key box",
    "revoked": "kind reason",
    "roles-changed": "kind roles force",
    "provider-registered": "kind issuer client keys",
    "service-registered": "kind service_key",
    "seal-key-registered": "kind seal_key",
}
_BY_INVITATION: Final = frozenset({"hmi", "admin"})


@dataclass(slots=True)
class Person:
    """What the register says of a person at one time."""

    key: str | None = None
    roles: frozenset[str] = frozenset()
    force: str | None = None
    issuer: str | None = None
    login: str | None = None
    is_active: bool = False

    @property
    def by_login(self) -> tuple[str, str] | None:
        """The login by which a person is known; None for one who has a key."""
        return (self.issuer, self.login) if self.issuer and self.login else None


@dataclass(slots=True)
class Invitation:
    """An invitation, and what became of it."""

    record: dict[str, Any]
    confirmed: bool = False
    needs: bool = False
    """Whether a second admin must confirm it."""

    @property
    def by_login(self) -> tuple[str, str] | None:
        """The login that it binds; None where it has a one-time code."""
        body = self.record["body"]
        return (body["issuer"], body["login"]) if body["login"] is not None else None


@dataclass(slots=True)
class Register:
    """Everything the register says, at each of its times."""

    people: dict[str, list[tuple[dt.datetime, Person]]] = field(default_factory=dict)
    services: list[tuple[dt.datetime, str]] = field(default_factory=list)
    seals: list[tuple[int, VerifierKey]] = field(default_factory=list)
    """Record and the seal key that it registers."""
    providers: dict[str, list[tuple[dt.datetime, str, dict[str, Any]]]] = field(default_factory=dict)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Digest to the record of a provider that a second admin must confirm; one an issuer, the newest."""
    ended: dict[str, int] = field(default_factory=dict)
    """Key to the record that ended its use."""
    ended_logins: dict[tuple[str, str], int] = field(default_factory=dict)
    """Issuer and login to the record that ended its use."""
    invitations: dict[str, Invitation] = field(default_factory=dict)
    keys_ever: set[str] = field(default_factory=set)
    first: str | None = None
    size: int = 0

    def person(self, name: str, at: dt.datetime | None = None) -> Person:
        """Return a person as of a time; as of now when left out."""
        states = self.people.get(name, [])
        if at is None:
            return states[-1][1] if states else Person()
        place = bisect.bisect_right(states, at, key=lambda one: one[0])
        return states[place - 1][1] if place else Person()

    def change(self, name: str, at: dt.datetime, **what: object) -> None:
        """Say what holds of a person from a time on."""
        before = self.person(name)
        now = Person(before.key, before.roles, before.force, before.issuer, before.login, before.is_active)
        for attribute, value in what.items():
            setattr(now, attribute, value)
        self.people.setdefault(name, []).append((at, now))

    def is_admin(self, name: str) -> bool:
        """Return whether somebody is an admin as of now."""
        person = self.person(name)
        return person.is_active and person.roles == {"admin"}

    def admins(self) -> int:
        """Count the admins of now."""
        return sum(self.is_admin(name) for name in self.people)


def latest(pairs: list[tuple[Any, ...]], at: dt.datetime) -> tuple[Any, ...] | None:
    """Find what held at a time in a list of what held from when on."""
    place = bisect.bisect_right(pairs, at, key=lambda one: one[0])
    return pairs[place - 1] if place else None


class RegisterReader:
    """Reads the register record by record, and says what is wrong with each."""

    def __init__(self) -> None:
        self.register = Register()
        self.findings: list[Finding] = []
        self._prev = _REGISTER_GENESIS
        self._at: dt.datetime | None = None

    def read(self, stored: Iterable[tuple[str, bytes]]) -> None:
        """Take in all records, in order of key."""
        for place, (key, data) in enumerate(stored):
            digest = digest_of(data)
            self.register.first = self.register.first or digest
            try:
                record = self._checked(place, key, data)
                self._take(place, record, digest)
            except (ValueError, KeyError, TypeError) as error:
                words = str(error) if isinstance(error, ValueError) else "is no record of the register"
                self.findings.append(_of_key("register", key, words))
            self._prev = digest
            self.register.size = place + 1

    def _checked(self, place: int, key: str, data: bytes) -> dict[str, Any]:
        expected = f"register/{place:08d}.json"
        if key != expected:
            raise ValueError(f"stands where {expected} must")
        record: dict[str, Any] = parse(data)
        if not has_fields(record, _RECORD_FIELDS) or record["version"] != 1 or record["seq"] != place:
            raise ValueError("has other fields, or another version or place, than a record of its key")
        if record["prev"] != self._prev:
            raise ValueError("does not follow the record before")
        at = instant(record["at"])
        if self._at is not None and at < self._at:
            raise ValueError("is dated before the record that it follows")
        self._at = at
        if not (is_text(record["by"], _PERSON) and is_text(record["subject"], _PERSON)):
            raise ValueError("names no person")
        body = record["body"]
        if not has_fields(body, _BODIES[body["kind"]]):
            raise ValueError("has other fields than its kind")
        self._check_roles(body)
        return record

    def _check_roles(self, body: dict[str, Any]) -> None:
        if "roles" not in body:
            return
        roles = body["roles"]
        if not roles or not set(roles) <= ALL_ROLES - {"service"} or len(set(roles)) != len(roles):
            raise ValueError("gives roles that nobody can have")
        if "admin" in roles and len(roles) > 1:
            raise ValueError("gives an admin another role beside")

    def _take(self, place: int, record: dict[str, Any], digest: str) -> None:
        kind = record["body"]["kind"]
        if (kind == "founded") != (place == 0):
            raise ValueError("founds the register, where only the first record does")
        take: dict[str, Callable[[dict[str, Any], str], None]] = {
            "founded": self._founded,
            "invited": self._invited,
            "confirmed": self._confirmed,
            "enrolled": self._enrolled,
            "rotated": self._rotated,
            "revoked": self._revoked,
            "roles-changed": self._roles_changed,
            "provider-registered": self._provider,
            "service-registered": self._service,
            "seal-key-registered": self._seal_key,
        }
        take[kind](record, digest)

    def _signed(self, record: dict[str, Any], *keys: str | None) -> None:
        """Hold the signatures to be exactly those of the keys, in order."""
        statement = {name: value for name, value in record.items() if name != "signatures"}
        data = b"ncpi-register-v1\n" + canonical(statement)
        signatures = record["signatures"]
        if [one["key"] for one in signatures] != list(keys):
            raise ValueError("is not signed with the key that must sign it")
        for one in signatures:
            if not has_fields(one, "key value certificate") or not is_signed(one["key"], one["value"], data):
                raise ValueError("bears a signature that is none of what it says")

    def _by_admin(self, record: dict[str, Any]) -> None:
        if not self.register.is_admin(record["by"]):
            raise ValueError("is by somebody who was no admin then")
        self._signed(record, self.register.person(record["by"]).key)

    def _about_another(self, record: dict[str, Any]) -> None:
        if record["by"] == record["subject"]:
            raise ValueError("is by an admin about themselves")

    def _new_key(self, key: object) -> None:
        if not is_text(key, _DIGEST) or key in self.register.keys_ever:
            raise ValueError("gives a key that was somebody's before, or none")
        self.register.keys_ever.add(str(key))

    def _by_subject(self, record: dict[str, Any]) -> None:
        if record["by"] != record["subject"]:
            raise ValueError("is by another person than the one it is about")

    def _founded(self, record: dict[str, Any], _: str) -> None:
        body, at = record["body"], instant(record["at"])
        self._by_subject(record)
        self._signed(record, body["key"])
        self._new_key(body["key"])
        self._new_key(body["service_key"])
        register = self.register
        register.change(record["subject"], at, key=body["key"], roles=frozenset({"admin"}), is_active=True)
        register.services.append((at, body["service_key"]))
        register.seals.append((0, VerifierKey.parse(body["seal_key"])))

    def _invited(self, record: dict[str, Any], digest: str) -> None:
        self._by_admin(record)
        self._about_another(record)
        body, at, subject = record["body"], instant(record["at"]), record["subject"]
        if instant(body["until"]) <= at:
            raise ValueError("invites until a time that had passed")
        by_login = body["issuer"] is not None and body["login"] is not None
        if by_login == (body["code_key"] is not None) or (body["issuer"] is None) != (body["login"] is None):
            raise ValueError("invites neither by code nor by login, or by both")
        _check_force(body)
        if by_login:
            self._check_login(record)
        else:
            self._new_key(body["code_key"])
        register = self.register
        needs = register.admins() > 1 and bool(set(body["roles"]) & _BY_INVITATION or subject in register.people)
        self._void_invitations(subject)
        register.invitations[digest] = Invitation(record, needs=needs)
        if by_login and not needs:
            self._activate_login(register.invitations[digest], at)

    def _check_login(self, record: dict[str, Any]) -> None:
        body, register = record["body"], self.register
        if body["issuer"] not in register.providers:
            raise ValueError("invites by a login at a provider that is not registered")
        if "admin" in body["roles"]:
            raise ValueError("invites an admin by a login; an admin has a key of the register")
        login = (body["issuer"], body["login"])
        owners = {name for name in register.people if register.person(name).by_login == login}
        owners |= {one.record["subject"] for one in register.invitations.values() if one.by_login == login}
        if owners - {record["subject"]}:
            raise ValueError("invites by a login that is another person's")

    def _void_invitations(self, subject: str) -> None:
        kept = {digest: one for digest, one in self.register.invitations.items() if one.record["subject"] != subject}
        self.register.invitations = kept

    def _activate_login(self, invitation: Invitation, at: dt.datetime) -> None:
        body, subject = invitation.record["body"], invitation.record["subject"]
        self._end_keys(subject, self.register.size)
        self._void_invitations(subject)
        self.register.change(
            subject,
            at,
            key=None,
            roles=frozenset(body["roles"]),
            force=body["force"],
            issuer=body["issuer"],
            login=body["login"],
            is_active=True,
        )

    def _invitation(self, record: dict[str, Any]) -> Invitation:
        invitation = self.register.invitations.get(record["body"]["invitation"])
        if invitation is None or invitation.record["subject"] != record["subject"]:
            raise ValueError("names no invitation that waits for that person")
        if instant(record["at"]) >= instant(invitation.record["body"]["until"]):
            raise ValueError("comes after its invitation had run out")
        return invitation

    def _confirmed(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        registered = self.register.waiting.get(record["body"]["invitation"])
        if registered is not None:
            self._confirmed_provider(record, registered)
            return
        self._about_another(record)
        invitation = self._invitation(record)
        if invitation.record["by"] == record["by"] or invitation.confirmed:
            raise ValueError("is by the admin who invited, or a second time; another must confirm, once")
        invitation.confirmed = True
        if invitation.by_login is not None:
            self._activate_login(invitation, instant(record["at"]))

    def _enrolled(self, record: dict[str, Any], _: str) -> None:
        self._by_subject(record)
        invitation = self._invitation(record)
        body, invited = record["body"], invitation.record["body"]
        if invited["code_key"] is None:
            raise ValueError("takes up an invitation that has no code")
        if invitation.needs and not invitation.confirmed:
            raise ValueError("takes up an invitation that a second admin had to confirm")
        self._signed(record, body["key"], invited["code_key"])
        self._new_key(body["key"])
        subject = record["subject"]
        self._end_keys(subject, record["seq"])
        self._void_invitations(subject)
        self.register.change(
            subject,
            instant(record["at"]),
            key=body["key"],
            roles=frozenset(invited["roles"]),
            force=invited["force"],
            issuer=None,
            login=None,
            is_active=True,
        )

    def _end_keys(self, subject: str, seq: int) -> None:
        person = self.register.person(subject)
        if person.key:
            self.register.ended.setdefault(person.key, seq)
        if person.issuer and person.login:
            self.register.ended_logins.setdefault((person.issuer, person.login), seq)

    def _rotated(self, record: dict[str, Any], _: str) -> None:
        self._by_subject(record)
        person = self.register.person(record["subject"])
        if not person.is_active or person.key is None:
            raise ValueError("rotates a key that its person did not have")
        self._signed(record, person.key, record["body"]["key"])
        self._new_key(record["body"]["key"])
        self._end_keys(record["subject"], record["seq"])
        self.register.change(record["subject"], instant(record["at"]), key=record["body"]["key"])

    def _revoked(self, record: dict[str, Any], _: str) -> None:
        by, subject = record["by"], record["subject"]
        is_invited = any(one.record["subject"] == subject for one in self.register.invitations.values())
        if not self.register.person(subject).is_active and not is_invited:
            raise ValueError("revokes somebody who was neither enrolled nor invited")
        if by == subject:
            self._signed(record, self.register.person(by).key)
        else:
            self._by_admin(record)
        self._end_keys(subject, record["seq"])
        self._void_invitations(subject)
        self.register.change(
            subject, instant(record["at"]), is_active=False, roles=frozenset(), key=None, issuer=None, login=None
        )

    def _roles_changed(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._about_another(record)
        person, body = self.register.person(record["subject"]), record["body"]
        if not person.is_active:
            raise ValueError("changes the roles of somebody who was not enrolled")
        if (set(body["roles"]) - person.roles) & _BY_INVITATION:
            raise ValueError("makes an approver or an admin without an invitation")
        _check_force(body)
        self.register.change(
            record["subject"], instant(record["at"]), roles=frozenset(body["roles"]), force=body["force"]
        )

    def _provider(self, record: dict[str, Any], digest: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        _check_provider(record["body"])
        if self.register.admins() > 1:
            self._void_providers(record["body"]["issuer"])
            self.register.waiting[digest] = record
        else:
            self._believe(record["body"], instant(record["at"]))

    def _confirmed_provider(self, record: dict[str, Any], registered: dict[str, Any]) -> None:
        self._by_subject(record)
        if record["by"] == registered["by"]:
            raise ValueError("is by the admin who registered the provider; another must confirm")
        self._believe(registered["body"], instant(record["at"]))

    def _believe(self, body: dict[str, Any], at: dt.datetime) -> None:
        """Take the logins of a provider from a time on."""
        self._void_providers(body["issuer"])
        pair = (at, body["client"], json.loads(body["keys"]))
        self.register.providers.setdefault(body["issuer"], []).append(pair)

    def _void_providers(self, issuer: str) -> None:
        waiting = self.register.waiting
        self.register.waiting = {digest: one for digest, one in waiting.items() if one["body"]["issuer"] != issuer}

    def _service(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        self._new_key(record["body"]["service_key"])
        self.register.ended.setdefault(self.register.services[-1][1], record["seq"])
        self.register.services.append((instant(record["at"]), record["body"]["service_key"]))

    def _seal_key(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        self.register.seals.append((record["seq"], VerifierKey.parse(record["body"]["seal_key"])))


def _check_force(body: dict[str, Any]) -> None:
    if ("force-liaison" in body["roles"]) != (body["force"] is not None):
        raise ValueError("names a force for somebody else than a force liaison, or none for one")


def _check_provider(body: dict[str, Any]) -> None:
    if not body["issuer"].startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ValueError("registers a provider that is not at an https address")
    keys = json.loads(body["keys"])["keys"]
    if any({"d", "k"} & set(key) for key in keys):
        raise ValueError("registers a provider with a key that is not public")
    if not any(key["kty"] in {"RSA", "EC"} for key in keys):
        raise ValueError("registers a provider without a key that can check its logins")
    lengths = [int.from_bytes(_url64(key["n"]), "big").bit_length() for key in keys if key["kty"] == "RSA"]
    if any(length < SMALLEST_RSA for length in lengths):
        raise ValueError("registers a provider with a short key")


# ---------------------------------------------------------------------------------------------------------------------
# Seals
# ---------------------------------------------------------------------------------------------------------------------

_SEAL_GENESIS: Final = digest_of(b"ncpi-seal-v1\n")
_LEAF_KEY: Final = re.compile(r"register/([0-9]{8})\.json|ledger/([a-z0-9-]{1,60})/([0-9]{8})\.json")


class Sealed(NamedTuple):
    """Where and with which digest an object was sealed."""

    seal: int
    digest: str


@dataclass(slots=True)
class Seals:
    """What the seals say, all together."""

    at: list[dt.datetime | None] = field(default_factory=list)
    leaves: dict[str, Sealed] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)
    findings: list[Finding] = field(default_factory=list)


class SealReader:
    """Reads the seals one after another."""

    def __init__(self, register: Register, given: tuple[VerifierKey, ...], sizes: Iterable[int]) -> None:
        self._register = register
        self._given = given
        self.seals = Seals(tree=Tree(sizes))
        self._prev = _SEAL_GENESIS
        self._next: dict[str, int] = {}

    def read(self, stored: Iterable[tuple[str, bytes]]) -> Seals:
        """Take in all seals, in order of key."""
        for number, (key, data) in enumerate(stored):
            at: dt.datetime | None = None
            try:
                seal = self._checked(number, key, data)
                at = instant(seal["at"])
                self._take(key, seal, at)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                words = str(error) if isinstance(error, ValueError) else "is no seal"
                self._found(key, words)
            self.seals.at.append(at)
            self._prev = digest_of(data)
        return self.seals

    def _found(self, key: str, words: str) -> None:
        self.seals.findings.append(_of_key("seal", key, words))

    def _checked(self, number: int, key: str, data: bytes) -> dict[str, Any]:
        expected = f"seal/{number:08d}.json"
        if key != expected:
            raise ValueError(f"stands where {expected} must")
        seal: dict[str, Any] = parse(data)
        if not has_fields(seal, "version n at prev leaves note") or (seal["version"], seal["n"]) != (1, number):
            raise ValueError("has other fields, or another version or number, than a seal of its key")
        if seal["prev"] != self._prev:
            self._found(key, "does not follow the seal before")
        if not seal["leaves"]:
            self._found(key, "seals nothing")
        return seal

    def _take(self, key: str, seal: dict[str, Any], at: dt.datetime) -> None:
        before = next((one for one in reversed(self.seals.at) if one is not None), None)
        if before is not None and at < before - TOLERANCE:
            self._found(key, "is dated before the seal that it follows")
        if [one[0] for one in seal["leaves"]] != sorted((one[0] for one in seal["leaves"]), key=_leaf_order):
            self._found(key, "bears its leaves in another order than register, then ledger by key")
        for leaf, digest in seal["leaves"]:
            self._leaf(key, leaf, digest, seal["n"])
        checkpoint = read_note(seal["note"], self._keys(seal["n"]))
        if checkpoint != (self.seals.tree.size, self.seals.tree.root()):
            self._found(key, "bears a note of other leaves than the seals have")

    def _keys(self, number: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign a seal: the newest that was sealed before it, and any that it seals itself."""
        if not self._register.seals:
            return self._given
        keys: list[VerifierKey] = [self._register.seals[0][1]]
        for seq, key in self._register.seals[1:]:
            sealed = self.seals.leaves.get(f"register/{seq:08d}.json")
            if sealed is not None:
                keys = [key] if sealed.seal < number else [*keys, key]
        return tuple(keys)

    def _leaf(self, key: str, leaf: str, digest: str, number: int) -> None:
        self.seals.tree.add(f"{leaf} {digest}".encode())
        match = _LEAF_KEY.fullmatch(leaf)
        if match is None or not _DIGEST.fullmatch(digest):
            self._found(key, "bears a leaf that names no record")
            return
        chain, seq = match[2] or "", int(match[1] or match[3])
        if seq != self._next.get(chain, 0):
            self._found(key, f"seals {leaf} out of its turn")
        self._next[chain] = seq + 1
        self.seals.leaves.setdefault(leaf, Sealed(number, digest))


def _leaf_order(key: str) -> tuple[bool, str]:
    return key.startswith("ledger/"), key


# ---------------------------------------------------------------------------------------------------------------------
# One inspection
# ---------------------------------------------------------------------------------------------------------------------

_ENTRY_FIELDS: Final = "version inspection seq id kind at actor document facts because prev signature"
_ENTRY_VERSION: Final = 2
_ASSURANCES: Final = frozenset({"service", "person-key", "identity-provider"})


class Publication(NamedTuple):
    """What was recorded of a publication."""

    inspection: str
    seq: int
    kind: str
    digest: str
    draft: str | None
    of: str | None
    number: int

    @property
    def record(self) -> str:
        """The key of its public record."""
        version = f"-v{self.number}" if self.number > 1 else ""
        return f"publications/{self.inspection}/{self.of}{version}.json"

    def address(self, name: str) -> str:
        """Return the key under which the public reads a file of it."""
        version = f"v{self.number}/" if self.number > 1 else ""
        return f"{self.inspection}/{self.of}/{version}{name}"


class Order(NamedTuple):
    """What ordered that the publications of an inspection be withdrawn."""

    seq: int
    at: str
    digest: str
    reason: object


class Withdrawal(NamedTuple):
    """What was recorded of a withdrawal."""

    seq: int
    digest: str | None
    notice: object
    files: object


@dataclass(slots=True)
class Examined:
    """What was found of one inspection, and what other layers need of it."""

    inspection: str
    entries: int = 0
    head: str = ""
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    documents: list[tuple[int, str]] = field(default_factory=list)
    """Place and digest of each artefact that an entry names."""
    publications: list[Publication] = field(default_factory=list)
    order: Order | None = None
    withdrawal: Withdrawal | None = None


class Context(NamedTuple):
    """What entries are held against."""

    export: Export
    register: Register | None
    seals: Seals


def fault_of_entry(entry: object) -> str | None:
    """Say what of an entry has another form than the format; None when nothing."""
    if not isinstance(entry, dict) or entry.get("version") != _ENTRY_VERSION:
        return "is of no version of this format"
    if not has_fields(entry, _ENTRY_FIELDS):
        return "has other fields than the format"
    checks = {
        "id": is_text(entry["id"], _ID),
        "kind": isinstance(entry["kind"], str) and entry["kind"] in ROLES,
        "actor": _is_actor(entry["actor"]),
        "document": entry["document"] is None or _is_document(entry["document"]),
        "facts": isinstance(entry["facts"], dict) and all(map(_is_fact, entry["facts"].values())),
        "because": entry["because"] is None or is_text(entry["because"], _DIGEST),
        "prev": is_text(entry["prev"], _DIGEST),
        "at": is_text(entry["at"], _INSTANT),
        "signature": _is_signature(entry["signature"]),
    }
    wrong = [name for name, is_right in checks.items() if not is_right]
    return f"has no {' and no '.join(wrong)} of the format" if wrong else None


def _is_actor(actor: object) -> bool:
    return (
        has_fields(actor, "person role assurance")
        and (is_text(actor["person"], _PERSON) or actor["person"] == "ncpi")  # type: ignore[index]
        and actor["role"] in ALL_ROLES  # type: ignore[index]
        and actor["assurance"] in _ASSURANCES  # type: ignore[index]
    )


def _is_document(document: object) -> bool:
    return (
        has_fields(document, "sha256 size_bytes media_type key")
        and is_text(document["sha256"], _DIGEST)  # type: ignore[index]
        and is_whole(document["size_bytes"], 0, 2**53)  # type: ignore[index]
        and isinstance(document["media_type"], str)  # type: ignore[index]
        and isinstance(document["key"], str)  # type: ignore[index]
    )


def _is_fact(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    if isinstance(value, list):
        return all(isinstance(one, str) and len(one) <= _LONGEST_TEXT for one in value)
    return isinstance(value, bool) or is_whole(value, -_LARGEST_INTEGER, _LARGEST_INTEGER)


def _is_signature(signature: object) -> bool:
    return (
        has_fields(signature, "key value certificate")
        and is_text(signature["key"], _DIGEST)  # type: ignore[index]
        and is_text(signature["value"], _VALUE)  # type: ignore[index]
        and (signature["certificate"] is None or isinstance(signature["certificate"], str))  # type: ignore[index]
    )


class InspectionReader:
    """Reads one ledger and holds every entry against the chain, the rules, the register and the seals."""

    def __init__(self, context: Context, inspection: str) -> None:
        self._context = context
        self._name = inspection
        self.examined = Examined(inspection)
        match = _INSPECTION.fullmatch(inspection)
        self._force = match[1] if match else None
        self._rules = Rules(inspection, self._found)
        self._last_seal = 0

    def _found(self, layer: str, seq: int | None, message: str) -> None:
        self.examined.findings.append(Finding(layer, self._name, seq, message))

    def examine(self) -> Examined:
        """Read everything and give what was found."""
        export = self._context.export
        if self._force is None:
            self._found("chain", None, "a folder of the ledger whose name is no inspection's")
        head = digest_of(b"ncpi-ledger-v1\n" + self._name.encode())
        ids: set[str] = set()
        keys = export.keys(f"ledger/{self._name}")
        for place, key in enumerate(keys):
            data = export.read(key)
            digest = digest_of(data)
            entry = self._entry(place, key, data)
            if entry is not None:
                self._chain(place, entry, head, ids)
                self._rules.take(entry, digest)
                self._signature(entry, key)
                self._collect(entry, digest)
            self._sealed(key, digest, entry)
            head = digest
        self.examined.entries, self.examined.head = len(keys), head
        return self.examined

    def _entry(self, place: int, key: str, data: bytes) -> dict[str, Any] | None:
        expected = f"{place:08d}.json"
        name = key.rsplit("/", 1)[1]
        if name != expected:
            self._found("chain", place, f"a gap or a foreign file: expected {expected}, found {name}")
        try:
            entry: dict[str, Any] = parse(data)
        except ValueError as error:
            self._found("chain", place, str(error) if str(error).startswith(("is ", "holds ")) else "is no JSON")
            return None
        if fault := fault_of_entry(entry):
            self._found("chain", place, fault)
            return None
        return entry

    def _chain(self, place: int, entry: dict[str, Any], head: str, ids: set[str]) -> None:
        if entry["inspection"] != self._name:
            self._found("chain", place, f"is an entry of {entry['inspection']}")
        if entry["seq"] != place or isinstance(entry["seq"], bool):
            self._found("chain", place, f"says that it is entry {entry['seq']}")
        if entry["prev"] != head:
            self._found("chain", place, "does not follow the entry before: its `prev` is another digest")
        if entry["id"] in ids:
            self._found("chain", place, f"bears an id that stood before: {entry['id']}")
        ids.add(entry["id"])

    def _collect(self, entry: dict[str, Any], own: str) -> None:
        seq, facts, kind = entry["seq"], entry["facts"], entry["kind"]
        document = entry["document"]["sha256"] if entry["document"] else None
        if kind == "withdrawal.ordered":
            self.examined.order = Order(seq, entry["at"], own, facts.get("reason"))
        if kind == "withdrawal.recorded":
            self.examined.withdrawal = Withdrawal(seq, document, facts.get("notice"), facts.get("files"))
        if entry["document"] is not None:
            digest = entry["document"]["sha256"]
            self.examined.documents.append((seq, digest))
            if entry["document"]["key"] != f"artefacts/{self._name}/{digest}":
                self._found("artefact", seq, "names its artefact by another key than its digest")
            if kind in PUBLICATIONS:
                of, number = FIRST_VERSION.get(kind, facts.get("of")), facts.get("number", 1)
                number = number if kind not in FIRST_VERSION and is_whole(number, 2, 99) else 1
                self.examined.publications.append(
                    Publication(self._name, seq, kind, digest, facts.get("draft"), of, number)
                )
        if is_text(facts.get("calendar"), _DIGEST):
            self.examined.documents.append((seq, facts["calendar"]))

    def _sealed(self, key: str, digest: str, entry: dict[str, Any] | None) -> None:
        sealed = self._context.seals.leaves.get(key)
        seq = int(key[-13:-5]) if key[-13:-5].isdigit() else None
        if sealed is None:
            self.examined.unsealed += 1
            return
        if sealed.digest != digest:
            self._found("seal", seq, f"holds other bytes than were sealed (seal {sealed.seal})")
        elif entry is not None:
            self._times(entry, sealed.seal)

    def _times(self, entry: dict[str, Any], number: int) -> None:
        at, times = instant(entry["at"]), self._context.seals.at
        own, before = times[number], times[number - 1] if number else None
        if own is not None and at > own + TOLERANCE:
            self._found("seal", entry["seq"], f"is dated after the seal that holds it (seal {number})")
        if before is not None and at < before - TOLERANCE:
            self._found("seal", entry["seq"], f"is dated before seal {number - 1}, which does not hold it")

    # Signatures

    def _signature(self, entry: dict[str, Any], key: str) -> None:
        register = self._context.register
        if register is None:
            return
        fault = self._fault(register, entry, key)
        if fault:
            self._found("signature", entry["seq"], fault)

    def _fault(self, register: Register, entry: dict[str, Any], key: str) -> str | None:
        signature, actor, at = entry["signature"], entry["actor"], instant(entry["at"])
        statement = {name: value for name, value in entry.items() if name != "signature"}
        if not is_signed(signature["key"], signature["value"], b"ncpi-entry-v2\n" + canonical(statement)):
            return "bears a signature that is none of what it says"
        if actor["person"] == "ncpi":
            fault = self._fault_of_service(register, entry, at)
        elif signature["certificate"] is not None:
            fault = self._fault_of_login(register, entry, at)
        else:
            fault = self._fault_of_person(register, entry, at)
        return fault or self._fault_of_role(register, entry, at) or self._fault_of_end(register, entry, key)

    def _fault_of_service(self, register: Register, entry: dict[str, Any], at: dt.datetime) -> str | None:
        service = latest(register.services, at)
        if (entry["actor"]["role"], entry["actor"]["assurance"]) != ("service", "service"):
            return "is by the service in another role or assurance than the service's"
        if entry["signature"]["certificate"] is not None:
            return "is by the service with a certificate, which only logins have"
        return None if service and service[1] == entry["signature"]["key"] else "is not signed with the service's key"

    def _fault_of_person(self, register: Register, entry: dict[str, Any], at: dt.datetime) -> str | None:
        person = register.person(entry["actor"]["person"], at)
        if entry["actor"]["assurance"] != "person-key":
            return "says another assurance than its signature has"
        if not person.is_active or person.key != entry["signature"]["key"]:
            return f"is signed with a key that was not {entry['actor']['person']}'s then"
        return None

    def _fault_of_login(self, register: Register, entry: dict[str, Any], at: dt.datetime) -> str | None:
        person = register.person(entry["actor"]["person"], at)
        if entry["actor"]["assurance"] != "identity-provider":
            return "says another assurance than its signature has"
        if not person.is_active or person.issuer is None:
            return f"bears a login, but {entry['actor']['person']} had none then"
        provider = latest(register.providers.get(person.issuer, []), at)
        if provider is None:
            return "bears a login of a provider that was not registered then"
        return fault_of_token(entry, person, provider[1], provider[2])

    def _fault_of_role(self, register: Register, entry: dict[str, Any], at: dt.datetime) -> str | None:
        actor = entry["actor"]
        if actor["person"] == "ncpi":
            return None
        person = register.person(actor["person"], at)
        if actor["role"] not in person.roles or actor["role"] == "admin":
            return f"{actor['person']} did not have the role {actor['role']} then"
        if actor["role"] == "force-liaison" and person.force != self._force:
            return f"{actor['person']} was the liaison of another force then"
        return None

    def _fault_of_end(self, register: Register, entry: dict[str, Any], key: str) -> str | None:
        """Return whether an entry came to light only after its key had ended, whatever time it says."""
        ended = register.ended.get(entry["signature"]["key"])
        if entry["signature"]["certificate"] is not None:
            person = register.person(entry["actor"]["person"], instant(entry["at"]))
            ended = register.ended_logins.get((person.issuer or "", person.login or ""))
        if ended is None:
            return None
        end = self._context.seals.leaves.get(f"register/{ended:08d}.json")
        own = self._context.seals.leaves.get(key)
        if end is None or (own is not None and own.seal <= end.seal):
            return None
        return f"was sealed after its key had ended (register record {ended}), so its time cannot be believed"


def fault_of_token(entry: dict[str, Any], person: Person, client: str, keys: dict[str, Any]) -> str | None:
    """Say why an ID token does not bind the key of an entry to its person; None when it does."""
    try:
        header, claims, signed, value = _split_token(entry["signature"]["certificate"])
        if not _token_is_signed(header, signed, value, keys):
            return "bears a login that its provider did not sign"
        nonce = digest_of(b"ncpi-session-v1\n" + bytes.fromhex(entry["signature"]["key"]))
        bound = (claims["iss"], claims["sub"], claims["nonce"])
        if bound != (person.issuer, person.login, nonce) or claims["aud"] not in (client, [client]):
            return "bears a login of another provider, client, person or key"
        at = instant(entry["at"]).timestamp()
        if not _seconds(claims["iat"]) <= at <= _seconds(claims["exp"]):
            return "is dated outside the time of its login"
        # Clocks differ, so the provider's may say a time after this entry's.
        if entry["kind"] in STEPPED_UP and at - _seconds(claims["auth_time"]) > STEP_UP.total_seconds():
            return "decides on a login that was not fresh"
    except (ValueError, KeyError, TypeError, IndexError):
        return "bears a login that cannot be read"
    return None


def _seconds(value: object) -> float:
    """Read a number of seconds, which may have a fraction (RFC 7519, NumericDate)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        message = "is no time"
        raise ValueError(message)
    return value


def _split_token(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    head, body, value = token.split(".")
    return json.loads(_url64(head)), json.loads(_url64(body)), f"{head}.{body}".encode(), _url64(value)


def _url64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _token_is_signed(header: dict[str, Any], signed: bytes, value: bytes, keys: dict[str, Any]) -> bool:
    algorithms: dict[str, Callable[[dict[str, Any], bytes, bytes], None]]
    algorithms = {"RS256": _check_rs256, "ES256": _check_es256}
    check = algorithms.get(str(header.get("alg")))
    if check is None:
        return False
    for key in keys["keys"]:
        if header.get("kid") is not None and key.get("kid") not in (None, header["kid"]):
            continue
        try:
            check(key, signed, value)
        except (InvalidSignature, KeyError, ValueError):
            continue
        return True
    return False


def _check_rs256(key: dict[str, Any], signed: bytes, value: bytes) -> None:
    numbers = [int.from_bytes(_url64(key[name]), "big") for name in ("e", "n")]
    rsa.RSAPublicNumbers(*numbers).public_key().verify(value, signed, padding.PKCS1v15(), SHA256())


def _check_es256(key: dict[str, Any], signed: bytes, value: bytes) -> None:
    x, y = (int.from_bytes(_url64(key[name]), "big") for name in ("x", "y"))
    if len(value) != 64 or key["crv"] != "P-256":  # noqa: PLR2004 - two numbers of 32 bytes
        raise InvalidSignature
    pair = encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(pair, signed, ec.ECDSA(SHA256()))


class Rules:
    """What may follow what, by whom: read entry by entry."""

    def __init__(self, inspection: str, found: Callable[[str, int | None, str], None]) -> None:
        self._inspection = inspection
        self._report = found
        self.state, self._left = START, None
        self._parts: dict[str, set[str]] = {"author": set(), "moderator": set(), "approver": set()}
        self._draft: tuple[str, str | None] | None = None
        """Digest of the newest draft's entry, and of its document."""
        self._approval: dict[str, Any] | None = None
        self._check: tuple[str | None, dt.datetime] | None = None
        self._versions: dict[str, list[str]] = {"initial-report": [], "review": []}
        """Document to the entries that published its versions, oldest first."""
        self._correction: tuple[object, object] | None = None
        """Document and version of the newest correction that was drafted."""

    def take(self, entry: dict[str, Any], digest: str) -> None:
        """Hold an entry against those before it, and take it in."""
        self._move(entry)
        self._role(entry)
        self._separation(entry)
        if entry["kind"] in APPROVALS | RETURNS | {"draft.moderated"}:
            self._decision(entry)
        if entry["kind"] in APPROVALS:
            self._approved(entry)
        if entry["kind"] == "correction.drafted":
            self._correction_drafted(entry)
        if entry["kind"] in PUBLICATIONS:
            self._publication(entry)
        self._remember(entry, digest)

    def _found(self, entry: dict[str, Any], message: str) -> None:
        self._report("rule", entry["seq"], message)

    def _move(self, entry: dict[str, Any]) -> None:
        kind = entry["kind"]
        if kind in _LEGAL[self.state]:
            self.state, self._left = moved(self.state, self._left, kind)
            return
        self._found(entry, f"{kind} may not follow {self.state!r}")
        # Go on from where the kind leads, so that one wrong move is not found again in every entry after it.
        after = {states[kind] for states in MOVES.values() if kind in states}
        if len(after) == 1:
            self.state = after.pop()

    def _role(self, entry: dict[str, Any]) -> None:
        actor, roles = entry["actor"], ROLES[entry["kind"]]
        if roles is None:
            if actor["person"] == "ncpi":
                self._found(entry, "a refusal by the service; only people are refused")
        elif actor["role"] not in roles:
            self._found(entry, f"is by the role {actor['role']}, which may not record {entry['kind']}")
        if actor["role"] == "admin":
            self._found(entry, "is by an admin; admins never act in an inspection")
        if (actor["person"] == "ncpi") != (actor["role"] == "service"):
            self._found(entry, "is by a person as the service, or by the service as a person")

    def _separation(self, entry: dict[str, Any]) -> None:
        for part in BARRED.get(entry["kind"], ()):
            if entry["actor"]["person"] in self._parts[part]:
                self._found(entry, f"is by {entry['actor']['person']}, who was {part} of this inspection")

    def _decision(self, entry: dict[str, Any]) -> None:
        named = entry["facts"].get("draft")
        document = entry["document"]["sha256"] if entry["document"] else None
        if self._draft is None or named != self._draft[1] or document != named:
            self._found(entry, "decides on other bytes than were drafted last")
        elif entry["because"] != self._draft[0]:
            self._found(entry, "decides because of another entry than the newest draft")

    def _approved(self, entry: dict[str, Any]) -> None:
        if embargo_of(entry) is None:
            self._found(entry, "is an approval without an embargo that can be read")
        if self._check and self._draft and self._check[0] == self._draft[0] and instant(entry["at"]) < self._check[1]:
            self._found(entry, "approves while the force's check of the facts was open")

    def _correction_drafted(self, entry: dict[str, Any]) -> None:
        of, number = entry["facts"].get("of"), entry["facts"].get("number")
        versions = self._versions.get(of, []) if isinstance(of, str) else []
        if not versions:
            self._found(entry, "corrects a document that was not published")
            return
        if number != len(versions) + 1:
            self._found(entry, f"drafts another version than {len(versions) + 1}, which is the next of its document")
        if entry["because"] != versions[-1]:
            self._found(entry, "corrects because of another entry than the newest version of its document")

    def _publication(self, entry: dict[str, Any]) -> None:
        version = (entry["facts"].get("of"), entry["facts"].get("number"))
        if entry["kind"] == "correction.recorded" and version != self._correction:
            self._found(entry, "publishes another version than was drafted")
        if entry["document"] is None:
            self._found(entry, "publishes without the record of a publication")
        if self._approval is None or entry["facts"].get("draft") != self._approval["facts"].get("draft"):
            self._found(entry, "publishes another draft than was approved last")
            return
        if entry["facts"].get("approver") not in (None, self._approval["actor"]["person"]):
            self._found(entry, "names another approver than who approved")
        embargo = embargo_of(self._approval)
        if embargo is not None and instant(entry["at"]) < embargo:
            self._found(entry, "publishes before the embargo of its approval")

    def _remember(self, entry: dict[str, Any], digest: str) -> None:
        kind, person = entry["kind"], entry["actor"]["person"]
        if kind in SUBMISSIONS:
            self._parts["author"].add(person)
        elif kind in APPROVALS:
            self._parts["approver"].add(person)
            self._approval = entry
        elif kind == "draft.moderated" or (kind in RETURNS and entry["actor"]["role"] == "moderator"):
            self._parts["moderator"].add(person)
        authors = entry["facts"].get("authors")
        self._parts["author"].update(authors if isinstance(authors, list) else ())
        of = FIRST_VERSION.get(kind, entry["facts"].get("of"))
        if kind in PUBLICATIONS and isinstance(of, str) and of in self._versions:
            self._versions[of].append(digest)
        if kind == "correction.drafted":
            self._correction = (of, entry["facts"].get("number"))
        if kind in DRAFTS:
            self._draft = (digest, entry["document"]["sha256"] if entry["document"] else None)
        self._remember_check(entry)

    def _remember_check(self, entry: dict[str, Any]) -> None:
        if entry["kind"] == "factual-accuracy.opened":
            until = _utc(entry["facts"].get("until"))
            if until is None:
                self._found(entry, "opens a check of the facts without an end that can be read")
            else:
                self._check = (entry["because"], until)
        elif entry["kind"] == "factual-accuracy.commented":
            self._check = None


def embargo_of(approval: dict[str, Any]) -> dt.datetime | None:
    """Read the embargo of an approval; None when there is none in UTC."""
    return _utc(approval["facts"].get("embargo"))


def _utc(text: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.utcoffset() == dt.timedelta(0) else None


# ---------------------------------------------------------------------------------------------------------------------
# Artefacts and what is public
# ---------------------------------------------------------------------------------------------------------------------


def check_artefacts(export: Export, examined: list[Examined]) -> Iterator[Finding]:
    """Hold the digests of the artefacts, as the exporter found them, against the entries; and bytes, where exported."""
    if export.artefacts is None:
        return
    found = {(one["inspection"], one["sha256"]): one for one in export.artefacts}
    named = [(one.inspection, seq, digest) for one in examined for seq, digest in one.documents]
    for inspection, seq, digest in named:
        if (inspection, digest) not in found:
            yield Finding("artefact", inspection, seq, f"artefact {digest[:12]}… is not in the list of artefacts")
    for (inspection, digest), row in found.items():
        if row["found"] != digest:
            word = "was not there" if row["found"] is None else f"held other bytes (SHA-256 {row['found'][:12]}…)"
            yield Finding("artefact", inspection, row["entry"], f"artefact {digest[:12]}… {word} when it was exported")
    yield from _check_bytes(export, found)


def _check_bytes(export: Export, found: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Finding]:
    for folder in export.keys("artefacts"):
        inspection = folder.split("/")[1]
        for key in export.keys(folder):
            digest = key.split("/")[2]
            if digest_of(export.read(key)) != digest:
                row = found.get((inspection, digest), {})
                message = f"artefact {digest[:12]}… holds other bytes in this export"
                yield Finding("artefact", inspection, row.get("entry"), message)


class PublicReader:
    """Holds what the public reads against what was recorded."""

    def __init__(self, export: Export, examined: list[Examined]) -> None:
        self._export = export
        self._examined = examined
        self.checked = 0
        self._accounted = {"index.html"}
        self._kept = {row[0] for row in export.public or () if not row[3]}
        """Keys of which the public bucket has a version, hidden or not."""

    def findings(self) -> Iterator[Finding]:
        """Check every publication and withdrawal, then what else is public."""
        if self._export.public is None:
            return
        for one in self._examined:
            documents: list[tuple[Publication, dict[str, Any] | None]] = []
            for publication in one.publications:
                document = None
                try:
                    document = yield from self._publication(publication, one)
                except (ValueError, LookupError, TypeError, AttributeError):
                    yield _broken(publication, "records a publication that cannot be read")
                documents.append((publication, document))
            yield from self._withdrawal(one, documents)
        if self._export.only is None:
            for key in sorted({key for key, _, _, _ in self._export.public} - self._accounted):
                if (self._export.folder / "public" / key).is_file():
                    where = key.removeprefix("publications/").split("/")[0]
                    yield Finding("public", where, None, f"{key} is public, but no entry records it")

    def _publication(
        self, publication: Publication, examined: Examined
    ) -> Generator[Finding, None, dict[str, Any] | None]:
        """Check one publication; give what it published, None when the record of it cannot be had."""
        key = publication.record
        self._accounted.add(key)
        if self._digest(key) != publication.digest:
            message = f"{key}, the record of the publication, is not public, or is another than was recorded"
            yield self._finding(publication, message)
        document = self._document(publication)
        if document is None:
            return None
        inner: dict[str, Any] = document
        if publication.kind == "correction.recorded":
            inner = document["publication"]
            if document["number"] != publication.number:
                yield _broken(publication, "records another version than its document says")
            yield from self._corrected(publication, document)
        if inner["of"] != publication.of or inner["inspection"] != publication.inspection:
            yield _broken(publication, "records the publication of another document")
        if inner["draft"] != publication.draft:
            yield _broken(publication, "publishes another draft than its entry says")
        for file in inner["files"]:
            yield from self._file(publication, file, examined)
        yield from self._of_the_draft(publication, inner)
        return inner

    def _digest(self, key: str) -> str | None:
        """Return the digest of what the public reads under a key; None for nothing."""
        self.checked += 1
        try:
            return digest_of(self._export.read(f"public/{key}"))
        except OSError:
            return None

    def _document(self, publication: Publication) -> dict[str, Any] | None:
        """Find the record of a publication at its public place, or among the artefacts, by its digest."""
        for key in (
            f"public/{publication.record}",
            f"artefacts/{publication.inspection}/{publication.digest}",
        ):
            data = self._export.read(key) if (self._export.folder / key).is_file() else b""
            if digest_of(data) == publication.digest:
                document: dict[str, Any] = json.loads(data)
                return document
        return None

    def _file(self, publication: Publication, file: dict[str, Any], examined: Examined) -> Iterator[Finding]:
        key = file["key"]
        if key != publication.address(file["name"]):
            yield _broken(publication, "publishes at other addresses than those of this version of its document")
            return
        self._accounted.add(key)
        digest = self._digest(key)
        if examined.order is not None and examined.withdrawal is not None:
            if digest is not None:
                yield self._finding(publication, f"{key} was withdrawn, but the public can read it")
            elif key not in self._kept:
                yield self._finding(publication, f"{key} was withdrawn, and its hidden bytes are gone too")
        elif digest is None:
            # Between the order and its record it may be gone already.
            if examined.order is None:
                yield self._finding(publication, f"{key} was published, but is not there")
        elif digest != file["sha256"]:
            yield self._finding(publication, f"{key} holds other bytes than were approved")

    def _corrected(self, publication: Publication, document: dict[str, Any]) -> Iterator[Finding]:
        """Hold a later version against what it says of itself, where the public can read it."""
        for file in document["publication"]["files"]:
            key = f"public/{publication.address('report.json')}"
            if file["name"] != "report.json" or not (self._export.folder / key).is_file():
                continue
            data = self._export.read(key)
            if digest_of(data) != file["sha256"]:
                continue  # found as other bytes than were approved
            report = json.loads(data)
            newest = report["corrections"][-1] if report["kind"] == "corrected" else {"number": None, "errata": []}
            said = (report["of"], newest["number"], len(newest["errata"]))
            if said != (publication.of, publication.number, document["errata"]):
                message = "publishes another version, or other errata, than the approved bytes say"
                yield _broken(publication, message)

    def _of_the_draft(self, publication: Publication, document: dict[str, Any]) -> Iterator[Finding]:
        path = self._export.folder / "artefacts" / publication.inspection / str(publication.draft)
        if not path.is_file():
            return
        draft = json.loads(path.read_bytes())
        approved = {(file["name"], file["sha256"]) for file in draft.get("files", ())}
        if approved != {(file["name"], file["sha256"]) for file in document["files"]}:
            yield _broken(publication, "publishes other bytes than were approved")

    # Withdrawals

    def _withdrawal(
        self, examined: Examined, documents: list[tuple[Publication, dict[str, Any] | None]]
    ) -> Iterator[Finding]:
        order, withdrawal = examined.order, examined.withdrawal
        if order is None:
            return
        notice = f"{examined.inspection}/withdrawal.html"
        record = f"publications/{examined.inspection}/withdrawal.json"
        self._accounted |= {notice, record}
        if withdrawal is None:
            return
        for key, expected in ((notice, withdrawal.notice), (record, withdrawal.digest)):
            if self._digest(key) != expected:
                message = f"{key} is not there, or holds other bytes than were recorded of the withdrawal"
                yield Finding("public", examined.inspection, withdrawal.seq, message)
        path = self._export.folder / "public" / record
        before = [(one, document) for one, document in documents if one.seq < order.seq]
        if not path.is_file() or any(document is None for _, document in before):
            return
        published = [(one.number, document) for one, document in before if document is not None]
        yield from self._withdrawn(examined.inspection, order, withdrawal, published, path.read_bytes())

    def _withdrawn(
        self,
        inspection: str,
        order: Order,
        withdrawal: Withdrawal,
        published: list[tuple[int, dict[str, Any]]],
        data: bytes,
    ) -> Iterator[Finding]:
        """Hold the record of a withdrawal against the order and everything that was published before it."""
        expected = {
            "kind": "withdrawal",
            "inspection": inspection,
            "reason": order.reason,
            "ordered_at": order.at,
            "day": london_day(instant(order.at)).isoformat(),
            "order": order.digest,
            "withdrawn": [
                {"number": number, **{name: document.get(name) for name in ("of", "title", "published", "files")}}
                for number, document in published
            ],
        }
        if digest_of(data) == withdrawal.digest and data != canonical(expected):
            yield Finding("rule", inspection, withdrawal.seq, "records another withdrawal than was ordered")
        elif withdrawal.files != sum(len(document["files"]) for _, document in published):
            yield Finding("rule", inspection, withdrawal.seq, "counts other files than were withdrawn")

    def _finding(self, publication: Publication, message: str) -> Finding:
        return Finding("public", publication.inspection, publication.seq, message)


def _broken(publication: Publication, message: str) -> Finding:
    return Finding("rule", publication.inspection, publication.seq, message)


def london_day(moment: dt.datetime) -> dt.date:
    """Return the day it is in London: an hour ahead from the last Sunday of March to that of October, at 01:00 UTC."""
    first, last = (dt.datetime(moment.year, month, 31, 1, tzinfo=dt.UTC) for month in (3, 10))
    start, end = (one - dt.timedelta(days=(one.weekday() + 1) % 7) for one in (first, last))
    return (moment + dt.timedelta(hours=start <= moment < end)).date()


# ---------------------------------------------------------------------------------------------------------------------
# All together
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Verified:
    """Everything that was checked and found."""

    checked: dict[str, str] = field(default_factory=dict)
    lacked: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    inspections: int = 0
    entries: int = 0
    unsealed: int = 0
    sealed_until: str | None = None


class Anchors(NamedTuple):
    """What the person who verifies knows from elsewhere."""

    register: str | None
    seal_keys: tuple[VerifierKey, ...]
    notes: tuple[tuple[str, str], ...]
    """Name and text of each held note."""


_context: Context | None = None


def _examine(inspection: str) -> Examined:
    if _context is None:
        raise RuntimeError
    return InspectionReader(_context, inspection).examine()


def examine_all(context: Context, processes: int) -> list[Examined]:
    """Examine every inspection, on several processors where that pays."""
    global _context  # noqa: PLW0603 - handed to the processes by fork
    _context = context
    names = context.export.inspections()
    most = 200
    if processes < 2 or len(names) < most or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004
        return [_examine(name) for name in names]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return list(pool.imap(_examine, names, chunksize=32))


def read_register(export: Export, anchors: Anchors, verified: Verified) -> Register | None:
    """Read the register and hold it against the anchor."""
    reader = RegisterReader()
    keys = export.keys("register")
    reader.read((key, export.read(key)) for key in keys)
    verified.findings += reader.findings
    verified.checked["register"] = f"{len(keys)} records"
    if anchors.register is None:
        verified.lacked["register"] = "the digest of its first record (--register)"
    elif reader.register.first != anchors.register:
        verified.findings.append(
            Finding("register", "register", 0, "the first record is not the one whose digest was given (--register)")
        )
    registered = {key for _, key in reader.register.seals}
    for key in anchors.seal_keys:
        if registered and key not in registered:
            message = f"the seal key given, {key.name}+{key.id.hex()}, never stood in the register"
            verified.findings.append(Finding("register", "register", None, message))
    return reader.register if keys else None


def read_seals(export: Export, register: Register | None, anchors: Anchors, verified: Verified) -> Seals:
    """Read the seals, then hold the notes that were kept elsewhere against them."""
    known = (*anchors.seal_keys, *(key for _, key in register.seals)) if register else anchors.seal_keys
    held: list[tuple[str, Checkpoint]] = []
    for name, text in anchors.notes:
        try:
            held.append((name, read_note(text, known)))
        except ValueError as error:
            verified.findings.append(Finding("held", name, None, f"the note {error}"))
    reader = SealReader(register or Register(), anchors.seal_keys, [one.size for _, one in held])
    keys = export.keys("seal")
    seals = reader.read((key, export.read(key)) for key in keys)
    verified.findings += seals.findings
    verified.checked["seal"] = f"{len(keys)} seals, {seals.tree.size} leaves"
    verified.checked["held"] = f"{len(anchors.notes)} notes"
    if not anchors.notes:
        verified.lacked["held"] = "notes kept elsewhere (--note)"
    if not keys:
        verified.lacked["seal"] = "seals; nothing was sealed"
    for name, checkpoint in held:
        verified.findings += _held(name, checkpoint, seals.tree)
    verified.sealed_until = next((one.isoformat() for one in reversed(seals.at) if one), None)
    return seals


def _held(name: str, checkpoint: Checkpoint, tree: Tree) -> Iterator[Finding]:
    if checkpoint.size > tree.size:
        message = f"the note seals {checkpoint.size} records, but only {tree.size} are sealed here: something is gone"
        yield Finding("held", name, None, message)
    elif tree.roots.get(checkpoint.size) != checkpoint.root:
        message = f"the first {checkpoint.size} sealed records are not those of the note: the past was rewritten"
        yield Finding("held", name, None, message)


def missing_leaves(export: Export, seals: Seals) -> Iterator[Finding]:
    """Name what was sealed and is not there; and register records that are not what was sealed."""
    for key, sealed in seals.leaves.items():
        if export.only is not None and key.startswith("ledger/") and key.split("/")[1] != export.only:
            continue
        if not (export.folder / key).is_file():
            yield _of_key("seal", key, f"was sealed (seal {sealed.seal}), but is not there")
        elif key.startswith("register/") and digest_of(export.read(key)) != sealed.digest:
            yield _of_key("seal", key, f"holds other bytes than were sealed (seal {sealed.seal})")


def verify(folder: Path, anchors: Anchors, processes: int = 1) -> Verified:
    """Check everything that an export allows to check."""
    export = Export(folder)
    if export.about and export.about.get("version") != EXPORT_VERSION:
        message = f"{folder}: an export of another version than {EXPORT_VERSION}; use the verifier that came with it"
        raise Unusable(message)
    if export.about.get("complete") is False:
        message = f"{folder}: an export that was broken off; make it whole with the same `ncpi audit export`"
        raise Unusable(message)
    verified = Verified()
    verified.findings += check_versions(export)
    register = read_register(export, anchors, verified)
    seals = read_seals(export, register, anchors, verified)
    examined = examine_all(Context(export, register, seals), processes)
    for one in examined:
        verified.findings += one.findings
        verified.entries += one.entries
        verified.unsealed += one.unsealed
    verified.inspections = len(examined)
    verified.findings += missing_leaves(export, seals)
    verified.findings += check_artefacts(export, examined)
    public = PublicReader(export, examined)
    verified.findings += public.findings()
    _say_what_was_checked(verified, export, register, public.checked)
    return verified


def _say_what_was_checked(verified: Verified, export: Export, register: Register | None, public: int) -> None:
    checked = verified.checked
    checked["versions"] = f"{len(export.versions or ())} versions"
    checked["chain"] = checked["rule"] = f"{verified.entries} entries of {verified.inspections} inspections"
    checked["signature"] = f"{verified.entries if register else 0} entries"
    checked["artefact"] = f"{len(export.artefacts or ())} digests"
    checked["public"] = f"{public} files"
    if register is None:
        verified.lacked["signature"] = "a register; nobody's signature was checked"
    if export.versions is None:
        verified.lacked["versions"] = "versions.json, the listing of the bucket"
    if export.artefacts is None:
        verified.lacked["artefact"] = "artefacts.json, the digests as exported"
    elif not (export.folder / "artefacts").is_dir():
        verified.lacked["artefact"] = "their bytes; the digests are as the exporter found them"
    if export.public is None:
        verified.lacked["public"] = "public.json and the public files"


def print_for_people(verified: Verified, seconds: float) -> None:
    """Write the table of layers, then every finding."""
    counted = Counter(finding.layer for finding in verified.findings)
    lines = [f"{'layer':<10} {'checked':<44} {'found':>6}  lacked"]
    for layer in LAYERS:
        found = str(counted[layer]) if counted[layer] else "-"
        lines.append(f"{layer:<10} {verified.checked[layer]:<44} {found:>6}  {verified.lacked.get(layer, '')}".rstrip())
    for finding in verified.findings:
        place = f" entry {finding.entry}" if finding.entry is not None else ""
        lines.append(f"[{finding.layer}] {_plain(finding.where)}{place}: {_plain(finding.message)}")
    if verified.unsealed:
        lines.append(f"{verified.unsealed} entries are newer than the last seal ({verified.sealed_until or 'none'}).")
    count = len(verified.findings)
    verdict = f"{count} findings" if count else "Everything checked is what was written"
    sys.stdout.write("\n".join([*lines, f"{verdict}; {seconds:.1f} s.", ""]))


def _plain(text: str) -> str:
    """Return a text without anything that could order a terminal about."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def as_json(verified: Verified) -> str:
    """Write the same for machines."""
    layers = {
        layer: {
            "checked": verified.checked[layer],
            "found": sum(one.layer == layer for one in verified.findings),
            "lacked": verified.lacked.get(layer),
        }
        for layer in LAYERS
    }
    findings = [
        {"layer": one.layer, "where": one.where, "entry": one.entry, "message": one.message}
        for one in verified.findings
    ]
    value = {
        "layers": layers,
        "findings": findings,
        "inspections": verified.inspections,
        "entries": verified.entries,
        "unsealed": verified.unsealed,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def read_anchors(register: str | None, seal_keys: list[str], notes: list[str]) -> Anchors:
    """Read what was given on the command line.

    Raises:
        Unusable: it is not what it must be.
    """
    if register is not None and not _DIGEST.fullmatch(register):
        message = "--register: expected the digest of the first record, 64 hexadecimal digits"
        raise Unusable(message)
    try:
        keys = tuple(VerifierKey.parse(one) for one in seal_keys)
        texts = tuple((Path(name).name, Path(name).read_text(encoding="utf-8")) for name in notes)
    except (ValueError, OSError) as error:
        message = f"--seal-key or --note: {error}"
        raise Unusable(message) from None
    return Anchors(register, keys, texts)


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names; give the exit status."""
    parser = argparse.ArgumentParser(
        description="Check an exported record of inspections against keys and notes that were kept elsewhere.",
        epilog="Example: python ncpi_verify.py export/ --register 3f2a… --note note-1.txt note-2.txt",
    )
    parser.add_argument("folder", type=Path, help="what `ncpi audit export` made")
    parser.add_argument("--register", metavar="DIGEST", help="SHA-256 of the first record of the register")
    parser.add_argument("--seal-key", metavar="VKEY", action="append", default=[], help="key that checks the notes")
    parser.add_argument("--note", metavar="FILE", nargs="+", action="extend", default=[], help="notes kept elsewhere")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for machines")
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 8), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        anchors = read_anchors(given.register, given.seal_key, given.note)
        verified = verify(given.folder, anchors, given.processes)
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if given.json:
        sys.stdout.write(as_json(verified))
    else:
        print_for_people(verified, time.perf_counter() - start)
    return 1 if verified.findings else 0


if __name__ == "__main__":
    sys.exit(main())
