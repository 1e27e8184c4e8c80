"""The records beside what is published: of a publication, of a corrected version, of a withdrawal."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from schemas.documents.correction import CorrectedPublication
from schemas.documents.inspection import Publication
from schemas.documents.withdrawal import Withdrawal
from schemas.errors import ArtefactError
from storage import keys

PublicRecord = Publication | CorrectedPublication | Withdrawal

_RECORDS: Final[TypeAdapter[PublicRecord]] = TypeAdapter(Annotated[PublicRecord, Field(discriminator="kind")])


def read_record(key: str, data: bytes) -> PublicRecord:
    """Read the record that stands at a key.

    Raises:
        ArtefactError: something else stands there.
    """
    try:
        return _RECORDS.validate_json(data)
    except ValidationError:
        message = f"{key}: wanted the record of a publication, found something else; tell the press office"
        raise ArtefactError(message) from None


def key_of(record: PublicRecord) -> str:
    """Name the place of a record."""
    if isinstance(record, Withdrawal):
        return keys.withdrawal_record(record.inspection)
    if isinstance(record, CorrectedPublication):
        return keys.public_record(record.publication.inspection, record.publication.of, record.number)
    return keys.public_record(record.inspection, record.of)


def stands_for(standing: PublicRecord, record: PublicRecord) -> bool:
    """Tell whether a record is of the same cause as another: the same draft, or the same order to withdraw."""
    return type(standing) is type(record) and _cause(standing) == _cause(record)


def _cause(record: PublicRecord) -> str:
    if isinstance(record, Withdrawal):
        return record.order
    return (record.publication if isinstance(record, CorrectedPublication) else record).draft
