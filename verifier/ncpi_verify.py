#!/usr/bin/env python3
"""Verify an exported record of inspections, using keys and notes that were kept elsewhere.

One file, for Python 3.11 or newer with `cryptography`. It shares no code with the product that wrote the record, so
that each shows the other's faults. docs/ledger.md says what it checks. Every fault names the layer it belongs to:

versions   one version of each key, no delete markers
chain      places, links, encoding, ids
rule       legal moves, roles, three different people, approval of the newest draft, embargo
signature  signed by the stated actor, with the key and in a role that they had at that time
register   the register of people: its own chain, signatures and rules
seal       the chain of seals, sealed digests, root, signed note, times
held       notes that were kept elsewhere
artefact   stored bytes of the entries' documents, by digest
public     what the public can read

Everything that was ever sealed must be there, unless `--inspection` asks for one inspection: nothing in the export
decides what is verified. Whatever is in the folder, one bad object costs no more than its own fault; only regular files
are read, up to the limits below (`MAX_…`).

Exit status: 0 nothing found, 1 faults, 2 the export or the arguments cannot be used, or something that was asked for
could not be checked, 6 the answer could not be written: nothing is known of the record.
"""

from __future__ import annotations

import argparse
import base64
import bisect
import datetime as dt
import errno
import hashlib
import io
import json
import math
import multiprocessing
import os
import re
import stat
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, TypeGuard

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
except ModuleNotFoundError:
    sys.stderr.write(f"{sys.argv[0]}: needs `python3 -m pip install cryptography`; nothing was checked\n")
    sys.exit(2)

LAYERS: Final = ("versions", "chain", "rule", "signature", "register", "seal", "held", "artefact", "public")
EXPORT_VERSION: Final = 2
LISTINGS: Final = ("export.json", "versions.json", "artefacts.json", "public.json")
FOLDERS: Final = {
    "ledger": "chain",
    "register": "register",
    "seal": "seal",
    "artefacts": "artefact",
    "public": "public",
}
"""Folders of an export, and the layer of a file in each."""
MAX_FILES: Final = 1_000_000
MAX_EXPORT_BYTES: Final = 100_000_000_000
MAX_DEPTH: Final = 8
"""Folders within folders."""
MAX_RECORD_BYTES: Final = 1_000_000
"""Of an entry, a record of the register, a document or a note."""
MAX_SEAL_BYTES: Final = 64_000_000
MAX_FILE_BYTES: Final = 1_000_000_000
"""Of an artefact or a public file."""
MAX_ROW_BYTES: Final = 4_000
"""Of a line in a listing."""
LIMITS: Final = {"ledger": MAX_RECORD_BYTES, "register": MAX_RECORD_BYTES, "seal": MAX_SEAL_BYTES}
"""Bytes of a file, by folder; of others `MAX_FILE_BYTES`."""
MAX_ENTRIES: Final = 5_000
"""Of one ledger."""
MAX_RECORDS: Final = 50_000
"""Of the register."""
MAX_FAULTS: Final = 10_000
"""That are named; the others are counted."""
PAPERS: Final = frozenset({"register", "held"})
"""Layers that need what people keep elsewhere."""
UNFITTING: Final = frozenset({"the digest that was given", "the seal key that was given"})
"""Where a finding is of what was given, not of the record."""

# --- The tables of the record: what may follow what, and who may do it -----------------------------------------------

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
        "fieldwork-return.submitted": "fieldwork return submitted",
        "fieldwork-return.rejected": "report awaiting approval",
    },
    "report approved": {"publication.recorded": "report published", "approval.taken-back": "report awaiting approval"},
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
        "review-return.submitted": "review return submitted",
        "review-return.rejected": "review awaiting approval",
    },
    "review approved": {
        "review-publication.recorded": "review published",
        "approval.taken-back": "review awaiting approval",
    },
    "review published": {},
    "on hold": {},
    "correction awaiting approval": {
        "correction.approved": "correction approved",
        "correction-approval.refused": "correction awaiting approval",
        "correction.drafted": "correction awaiting approval",
    },
    "correction approved": {"approval.taken-back": "correction awaiting approval"},
    "withdrawal ordered": {"withdrawal.recorded": "withdrawn"},
    "withdrawn": {},
}
"""The next state, by state and kind."""

_DRAFTED: Final = frozenset({"report awaiting approval", "review awaiting approval", "correction awaiting approval"})
_PLANNED: Final = frozenset({"awaiting review return", "review return submitted", "review awaiting approval"})
_ANSWERED: Final = _PLANNED | {"on hold", "review approved", "review published"}
_ENDING: Final = frozenset({"review published", "withdrawal ordered", "withdrawn"})
SIDE_ENTRIES: Final[dict[str, frozenset[str]]] = {
    "draft.moderated": _DRAFTED,
    "factual-accuracy.opened": frozenset({"report awaiting approval", "review awaiting approval"}),
    "factual-accuracy.commented": frozenset({"report awaiting approval", "review awaiting approval"}),
    "factual-accuracy.answered": frozenset({"report awaiting approval", "review awaiting approval"}),
    "due-date.changed": _PLANNED | {"on hold"},
    "action-plan.received": _ANSWERED,
    "policing-body-response.received": _ANSWERED,
    "case.referred-back": frozenset(MOVES) - _ENDING - {START},
    "trail.reviewed": frozenset(MOVES) - {START},
    "foreign-entry.named": frozenset(MOVES) - {START},
    "foreign-entry.set-aside": frozenset(MOVES) - {START},
    "act.refused": frozenset(MOVES) - {START},
}
"""Kinds that leave the state unchanged, and the states they are legal in."""

_CORRECTING: Final = frozenset({"correction awaiting approval", "correction approved"})
_HOLDABLE: Final = frozenset(MOVES) - _ENDING - _CORRECTING - {START, "on hold"}
_WITHDRAWABLE: Final = _CORRECTING | {
    "awaiting review return",
    "review awaiting approval",
    "review approved",
    "review published",
}
INTERRUPTIONS: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "hold.placed": ("on hold", _HOLDABLE),
    "correction.drafted": ("correction awaiting approval", frozenset({"awaiting review return", "review published"})),
    "withdrawal.ordered": ("withdrawal ordered", _WITHDRAWABLE),
}
"""Kinds that interrupt the path: the state they lead to, and the states they are legal in."""
RESUMPTIONS: Final[dict[str, str]] = {
    "hold.lifted": "on hold",
    "correction.returned": "correction awaiting approval",
    "correction.recorded": "correction approved",
}
"""Kinds that return to the interrupted state, and the state they are legal in."""
MOVES_ON_HOLD: Final = frozenset({"approval.taken-back"})
"""Kinds that are legal on hold too, where they are in the interrupted state, and then change that one."""

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
    "approval.taken-back": frozenset({"hmi"}),
    "draft.moderated": frozenset({"moderator"}),
    "factual-accuracy.opened": frozenset({"inspector", "hmi"}),
    "factual-accuracy.commented": frozenset({"force-liaison"}),
    "factual-accuracy.answered": frozenset({"inspector", "hmi"}),
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
    "trail.reviewed": frozenset({"management"}),
    "foreign-entry.named": _CHARGE,
    "foreign-entry.set-aside": _CHARGE,
    "act.refused": None,
}
"""Roles that may record a kind; None for refusals, which any person may cause, whatever role they claim."""

SUBMISSIONS: Final = frozenset({"fieldwork-return.submitted", "review-return.submitted", "correction.drafted"})
ACCEPTANCES: Final = frozenset({"fieldwork.recorded", "review.drafted"})
TABLES: Final = {"fieldwork.recorded": "case audit", "review.drafted": "progress"}
"""The table of a return that was checked, by what records that it was accepted."""
DRAFTS: Final = frozenset({"initial-report.recorded", "review.drafted", "correction.drafted"})
APPROVALS: Final = frozenset({"report.approved", "review.approved", "correction.approved"})
RETURNS: Final = frozenset({"report.returned", "review.returned", "correction.returned"})
PUBLICATIONS: Final = frozenset({"publication.recorded", "review-publication.recorded", "correction.recorded"})
LISTED: Final = PUBLICATIONS | {"withdrawal.recorded"}
"""Kinds that leave a record for the public behind, which the index lists."""
FIRST_VERSION: Final = {"publication.recorded": "initial-report", "review-publication.recorded": "review"}
"""The document whose first version a kind publishes; `correction.recorded` publishes the later ones."""
STEPPED_UP: Final = APPROVALS | RETURNS | {"withdrawal.ordered"}
"""Kinds that need a fresh login at the identity provider."""
BARRED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(SUBMISSIONS, ("moderator", "approver")),
    **dict.fromkeys(APPROVALS, ("author", "moderator")),
    **dict.fromkeys(RETURNS, ("author",)),
    "draft.moderated": ("author", "approver"),
}
"""Earlier duties in the inspection that bar a person from a kind."""
ALL_ROLES: Final = frozenset({"operations", "management", "admin"}).union(*(roles for roles in ROLES.values() if roles))


_LEGAL: Final = {
    state: frozenset(
        {
            *MOVES[state],
            *(kind for kind, states in SIDE_ENTRIES.items() if state in states),
            *(kind for kind, (_, states) in INTERRUPTIONS.items() if state in states),
            *(kind for kind, resumed in RESUMPTIONS.items() if resumed == state),
        }
    )
    for state in MOVES
}


def legal_after(state: str, interrupted: str | None) -> frozenset[str]:
    """Return the kinds that are legal in a state, which may have interrupted another one."""
    if state == "on hold" and interrupted is not None:
        return _LEGAL[state] | MOVES_ON_HOLD.intersection(MOVES[interrupted])
    return _LEGAL[state]


def moved(state: str, interrupted: str | None, kind: str) -> tuple[str, str | None]:
    """Return the state after a legal kind, and the state that an interruption returns to."""
    if kind in SIDE_ENTRIES:
        return state, interrupted
    if kind in MOVES[state]:
        return MOVES[state][kind], interrupted
    if kind in INTERRUPTIONS:
        return INTERRUPTIONS[kind][0], state
    if kind in RESUMPTIONS:
        return interrupted or START, None
    return state, MOVES[interrupted or state][kind]


# --- Values and signatures -------------------------------------------------------------------------------------------

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_INSPECTION: Final = re.compile(r"([a-z]{2,20}(?:-[a-z]{2,20}){0,3})-20[0-9]{2}(?:-[2-9])?")
_PERSON: Final = re.compile(r"(?!.{61})[a-z][a-z'-]{0,28}(\.[a-z][a-z'-]{0,28}){1,2}[0-9]{0,4}")
_FACT: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9./-]{0,119}")
_INSTANT: Final = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")
_CERTIFICATE: Final = re.compile(r"(?=.{1,8000}\Z)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9+/]{86}==")
_MAX_INTEGER: Final = 2**53 - 1
_MAX_TEXT_LENGTH: Final = 600
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# Characters of other categories that a text is without: no shape of their own, or joined letters.
_NO_TEXT: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufb00-\ufb06\ufffc"
    "\U000e0100-\U000e01ef]"
)
TOLERANCE: Final = dt.timedelta(hours=1)
"""How much clocks of one system may differ. S3 refuses a request whose clock is a quarter of an hour off."""
STEP_UP: Final = dt.timedelta(seconds=300)
MAX_COMMENTS: Final = 200
MAX_NAME_LENGTH: Final = 60
MAX_SET_ASIDE: Final = 50
CLOCKS_APART: Final = dt.timedelta(seconds=5)
MIN_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the record that is not what was written, or breaks a rule."""

    layer: str
    where: str
    entry: int | None
    message: str


class Unusable(Exception):  # noqa: N818 - it describes the export
    """The export or an argument cannot be used at all."""


class FormatError(ValueError):
    """A part of the record has the wrong form; the message is a clause whose subject is that part."""


WRONG_FORM: Final = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, UnsupportedAlgorithm,
)  # fmt: skip
"""What code that expects one form of a value raises at another."""


def words_of(error: Exception, otherwise: str) -> str:
    """Return what a format error says, or other words for an error that has none for people."""
    return str(error) if isinstance(error, FormatError) else otherwise


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Encode as RFC 8785 does, for values without floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Decode canonical JSON.

    Raises:
        ValueError: the bytes are not canonical JSON, or have a number that is not an integer.
    """
    try:
        value = json.loads(data, parse_float=_refuse_number, parse_constant=_refuse_number)
        is_canonical = canonical(value) == data
    except RecursionError:
        raise FormatError("has JSON that is nested too deeply") from None
    if not is_canonical:
        raise FormatError("is not canonical JSON (RFC 8785)")
    return value


def _refuse_number(_: str) -> float:
    raise FormatError("has a number that is not an integer")


def instant(text: object) -> dt.datetime:
    """Read an instant of the record: UTC, in whole seconds, ending in Z.

    Raises:
        FormatError: it is something else.
    """
    if not is_instant(text):
        raise FormatError("has a time that is not one in UTC, in whole seconds")
    return dt.datetime.fromisoformat(text)


