"""What can be done to corrections and withdrawals: to their entries by who holds the keys, and to the public files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import rfc8785

from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference
from schemas.lifecycle.moves import Kind
from storage.s3.read_only import ReadOnlyBuckets
from tests.support.archive import HMI, key_of
from tests.tamper.rewritten import edit, hash_again, place, read, seal_again
from tests.tamper.state import CORRECTED, WITHDRAWN, State, seq_of

FIRST: Final = f"{WITHDRAWN}/initial-report/report.html"
SECOND: Final = f"{WITHDRAWN}/initial-report/v2/report.html"
NOTICE: Final = f"{WITHDRAWN}/withdrawal.html"
RECORD: Final = f"publications/{WITHDRAWN}/withdrawal.json"


def _signed_again(state: State, inspection: str, where: int, /, **changes: Any) -> None:
    """Alter an entry as one who has everybody's keys, the seal key too, and holds the notes."""
    edit(state.archive, inspection, where, **changes)
    hash_again(state.archive, inspection, where, key_of)
    seal_again(state.archive)
    state.archive.notes = []


def _record_again(state: State, inspection: str, kind: Kind, **changes: Any) -> None:
    """Alter the document behind an entry, its public copy and the entry."""
    archive, where = state.archive, seq_of(state.archive, inspection, kind)
    old = read(archive, place(inspection, where))["document"]["key"]
    data = archive.private[old]
    value = read_json(data)
    for path, change in changes.items():
        *folders, name = path.split("__")
        inner = value
        for folder in folders:
            inner = inner[folder]
        inner[name] = change
    made = rfc8785.dumps(value)
    for key, public in archive.public.items():
        if public == data:
            archive.public[key] = made
    _signed_again(state, inspection, where, document=archive.store(inspection, made).model_dump())


def read_json(data: bytes) -> dict[str, Any]:
    return json.loads(data)


# The ledger


def correction_recorded_under_another_document(state: State) -> None:
    _signed_again(state, CORRECTED, seq_of(state.archive, CORRECTED, Kind.CORRECTION_PUBLISHED), facts__of="review")


def correction_recorded_as_another_number(state: State) -> None:
    _signed_again(state, CORRECTED, seq_of(state.archive, CORRECTED, Kind.CORRECTION_PUBLISHED), facts__number=4)


def correction_drafted_as_another_number(state: State) -> None:
    for kind in (Kind.CORRECTION_DRAFTED, Kind.CORRECTION_PUBLISHED):
        _signed_again(state, CORRECTED, seq_of(state.archive, CORRECTED, kind), facts__number=4)


def correction_of_another_version_than_the_newest(state: State) -> None:
    first = digest_of(state.archive.ledger[place(CORRECTED, 6)])
    _signed_again(state, CORRECTED, seq_of(state.archive, CORRECTED, Kind.CORRECTION_DRAFTED), because=first)


def correction_of_what_was_never_published(state: State) -> None:
    state.archive.draft_correction(CORRECTED, "review", 2)


def correction_that_says_another_number_of_itself(state: State) -> None:
    archive = state.archive
    draft = archive.draft_correction(CORRECTED, "initial-report", 4, says=5)
    archive.decide(CORRECTED, draft, Kind.CORRECTION_APPROVED)
    archive.publish_correction(CORRECTED, "initial-report", 4, draft)


def correction_with_errata_that_are_not_counted(state: State) -> None:
    archive = state.archive
    draft = archive.draft_correction(CORRECTED, "initial-report", 4)
    archive.decide(CORRECTED, draft, Kind.CORRECTION_APPROVED)
    archive.publish_correction(CORRECTED, "initial-report", 4, draft, errata=2)


def corrected_record_of_another_number(state: State) -> None:
    _record_again(state, CORRECTED, Kind.CORRECTION_PUBLISHED, number=2)


def corrected_files_at_the_address_of_another_version(state: State) -> None:
    archive = state.archive
    files = read_json(archive.public[f"publications/{CORRECTED}/initial-report-v3.json"])["publication"]["files"]
    moved = [{**one, "key": one["key"].replace("/v3/", "/v9/")} for one in files]
    for before, after in zip(files, moved, strict=True):
        archive.public[after["key"]] = archive.public.pop(before["key"])
    _record_again(state, CORRECTED, Kind.CORRECTION_PUBLISHED, publication__files=moved)


