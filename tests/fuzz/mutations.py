"""Change a record as somebody with every key of the servers could: values, fields, names, encodings, listings."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, Final

from domain.signing import KeySigner, sign_entry
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Actor, UnsignedEntry
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from storage.record.public_headers import media_type_of
from storage.s3.versions import StoredVersion
from tests.support.archive import HMI, LEAD, MANAGER, MODERATOR, Archive, key_of
from tests.support.memory import MemoryObjects

KENT: Final = "kent-2025"
_DIGEST: Final = digest_of(b"")
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 7, 2**53 - 1, 2**53, -(2**53), 10**400, 1.5, 1e300, "", " ", "x", "a b", "a  b",
    "\u00b2", "\u00e9", "e\u0301", "\u200b", "\ufb01", "\ue000", "\U00010000", "\ud800", "\x00", "\n", "x" * 601,
    _DIGEST, _DIGEST.upper(), f"{_DIGEST}\n", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000000Z",
    "2026-03-02T24:00:00Z",
    "2026-02-30T09:00:00Z", "2026-03-02T09:00:60Z", "2026-03-02T09:00:00+00:00", "2026-03-02 09:00:00Z", "2026-03-02",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1999-12-31T23:59:59Z", "2026-03-02T09:00:00.1234567Z", 1772442000,
    [], [[]], [None], ["x"], ["x", 1], {}, {"": ""}, {"a": {}}, "ncpi", MANAGER, LEAD, HMI, "Dru.Sharpling", "service",
    "hmi", "admin", "../..", "register/00000000.json", f"ledger/{KENT}/00000000.json", "kent-2025\n", "surrey-2024",
    *(kind.value for kind in Kind),
)  # fmt: skip
NAMES: Final = (
    f"ledger/{KENT}/00000099.json", f"ledger/{KENT}/x", f"ledger/{KENT}/x/y", f"ledger/{KENT}/\u00b2\u00b2.json",
    f"ledger/{KENT}/00000003.json/x", "ledger/x", "ledger/kent/00000000.json", "ledger/surrey-2024/00000000.json",
    f"ledger/{KENT}/0000000a.json", f"ledger/{KENT}/000000001.json", f"ledger/{KENT} /00000000.json", "register/x",
    "register/00000099.json", "register/00000001.json.json", "seal/00000099.json", "seal/x/y", "seal/-0000001.json",
    f"ledger/{KENT}/.hidden", "ledger//00000000.json", f"ledger/{KENT}/..", "register/" + "9" * 120,
)  # fmt: skip


def base() -> Archive:
    """Make a small record: an inspection that was published, two entries of it not sealed yet."""
    archive = Archive()
    roles = {MANAGER: Role.PROGRAMME_MANAGER, LEAD: Role.INSPECTOR, MODERATOR: Role.MODERATOR, HMI: Role.HMI}
    archive.found(roles)
    archive.seal()
    archive.live(KENT, 8)
    newest = {key: archive.ledger.pop(key) for key in (f"ledger/{KENT}/{seq:08d}.json" for seq in (6, 7))}
    archive.seal()
    archive.ledger |= newest
    return archive


def mutate_value(rng: random.Random, value: Any) -> Any:
    """Change one place of a JSON value."""
    value = copy.deepcopy(value)
    places = list(_places(value))
    holder, name = rng.choice(places) if places else ([value], 0)
    match rng.randrange(8):
        case 0 | 1 | 2 | 3:
            holder[name] = copy.deepcopy(rng.choice(VALUES))
        case 4:
            del holder[name]
        case 5:
            holder[name] = [holder[name]]
        case 6 if isinstance(holder, dict):
            holder[str(rng.choice(VALUES))[:80]] = copy.deepcopy(rng.choice(VALUES))
        case 7 if isinstance(holder, list):
            holder.insert(name, copy.deepcopy(rng.choice(holder)))
        case _:
            other, its_name = rng.choice(places) if places else (holder, name)
            holder[name] = copy.deepcopy(other[its_name])
    return value


def _places(value: Any) -> Any:
    for name, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield value, name
        yield from _places(inner)


def encoded(rng: random.Random, value: Any) -> bytes:
    """Write JSON, mostly canonically."""
    plain = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    way = rng.randrange(20)
    if way == 0:
        plain["separators"] = (", ", ": ")
    elif way == 1:
        plain["sort_keys"] = False
        value = dict(reversed(value.items())) if isinstance(value, dict) else value
    elif way == 2:
        plain["ensure_ascii"] = True
    data = json.dumps(value, **plain).encode(errors="surrogatepass")  # type: ignore[arg-type]
    if way == 3:
        data = data.replace(b"{", b'{"version":2,', 1)
    elif way == 4:
        data = rng.choice(
            [b"\xef\xbb\xbf" + data, data + b"\n", b" " + data, data.decode(errors="replace").encode("utf-16")]
        )
    return data


def mutate_bytes(rng: random.Random, data: bytes) -> bytes:
    """Change bytes whatever they mean."""
    place = rng.randrange(len(data) or 1)
    match rng.randrange(6):
        case 0:
            return data[:place]
        case 1:
            return data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]
        case 2:
            return data[:place] + data[place + 1 :]
        case 3:
            return data * 2
        case 4:
            return rng.choice([b"", b"null", b"[]", b"{}", b"NaN", b"\xff", b"[" * 5000, b'{"a":' * 3000, b"9" * 5000])
        case _:
            return data[place:] + data[:place]


def mutate_object(rng: random.Random, data: bytes) -> bytes:
    """Change an object by its structure, or else its bytes."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return mutate_bytes(rng, data)
    if rng.random() < 0.2:
        return mutate_bytes(rng, data)
    return encoded(rng, mutate_value(rng, value))