def is_instant(value: object) -> TypeGuard[str]:
    """Return whether a value is an instant of the record, on a day that the calendar has."""
    if not is_text(value, _INSTANT):
        return False
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_text(value: object, pattern: re.Pattern[str]) -> TypeGuard[str]:
    """Return whether a value is text that matches all of a pattern."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_normal(text: str) -> bool:
    """Return whether a text has the one form of the record: NFC, single spaces, nothing that a reader cannot see."""
    return (
        text == unicodedata.normalize("NFC", text)
        and text == " ".join(text.split())
        and not any(unicodedata.category(character) in _UNSEEN or _NO_TEXT.match(character) for character in text)
    )


def is_integer(value: object, least: int = 0, most: int = 99_999_999) -> TypeGuard[int]:
    """Return whether a value is an integer within bounds; a boolean is not."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def has_fields(value: object, names: str) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is an object with exactly these fields."""
    return isinstance(value, dict) and sorted(value) == sorted(names.split())


def is_signed(public: bytes, signature: bytes, statement: bytes) -> bool:
    """Return whether an Ed25519 signature of a statement is valid."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signed_record(prefix: bytes, record: dict[str, Any], signature: dict[str, Any], field_name: str) -> bool:
    """Return whether a signature is of a record without its field of signatures."""
    statement = prefix + canonical({name: value for name, value in record.items() if name != field_name})
    try:
        return is_signed(bytes.fromhex(signature["key"]), base64.b64decode(signature["value"]), statement)
    except ValueError:
        return False


# --- Merkle tree (RFC 6962) and signed notes (C2SP) ------------------------------------------------------------------


class Tree:
    """A growing Merkle tree (RFC 6962), which remembers its roots at some sizes."""

    def __init__(self, sizes: Iterable[int] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        self._remembered = set(sizes)
        self.roots: dict[int, bytes] = {0: hashlib.sha256(b"").digest()}

    def add(self, leaf: bytes) -> None:
        """Add the data of the next leaf."""
        node, bits = hashlib.sha256(b"\0" + leaf).digest(), self.size
        while bits & 1:
            node = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest()
            bits >>= 1
        self._peaks.append(node)
        self.size += 1
        if self.size in self._remembered:
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
    """A key that verifies signed notes: `<name>+<id>+<base64>`."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key.

        Raises:
            ValueError: it is not a key, or its id does not match its bytes.
        """
        name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        expected_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != b"\x01" or len(raw) != 33 or expected_id.hex() != key_id:  # noqa: PLR2004 - type and 32 bytes
            raise FormatError("is not an Ed25519 verifier key")
        return cls(name, expected_id, raw[1:])


class Checkpoint(NamedTuple):
    """The content of a note: the root over this number of leaves, and the digest of the seal."""

    size: int
    root: bytes
    seal: str


_NOTE: Final = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n(?:ncpi-seal ([0-9a-f]{64})\n)?"
    r"\n((?:\u2014 [^\n]+\n){1,100})"
)
_MAX_NOTE: Final = 100_000


def read_note(note: str, keys: Iterable[VerifierKey], *, is_alone: bool = False) -> Checkpoint:
    """Verify a signed note with the keys that may have signed it: one of them must have, once.

    Args:
        is_alone: whether the note may have no other signature, as those of seals.

    Raises:
        ValueError: it is not a note of a checkpoint, or not one of the keys signed it.
    """
    match = _NOTE.fullmatch(note) if len(note) <= _MAX_NOTE and _is_printable_note(note) else None
    root = decode64(match[3]) if match else None
    if match is None or root is None:
        raise FormatError("is not a signed note of a checkpoint")
    lines = match[5].removesuffix("\n").split("\n")
    if is_alone and len(lines) > 1:
        raise FormatError("has a note with more than one signature")
    text = note[: match.start(5) - 1]
    keys = set(keys)
    if sum(_has_signed(key, text, line) for line in lines for key in keys) != 1:
        raise FormatError("is not signed with a known seal key, once")
    if all(match[1] != key.name for key in keys):
        raise FormatError("has an origin that is not its key's name")
    return Checkpoint(int(match[2]), root, match[4] or "")


def _has_signed(key: VerifierKey, text: str, line: str) -> bool:
    name, space, encoded = line.removeprefix("\u2014 ").partition(" ")
    raw = decode64(encoded)
    is_named = bool(space and name) and "+" not in name and not any(character.isspace() for character in name)
    if not is_named or raw is None or len(raw) <= len(key.id):
        raise FormatError("has a line that is not a signature")
    if (name, raw[:4]) != (key.name, key.id):
        return False
    if not is_signed(key.public, raw[4:], text.encode()):
        raise FormatError("has a signature of a known seal key that is of another text")
    return True


def decode64(text: str) -> bytes | None:
    """Read base64 in its one usual form; None for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def _is_printable_note(note: str) -> bool:
    return all(character == "\n" or (character >= " " and not "\ud800" <= character <= "\udfff") for character in note)


# --- The export ------------------------------------------------------------------------------------------------------