def approval_of_one_correction_used_for_the_next(state: State) -> None:
    archive = state.archive
    approval = read(archive, place(CORRECTED, seq_of(archive, CORRECTED, Kind.CORRECTION_APPROVED)))
    draft = archive.draft_correction(CORRECTED, "initial-report", 4)
    document = DocumentReference.model_validate(approval["document"])
    because = approval["because"]
    archive.append(
        CORRECTED, Kind.CORRECTION_APPROVED, HMI, document=document, facts=approval["facts"], because=because
    )
    archive.publish_correction(CORRECTED, "initial-report", 4, draft)


def withdrawal_with_another_reason(state: State) -> None:
    _record_again(state, WITHDRAWN, Kind.WITHDRAWN, reason="No longer of interest")


def withdrawal_that_leaves_a_version_out(state: State) -> None:
    withdrawn = read_json(state.archive.public[RECORD])["withdrawn"]
    _record_again(state, WITHDRAWN, Kind.WITHDRAWN, withdrawn=withdrawn[:1])


def withdrawal_dated_another_day(state: State) -> None:
    _record_again(state, WITHDRAWN, Kind.WITHDRAWN, day="2026-03-30")


def withdrawal_that_counts_other_files(state: State) -> None:
    _signed_again(state, WITHDRAWN, seq_of(state.archive, WITHDRAWN, Kind.WITHDRAWN), facts__files=1)


def withdrawal_never_ordered(state: State) -> None:
    state.archive.append(CORRECTED, Kind.WITHDRAWN, facts={"files": 0})


def published_again_after_the_withdrawal(state: State) -> None:
    draft = state.archive.draft_correction(WITHDRAWN, "initial-report", 3)
    state.archive.publish_correction(WITHDRAWN, "initial-report", 3, draft)


CORRECTED_OTHERWISE: Final[dict[Callable[[State], None], str]] = dict.fromkeys(
    [
        correction_recorded_under_another_document,
        correction_recorded_as_another_number,
        correction_drafted_as_another_number,
        correction_of_another_version_than_the_newest,
        correction_of_what_was_never_published,
        correction_that_says_another_number_of_itself,
        correction_with_errata_that_are_not_counted,
        corrected_record_of_another_number,
        corrected_files_at_the_address_of_another_version,
        approval_of_one_correction_used_for_the_next,
        withdrawal_with_another_reason,
        withdrawal_that_leaves_a_version_out,
        withdrawal_dated_another_day,
        withdrawal_that_counts_other_files,
        withdrawal_never_ordered,
        published_again_after_the_withdrawal,
    ],
    "rule",
)
"""Each way, and the layer that must find it."""


# What the public reads


def withdrawn_file_put_back(buckets: ReadOnlyBuckets, state: State) -> None:
    assert buckets.public.create(FIRST, state.archive.public[FIRST], "text/html")


def withdrawn_file_replaced(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(SECOND, b"<p>nothing was wrong</p>")


def withdrawn_bytes_destroyed(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.erase(SECOND)


def notice_altered(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(NOTICE, b"<p>Moved</p>")


def notice_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark(NOTICE)


def record_of_the_withdrawal_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark(RECORD)


def record_of_a_withdrawn_version_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark(f"publications/{WITHDRAWN}/initial-report-v2.json")


def put_out_beside_what_was_withdrawn(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{WITHDRAWN}/initial-report/v3/report.html", b"<p>again</p>")


def corrected_file_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{CORRECTED}/initial-report/v2/report.html", b"<p>Other words</p>")


def first_version_hidden_though_only_corrected(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark(f"{CORRECTED}/initial-report/report.html")


def record_of_a_version_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    third = state.archive.public[f"publications/{CORRECTED}/initial-report-v3.json"]
    buckets.public.replace(f"publications/{CORRECTED}/initial-report-v2.json", third)


def notice_of_what_was_not_withdrawn(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{CORRECTED}/withdrawal.html", b"<p>This is gone</p>")


WITHDRAWN_OTHERWISE: Final[list[Callable[[ReadOnlyBuckets, State], None]]] = [
    withdrawn_file_put_back,
    withdrawn_file_replaced,
    withdrawn_bytes_destroyed,
    notice_altered,
    notice_hidden,
    record_of_the_withdrawal_hidden,
    record_of_a_withdrawn_version_hidden,
    put_out_beside_what_was_withdrawn,
    corrected_file_swapped,
    first_version_hidden_though_only_corrected,
    record_of_a_version_swapped,
    notice_of_what_was_not_withdrawn,
]
"""All are found by what the public reads."""
