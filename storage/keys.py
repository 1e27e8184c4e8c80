"""Every key in every bucket, made here and only from checked ids, digests and fixed names.

Fixed-width names in one folder list in order on every server, whether it sorts by bytes or by path component.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from schemas.errors import NotFoundError
from schemas.identifiers import is_inspection_id, is_person_id

LEDGER_PREFIX: Final = "ledger/"
REGISTER_PREFIX: Final = "register/"
SEALS_PREFIX: Final = "seal/"
PUBLIC_INDEX: Final = "index.html"
PUBLICATIONS_PREFIX: Final = "publications/"
_ENTRY: Final = re.compile(r"ledger/([a-z0-9-]+)/([0-9]{8})\.json")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z]{2,4}")


def checked(inspection_id: str) -> str:
    """Pass an inspection id on, or refuse it before it gets near a key.

    Raises:
        NotFoundError: it is none; the text itself is not shown, for it is whatever somebody sent.
    """
    if not is_inspection_id(inspection_id):
        message = "not an inspection id: expected <force>-<year>, for example south-wales-2015 (lower case)"
        raise NotFoundError(message)
    return inspection_id


def ledger_folder(inspection_id: str) -> str:
    """Name the folder of one inspection's ledger."""
    return f"{LEDGER_PREFIX}{checked(inspection_id)}/"


def ledger_entry(inspection_id: str, seq: int) -> str:
    """Name one entry."""
    return f"{ledger_folder(inspection_id)}{seq:08d}.json"


def parse_ledger_entry(key: str) -> tuple[str, int] | None:
    """Read inspection and seq out of a key; None when it is not an entry's."""
    match = _ENTRY.fullmatch(key)
    return (match[1], int(match[2])) if match and is_inspection_id(match[1]) else None


def inspection_of_ledger(key: str) -> str | None:
    """Read the inspection out of whatever stands in its ledger's folder; None when that is no inspection's."""
    name = key.removeprefix(LEDGER_PREFIX).partition("/")[0]
    return name if is_inspection_id(name) else None


def register_record(seq: int) -> str:
    """Name one record of the register."""
    return f"{REGISTER_PREFIX}{seq:08d}.json"


def sealed_key(person: str, digest: str) -> str:
    """Name a person's sealed key in the private bucket."""
    if not (is_person_id(person) and _DIGEST.fullmatch(digest)):
        message = "not a sealed key: expected an account name and a digest of 64 hexadecimal digits"
        raise NotFoundError(message)
    return f"keys/{person}/{digest}.json"


def seal(n: int) -> str:
    """Name one seal."""
    return f"{SEALS_PREFIX}{n:08d}.json"


def artefact(inspection_id: str, digest: str) -> str:
    """Name an artefact in the private bucket: its inspection, so that one can be disposed of whole, and its digest."""
    if not _DIGEST.fullmatch(digest):
        message = f"{inspection_id}: an artefact is named by 64 hexadecimal digits"
        raise NotFoundError(message)
    return f"artefacts/{checked(inspection_id)}/{digest}"


def public_file(inspection_id: str, of: Literal["initial-report", "review"], name: str, number: int = 1) -> str:
    """Name a published file; the same for ever, so that it can be linked to and is never published twice.

    Args:
        number: which version of the document; each correction has a folder of its own.
    """
    if not _NAME.fullmatch(name):
        message = f"{inspection_id}: {of} has a file whose name may not be published"
        raise NotFoundError(message)
    version = f"v{number}/" if number > 1 else ""
    return f"{checked(inspection_id)}/{of}/{version}{name}"


def public_record(inspection_id: str, of: Literal["initial-report", "review"], number: int = 1) -> str:
    """Name the public record of a publication: what was published, when, with digests.

    All of them stand in one folder apart from the files, so that the index is made from one short listing.
    """
    version = f"-v{number}" if number > 1 else ""
    return f"{PUBLICATIONS_PREFIX}{checked(inspection_id)}/{of}{version}.json"


def public_folder(inspection_id: str) -> str:
    """Name the folder of everything that the public reads of an inspection, the records apart."""
    return f"{checked(inspection_id)}/"


def withdrawal_notice(inspection_id: str) -> str:
    """Name the page that says that an inspection's publications were withdrawn."""
    return f"{public_folder(inspection_id)}withdrawal.html"


def withdrawal_record(inspection_id: str) -> str:
    """Name the public record of a withdrawal, beside the records of what it withdrew."""
    return f"{PUBLICATIONS_PREFIX}{checked(inspection_id)}/withdrawal.json"