class Export:
    """A folder as `ncpi audit export` makes it, or a plain copy of the ledger bucket.

    Its regular files are known from one look at the folder, so that no name in the record leads out of it.
    """

    def __init__(self, folder: Path, scope: str | None = None) -> None:
        """Look at the folder and read its listings.

        Args:
            scope: the one inspection that is verified; None for everything.
        """
        self.folder = folder
        self.scope = scope
        self.faults: list[Fault] = []
        self._sizes: dict[str, int] = {}
        self._look()
        self._keys = sorted(key for key in self._sizes if "/" in key)
        if not self.keys("ledger") and not self.keys("register"):
            raise Unusable(f"{folder}: expected an export with the folder `ledger`, found none")
        self.about = self._about()
        self.versions = self._rows("versions.json", "versions", _is_version)
        self.artefacts = self._rows("artefacts.json", "artefact", _is_artefact)
        self.public = self._rows("public.json", "public", _is_public)

    def _look(self) -> None:
        """Find every regular file; anything else is a fault, and is not opened."""
        waiting = [name for name in (*LISTINGS, *FOLDERS) if os.path.lexists(self.folder / name)]
        total = 0
        while waiting:
            key = waiting.pop()
            path, limit = self.folder / key, LIMITS.get(key.partition("/")[0], MAX_FILE_BYTES)
            try:
                found = path.lstat()
                if stat.S_ISDIR(found.st_mode) and key not in LISTINGS and key.count("/") < MAX_DEPTH:
                    waiting += [f"{key}/{name}" for name in os.listdir(path)]  # noqa: PTH208 - names alone
                elif not stat.S_ISREG(found.st_mode) or key in FOLDERS:
                    self._found(key, "is no regular file where one is expected, so it was not read")
                elif found.st_size > limit:
                    self._found(key, f"has {found.st_size:,} bytes; expected at most {limit:,}, so it was not read")
                else:
                    self._sizes[key] = found.st_size
                    total += found.st_size
            except OSError as error:
                _check_handles(error)
                self._found(key, f"cannot be read ({error.strerror})")
            if len(self._sizes) + len(waiting) > MAX_FILES or total > MAX_EXPORT_BYTES:
                limits = f"{MAX_FILES:,} files and {MAX_EXPORT_BYTES // 10**9} GB"
                raise Unusable(f"{self.folder}: expected at most {limits}, found more; export one inspection at a time")

    def _found(self, key: str, message: str) -> None:
        self.faults.append(_fault_of_key(FOLDERS.get(key.partition("/")[0], "versions"), key, message))

    def _about(self) -> dict[str, Any]:
        if not self.has("export.json"):
            return {}
        try:
            about = json.loads(self.read("export.json"))
        except (ValueError, RecursionError):
            about = None
        if not isinstance(about, dict):
            raise Unusable(f"{self.folder}: expected JSON about the export in export.json, found something else")
        return about

    def _rows(self, name: str, layer: str, is_row: Callable[[Any], bool]) -> list[Any] | None:
        """Read a listing, which has one row a line; a line that is none is left out."""
        if not self.has(name):
            return None
        rows: list[Any] = []
        wrong: list[int] = []
        number, line = 0, b""
        try:
            with open(self.folder / name, "rb", opener=_open) as file:
                while (line := file.readline(MAX_ROW_BYTES)) and number < MAX_FILES + 2:
                    number += 1
                    if (text := line.strip().removesuffix(b",")) not in {b"[", b"]", b"[]", b""}:
                        row = _row(text)
                        if is_row(row):
                            rows.append(row)
                        else:
                            wrong.append(number)
        except OSError as error:
            self.faults.append(Fault(layer, name, None, f"cannot be read ({error.strerror})"))
        if wrong:
            message = f"line {wrong[0]} is no row of this listing; there are {len(wrong)} such lines"
            self.faults.append(Fault(layer, name, None, message))
        if line:
            message = f"has more rows than an export has files, {MAX_FILES:,}; the others were not read"
            self.faults.append(Fault(layer, name, None, message))
        return rows

    def keys(self, prefix: str) -> list[str]:
        """List the exported keys under a prefix, in order."""
        start, end = (bisect.bisect_left(self._keys, f"{prefix}{sign}") for sign in "/0")  # "0" follows "/"
        return self._keys[start:end]

    def read(self, key: str) -> bytes:
        """Read the bytes of an object of the record, or of a document.

        Raises:
            FormatError: it cannot be read, or has more bytes than a document has.
        """
        size = self._sizes.get(key)
        if size is None:
            raise FormatError("is missing")
        if size > MAX_RECORD_BYTES and not key.startswith("seal/"):
            raise FormatError(f"has {size:,} bytes; expected at most {MAX_RECORD_BYTES:,}")
        try:
            with open(self.folder / key, "rb", buffering=0, opener=_open) as file:
                return file.read(size)
        except OSError as error:
            raise FormatError(f"cannot be read ({error.strerror})") from None

    def stored(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Read many keys; one that cannot be read is a fault, and has no bytes."""
        for key in keys:
            try:
                data = self.read(key)
            except FormatError as error:
                self._found(key, str(error))
                data = b""
            yield key, data

    def digest(self, key: str) -> str | None:
        """Return the digest of a file of any size; None where it is missing or cannot be read."""
        if key not in self._sizes:
            return None
        try:
            with open(self.folder / key, "rb", opener=_open) as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None

    def has(self, key: str) -> bool:
        """Return whether a key was exported."""
        return key in self._sizes

    def inspections(self) -> list[str]:
        """List the folders of the ledger that are verified."""
        names = dict.fromkeys(key.split("/")[1] for key in self.keys("ledger"))
        return [name for name in names if self.has_in_scope(name)]

    def has_in_scope(self, inspection: object) -> bool:
        """Return whether an inspection is verified."""
        return self.scope in (None, inspection)


def _open(path: str, flags: int) -> int:
    """Open a file that was regular when it was found: follow no link that took its place, wait for no pipe."""
    try:
        return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        _check_handles(error)
        raise


def _check_handles(error: OSError) -> None:
    """Check that an error is of a file, not of a computer that opens no more of them."""
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        raise Unusable("this process may open no more files: nothing is known; end programs, or raise `ulimit -n`")


def _row(line: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_version(row: object) -> bool:
    """Return whether a row has a key, an id, an ETag and whether it is a delete marker."""
    return isinstance(row, list) and [type(value) for value in row] == [str, str, str, bool]


def _is_public(row: object) -> bool:
    """Return whether a row is a version of a public object and what is sent with it, which may be nothing."""
    return (
        isinstance(row, list)
        and len(row) == 5  # noqa: PLR2004 - a version's four and the headers
        and _is_version(row[:4])
        and (row[4] is None or isinstance(row[4], dict))
    )


def _is_artefact(row: Any) -> bool:  # noqa: ANN401 - JSON has no narrower type
    return (
        has_fields(row, "inspection sha256 entry found size")
        and isinstance(row["inspection"], str)
        and is_text(row["sha256"], _DIGEST)
        and is_integer(row["entry"])
        and (row["found"] is None or is_text(row["found"], _DIGEST))
    )


def check_versions(export: Export) -> Iterator[Fault]:
    """Check that the listing of the bucket has one version of each key, and matches what was exported."""
    if export.versions is None:
        return
    counts: Counter[str] = Counter()
    prefixes = ("register/", "seal/", f"ledger/{export.scope}/" if export.scope else "ledger/")
    for key, _, _, is_marker in export.versions:
        if not key.startswith(prefixes):
            continue
        if is_marker:
            yield _fault_of_key("versions", key, "has a delete marker")
        else:
            counts[key] += 1
    for key, count in counts.items():
        if count > 1:
            yield _fault_of_key("versions", key, f"has {count} versions; expected one")
    exported = {key for folder in ("register", "seal", "ledger") for key in export.keys(folder)}
    exported = {key for key in exported if key.startswith(prefixes)}
    for key in sorted(exported ^ set(counts)):
        fault = "is in the bucket's listing, but not exported" if key in counts else "is not in the bucket's listing"
        yield _fault_of_key("versions", key, fault)
    yield from _strays(export.versions)


def _strays(versions: list[Any]) -> Iterator[Fault]:
    for key in sorted({row[0] for row in versions}):
        if not key.startswith(("ledger/", "register/", "seal/")):
            yield _fault_of_key("versions", key, "is not the name of anything that is kept in this bucket")


def _fault_of_key(layer: str, key: str, message: str) -> Fault:
    parts = key.split("/")
    name = parts[-1].removesuffix(".json")
    number = int(name) if re.fullmatch("[0-9]{1,8}", name) else None
    where = parts[1] if parts[0] == "ledger" and len(parts) > 1 else parts[0]
    return Fault(layer, where, number, f"{key}: {message}")


# --- The register of people ------------------------------------------------------------------------------------------

_REGISTER_PREFIX: Final = b"ncpi-register-v1\n"
_RECORD_FIELDS: Final = "version seq at by subject body prev signatures"
_PRIVILEGED: Final = frozenset({"hmi", "admin"})
Login = tuple[str, str]
"""Issuer and subject at an identity provider."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person's membership during one period; inactive before they join and after they are revoked."""

    key: str | None = None
    roles: frozenset[str] = frozenset()
    force: str | None = None
    login: Login | None = None
    is_active: bool = False


@dataclass(slots=True)
class Invitation:
    """An open invitation."""

    record: dict[str, Any]
    needs_confirmation: bool
    is_confirmed: bool = False

    @property
    def login(self) -> Login | None:
        """The login of the invited person; None where they have a one-time code."""
        body = self.record["body"]
        return (body["issuer"], body["login"]) if body["login"] is not None else None


@dataclass(slots=True)
class Register:
    """What the register says, now and at earlier times. Lists are in order of time."""

    people: dict[str, list[tuple[dt.datetime, Person, int]]] = field(default_factory=dict)
    """Each period of each person, from the instant and the seq of a record."""
    services: list[tuple[dt.datetime, str, int]] = field(default_factory=list)
    seals: list[tuple[int, VerifierKey]] = field(default_factory=list)
    """Seal keys, with the seq of the record that registers each."""
    providers: dict[str, list[tuple[dt.datetime, str, dict[str, Any]]]] = field(default_factory=dict)
    """By issuer: client and keys."""
    pending_providers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Records of providers that a second admin must confirm, by digest; one an issuer, the newest."""
    invitations: dict[str, Invitation] = field(default_factory=dict)
    """Open ones, by the digest of their record."""
    used_keys: set[str] = field(default_factory=set)
    first_uses: dict[str, dt.datetime] = field(default_factory=dict)
    """When each key of a person, of a one-time code or of the stages came into the register."""
    first: str | None = None
    """Digest of the first record."""

    def person(self, name: str, at: dt.datetime | None = None) -> Person:
        """Return a person's membership at a time, or now."""
        periods = self.people.get(name, [])
        found = latest(periods, at) if at else periods[-1] if periods else None
        return found[1] if found else Person()

    def admins(self) -> set[str]:
        """Return the admins of now."""
        return {name for name, periods in self.people.items() if periods[-1][1].roles == {"admin"}}


def latest(periods: list[tuple[Any, ...]], at: dt.datetime) -> tuple[Any, ...] | None:
    """Return the last of the periods that began by a time; None before the first."""
    count = bisect.bisect_right(periods, at, key=lambda period: period[0])
    return periods[count - 1] if count else None


def end_of(periods: list[tuple[dt.datetime, Any, int]], at: dt.datetime, is_held: Callable[[Any], bool]) -> int | None:
    """Return the seq of the record that ended what was held by a time, at that time or earlier; None if none did."""
    was_held, ended = False, None
    for began, value, seq in periods:
        if is_held(value):
            if began <= at:
                was_held, ended = True, None
        elif was_held and ended is None:
            ended = seq
    return ended


class RegisterReader:
    """Reads the register record by record, and finds what is wrong with each."""

    def __init__(self) -> None:
        self.register = Register()
        self.faults: list[Fault] = []
        self._prev = digest_of(_REGISTER_PREFIX)
        self._at: dt.datetime | None = None

    def read(self, stored: Iterable[tuple[str, bytes]]) -> None:
        """Read all records, in order of key."""
        for place, (key, data) in enumerate(stored):
            digest = digest_of(data)
            self.register.first = self.register.first or digest
            try:
                self._take(place, self._checked(place, key, data), digest)
            except WRONG_FORM as error:
                message = words_of(error, "is not a record of the register")
                self.faults.append(_fault_of_key("register", key, message))
            self._prev = digest

    def _checked(self, place: int, key: str, data: bytes) -> dict[str, Any]:
        expected = f"register/{place:08d}.json"
        if key != expected:
            raise FormatError(f"is in the place of {expected}")
        record: dict[str, Any] = parse(data)
        is_whole = has_fields(record, _RECORD_FIELDS) and is_integer(record["version"]) and is_integer(record["seq"])
        if not is_whole or (record["version"], record["seq"]) != (1, place):
            raise FormatError("does not have the fields, version and place of a record with its key")
        if record["prev"] != self._prev:
            raise FormatError("does not follow the record before")
        at = instant(record["at"])
        if self._at is not None and at < self._at:
            raise FormatError("is dated before the record that it follows")
        self._at = at
        if not (is_text(record["by"], _PERSON) and is_text(record["subject"], _PERSON)):
            raise FormatError("does not name a person")
        body = record["body"]
        if not has_fields(body, f"kind {self._KINDS[body['kind']][0]}"):
            raise FormatError("does not have the fields of its kind")
        if "roles" in body:
            _check_roles(body)
        return record

    def _take(self, place: int, record: dict[str, Any], digest: str) -> None:
        kind = record["body"]["kind"]
        if (kind == "founded") != (place == 0):
            raise FormatError("founds the register but is not the first record, or is the first and does not")
        self._KINDS[kind][1](self, record, digest)

    # What several kinds share

    def _signed(self, record: dict[str, Any], *keys: str | None) -> None:
        signatures = record["signatures"]
        if [signature["key"] for signature in signatures] != list(keys):
            raise FormatError("is not signed with the keys that must sign it")
        for signature in signatures:
            is_whole = _is_signature(signature) and signature["certificate"] is None
            if not is_whole or not is_signed_record(_REGISTER_PREFIX, record, signature, "signatures"):
                raise FormatError("has a signature that does not match its content")

    def _by_admin(self, record: dict[str, Any]) -> None:
        if record["by"] not in self.register.admins():
            raise FormatError("is by a person who was not an admin at that time")
        self._signed(record, self.register.person(record["by"]).key)

    def _about_another(self, record: dict[str, Any]) -> None:
        if record["by"] == record["subject"]:
            raise FormatError("is by an admin about themselves")

    def _by_subject(self, record: dict[str, Any]) -> None:
        if record["by"] != record["subject"]:
            raise FormatError("is not by its subject")

    def _use_key(self, record: dict[str, Any], key: object) -> None:
        if not is_text(key, _DIGEST) or key in self.register.used_keys:
            raise FormatError("has a key that was used before, or that is not a key")
        self.register.used_keys.add(key)
        self.register.first_uses[key] = instant(record["at"])

    def _change(self, record: dict[str, Any], subject: str, person: Person) -> None:
        self.register.people.setdefault(subject, []).append((instant(record["at"]), person, record["seq"]))

    def _close_invitations(self, subject: str) -> None:
        invitations = self.register.invitations
        self.register.invitations = {
            digest: invitation for digest, invitation in invitations.items() if invitation.record["subject"] != subject
        }

    def _join(self, record: dict[str, Any], invitation: Invitation, key: str | None) -> None:
        """Make the invited person a member, with a key or with their login, from the time of a record."""
        invited, subject = invitation.record["body"], invitation.record["subject"]
        self._close_invitations(subject)
        login = None if key else invitation.login
        self._change(record, subject, Person(key, frozenset(invited["roles"]), invited["force"], login, is_active=True))

    # A method for each kind

    def _founded(self, record: dict[str, Any], _: str) -> None:
        body = record["body"]
        self._by_subject(record)
        self._signed(record, body["key"])
        self._use_key(record, body["key"])
        self._use_key(record, body["service_key"])
        self._change(record, record["subject"], Person(body["key"], frozenset({"admin"}), is_active=True))
        self.register.services.append((instant(record["at"]), body["service_key"], 0))
        self.register.seals.append((0, VerifierKey.parse(body["seal_key"])))

    def _invited(self, record: dict[str, Any], digest: str) -> None:
        self._by_admin(record)
        self._about_another(record)
        body, subject = record["body"], record["subject"]
        if instant(body["until"]) <= instant(record["at"]):
            raise FormatError("invites until a time that had passed")
        has_login = body["issuer"] is not None and body["login"] is not None
        if has_login == (body["code_key"] is not None) or (body["issuer"] is None) != (body["login"] is None):
            raise FormatError("invites by both a code and a login, or by neither")
        _check_force(body)
        register = self.register
        needs_second = subject in register.people or bool(_PRIVILEGED & set(body["roles"]))
        needs_confirmation = needs_second and len(register.admins()) > 1
        invitation = Invitation(record, needs_confirmation)
        if has_login:
            self._check_login(record, invitation.login)
        else:
            self._use_key(record, body["code_key"])
        self._close_invitations(subject)
        register.invitations[digest] = invitation
        if has_login and not needs_confirmation:
            self._join(record, invitation, None)

    def _check_login(self, record: dict[str, Any], login: Login | None) -> None:
        body, register = record["body"], self.register
        if body["issuer"] not in register.providers:
            raise FormatError("invites by a login at a provider that is not registered")
        if "admin" in body["roles"]:
            raise FormatError("invites an admin by a login; an admin needs a registered key")
        owners = {name for name in register.people if register.person(name).login == login}
        owners |= {other.record["subject"] for other in register.invitations.values() if other.login == login}
        if owners - {record["subject"]}:
            raise FormatError("invites by a login that a different person has")

    def _open_invitation(self, record: dict[str, Any]) -> Invitation:
        invitation = self.register.invitations.get(record["body"]["invitation"])
        if invitation is None or invitation.record["subject"] != record["subject"]:
            raise FormatError("does not name an open invitation of its subject")
        if instant(record["at"]) >= instant(invitation.record["body"]["until"]):
            raise FormatError("is dated after its invitation expired")
        return invitation

    def _confirmed(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        registered = self.register.pending_providers.get(record["body"]["invitation"])
        if registered is not None:
            self._confirmed_provider(record, registered)
            return
        self._about_another(record)
        invitation = self._open_invitation(record)
        if invitation.record["by"] == record["by"] or invitation.is_confirmed:
            raise FormatError("is by the admin who invited, or a second time; a different admin must confirm, once")
        invitation.is_confirmed = True
        if invitation.login is not None:
            self._join(record, invitation, None)

    def _enrolled(self, record: dict[str, Any], _: str) -> None:
        self._by_subject(record)
        invitation = self._open_invitation(record)
        key, code_key = record["body"]["key"], invitation.record["body"]["code_key"]
        if code_key is None:
            raise FormatError("accepts an invitation that has no code")
        if invitation.needs_confirmation and not invitation.is_confirmed:
            raise FormatError("accepts an invitation that a second admin had to confirm")
        self._signed(record, key, code_key)
        self._use_key(record, key)
        self._join(record, invitation, key)

    def _rotated(self, record: dict[str, Any], _: str) -> None:
        self._by_subject(record)
        person, key = self.register.person(record["subject"]), record["body"]["key"]
        if not person.is_active or person.key is None:
            raise FormatError("replaces a key that its person did not have")
        self._signed(record, person.key, key)
        self._use_key(record, key)
        self._change(record, record["subject"], replace(person, key=key))

    def _revoked(self, record: dict[str, Any], _: str) -> None:
        by, subject = record["by"], record["subject"]
        is_invited = any(one.record["subject"] == subject for one in self.register.invitations.values())
        if not self.register.person(subject).is_active and not is_invited:
            raise FormatError("revokes a person who was neither a member nor invited")
        if by == subject:
            self._signed(record, self.register.person(by).key)
        else:
            self._by_admin(record)
        self._close_invitations(subject)
        self._change(record, subject, Person())

    def _roles_changed(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._about_another(record)
        person, body = self.register.person(record["subject"]), record["body"]
        if not person.is_active:
            raise FormatError("changes the roles of a person who was not a member")
        if (set(body["roles"]) - person.roles) & _PRIVILEGED:
            raise FormatError("makes an approver or an admin without an invitation")
        _check_force(body)
        self._change(record, record["subject"], replace(person, roles=frozenset(body["roles"]), force=body["force"]))

    def _provider_registered(self, record: dict[str, Any], digest: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        _check_provider(record["body"])
        if len(self.register.admins()) > 1:
            self._close_pending(record["body"]["issuer"])
            self.register.pending_providers[digest] = record
        else:
            self._accept_provider(record, record["body"])

    def _confirmed_provider(self, record: dict[str, Any], registered: dict[str, Any]) -> None:
        self._by_subject(record)
        if record["by"] == registered["by"]:
            raise FormatError("is by the admin who registered the provider; a different admin must confirm")
        self._accept_provider(record, registered["body"])

    def _accept_provider(self, record: dict[str, Any], body: dict[str, Any]) -> None:
        self._close_pending(body["issuer"])
        period = (instant(record["at"]), body["client"], json.loads(body["keys"]))
        self.register.providers.setdefault(body["issuer"], []).append(period)

    def _close_pending(self, issuer: str) -> None:
        pending = self.register.pending_providers
        self.register.pending_providers = {
            digest: record for digest, record in pending.items() if record["body"]["issuer"] != issuer
        }

    def _service_registered(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        key = record["body"]["service_key"]
        self._use_key(record, key)
        self.register.services.append((instant(record["at"]), key, record["seq"]))

    def _seal_key_registered(self, record: dict[str, Any], _: str) -> None:
        self._by_admin(record)
        self._by_subject(record)
        self.register.seals.append((record["seq"], VerifierKey.parse(record["body"]["seal_key"])))

    _KINDS: ClassVar[dict[str, tuple[str, Callable[[RegisterReader, dict[str, Any], str], None]]]] = {
        "founded": ("key box service_key seal_key", _founded),
        "invited": ("roles force until code_key issuer login", _invited),
        "confirmed": ("invitation", _confirmed),
        "enrolled": ("invitation key box", _enrolled),
        "rotated": ("key box", _rotated),
        "revoked": ("reason", _revoked),
        "roles-changed": ("roles force", _roles_changed),
        "provider-registered": ("issuer client keys", _provider_registered),
        "service-registered": ("service_key", _service_registered),
        "seal-key-registered": ("seal_key", _seal_key_registered),
    }
    """Fields of each kind beside `kind`, and the method that checks and applies it."""


def _check_roles(body: dict[str, Any]) -> None:
    roles = body["roles"]
    if not roles or not set(roles) <= ALL_ROLES - {"service"} or len(set(roles)) != len(roles):
        raise FormatError("grants roles that a person cannot have")
    if "admin" in roles and len(roles) > 1:
        raise FormatError("grants an admin another role too")


def _check_force(body: dict[str, Any]) -> None:
    if ("force-liaison" in body["roles"]) != (body["force"] is not None):
        raise FormatError("names a force for a person who is not a force liaison, or none for one who is")


def _check_provider(body: dict[str, Any]) -> None:
    if not body["issuer"].startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise FormatError("registers a provider without an https address")
    keys = json.loads(body["keys"])["keys"]
    if any({"d", "k"} & set(key) for key in keys):
        raise FormatError("registers a provider with a key that is not public")
    if not any(key["kty"] in {"RSA", "EC"} for key in keys):
        raise FormatError("registers a provider without a key that can verify its logins")
    lengths = [int.from_bytes(_url64(key["n"]), "big").bit_length() for key in keys if key["kty"] == "RSA"]
    if any(length < MIN_RSA_BITS for length in lengths):
        raise FormatError("registers a provider with a short key")


# --- Seals -----------------------------------------------------------------------------------------------------------

_LEAF_KEY: Final = re.compile(r"register/([0-9]{8})\.json|ledger/([a-z0-9-]{1,60})/([0-9]{8})\.json")


def _is_leaf(leaf: object) -> bool:
    return isinstance(leaf, list) and len(leaf) == 2 and is_text(leaf[0], _LEAF_KEY) and is_text(leaf[1], _DIGEST)  # noqa: PLR2004


class SealedLeaf(NamedTuple):
    """The seal that holds an object, and the digest that it was sealed with."""

    seal: int
    digest: str


class SealChain:
    """Everything that is sealed; reads the seals one after another, and finds what is wrong with each."""

    def __init__(self, register: Register | None, given: tuple[VerifierKey, ...], sizes: Iterable[int]) -> None:
        """Start without seals.

        Args:
            given: keys that may sign when there is no register.
            sizes: of the tree, at which its root is remembered.
        """
        self.times: list[dt.datetime | None] = []
        """Of each seal; None for one that cannot be read."""
        self._before: dt.datetime | None = None
        """Of the newest that can be read."""
        self.leaves: dict[str, SealedLeaf] = {}
        self.tree = Tree(sizes)
        self.digests: dict[int, str] = {}
        """The digest in the note of each seal, by the size of the tree."""
        self.faults: list[Fault] = []
        self._registered = register.seals if register else []
        self._given = given
        self._prev = digest_of(b"ncpi-seal-v1\n")
        self._next: dict[str, int] = {}

    def read(self, stored: Iterable[tuple[str, bytes]]) -> None:
        """Read all seals, in order of key."""
        for number, (key, data) in enumerate(stored):
            at: dt.datetime | None = None
            try:
                seal = self._checked(number, key, data)
                at = instant(seal["at"])
                self._take(key, seal, at)
            except WRONG_FORM as error:
                self._found(key, words_of(error, "is not a seal"))
            self.times.append(at)
            self._prev = digest_of(data)

    def _found(self, key: str, message: str) -> None:
        self.faults.append(_fault_of_key("seal", key, message))

    def _checked(self, number: int, key: str, data: bytes) -> dict[str, Any]:
        expected = f"seal/{number:08d}.json"
        if key != expected:
            raise FormatError(f"is in the place of {expected}")
        seal: dict[str, Any] = parse(data)
        is_whole = (
            has_fields(seal, "version n at prev leaves note") and is_integer(seal["version"]) and is_integer(seal["n"])
        )
        if not is_whole or (seal["version"], seal["n"]) != (2, number):
            raise FormatError("does not have the fields, version and number of a seal with its key")
        if seal["prev"] != self._prev:
            self._found(key, "does not follow the seal before")
        leaves = seal["leaves"]
        if not isinstance(leaves, list) or not leaves or not all(map(_is_leaf, leaves)):
            raise FormatError("seals nothing, or something that is not the key and digest of a record")
        if not isinstance(seal["note"], str):
            raise FormatError("has no note")
        return seal

    def _take(self, key: str, seal: dict[str, Any], at: dt.datetime) -> None:
        if self._before is not None and at < self._before - TOLERANCE:
            self._found(key, "is dated before the seal that it follows")
        self._before = at
        leaves = seal["leaves"]
        if not isinstance(seal["note"], str) or not isinstance(leaves, list) or not all(map(_is_leaf, leaves)):
            raise FormatError("does not have a note, and leaves of a key and a digest")
        names = [leaf[0] for leaf in leaves]
        if names != sorted(names, key=lambda name: (name.startswith("ledger/"), name)):
            self._found(key, "has leaves that are not in order: the register first, then ledgers by key")
        for leaf, digest in seal["leaves"]:
            self._add_leaf(key, leaf, digest, seal["n"])
        checkpoint = read_note(seal["note"], self._signing_keys(seal["n"]), is_alone=True)
        if checkpoint[:2] != (self.tree.size, self.tree.root()):
            self._found(key, "has a note that does not match the leaves of the seals")
        if checkpoint.seal != digest_of(canonical({name: value for name, value in seal.items() if name != "note"})):
            self._found(key, "has a note that is not of this seal: its time, its place or the seal before is another")
        self.digests[self.tree.size] = checkpoint.seal

    def _signing_keys(self, number: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign a seal: the newest that was sealed before it, and any that it seals itself."""
        if not self._registered:
            return self._given
        keys: list[VerifierKey] = [self._registered[0][1]]
        for seq, key in self._registered[1:]:
            sealed = self.leaves.get(f"register/{seq:08d}.json")
            if sealed is not None:
                keys = [key] if sealed.seal < number else [*keys, key]
        return tuple(keys)

    def _add_leaf(self, key: str, leaf: str, digest: str, number: int) -> None:
        self.tree.add(f"{leaf} {digest}".encode())
        match = _LEAF_KEY.fullmatch(leaf)
        if match is None:
            return
        chain, seq = match[2] or "", int(match[1] or match[3])
        if seq != self._next.get(chain, 0):
            self._found(key, f"seals {leaf} out of order")
        self._next[chain] = seq + 1
        self.leaves.setdefault(leaf, SealedLeaf(number, digest))


# --- One inspection --------------------------------------------------------------------------------------------------

_ENTRY_FIELDS: Final = "version inspection seq id kind at actor document facts because prev signature"
_ENTRY_VERSION: Final = 2
_ASSURANCES: Final = frozenset({"service", "person-key", "identity-provider"})


class PublicationEntry(NamedTuple):
    """What an entry records of a publication."""

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
        """Return the public key of one of its files."""
        version = f"v{self.number}/" if self.number > 1 else ""
        return f"{self.inspection}/{self.of}/{version}{name}"


class IndexEntry(NamedTuple):
    """What an entry records of the public index that it left behind."""

    inspection: str
    seq: int
    digest: str
    records: int


class WithdrawalOrder(NamedTuple):
    """The entry that ordered the withdrawal of an inspection's publications."""

    seq: int
    at: str
    digest: str
    reason: object


class WithdrawalEntry(NamedTuple):
    """What an entry records of a withdrawal."""

    seq: int
    digest: str | None
    notice: object
    files: object


@dataclass(slots=True)
class InspectionResult:
    """What was found in one ledger, and what other layers need from it."""

    inspection: str
    entries: int = 0
    unsealed: int = 0
    faults: list[Fault] = field(default_factory=list)
    documents: list[tuple[int, str]] = field(default_factory=list)
    """Place of an entry, and digest of an artefact that it names."""
    validations: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Place of an entry that accepts a return, digest of the check of its table, its table and pack."""
    publications: list[PublicationEntry] = field(default_factory=list)
    indexes: list[IndexEntry] = field(default_factory=list)
    order: WithdrawalOrder | None = None
    withdrawal: WithdrawalEntry | None = None
    set_aside: int = 0
    set_aside_by: set[str] = field(default_factory=set)


class ReadEntry(NamedTuple):
    """An object of a ledger: where it stands, the digest of its bytes, and the entry if it is one."""

    key: str
    digest: str
    entry: dict[str, Any] | None


class VerificationContext(NamedTuple):
    """What the entries of an inspection are checked against."""

    export: Export
    register: Register | None
    seals: SealChain


def fault_of_entry(entry: object) -> str | None:
    """Return which parts of an entry do not have the form of the format; None when all have."""
    if not isinstance(entry, dict) or entry.get("version") != _ENTRY_VERSION:
        return "has an unknown version of the format"
    if not has_fields(entry, _ENTRY_FIELDS):
        return "does not have the fields of the format"
    checks = {
        "inspection": is_text(entry["inspection"], _INSPECTION) and len(entry["inspection"]) <= MAX_NAME_LENGTH,
        "seq": is_integer(entry["seq"]),
        "id": is_text(entry["id"], _ID),
        "kind": isinstance(entry["kind"], str) and entry["kind"] in ROLES,
        "actor": _is_actor(entry["actor"]),
        "document": entry["document"] is None or _is_document(entry["document"]),
        "facts": isinstance(entry["facts"], dict) and all(map(_is_fact, entry["facts"], entry["facts"].values())),
        "because": entry["because"] is None or is_text(entry["because"], _DIGEST),
        "prev": is_text(entry["prev"], _DIGEST),
        "at": is_instant(entry["at"]),
        "signature": _is_signature(entry["signature"]),
    }
    wrong = [name for name, is_valid in checks.items() if not is_valid]
    return f"has an invalid {', '.join(wrong)}" if wrong else None


def _is_actor(actor: object) -> bool:
    return (
        has_fields(actor, "person role assurance")
        and (is_text(actor["person"], _PERSON) or actor["person"] == "ncpi")
        and isinstance(actor["role"], str)
        and actor["role"] in ALL_ROLES
        and isinstance(actor["assurance"], str)
        and actor["assurance"] in _ASSURANCES
    )


def _is_document(document: object) -> bool:
    return (
        has_fields(document, "sha256 size_bytes media_type key")
        and is_text(document["sha256"], _DIGEST)
        and is_integer(document["size_bytes"], 0, _MAX_INTEGER)
        and isinstance(document["media_type"], str)
        and len(document["media_type"]) <= 80  # noqa: PLR2004 - docs/ledger.md
        and isinstance(document["key"], str)
        and len(document["key"]) <= 200  # noqa: PLR2004 - docs/ledger.md
    )


def _is_fact(name: str, value: object) -> bool:
    if not is_text(name, _FACT):
        return False
    if isinstance(value, str):
        return len(value) <= _MAX_TEXT_LENGTH and is_normal(value)
    if isinstance(value, list):
        return all(isinstance(item, str) and len(item) <= _MAX_TEXT_LENGTH and is_normal(item) for item in value)
    return isinstance(value, bool) or is_integer(value, -_MAX_INTEGER, _MAX_INTEGER)


def _is_signature(signature: object) -> bool:
    return (
        has_fields(signature, "key value certificate")
        and is_text(signature["key"], _DIGEST)
        and is_text(signature["value"], _SIGNATURE)
        and (signature["certificate"] is None or is_text(signature["certificate"], _CERTIFICATE))
    )


class InspectionReader:
    """Reads one ledger and checks each entry: chain, rules, signature, seal."""

    def __init__(self, context: VerificationContext, inspection: str) -> None:
        self._context = context
        self._name = inspection
        self.result = InspectionResult(inspection)
        match = _INSPECTION.fullmatch(inspection)
        self._force = match[1] if match else None
        self._rules = RuleChecker(self._found)
        self._pack = ""
        """Digest of the newest return."""

    def _found(self, layer: str, seq: int | None, message: str) -> None:
        self.result.faults.append(Fault(layer, self._name, seq, message))

    def read(self) -> InspectionResult:
        """Read the whole ledger and return what was found."""
        if self._force is None:
            self._found("chain", None, "is a folder of the ledger, but its name is not an inspection's")
        read = list(self._read_entries())
        aside = self._set_aside(read)
        head = digest_of(b"ncpi-ledger-v1\n" + os.fsencode(self._name))
        ids: dict[str, str] = {}
        for place, (key, digest, entry) in enumerate(read):
            if entry is not None:
                self._check_chain(place, entry, head, ids)
                ids[entry["id"]] = digest
                if entry["kind"] == "foreign-entry.set-aside":
                    # What is set aside has used up no id.
                    ids = {name: of for name, of in ids.items() if of not in aside}
                if digest not in aside:
                    self._check_content(place, entry, digest, key)
            self._check_seal(key, digest, entry)
            head = digest
            self.result.entries += 1
        return self.result

    def _read_entries(self) -> Iterator[ReadEntry]:
        export = self._context.export
        # A file may stand where the folder of a ledger is expected.
        keys = [key for key in (f"ledger/{self._name}",) if export.has(key)] + export.keys(f"ledger/{self._name}")
        if len(keys) > MAX_ENTRIES:
            message = f"has {len(keys):,} objects; expected at most {MAX_ENTRIES:,}, so the others were not read"
            self._found("chain", None, message)
        for place, key in enumerate(keys[:MAX_ENTRIES]):
            try:
                data = export.read(key)
            except FormatError as error:
                self._found("chain", place, str(error))
                yield ReadEntry(key, "", None)
            else:
                yield ReadEntry(key, digest_of(data), self._entry(place, key, data))

    def _check_content(self, place: int, entry: dict[str, Any], digest: str, key: str) -> None:
        try:
            self._rules.take(entry, digest)
            self._check_signature(entry, key)
            self._collect(entry, digest)
            self._collect_index(entry)
        except WRONG_FORM as error:
            self._found("chain", place, words_of(error, "has values that no entry has"))

    # Entries that two people set aside

    def _set_aside(self, read: list[ReadEntry]) -> set[str]:
        """Return the digests of the entries that were set aside; the newest act first, for it may set aside another."""
        aside: set[str] = set()
        for place in range(len(read) - 1, -1, -1):
            _, digest, entry = read[place]
            if entry is None or entry["kind"] != "foreign-entry.set-aside" or digest in aside:
                continue
            if fault := self._fault_of_setting_aside(read[:place], entry):
                self._found("rule", place, fault)
                continue
            aside.update(entry["facts"]["entries"])
            self.result.set_aside_by.add(entry["actor"]["person"])
        self.result.set_aside = len(aside)
        return aside

    def _fault_of_setting_aside(self, before: list[ReadEntry], entry: dict[str, Any]) -> str | None:
        found = {one.digest: (place, one.entry) for place, one in enumerate(before) if one.entry is not None}
        place, naming = found.get(entry["because"], (0, None))
        if naming is None or naming["kind"] != "foreign-entry.named":
            return "sets aside because of an entry that names no foreign entries"
        named = entry["facts"].get("entries")
        is_list = isinstance(named, list) and 0 < len(named) <= MAX_SET_ASIDE
        if not is_list or named != naming["facts"].get("entries"):
            return "sets aside other entries than were named"
        if naming["actor"]["person"] == entry["actor"]["person"]:
            return "is by the person who named the entries; a different person must confirm"
        for digest in named:
            at, foreign = found.get(digest, (place, None))
            if foreign is None or at >= place:
                return "sets aside an entry that was not there when it was named"
            if not self._is_foreign(foreign, entry) and not self._is_doubted(foreign, before[at].key):
                return f"sets aside entry {at}, which is believed: its key was known and had not ended"
        self.result.set_aside_by.add(naming["actor"]["person"])
        return None

    def _is_foreign(self, entry: dict[str, Any], setting_aside: dict[str, Any]) -> bool:
        """Return whether the key of an entry was in no record of the register at either time."""
        register = self._context.register
        if register is None:
            return True
        first = register.first_uses.get(entry["signature"]["key"])
        until = max(instant(entry["at"]), instant(setting_aside["at"]))
        return entry["signature"]["certificate"] is None and (first is None or first > until)

    def _is_doubted(self, entry: dict[str, Any], key: str) -> bool:
        register = self._context.register
        ended = self._end_of(register, entry) if register else None
        return ended is not None and self._has_ended_first(ended, key)

    def _entry(self, place: int, key: str, data: bytes) -> dict[str, Any] | None:
        expected, name = f"{place:08d}.json", key.rsplit("/", 1)[1]
        if name != expected:
            self._found("chain", place, f"expected {expected}, found {name}: a gap or a foreign file")
        try:
            entry: dict[str, Any] = parse(data)
        except ValueError as error:
            self._found("chain", place, words_of(error, "is not JSON"))
            return None
        if fault := fault_of_entry(entry):
            self._found("chain", place, fault)
            return None
        return entry

    def _check_chain(self, place: int, entry: dict[str, Any], head: str, ids: dict[str, str]) -> None:
        if entry["inspection"] != self._name:
            self._found("chain", place, f"is an entry of {entry['inspection']}")
        if entry["seq"] != place or isinstance(entry["seq"], bool):
            self._found("chain", place, f"has seq {entry['seq']}")
        if entry["prev"] != head:
            self._found("chain", place, "does not follow the entry before: `prev` is a different digest")
        if entry["id"] in ids:
            self._found("chain", place, f"has the id of an earlier entry: {entry['id']}")

    def _collect(self, entry: dict[str, Any], own_digest: str) -> None:
        seq, facts, kind, result = entry["seq"], entry["facts"], entry["kind"], self.result
        digest = _document_of(entry)
        if kind == "withdrawal.ordered":
            result.order = WithdrawalOrder(seq, entry["at"], own_digest, facts.get("reason"))
        elif kind == "withdrawal.recorded":
            result.withdrawal = WithdrawalEntry(seq, digest, facts.get("notice"), facts.get("files"))
        if digest is not None:
            result.documents.append((seq, digest))
            if entry["document"]["key"] != f"artefacts/{self._name}/{digest}":
                self._found("artefact", seq, "has a document whose key does not match its digest")
            if kind in PUBLICATIONS:
                self._collect_publication(seq, kind, digest, facts)
        for name in ("calendar", "validation"):
            if is_text(facts.get(name), _DIGEST):
                result.documents.append((seq, facts[name]))
        self._collect_validation(entry)

    def _collect_validation(self, entry: dict[str, Any]) -> None:
        kind, facts = entry["kind"], entry["facts"]
        if kind in SUBMISSIONS:
            self._pack = str(facts.get("pack"))
        if kind in TABLES and is_text(facts.get("validation"), _DIGEST):
            self.result.validations.append((entry["seq"], facts["validation"], TABLES[kind], self._pack))

    def _collect_publication(self, seq: int, kind: str, digest: str, facts: dict[str, Any]) -> None:
        of, number = FIRST_VERSION.get(kind, facts.get("of")), facts.get("number", 1)
        number = number if kind not in FIRST_VERSION and is_integer(number, 2, 99) else 1
        publication = PublicationEntry(self._name, seq, kind, digest, facts.get("draft"), of, number)
        self.result.publications.append(publication)

    def _collect_index(self, entry: dict[str, Any]) -> None:
        if entry["kind"] not in LISTED:
            return
        seq, facts = entry["seq"], entry["facts"]
        digest, records = facts.get("index"), facts.get("index_records")
        if is_text(digest, _DIGEST) and is_integer(records):
            self.result.indexes.append(IndexEntry(self._name, seq, digest, records))
        else:
            self._found("public", seq, "does not record the public index that it left behind")

    def _check_seal(self, key: str, digest: str, entry: dict[str, Any] | None) -> None:
        sealed = self._context.seals.leaves.get(key)
        if sealed is None:
            self.result.unsealed += 1
        elif sealed.digest != digest:
            # Only keys with a number of eight digits are sealed.
            self._found("seal", int(key[-13:-5]), f"differs from what was sealed (seal {sealed.seal})")
        elif entry is not None:
            self._check_times(entry, sealed.seal)

    def _check_times(self, entry: dict[str, Any], number: int) -> None:
        at, times = instant(entry["at"]), self._context.seals.times
        own, before = times[number], times[number - 1] if number else None
        if own is not None and at > own + TOLERANCE:
            self._found("seal", entry["seq"], f"is dated after its seal (seal {number})")
        if before is not None and at < before - TOLERANCE:
            self._found("seal", entry["seq"], f"is dated before seal {number - 1}, which does not have it")

    # Signatures

    def _check_signature(self, entry: dict[str, Any], key: str) -> None:
        register = self._context.register
        if register is not None and (fault := self._fault_of_signature(register, entry, key)):
            self._found("signature", entry["seq"], fault)

    def _fault_of_signature(self, register: Register, entry: dict[str, Any], key: str) -> str | None:
        signature, at = entry["signature"], instant(entry["at"])
        if not is_signed_record(b"ncpi-entry-v2\n", entry, signature, "signature"):
            return "has a signature that does not match its content"
        if entry["actor"]["person"] == "ncpi":
            return self._fault_of_service(register, entry, at) or self._fault_of_end(register, entry, key)
        person = register.person(entry["actor"]["person"], at)
        if signature["certificate"] is not None:
            fault = self._fault_of_login(register, entry, person, at)
        else:
            fault = self._fault_of_key(entry, person)
        return fault or self._fault_of_role(entry, person) or self._fault_of_end(register, entry, key)

    def _fault_of_service(self, register: Register, entry: dict[str, Any], at: dt.datetime) -> str | None:
        if (entry["actor"]["role"], entry["actor"]["assurance"]) != ("service", "service"):
            return "is by the service in a role or assurance that is not `service`"
        if entry["signature"]["certificate"] is not None:
            return "is by the service with a certificate, which only logins have"
        service = latest(register.services, at)
        return None if service and service[1] == entry["signature"]["key"] else "is not signed with the service's key"

    def _fault_of_key(self, entry: dict[str, Any], person: Person) -> str | None:
        if entry["actor"]["assurance"] != "person-key":
            return "has an assurance that does not match its signature"
        if not person.is_active or person.key != entry["signature"]["key"]:
            return f"is signed with a key that {entry['actor']['person']} did not have at that time"
        return None

    def _fault_of_login(self, register: Register, entry: dict[str, Any], person: Person, at: dt.datetime) -> str | None:
        if entry["actor"]["assurance"] != "identity-provider":
            return "has an assurance that does not match its signature"
        if not person.is_active or person.login is None:
            return f"has a login, but {entry['actor']['person']} had none at that time"
        provider = latest(register.providers.get(person.login[0], []), at)
        if provider is None:
            return "has a login at a provider that was not registered at that time"
        return fault_of_token(entry, person, provider[1], provider[2])

    def _fault_of_role(self, entry: dict[str, Any], person: Person) -> str | None:
        actor = entry["actor"]
        if ROLES[entry["kind"]] is None:
            return None  # a refusal records the role that was claimed, which may be the very reason for it
        if actor["role"] not in person.roles or actor["role"] == "admin":
            return f"{actor['person']} did not have the role {actor['role']} at that time"
        if actor["role"] == "force-liaison" and person.force != self._force:
            return f"{actor['person']} was the liaison of a different force at that time"
        return None

    def _fault_of_end(self, register: Register, entry: dict[str, Any], key: str) -> str | None:
        ended = self._end_of(register, entry)
        if ended is None or not self._has_ended_first(ended, key):
            return None
        return f"was not sealed before its key or role ended (register record {ended}), so it is not believed"

    def _end_of(self, register: Register, entry: dict[str, Any]) -> int | None:
        """Return the seq of the record that ended the key, the login or the role of an entry; None if none did."""
        signature, at, name = entry["signature"], instant(entry["at"]), entry["actor"]["person"]
        if name == "ncpi":
            return end_of(register.services, at, lambda key: key == signature["key"])
        login = register.person(name, at).login

        def is_held(person: Person) -> bool:
            by_login = signature["certificate"] is not None
            is_own = person.login == login is not None if by_login else person.key == signature["key"]
            return person.is_active and is_own and self._fault_of_role(entry, person) is None

        return end_of(register.people.get(name, []), at, is_held)

    def _has_ended_first(self, ended: int, key: str) -> bool:
        """Return whether the record that ended a key is sealed, and the entry is not in a seal before that one."""
        end = self._context.seals.leaves.get(f"register/{ended:08d}.json")
        own = self._context.seals.leaves.get(key)
        return end is not None and (own is None or own.seal >= end.seal)


def fault_of_token(entry: dict[str, Any], person: Person, client: str, keys: dict[str, Any]) -> str | None:
    """Return why an ID token does not bind the key of an entry to its person; None when it does."""
    try:
        header, claims, signed, value = _split_token(entry["signature"]["certificate"])
        if not _is_signed_token(header, signed, value, keys):
            return "has a login that its provider did not sign"
        nonce = digest_of(b"ncpi-session-v1\n" + bytes.fromhex(entry["signature"]["key"]))
        is_bound = ((claims["iss"], claims["sub"]), claims["nonce"]) == (person.login, nonce)
        if not is_bound or claims["aud"] not in (client, [client]):
            return "has a login of a different provider, client, person or key"
        at = instant(entry["at"]).timestamp()
        if not _seconds(claims["iat"]) - CLOCKS_APART.total_seconds() <= at <= _seconds(claims["exp"]):
            return "is dated outside the validity of its login"
        # The provider's clock may be ahead of the entry's.
        if entry["kind"] in STEPPED_UP and at - _seconds(claims["auth_time"]) > STEP_UP.total_seconds():
            return "is a decision with a login that was not fresh"
    except (ValueError, KeyError, TypeError, IndexError):
        return "has a login that cannot be read"
    return None


def _seconds(value: object) -> float:
    """Read a number of seconds, which may have a fraction (RFC 7519, NumericDate)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FormatError("is not a time")
    return value


def _split_token(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    head, body, value = token.split(".")
    return json.loads(_url64(head)), json.loads(_url64(body)), f"{head}.{body}".encode(), _url64(value)


def _url64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _is_signed_token(header: dict[str, Any], signed: bytes, value: bytes, keys: dict[str, Any]) -> bool:
    check = {"RS256": _check_rs256, "ES256": _check_es256}.get(str(header.get("alg")))
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


class RuleChecker:
    """Checks the rules of an inspection entry by entry: what may follow, in which role, by which person."""

    def __init__(self, found: Callable[[str, int | None, str], None]) -> None:
        self._report = found
        self._state, self._interrupted = START, None
        self._people: dict[str, set[str]] = {"author": set(), "moderator": set(), "approver": set()}
        self._draft: tuple[str, str | None] | None = None
        """Digest of the newest draft's entry, and of its document."""
        self._draft_kind = ""
        self._draft_authors: set[str] = set()
        self._is_undecided = False
        """Whether a draft awaited a decision before the entry that is checked."""
        self._approval: dict[str, Any] | None = None
        """The newest approval; None when it was taken back."""
        self._approval_digest: str | None = None
        self._accuracy_check: tuple[str | None, dt.datetime] | None = None
        """Digest of the draft's entry that the force is checking, and until when."""
        self._comment_counts: dict[str, int] = {}
        """How many comments each entry of the force has, by its digest."""
        self._comments: dict[str, tuple[str, set[int]]] = {}
        """Of each: the kind of the draft that it is about, and the numbers that have no answer."""
        self._versions: dict[str, list[str]] = {"initial-report": [], "review": []}
        """Digests of the entries that published a document's versions, oldest first."""
        self._correction: tuple[object, object] | None = None
        """Document and version of the newest correction that was drafted."""
        self._places: dict[str, int] = {}
        """Place of each entry, by its digest."""
        self._latest: dt.datetime | None = None
        """The latest instant of any entry so far."""

    def take(self, entry: dict[str, Any], digest: str) -> None:
        """Check an entry against those before it, and remember it."""
        kind, at = entry["kind"], instant(entry["at"])
        if self._latest is not None and at < self._latest:
            self._found(entry, "is dated before an entry that it follows")
        self._latest = max(at, self._latest or at)
        self._is_undecided = self._state in _DRAFTED
        self._check_move(entry)
        self._check_role(entry)
        for duty in BARRED.get(kind, ()):
            if entry["actor"]["person"] in self._people[duty]:
                self._found(entry, f"is by {entry['actor']['person']}, who was {duty} of this inspection")
        checks: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], None]], ...] = (
            (APPROVALS | RETURNS | {"draft.moderated"}, self._check_decision),
            (SUBMISSIONS, self._check_replacement),
            (frozenset({"factual-accuracy.answered"}), self._check_answer),
            (APPROVALS, self._check_approval),
            (frozenset({"approval.taken-back"}), self._check_taking_back),
            (frozenset({"trail.reviewed"}), self._check_review),
            (frozenset({"correction.drafted"}), self._check_correction),
            (PUBLICATIONS, self._check_publication),
            (ACCEPTANCES, self._check_acceptance),
        )
        for kinds, check in checks:
            if kind in kinds:
                check(entry)
        self._remember(entry, digest)

    def _found(self, entry: dict[str, Any], message: str) -> None:
        self._report("rule", entry["seq"], message)

    def _check_move(self, entry: dict[str, Any]) -> None:
        kind = entry["kind"]
        if kind in legal_after(self._state, self._interrupted):
            self._state, self._interrupted = moved(self._state, self._interrupted, kind)
            return
        self._found(entry, f"{kind} may not follow {self._state!r}")
        # Go on from the state that the kind leads to, so that one wrong move is not found again in every later entry.
        after = {states[kind] for states in MOVES.values() if kind in states}
        if len(after) == 1:
            self._state = after.pop()

    def _check_role(self, entry: dict[str, Any]) -> None:
        actor, roles = entry["actor"], ROLES[entry["kind"]]
        is_service = actor["person"] == "ncpi"
        if roles is None and is_service:
            self._found(entry, "is a refusal by the service; only people are refused")
        if roles is not None and actor["role"] not in roles:
            self._found(entry, f"is by the role {actor['role']}, which may not record {entry['kind']}")
        if actor["role"] == "admin" and roles is not None:
            self._found(entry, "is by an admin; admins never act in an inspection")
        if is_service != (actor["role"] == "service"):
            self._found(entry, "is by a person as the service, or by the service as a person")

    def _check_decision(self, entry: dict[str, Any]) -> None:
        named, document = entry["facts"].get("draft"), _document_of(entry)
        if self._draft is None or named != self._draft[1] or document != named:
            self._found(entry, "decides on a document that is not the newest draft")
        elif entry["because"] != self._draft[0]:
            self._found(entry, "decides because of an entry that is not the newest draft")

    def _check_replacement(self, entry: dict[str, Any]) -> None:
        draft = self._draft if self._is_undecided else None
        if entry["facts"].get("replaces") != (draft[1] if draft else None):
            self._found(entry, "does not name the draft that it replaces, or names one though it replaces none")
        if draft and entry["actor"]["person"] not in self._draft_authors:
            self._found(entry, "replaces a draft that a different person made")

    def _check_approval(self, entry: dict[str, Any]) -> None:
        if instant_fact(entry, "embargo") is None:
            self._found(entry, "is an approval without a valid embargo")
        check, draft = self._accuracy_check, self._draft
        if check and draft and check[0] == draft[0] and instant(entry["at"]) < check[1]:
            self._found(entry, "approves while the force's accuracy check was open")
        if any(unanswered for kind, unanswered in self._comments.values() if kind == self._draft_kind):
            self._found(entry, "approves while comments of the force have no answer")

    def _check_answer(self, entry: dict[str, Any]) -> None:
        """Check that an answer is to comments of the force, and to numbers that they have."""
        named = self._answered_numbers(entry)
        count = self._comment_counts.get(entry["because"])
        if count is None:
            self._found(entry, "answers because of an entry that is not a comment of the force")
        elif not named or any(not number.isdecimal() or not 1 <= int(number) <= count for number in named):
            self._found(entry, "answers comments that the force did not make, or none")

    def _answered_numbers(self, entry: dict[str, Any]) -> list[str]:
        facts = entry["facts"]
        lists = [facts.get(name) for name in ("accepted", "not_accepted")]
        return [number for numbers in lists if isinstance(numbers, list) for number in numbers]

    def _check_taking_back(self, entry: dict[str, Any]) -> None:
        if self._approval is None or entry["because"] != self._approval_digest:
            self._found(entry, "takes back because of an entry that is not the newest approval")
        elif entry["facts"].get("draft") != self._approval["facts"].get("draft"):
            self._found(entry, "takes back the approval of another draft")

    def _check_review(self, entry: dict[str, Any]) -> None:
        """Check that a review of the trail names an earlier entry, by digest and by place."""
        place = self._places.get(entry["because"])
        if place is None or entry["facts"].get("up_to") != place:
            self._found(entry, "reviews the trail up to an entry that is not there")

    def _check_correction(self, entry: dict[str, Any]) -> None:
        of, number = entry["facts"].get("of"), entry["facts"].get("number")
        versions = self._versions.get(of, []) if isinstance(of, str) else []
        if not versions:
            self._found(entry, "corrects a document that was not published")
            return
        if number != len(versions) + 1:
            self._found(entry, f"drafts version {number}, expected {len(versions) + 1}, the next of its document")
        if entry["because"] != versions[-1]:
            self._found(entry, "corrects because of an entry that is not the newest version of its document")

    def _check_acceptance(self, entry: dict[str, Any]) -> None:
        if not is_text(entry["facts"].get("validation"), _DIGEST):
            self._found(entry, "accepts a return without the digest of what it was checked against")

    def _check_publication(self, entry: dict[str, Any]) -> None:
        facts = entry["facts"]
        if entry["kind"] == "correction.recorded" and (facts.get("of"), facts.get("number")) != self._correction:
            self._found(entry, "publishes a version that was not drafted")
        if entry["document"] is None:
            self._found(entry, "publishes without the record of a publication")
        if self._approval is None or facts.get("draft") != self._approval["facts"].get("draft"):
            self._found(entry, "publishes a draft that is not the one approved last")
            return
        if facts.get("approver") not in (None, self._approval["actor"]["person"]):
            self._found(entry, "names an approver who did not approve")
        embargo = instant_fact(self._approval, "embargo")
        if embargo is not None and instant(entry["at"]) < embargo:
            self._found(entry, "publishes before the embargo of its approval")

    def _remember(self, entry: dict[str, Any], digest: str) -> None:
        kind, person, facts = entry["kind"], entry["actor"]["person"], entry["facts"]
        self._places[digest] = entry["seq"]
        if kind in SUBMISSIONS:
            self._people["author"].add(person)
        elif kind in APPROVALS:
            self._people["approver"].add(person)
            self._approval, self._approval_digest = entry, digest
        elif kind == "approval.taken-back":
            self._approval = self._approval_digest = None
        elif kind == "draft.moderated" or (kind in RETURNS and entry["actor"]["role"] == "moderator"):
            self._people["moderator"].add(person)
        authors = facts.get("authors")
        self._people["author"].update(authors if isinstance(authors, list) else ())
        of = FIRST_VERSION.get(kind, facts.get("of"))
        if kind in PUBLICATIONS and isinstance(of, str) and of in self._versions:
            self._versions[of].append(digest)
        if kind == "correction.drafted":
            self._correction = (of, facts.get("number"))
        if kind in DRAFTS:
            self._draft, self._draft_kind = (digest, _document_of(entry)), kind
            self._draft_authors = set(authors) if isinstance(authors, list) else {person}
        self._remember_accuracy_check(entry, digest)

    def _remember_accuracy_check(self, entry: dict[str, Any], digest: str) -> None:
        if entry["kind"] == "factual-accuracy.opened":
            until = instant_fact(entry, "until")
            if until is None:
                self._found(entry, "opens an accuracy check without a valid end")
            else:
                self._accuracy_check = (entry["because"], until)
        elif entry["kind"] == "factual-accuracy.commented":
            self._accuracy_check = None
            count = entry["facts"].get("comments")
            self._comment_counts[digest] = min(count, MAX_COMMENTS) if is_integer(count, most=2**53) else 0
            self._comments[digest] = (self._draft_kind, set(range(1, self._comment_counts[digest] + 1)))
        elif entry["kind"] == "factual-accuracy.answered" and entry["because"] in self._comments:
            answered = {int(number) for number in self._answered_numbers(entry) if number.isdecimal()}
            self._comments[entry["because"]][1].difference_update(answered)


def _document_of(entry: dict[str, Any]) -> str | None:
    return entry["document"]["sha256"] if entry["document"] else None


def instant_fact(entry: dict[str, Any], name: str) -> dt.datetime | None:
    """Return an instant among the facts of an entry; None when it is not one in UTC."""
    text = entry["facts"].get(name)
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.utcoffset() == dt.timedelta(0) else None


# --- Artefacts and public files --------------------------------------------------------------------------------------


def check_artefacts(export: Export, results: list[InspectionResult]) -> Iterator[Fault]:
    """Check the digests that the exporter found, and bytes if exported, against the documents of the entries."""
    if export.artefacts is None:
        return
    rows = {
        (row["inspection"], row["sha256"]): row for row in export.artefacts if export.has_in_scope(row["inspection"])
    }
    for result in results:
        for seq, digest in result.documents:
            if (result.inspection, digest) not in rows:
                message = f"artefact {digest[:12]}… is not in the list of artefacts"
                yield Fault("artefact", result.inspection, seq, message)
    for (inspection, digest), row in rows.items():
        if row["found"] != digest:
            word = "was missing" if row["found"] is None else f"had other bytes (SHA-256 {row['found'][:12]}…)"
            message = f"artefact {digest[:12]}… {word} when it was exported"
            yield Fault("artefact", inspection, row["entry"], message)
    yield from _check_exported_artefacts(export, rows)
    for result in results:
        yield from _check_validations(export, result)


def _check_validations(export: Export, result: InspectionResult) -> Iterator[Fault]:
    """Find every acceptance of a return that names something else than a check of its table that it passed."""
    for seq, digest, table, pack in result.validations:
        key = f"artefacts/{result.inspection}/{digest}"
        if not export.has(key) or digest_of(data := export.read(key)) != digest:
            continue
        try:
            found = json.loads(data)
        except ValueError:
            found = None
        names = ("kind", "inspection", "pack", "suite", "is_met")
        said = tuple(found.get(name) for name in names) if isinstance(found, dict) else ()
        if said != ("validation", result.inspection, pack, table, True):
            message = "names as its validation what is no check of this return's table, or one that failed"
            yield Fault("artefact", result.inspection, seq, message)


def _check_exported_artefacts(export: Export, rows: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Fault]:
    for key in export.keys("artefacts"):
        inspection, digest = key.split("/", 2)[1], key.rpartition("/")[2]
        if export.has_in_scope(inspection) and (key.count("/") != 2 or export.digest(key) != digest):  # noqa: PLR2004
            entry = rows.get((inspection, digest), {}).get("entry")
            message = f"artefact {digest[:12]}… has other bytes in this export"
            yield Fault("artefact", inspection, entry, message)


PUBLIC_INDEX: Final = "index.html"
MEDIA_TYPES: Final = {"html": "text/html; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}
"""Media type of each public object, by the end of its name."""


def fault_of_headers(key: str, headers: object) -> str | None:
    """Return how the headers of a public object differ from the fixed ones of its kind; never what they say."""
    expected = {"cache-control": "no-cache", "content-type": MEDIA_TYPES.get(key.rpartition(".")[2])}
    if headers == expected:
        return None
    found = headers if isinstance(headers, dict) else {}
    others = len(set(found) - set(expected))
    wrong = [name for name, value in expected.items() if found.get(name) != value]
    said = [*wrong, *([f"{others} others"] if others else [])]
    return f"{key} is sent with headers that are not those of its kind: {', '.join(said)}"


class PublicReader:
    """Checks what the public can read against what was recorded."""

    def __init__(self, export: Export, results: list[InspectionResult]) -> None:
        self._export = export
        self._results = results
        self.checked = 0
        self._recorded: set[str] = set()
        self._whole: list[str] = []
        """Keys of which the public reads the bytes that were recorded."""
        self._headers = {row[0]: row[4] for row in export.public or () if not row[3]}
        """What is sent with each key; None where the public cannot read it."""
        self._kept = {row[0] for row in export.public or () if not row[3]}
        """Keys with a version in the public bucket, hidden or not."""

    def faults(self) -> Iterator[Fault]:
        """Check every publication and withdrawal, then what else is public."""
        if self._export.public is None:
            return
        for result in self._results:
            yield from self._of_inspection(result)
        if self._export.scope is None:
            yield from self._index()
            for key in sorted(self._headers.keys() - self._recorded):
                if self._headers[key] is not None or self._export.has(f"public/{key}"):
                    yield Fault("public", _where(key), None, f"{key} is public, but no entry records it")
        for key in self._whole:
            if message := fault_of_headers(key, self._headers.get(key)):
                yield Fault("public", _where(key), None, message)

    def _index(self) -> Iterator[Fault]:
        """Check the index against the entry that recorded most public records in it; their number only grows."""
        indexes = [index for result in self._results for index in result.indexes]
        if not indexes:
            return
        self._recorded.add(PUBLIC_INDEX)
        newest = max(indexes, key=lambda index: index.records)
        expected = {one.digest for one in indexes if one.records == newest.records}
        if self._digest(PUBLIC_INDEX, *expected) not in expected:
            message = f"{PUBLIC_INDEX} is missing, or not the one recorded last, which lists {newest.records} records"
            yield Fault("public", newest.inspection, newest.seq, message)

    def _of_inspection(self, result: InspectionResult) -> Iterator[Fault]:
        documents: list[tuple[PublicationEntry, dict[str, Any] | None]] = []
        for publication in result.publications:
            document: dict[str, Any] | None = None
            try:
                document = yield from self._publication(publication, result)
            except WRONG_FORM:
                yield _fault_of("rule", publication, "records a publication that cannot be read")
            documents.append((publication, document))
        try:
            yield from self._withdrawal(result, documents)
        except WRONG_FORM:
            seq = result.withdrawal.seq if result.withdrawal else None
            yield Fault("rule", result.inspection, seq, "records a withdrawal that cannot be read")

    def _publication(
        self, publication: PublicationEntry, result: InspectionResult
    ) -> Generator[Fault, None, dict[str, Any] | None]:
        """Check one publication; return its document, None when its record is missing."""
        key = publication.record
        self._recorded.add(key)
        if self._digest(key, publication.digest) != publication.digest:
            message = f"{key}, the record of the publication, is not public, or not as recorded"
            yield _fault_of("public", publication, message)
        document = self._document(publication)
        if document is None:
            return None
        inner: dict[str, Any] = document
        if publication.kind == "correction.recorded":
            inner = document["publication"]
            if document["number"] != publication.number:
                yield _fault_of("rule", publication, "records a version that is not its document's")
            yield from self._correction(publication, document)
        if inner["of"] != publication.of or inner["inspection"] != publication.inspection:
            yield _fault_of("rule", publication, "records the publication of a different document")
        if inner["draft"] != publication.draft:
            yield _fault_of("rule", publication, "publishes a draft that is not its entry's")
        for file in inner["files"]:
            yield from self._file(publication, file, result)
        yield from self._draft(publication, inner)
        return inner

    def _digest(self, key: str, *expected: object) -> str | None:
        """Return the digest of what the public reads at a key; None if nothing."""
        self.checked += 1
        digest = self._export.digest(f"public/{key}")
        if digest is not None and digest in expected:
            self._whole.append(key)
        return digest

    def _document(self, publication: PublicationEntry) -> dict[str, Any] | None:
        """Return the record of a publication from the public files or the artefacts, by its digest."""
        for key in (f"public/{publication.record}", f"artefacts/{publication.inspection}/{publication.digest}"):
            data = self._export.read(key) if self._export.has(key) else b""
            if digest_of(data) == publication.digest:
                document: dict[str, Any] = json.loads(data)
                return document
        return None

    def _file(self, publication: PublicationEntry, file: dict[str, Any], result: InspectionResult) -> Iterator[Fault]:
        key = file["key"]
        if key != publication.address(file["name"]):
            yield _fault_of("rule", publication, "publishes at addresses that are not those of its version")
            return
        self._recorded.add(key)
        is_withdrawn = result.order is not None and result.withdrawal is not None
        digest = self._digest(key, None if is_withdrawn else file["sha256"])
        if is_withdrawn:
            if digest is not None:
                yield _fault_of("public", publication, f"{key} was withdrawn, but the public can read it")
            elif key not in self._kept:
                yield _fault_of("public", publication, f"{key} was withdrawn, and its hidden bytes are missing too")
        elif digest is None:
            # Between the order and its record, the file may be hidden already.
            if result.order is None:
                yield _fault_of("public", publication, f"{key} was published, but is missing")
        elif digest != file["sha256"]:
            yield _fault_of("public", publication, f"{key} has bytes that were not approved")

    def _correction(self, publication: PublicationEntry, document: dict[str, Any]) -> Iterator[Fault]:
        """Check a later version against its public report."""
        for file in document["publication"]["files"]:
            key = f"public/{publication.address('report.json')}"
            if file["name"] != "report.json" or not self._export.has(key):
                continue
            data = self._export.read(key)
            if digest_of(data) != file["sha256"]:
                continue  # `_file` finds this
            report = json.loads(data)
            newest = report["corrections"][-1] if report["kind"] == "corrected" else {"number": None, "errata": []}
            stated = (report["of"], newest["number"], len(newest["errata"]))
            if stated != (publication.of, publication.number, document["errata"]):
                message = "publishes a version or errata that are not those of the approved document"
                yield _fault_of("rule", publication, message)

    def _draft(self, publication: PublicationEntry, document: dict[str, Any]) -> Iterator[Fault]:
        key = f"artefacts/{publication.inspection}/{publication.draft}"
        if not self._export.has(key):
            return
        draft = json.loads(self._export.read(key))
        approved = {(file["name"], file["sha256"]) for file in draft.get("files", ())}
        if approved != {(file["name"], file["sha256"]) for file in document["files"]}:
            yield _fault_of("rule", publication, "publishes bytes that were not approved")

    def _withdrawal(
        self, result: InspectionResult, documents: list[tuple[PublicationEntry, dict[str, Any] | None]]
    ) -> Iterator[Fault]:
        order, withdrawal = result.order, result.withdrawal
        if order is None:
            return
        notice = f"{result.inspection}/withdrawal.html"
        record = f"publications/{result.inspection}/withdrawal.json"
        self._recorded |= {notice, record}
        if withdrawal is None:
            return
        for key, expected in ((notice, withdrawal.notice), (record, withdrawal.digest)):
            if self._digest(key, expected) != expected:
                message = f"{key} is missing, or is not what was recorded for the withdrawal"
                yield Fault("public", result.inspection, withdrawal.seq, message)
        before = [(publication.number, document) for publication, document in documents if publication.seq < order.seq]
        published = [(number, document) for number, document in before if document is not None]
        if self._export.has(f"public/{record}") and len(published) == len(before):
            data = self._export.read(f"public/{record}")
            if message := _fault_of_withdrawal(result.inspection, order, withdrawal, published, data):
                yield Fault("rule", result.inspection, withdrawal.seq, message)


def _fault_of_withdrawal(
    inspection: str,
    order: WithdrawalOrder,
    withdrawal: WithdrawalEntry,
    published: list[tuple[int, dict[str, Any]]],
    data: bytes,
) -> str | None:
    """Return how the public record of a withdrawal differs from its order and the publications before it."""
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
        return "records a withdrawal that differs from its order"
    if withdrawal.files != sum(len(document["files"]) for _, document in published):
        return "has a number of files that is not that of the withdrawn ones"
    return None


def _where(key: str) -> str:
    return key.removeprefix("publications/").split("/")[0]


def _fault_of(layer: str, publication: PublicationEntry, message: str) -> Fault:
    return Fault(layer, publication.inspection, publication.seq, message)


def london_day(moment: dt.datetime) -> dt.date:
    """Return the London date: an hour ahead from the last Sunday of March to that of October, at 01:00 UTC."""
    first, last = (dt.datetime(moment.year, month, 31, 1, tzinfo=dt.UTC) for month in (3, 10))
    start, end = (day - dt.timedelta(days=(day.weekday() + 1) % 7) for day in (first, last))
    return (moment + dt.timedelta(hours=start <= moment < end)).date()


# --- The whole verification ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Verified:
    """Everything that was checked and found."""

    checked: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    inspections: int = 0
    entries: int = 0
    unsealed: int = 0
    sealed_until: str | None = None
    set_aside: int = 0
    set_aside_by: set[str] = field(default_factory=set)
    scope: str | None = None
    """The one inspection that was asked for; None for everything."""
    unchecked: list[str] = field(default_factory=list)
    """What was to be checked and could not be, because the export is without it."""


class Anchors(NamedTuple):
    """What is known from outside the export."""

    register: str | None
    seal_keys: tuple[VerifierKey, ...]
    notes: tuple[tuple[str, str], ...]
    """Name and text of each note that was kept elsewhere."""


_context: VerificationContext | None = None


def _read_inspection(inspection: str) -> InspectionResult:
    if _context is None:
        raise RuntimeError
    return InspectionReader(_context, inspection).read()


def read_inspections(context: VerificationContext, processes: int) -> list[InspectionResult]:
    """Read every inspection, in several processes where that is faster."""
    global _context  # noqa: PLW0603 - forked processes inherit it
    _context = context
    names = context.export.inspections()
    fewest = 200
    if processes < 2 or len(names) < fewest or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004
        return [_read_inspection(name) for name in names]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return list(pool.imap(_read_inspection, names, chunksize=32))


def read_register(export: Export, anchors: Anchors, verified: Verified) -> Register | None:
    """Read the register and check it against the anchors; None when there is none."""
    reader = RegisterReader()
    keys = export.keys("register")
    if len(keys) > MAX_RECORDS:
        message = f"has {len(keys):,} objects; expected at most {MAX_RECORDS:,}, so the others were not read"
        verified.faults.append(Fault("register", "register", None, message))
    reader.read(export.stored(keys[:MAX_RECORDS]))
    verified.faults += reader.faults
    verified.checked["register"] = f"{len(keys)} records"
    if anchors.register is None:
        verified.missing["register"] = "the digest of its first record (--register)"
    elif reader.register.first != anchors.register:
        message = _unfitting_digest(anchors.register, [export.digest(key) for key in keys])
        verified.faults.append(Fault("register", "the digest that was given", None, message))
    registered = {key for _, key in reader.register.seals}
    for key in anchors.seal_keys:
        if registered and key not in registered:
            message = f"the seal key {key.name}+{key.id.hex()} was never in the register: check the typing (--seal-key)"
            verified.faults.append(Fault("register", "the seal key that was given", None, message))
    return reader.register if keys else None


def _unfitting_digest(given: str, digests: list[str | None]) -> str:
    """Say why the digest that somebody noted does not name the first record: mistyped, another record's, or forged."""
    if given in digests[1:]:
        return f"the digest that you gave is of register record {digests.index(given)}, expected that of record 0"
    return (
        "the digest that you gave is not one this register ever had: check the typing (--register). If it was typed as "
        "you noted it, this is not the register that you knew"
    )


def read_seals(export: Export, register: Register | None, anchors: Anchors, verified: Verified) -> SealChain:
    """Read the seals, and check the notes that were kept elsewhere against them."""
    known = (*anchors.seal_keys, *(key for _, key in register.seals)) if register else anchors.seal_keys
    checkpoints = read_notes(anchors, known, verified)
    seals = SealChain(register, anchors.seal_keys, [checkpoint.size for _, checkpoint in checkpoints])
    keys = export.keys("seal")
    seals.read(export.stored(keys))
    verified.faults += seals.faults
    verified.checked["seal"] = f"{_counted(len(keys), 'seal')}, {_counted(seals.tree.size, 'record')}"
    verified.checked["held"] = _counted(len(anchors.notes), "note")
    if not anchors.notes:
        verified.missing["held"] = "notes kept elsewhere (--note)"
    if not keys:
        verified.missing["seal"] = "seals; nothing was sealed"
    verified.faults += check_notes(checkpoints, seals)
    verified.sealed_until = next((time.isoformat() for time in reversed(seals.times) if time), None)
    return seals


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _fault_of_note(checkpoint: Checkpoint, seals: SealChain) -> str | None:
    tree, size = seals.tree, checkpoint.size
    if size > tree.size:
        return f"the note seals {size} records, but only {tree.size} are sealed here: some are missing"
    if tree.roots.get(size) != checkpoint.root:
        return f"the first {size} sealed records are not those of the note: the record was rewritten"
    if checkpoint.seal and seals.digests.get(size, checkpoint.seal) != checkpoint.seal:
        return f"the seal of the first {size} records is not that of the note: the record was rewritten"
    return None


def read_notes(anchors: Anchors, keys: Iterable[VerifierKey], verified: Verified) -> list[tuple[str, Checkpoint]]:
    """Read the notes that were kept elsewhere, each with its name; one that cannot be believed is a fault."""
    checkpoints = []
    for name, text in anchors.notes:
        try:
            checkpoints.append((name, read_note(text, keys)))
        except ValueError as error:
            verified.faults.append(Fault("held", name, None, f"the note {words_of(error, 'is not a checkpoint')}"))
    return checkpoints


def check_notes(checkpoints: list[tuple[str, Checkpoint]], seals: SealChain) -> Iterator[Fault]:
    """Compare notes with what is sealed here, and with each other."""
    fitting, others = [], []
    for name, checkpoint in checkpoints:
        fault = _fault_of_note(checkpoint, seals)
        if fault is None:
            fitting.append(name)
        else:
            yield Fault("held", name, None, fault)
            if checkpoint.size <= seals.tree.size:
                others.append(name)
    if fitting and others:
        message = (
            f"cannot be of one record with {fitting[0]}, which is of this one: its holder was shown another record. "
            "Both are signed with a seal key: keep both, they prove it"
        )
        yield Fault("held", ", ".join(others), None, message)
    yield from contradictions(checkpoints)


def contradictions(checkpoints: list[tuple[str, Checkpoint]]) -> Iterator[Fault]:
    """Find notes that no record has both of: of the same size, with different roots."""
    first: dict[int, tuple[str, bytes]] = {}
    for name, (size, root, _) in checkpoints:
        other, its_root = first.setdefault(size, (name, root))
        if root != its_root:
            message = (
                f"cannot be of one record with {other}: both seal {size} records, and not the same ones, so their "
                "holders were shown two records. Both are signed with a seal key: keep both, they prove it"
            )
            yield Fault("held", name, None, message)


def compare_notes(anchors: Anchors) -> tuple[list[str], int]:
    """Compare notes without a record; return what to say of them, and the exit status.

    Raises:
        Unusable: fewer than two notes were given, or no key that checks them.
    """
    if len(anchors.notes) < 2 or not anchors.seal_keys:  # noqa: PLR2004 - two can be compared
        raise Unusable(
            "expected a folder to verify; or, to compare notes without one, --seal-key and two notes (--note)"
        )
    verified = Verified()
    checkpoints = read_notes(anchors, anchors.seal_keys, verified)
    verified.faults += contradictions(checkpoints)
    lines = [f"{name}: {size} records, root {root.hex()[:16]}…" for name, (size, root, _) in checkpoints]
    lines += [f"[{fault.layer}] {fault.where}: {fault.message}" for fault in verified.faults]
    if verified.faults:
        return [*lines, "These notes are NOT all of one record."], 1
    if len({checkpoint.size for _, checkpoint in checkpoints}) > 1:
        return [*lines, "Notes of different sizes can be compared with the record only: give its folder too."], 2
    return [*lines, "These notes are of one record."], 0


def missing_leaves(export: Export, seals: SealChain, verified: Verified) -> Iterator[Fault]:
    """Find sealed objects that are missing, and records of the register that differ from what was sealed.

    Of an export that says that it is one inspection's, other ledgers are no faults, but what is left is unchecked.
    """
    there, elsewhere = set(export.inspections()), set()
    for key, sealed in seals.leaves.items():
        inspection = key.split("/")[1] if key.startswith("ledger/") else None
        if inspection is not None and not export.has_in_scope(inspection):
            continue
        if inspection is not None and export.about.get("inspection") is not None and inspection not in there:
            elsewhere.add(inspection)
        elif not export.has(key):
            yield _fault_of_key("seal", key, f"was sealed (seal {sealed.seal}), but is missing")
        elif inspection is None and export.digest(key) != sealed.digest:
            yield _fault_of_key("seal", key, f"differs from what was sealed (seal {sealed.seal})")
    if elsewhere:
        verified.unchecked.append(
            f"{len(elsewhere)} sealed inspection{'s are' if len(elsewhere) > 1 else ' is'} not in this export, which "
            "says that it is of one; ask for that one with --inspection, or take an export of everything"
        )


def verify(
    folder: Path, anchors: Anchors, processes: int = 1, *, inspection: str | None = None, ledger_only: bool = False
) -> Verified:
    """Check everything that can be checked in an export.

    Args:
        inspection: the one inspection to verify, with the register and the seals; everything when left out.
        ledger_only: whether to leave out what a copy of the bucket is without: listing, artefacts, public files.

    Raises:
        Unusable: the folder is not an export of this version, the export was not completed, or it has nothing of that
            inspection.
    """
    export = Export(folder, inspection)
    if ledger_only:
        export.versions = export.artefacts = export.public = None
    elif export.about and export.about.get("version") != EXPORT_VERSION:
        raise Unusable(f"{folder}: expected an export of version {EXPORT_VERSION}; use the verifier that came with it")
    elif export.about and export.about.get("complete") is not True:
        raise Unusable(f"{folder}: the export was broken off; complete it with the same `ncpi audit export`")
    verified = Verified(scope=inspection)
    verified.faults += check_versions(export)
    register = read_register(export, anchors, verified)
    seals = read_seals(export, register, anchors, verified)
    if (
        inspection
        and not export.inspections()
        and not any(key.startswith(f"ledger/{inspection}/") for key in seals.leaves)
    ):
        raise Unusable(
            f"--inspection: expected an inspection of this export, found nothing of {_printable(inspection)}"
        )
    results = read_inspections(VerificationContext(export, register, seals), processes)
    for result in results:
        verified.faults += result.faults
        verified.entries += result.entries
        verified.unsealed += result.unsealed
        verified.set_aside += result.set_aside
        verified.set_aside_by |= result.set_aside_by
    verified.inspections = len(results)
    verified.faults += missing_leaves(export, seals, verified)
    verified.faults += check_artefacts(export, results)
    public = PublicReader(export, results)
    verified.faults += public.faults()
    verified.faults += export.faults
    _summarise(verified, export, register, public.checked)
    left_out = {"versions", "artefact", "public"} if ledger_only else set()
    absent = {layer: what for layer, what in verified.missing.items() if layer not in PAPERS | left_out}
    if export.artefacts is not None:
        absent.pop("artefact", None)  # their digests are there, which is what is checked
    verified.unchecked += [f"the layer {layer} needs {what}" for layer, what in absent.items()]
    return verified


def _summarise(verified: Verified, export: Export, register: Register | None, public: int) -> None:
    checked = verified.checked
    checked["versions"] = f"{len(export.versions or ())} versions"
    checked["chain"] = checked["rule"] = f"{verified.entries} entries of {verified.inspections} inspections"
    checked["signature"] = f"{verified.entries if register else 0} entries"
    if verified.set_aside:
        people = ", ".join(sorted(verified.set_aside_by))
        checked["signature"] += f"; {verified.set_aside} not believed and set aside by {people}"
    checked["artefact"] = f"{len(export.artefacts or ())} digests"
    checked["public"] = f"{public} files"
    if register is None:
        verified.missing["signature"] = "a register; no signature was checked"
    if export.versions is None:
        verified.missing["versions"] = "versions.json, the listing of the bucket"
    if export.artefacts is None:
        verified.missing["artefact"] = "artefacts.json, the digests as exported"
    elif not export.keys("artefacts"):
        verified.missing["artefact"] = "their bytes; the digests are as the exporter found them"
    if export.public is None:
        verified.missing["public"] = "public.json and the public files"


def print_for_people(verified: Verified, seconds: float) -> None:
    """Print the table of layers, then every fault."""
    counts = Counter(fault.layer for fault in verified.faults)
    lines = [f"{'layer':<10} {'checked':<44} {'faults':>6}  not checked, because not given"]
    for layer in LAYERS:
        found = str(counts[layer]) if counts[layer] else "-"
        lines.append(
            f"{layer:<10} {verified.checked[layer]:<44} {found:>6}  {verified.missing.get(layer, '')}".rstrip()
        )
    for fault in verified.faults[:MAX_FAULTS]:
        place = f" entry {fault.entry}" if fault.entry is not None else ""
        lines.append(f"[{fault.layer}] {_printable(fault.where)}{place}: {_printable(fault.message)}")
    if len(verified.faults) > MAX_FAULTS:
        lines.append(f"… and {len(verified.faults) - MAX_FAULTS:,} more.")
    lines += [f"Could not be checked: {_printable(what)}." for what in verified.unchecked]
    if verified.unsealed:
        lines.append(f"The last seal: {verified.sealed_until or 'none'}.")
    sys.stdout.write("\n".join([*lines, f"{verdict_of(verified)} ({seconds:.1f} s)", ""]))


def verdict_of(verified: Verified) -> str:
    """Return what was found, and what could not be checked, in a sentence or two."""
    count = len(verified.faults)
    if count > sum(fault.where in UNFITTING for fault in verified.faults):
        return f"NOT what was written: {count} fault{'s' if count > 1 else ''}."
    parts = []
    if verified.scope:
        parts.append(f"Of {verified.scope} alone, as you asked")
    if papers := sum(layer in PAPERS for layer in verified.missing):
        parts.append(("One check needs", "Two checks need")[papers - 1] + " papers that you hold")
    if others := sum(layer not in PAPERS for layer in verified.missing):
        parts.append(f"{others} check{'s' if others > 1 else ''} could not be made in full")
    if verified.unsealed:
        parts.append(f"{verified.unsealed} {'entries are' if verified.unsealed > 1 else 'entry is'} not sealed yet")
    beginning = "No sign of change in the record itself, but what you gave does not fit it."
    beginning = beginning if count else "No sign of change."
    if verified.unchecked:
        beginning = "NOT all of what you asked for could be checked, though nothing was found in what was."
    return f"{beginning} {'; '.join(parts)}." if parts else beginning


def _printable(text: str) -> str:
    """Return a text without control characters, which could manipulate a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def as_json(verified: Verified) -> str:
    """Return the same as JSON, for machines."""
    counts = Counter(fault.layer for fault in verified.faults)
    value = {
        "layers": {
            layer: {"checked": verified.checked[layer], "found": counts[layer], "missing": verified.missing.get(layer)}
            for layer in LAYERS
        },
        "faults": [asdict(fault) for fault in verified.faults[:MAX_FAULTS]],
        "faults_in_all": len(verified.faults),
        "unchecked": verified.unchecked,
        "scope": verified.scope,
        "inspections": verified.inspections,
        "entries": verified.entries,
        "unsealed": verified.unsealed,
    }
    return json.dumps(value, indent=2) + "\n"


def read_anchors(register: str | None, seal_keys: list[str], notes: list[str]) -> Anchors:
    """Read the anchors given on the command line.

    Raises:
        Unusable: one of them is malformed or cannot be read.
    """
    if register is not None and not _DIGEST.fullmatch(register):
        raise Unusable("--register: expected the digest of the first record, 64 hexadecimal digits")
    try:
        keys = tuple(VerifierKey.parse(key) for key in seal_keys)
    except ValueError as error:
        words = words_of(error, "is not <name>+<id>+<base64>")
        raise Unusable(f"--seal-key: expected the key that checks notes, found one that {words}") from None
    try:
        texts = tuple((Path(name).name, _note(name)) for name in notes)
    except (ValueError, OSError):
        raise Unusable(
            "--note: expected files with a signed note each, found one that is none; give them as they came"
        ) from None
    return Anchors(register, keys, texts)


def _note(name: str) -> str:
    if not Path(name).is_file():
        raise FormatError("is no regular file")
    with open(name, "rb") as file:  # noqa: PTH123 - reads no more than it may
        return file.read(MAX_RECORD_BYTES).decode()


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(
        description="Verify an exported record of inspections, using keys and notes that were kept elsewhere.",
        epilog="Example: python ncpi_verify.py export/ --register 3f2a… --note note-1.txt note-2.txt",
    )
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="what `ncpi audit export` made; left out, notes are compared with each other",
    )
    parser.add_argument(
        "--inspection", metavar="ID", help="verify this one, the register and the seals; everything when left out"
    )
    parser.add_argument(
        "--ledger-only", action="store_true", help="leave out listing, artefacts and public files: a copy of the bucket"
    )
    parser.add_argument("--register", metavar="DIGEST", help="SHA-256 of the first record of the register")
    parser.add_argument("--seal-key", metavar="VKEY", action="append", default=[], help="key that verifies the notes")
    parser.add_argument("--note", metavar="FILE", nargs="+", action="extend", default=[], help="notes kept elsewhere")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for machines")
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 8), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stderr.write("standard output is closed: nothing was verified\n")
        return 6
    try:
        anchors = read_anchors(given.register, given.seal_key, given.note)
        if given.folder is None:
            lines, status = compare_notes(anchors)
            sys.stdout.write("\n".join([*map(_printable, lines), ""]))
            sys.stdout.flush()
            return status
        verified = verify(
            given.folder, anchors, given.processes, inspection=given.inspection, ledger_only=given.ledger_only
        )
        if given.json:
            sys.stdout.write(as_json(verified))
        else:
            print_for_people(verified, time.perf_counter() - start)
        sys.stdout.flush()
    except Unusable as error:
        sys.stderr.write(f"{_printable(str(error))}\n")
        return 2
    except OSError as error:
        subject = _printable(str(error.filename or "standard output or this computer"))
        sys.stderr.write(f"{subject}: {error.strerror}; nothing is known of the record\n")
        # What is unwritten would be tried again, and fail again, when the interpreter ends.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 6
    return 1 if verified.faults else 2 if verified.unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
