"""Every key in every bucket, made here alone from checked ids, digests and fixed names.

Names of one width list in order on every server, whether it sorts by bytes or by path component.
"""

from __future__ import annotations

import re
from typing import Final

from schemas.documents.publication import DocumentKind
from schemas.errors import NotFoundError
from schemas.identifiers import is_inspection_id, is_person_id

LEDGER_PREFIX: Final = "ledger/"
REGISTER_PREFIX: Final = "register/"
SEALS_PREFIX: Final = "seal/"
ACCURACY_PREFIX: Final = "accuracy/"
PUBLIC_INDEX: Final = "index.html"
PUBLICATIONS_PREFIX: Final = "publications/"
_ENTRY: Final = re.compile(r"ledger/([a-z0-9-]+)/([0-9]{8})\.json")
_PRIVATE: Final = re.compile(
    r"artefacts/([a-z0-9-]+)/[0-9a-f]{64}"
    r"|accuracy/([a-z0-9-]+)/[0-9a-f]{64}/[A-Za-z0-9_-]+/report\.(?:html|pdf)"
    r"|keys/([a-z0-9.'-]+)/[0-9a-f]{64}\.json"
    r"|probe/(?:write|[0-9a-f]{32})"
)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z]{2,4}")


def checked(inspection_id: str) -> str:
    """Return an inspection id that was checked, so that nothing else becomes part of a key.

    Raises:
        NotFoundError: it is not an inspection id; the text is not shown, since somebody may have sent anything.
    """
    if not is_inspection_id(inspection_id):
        raise NotFoundError("not an inspection id: expected <force>-<year> in lower case, for example south-wales-2015")
    return inspection_id


def ledger_folder(inspection_id: str) -> str:
    """Return the folder of an inspection's ledger."""
    return f"{LEDGER_PREFIX}{checked(inspection_id)}/"


def ledger_entry(inspection_id: str, seq: int) -> str:
    """Return the key of an entry."""
    return f"{ledger_folder(inspection_id)}{seq:08d}.json"


def parse_ledger_entry(key: str) -> tuple[str, int] | None:
    """Return the inspection and seq of an entry's key; None for any other key."""
    match = _ENTRY.fullmatch(key)
    return (match[1], int(match[2])) if match and is_inspection_id(match[1]) else None


def inspection_of_ledger(key: str) -> str | None:
    """Return the inspection of any key in its ledger's folder; None when the folder is not an inspection's."""
    return _inspection_below(LEDGER_PREFIX, key)


def register_record(seq: int) -> str:
    """Return the key of a record of the register."""
    return f"{REGISTER_PREFIX}{seq:08d}.json"


def sealed_key(person: str, digest: str) -> str:
    """Return the key, in the private bucket, of a person's sealed private key."""
    if not (is_person_id(person) and _DIGEST.fullmatch(digest)):
        raise NotFoundError(
            "sealed key: expected an account name and a digest of 64 hexadecimal digits, found something else"
        )
    return f"keys/{person}/{digest}.json"


def seal(n: int) -> str:
    """Return the key of a seal."""
    return f"{SEALS_PREFIX}{n:08d}.json"


def artefact(inspection_id: str, digest: str) -> str:
    """Return the key of an artefact in the private bucket, under its inspection, so that one can be deleted whole."""
    return f"artefacts/{checked(inspection_id)}/{_checked_digest(inspection_id, digest)}"


def accuracy_copies(inspection_id: str) -> str:
    """Return the folder, in the private bucket, of the copies that the force of an inspection may read."""
    return f"{ACCURACY_PREFIX}{checked(inspection_id)}/"


def accuracy_copies_of(inspection_id: str, check: str) -> str:
    """Return the folder of the copies made for one check, by the digest of the entry that opened it."""
    return f"{accuracy_copies(inspection_id)}{_checked_digest(inspection_id, check)}/"


def inspection_of_accuracy_copy(key: str) -> str | None:
    """Return the inspection of a copy's key; None when the folder is not an inspection's."""
    return _inspection_below(ACCURACY_PREFIX, key)


def is_private(key: str) -> bool:
    """Return whether a key has the form of something that is kept in the private bucket."""
    match = _PRIVATE.fullmatch(key)
    if match is None:
        return False
    inspection, person = match[1] or match[2], match[3]
    return (inspection is None or is_inspection_id(inspection)) and (person is None or is_person_id(person))


def public_file(inspection_id: str, of: DocumentKind, name: str, number: int = 1) -> str:
    """Return the key of a published file; it never changes, so that it can be linked to and is published only once.

    Args:
        number: version of the document; each corrected version has a folder of its own.
    """
    if not _NAME.fullmatch(name):
        raise NotFoundError(
            f"{inspection_id}: expected files of {of} with plain lower-case names, found another; nothing is published"
        )
    version = f"v{number}/" if number > 1 else ""
    return f"{checked(inspection_id)}/{of}/{version}{name}"


def public_record(inspection_id: str, of: DocumentKind, number: int = 1) -> str:
    """Return the key of the public record of a publication.

    All records are in one folder apart from the files, so that the index is made from one short listing.
    """
    version = f"-v{number}" if number > 1 else ""
    return f"{PUBLICATIONS_PREFIX}{checked(inspection_id)}/{of}{version}.json"


def public_folder(inspection_id: str) -> str:
    """Return the folder of an inspection's published files, without the records."""
    return f"{checked(inspection_id)}/"


def withdrawal_notice(inspection_id: str) -> str:
    """Return the key of the notice that an inspection's publications were withdrawn."""
    return f"{public_folder(inspection_id)}withdrawal.html"


def withdrawal_record(inspection_id: str) -> str:
    """Return the key of the public record of a withdrawal, next to the records of what it withdrew."""
    return f"{PUBLICATIONS_PREFIX}{checked(inspection_id)}/withdrawal.json"


def _checked_digest(inspection_id: str, digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise NotFoundError(f"{inspection_id}: expected a digest of 64 hexadecimal digits, found something else")
    return digest


def _inspection_below(prefix: str, key: str) -> str | None:
    name = key.removeprefix(prefix).partition("/")[0]
    return name if is_inspection_id(name) else None
