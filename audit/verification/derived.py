"""What is public and nobody approved: the index and notices, which are made from records, and are made again here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from audit.verification.ledger import ExaminedLedger
from reports.index import render_index
from reports.layout.page import is_of_this_form
from reports.layout.rendering import Rendering
from schemas.audit.check import Fault
from schemas.counts import counted
from schemas.errors import NcpiError
from storage import keys
from storage.record.public import PublicRecord, key_of
from storage.record.public_headers import wrong_headers
from storage.s3.objects import Objects
from storage.s3.read_only import read_all


@dataclass(frozen=True, slots=True)
class Sent:
    """What the public is sent under a key."""

    digest: str
    headers: Mapping[str, str]
    """Those that say something of the object."""

    def fault_of_headers(self, key: str) -> str | None:
        """Return in words what is sent beside the bytes and should not be, or the other way round; None if nothing."""
        wrong = ", ".join(wrong_headers(key, self.headers))
        return f"is sent with headers that are not those of its kind ({wrong}); put it again" if wrong else None


@dataclass(frozen=True, slots=True)
class ExpectedIndex:
    """The index that the public should read."""

    inspection: str
    entry: int
    records: int
    digests: frozenset[str]
    """More than one where two entries left it behind and a newer program made it again between them."""
    earlier: frozenset[str]
    of: tuple[PublicRecord, ...] | None
    """What it lists; None where that includes a record that has no entry yet."""


def expected_index(everything: Iterable[ExaminedLedger], records: Iterable[PublicRecord]) -> ExpectedIndex | None:
    """Return the index that lists most records; None where none is recorded.

    The number only grows: who stores an index replaces the one that was there before the records were listed.

    Args:
        records: all public records, as entries record them.
    """
    indexes = [(one.inspection, index) for one in everything for index in one.indexes if index.sha256 is not None]
    if not indexes:
        return None
    in_order = tuple(sorted(records, key=key_of))
    inspection, newest = max(indexes, key=lambda one: one[1].records)
    return ExpectedIndex(
        inspection,
        newest.entry,
        newest.records,
        frozenset(str(one.sha256) for _, one in indexes if one.records == newest.records),
        frozenset(str(one.sha256) for _, one in indexes if one.records < newest.records),
        in_order if newest.records <= len(in_order) else None,
    )


def indexes_left_out(everything: Iterable[ExaminedLedger]) -> Iterator[Fault]:
    """Find every entry that changed the index and does not say which index it left behind."""
    for examined in everything:
        for index in examined.indexes:
            if index.sha256 is None:
                message = "expected the digest of the public index and the number of records it lists, found none"
                yield Fault("public", examined.inspection, index.entry, message)


def faults_of_index(objects: Objects, expected: ExpectedIndex, sent: Sent | None) -> Iterator[Fault]:
    """Compare the index with what was recorded, and that with the same index made again."""
    key = keys.PUBLIC_INDEX
    listed = counted(expected.records, "record")
    if sent is None:
        words = "is not there; the next sweep makes it again"
    elif sent.digest in expected.earlier:
        words = f"is an earlier one; expected the one that lists {listed}"
    elif sent.digest not in expected.digests:
        words = (
            f"is not the one that was recorded last, which lists {listed}; "
            "one that a publication has just stored is not recorded yet"
        )
    elif wrong := sent.fault_of_headers(key):
        words = wrong
    elif (of := expected.of) is not None and is_made_otherwise(objects, key, sent.digest, partial(render_index, of)):
        words = f"is the one that was recorded, but it is not what the records give; it lists {listed}"
    else:
        return
    yield Fault("public", expected.inspection, expected.entry, f"{key} {words}")


def is_made_otherwise(objects: Objects, key: str, recorded: str, make: Callable[[], Rendering]) -> bool:
    """Return whether a derived page that is as recorded differs from the same page made again.

    A page of another version of this program cannot be compared: it makes other bytes of the same records.
    """
    try:
        if make().sha256 == recorded:
            return False
    except NcpiError:
        return False  # made of records of no inspection of a force, which are found as such
    (data,) = read_all(objects, [key], {})
    return data is not None and is_of_this_form(data)
