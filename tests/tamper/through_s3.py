"""What somebody with the administrator's key can do to the buckets as they stand, call by call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from schemas.lifecycle.moves import Kind
from storage.s3.read_only import ReadOnlyBuckets
from tests.support.archive import Archive
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


def index_with_a_name_and_a_script(buckets: ReadOnlyBuckets, state: State) -> None:
    page = state.archive.public["index.html"].replace(b"</h1>", b"</h1><p>Jane Example, 12 March 2010</p><script>")
    buckets.public.replace("index.html", page)


def index_of_an_earlier_day(buckets: ReadOnlyBuckets, state: State) -> None:
    earlier = {key: data for key, data in state.archive.public.items() if not key.endswith("/review.json")}
    archive = Archive(public=earlier)
    archive.index()
    buckets.public.replace("index.html", archive.public["index.html"])


def index_hidden(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.mark("index.html")


def _sent_otherwise(buckets: ReadOnlyBuckets, state: State, name: str, **headers: Any) -> None:
    key = f"{WHOLE}/{name}" if "/" in name else name
    buckets.public.replace(key, state.archive.public[key], **headers)


def index_for_saving_under_a_name(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "index.html", ContentDisposition="attachment; filename=Jane-Example.html")


def page_for_saving_under_a_name(buckets: ReadOnlyBuckets, state: State) -> None:
    disposition = "attachment; filename=Jane-Example.html"
    _sent_otherwise(buckets, state, "review/report.html", ContentDisposition=disposition)


def record_as_a_page(buckets: ReadOnlyBuckets, state: State) -> None:
    key = f"publications/{WHOLE}/review.json"
    buckets.public.replace(key, state.archive.public[key], "text/html")


def page_with_metadata(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "review/report.html", Metadata={"child": "Jane Example"})


def page_with_a_tag(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "review/report.html", Tagging="child=Jane")


def page_that_is_kept_by_browsers(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "review/report.html", CacheControl="max-age=31536000")


def page_in_another_language_and_encoding(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "review/report.html", ContentLanguage="x-jane", ContentEncoding="gzip")


def page_that_expires(buckets: ReadOnlyBuckets, state: State) -> None:
    _sent_otherwise(buckets, state, "review/report.html", Expires=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))


def stray_page_under_a_name_that_is_no_file_name(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.public.replace(f"{WHOLE}/Jane Example.html", b"<p>Jane</p>")


def stray_beside_the_ledgers(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.replace(f"Ledger/{WHOLE}/00000005.json", state.archive.ledger[place(WHOLE, 5)])


def stray_in_no_folder(buckets: ReadOnlyBuckets, state: State) -> None:
    buckets.ledger.replace("Jane Example", b"{}")


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
    index_with_a_name_and_a_script: "public",
    index_of_an_earlier_day: "public",
    index_hidden: "public",
    index_for_saving_under_a_name: "public",
    page_for_saving_under_a_name: "public",
    record_as_a_page: "public",
    page_with_metadata: "public",
    page_with_a_tag: "public",
    page_that_is_kept_by_browsers: "public",
    page_in_another_language_and_encoding: "public",
    page_that_expires: "public",
    stray_page_under_a_name_that_is_no_file_name: "public",
    stray_beside_the_ledgers: "versions",
    stray_in_no_folder: "versions",
}
"""Each way, and the layer that must find it."""