def signed_again(rng: random.Random, data: bytes) -> bytes:
    """Change an entry and sign it with the key of whom it names then; unsigned again where it is none any more."""
    value = mutate_value(rng, {name: value for name, value in json.loads(data).items() if name != "signature"})
    try:
        content = UnsignedEntry.model_validate_json(json.dumps(value))
    except ValueError:
        return mutate_object(rng, data)
    actor = Actor(person=content.actor.person, role=content.actor.role, assurance=content.actor.assurance)
    return sign_entry(content, KeySigner(actor, key_of(content.actor.person))).to_bytes()


class Listed(MemoryObjects):
    """A bucket whose listing has what a server could show beside what is stored."""

    def __init__(self, stored: dict[str, bytes], more: tuple[StoredVersion, ...] = ()) -> None:
        super().__init__()
        for key, data in stored.items():
            self.create(key, data, media_type_of(key) if key.endswith((".html", ".json")) else "application/json")
        self._more = more

    def versions(self, prefix: str) -> Any:
        more = [one for one in self._more if one.key.startswith(prefix)]
        return iter(sorted([*super().versions(prefix), *more], key=lambda one: (one.key, one.is_delete_marker)))


def mutate_record(
    rng: random.Random, archive: Archive
) -> tuple[dict[str, dict[str, bytes]], tuple[StoredVersion, ...]]:
    """Change a whole record in one to three places; return its buckets, and what else the ledger's listing shows."""
    buckets = {"ledger": dict(archive.ledger), "private": dict(archive.private), "public": dict(archive.public)}
    more: list[StoredVersion] = []
    last = f"ledger/{KENT}/00000007.json"
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        stored = buckets[rng.choice(["ledger", "ledger", "ledger", "private", "public"])]
        if rng.random() < 0.25 and last in buckets["ledger"]:
            buckets["ledger"][last] = signed_again(rng, archive.ledger[last])
        elif rng.random() < 0.1:
            name = rng.choice([*stored, *NAMES])
            more.append(StoredVersion(name, _DIGEST[:32], is_delete_marker=rng.random() < 0.5))
        elif stored:
            _mutate_bucket(rng, stored)
    return buckets, tuple(more)


def _mutate_bucket(rng: random.Random, stored: dict[str, bytes]) -> None:
    key, other = rng.choice(sorted(stored)), rng.choice(sorted(stored))
    match rng.randrange(9):
        case 0:
            del stored[key]
        case 1:
            stored[key], stored[other] = stored[other], stored[key]
        case 2:
            stored[rng.choice(NAMES)] = stored[key]
        case 3:
            stored[rng.choice(NAMES)] = stored.pop(key)
        case _:
            stored[key] = mutate_object(rng, stored[key])


LISTINGS: Final = ("versions.json", "artefacts.json", "public.json", "export.json")


def mutate_listing(rng: random.Random, data: bytes) -> bytes:
    """Change the listing of an export: a row of it, or its bytes."""
    lines = data.split(b"\n")
    if rng.random() < 0.3 or len(lines) < 4:
        return mutate_object(rng, data)
    place = rng.randrange(1, len(lines) - 2)
    comma = b"," if lines[place].endswith(b",") else b""
    lines[place] = mutate_object(rng, lines[place].rstrip(b",")) + comma
    return b"\n".join(lines)
