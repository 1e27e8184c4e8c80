"""What somebody with the administrator's key can do to the buckets as they stand, call by call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from schemas.lifecycle.moves import Kind
from storage.s3.read_only import ReadOnlyBuckets
from tests.tamper.state import APPROVED, DRAFTED, WHOLE, State, place, seq_of


def other_bytes_as_a_second_version(buckets: ReadOnlyBuckets, state: State) -> None:
    key = place(WHOLE, 5)
    buckets.ledger.replace(key, state.archive.ledger[key].replace(b"dru.sharpling", b"eve.other"))


def same_bytes_as_a_second_version(buckets: ReadOnlyBuckets, state: State) -> None:
    key = place(WHOLE, 5)
    buckets.ledger.replace(key, state.archive.ledger[key])


def newest_entry_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.mark(place(WHOLE, 14))


def newest_entry_hidden_and_written_again(buckets: ReadOnlyBuckets, state: State) -> None:
    key = place(DRAFTED, 3)
    buckets.ledger.mark(key)
    assert buckets.ledger.create(key, state.archive.ledger[key].replace(b"essex", b"essex"), "application/json")


def foreign_key_among_entries(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.replace(f"ledger/{WHOLE}/00000003.json.bak", b"{}")


def entry_erased_from_the_middle(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.erase(place(WHOLE, 5))


def sealed_tail_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    for seq in (13, 14):
        buckets.ledger.erase(place(WHOLE, seq))


def ledger_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    for seq in range(len(state.archive.chain(DRAFTED))):
        buckets.ledger.erase(place(DRAFTED, seq))


def second_version_of_a_register_record(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.replace("register/00000003.json", state.archive.ledger["register/00000003.json"])


def register_tail_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    newest = max(key for key in state.archive.ledger if key.startswith("register/"))
    buckets.ledger.erase(newest)


def second_version_of_a_seal(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.replace("seal/00000001.json", state.archive.ledger["seal/00000001.json"])


def seal_erased_from_the_middle(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.erase("seal/00000001.json")


def last_seal_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.erase("seal/00000002.json")


def artefact_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.private.replace(next(key for key in state.archive.private if WHOLE in key), b"other bytes")


def artefact_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.private.erase(next(key for key in state.archive.private if APPROVED in key))


def artefact_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.private.mark(next(key for key in state.archive.private if DRAFTED in key))


def case_table_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    key = next(key for key, data in state.archive.private.items() if b"case table" in data and WHOLE in key)
    buckets.private.replace(key, b"other rows")


def validation_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    key = next(key for key, data in state.archive.private.items() if b"progress" in data and WHOLE in key)
    buckets.private.replace(key, b'{"kind":"validation","suite":"none"}')


def validation_erased(buckets: ReadOnlyBuckets, state: State) -> None:
    key = next(key for key, data in state.archive.private.items() if b"case audit" in data and DRAFTED in key)
    buckets.private.erase(key)


def public_file_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{WHOLE}/initial-report/report.html", b"<p>Other words</p>")


def public_file_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark(f"{WHOLE}/review/report.html")


def public_record_swapped(buckets: ReadOnlyBuckets, state: State) -> None:
    key = f"publications/{WHOLE}/review.json"
    buckets.public.replace(key, state.archive.public[key].replace(b"A report", b"B report"))


def published_and_never_recorded(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{DRAFTED}/initial-report/report.html", b"<p>never approved</p>")


def approved_and_put_out_past_the_stage(buckets: ReadOnlyBuckets, state: State) -> None:
    assert seq_of(state.archive, APPROVED, Kind.REPORT_APPROVED)
    buckets.public.replace(f"{APPROVED}/initial-report/report.html", b"<p>before the embargo</p>")


THROUGH_S3: Final[dict[Callable[[ReadOnlyBuckets, State], None], str]] = {
    other_bytes_as_a_second_version: "versions",
    same_bytes_as_a_second_version: "versions",
    newest_entry_hidden: "versions",
    newest_entry_hidden_and_written_again: "versions",
    foreign_key_among_entries: "chain",
    entry_erased_from_the_middle: "chain",
    sealed_tail_erased: "seal",
    ledger_erased: "seal",
    second_version_of_a_register_record: "versions",
    register_tail_erased: "seal",
    second_version_of_a_seal: "versions",
    seal_erased_from_the_middle: "seal",
    last_seal_erased: "held",
    artefact_swapped: "artefact",
    artefact_erased: "artefact",
    artefact_hidden: "artefact",
    case_table_swapped: "artefact",
    validation_swapped: "artefact",
    validation_erased: "artefact",
    public_file_swapped: "public",
    public_file_hidden: "public",
    public_record_swapped: "public",
    published_and_never_recorded: "public",
    approved_and_put_out_past_the_stage: "public",
}
"""Each way, and the layer that must find it."""
