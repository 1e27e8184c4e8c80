"""The public index is put in order: a greater number of records is a later page, whoever writes at once."""

from __future__ import annotations

import pytest

from schemas.errors import ArtefactError
from schemas.identifiers import digest_of
from storage import keys
from storage.record.public import Public, PublicIndex, PublicRecord, key_of
from storage.record.public_headers import media_type_of
from tests.support.memory import MemoryObjects
from tests.support.pages.report_documents import publication


def page_of(records: tuple[PublicRecord, ...]) -> bytes:
    return "\n".join(key_of(one) for one in records).encode()


@pytest.mark.parametrize("is_first", [True, False], ids=["the first index", "a later index"])
def test_who_stores_an_index_while_another_publishes_lists_what_both_published(is_first: bool) -> None:
    objects = MemoryObjects()
    public, other = Public(objects), Public(objects)
    if not is_first:
        public.publish_record(publication("dorset-2022"))
        public.replace_index(page_of)
    public.publish_record(publication("kent-2025"))
    stored: list[PublicIndex] = []

    def slowly(records: tuple[PublicRecord, ...]) -> bytes:
        if not stored:  # listed already, when somebody else publishes
            other.publish_record(publication("essex-2024"))
            stored.append(other.replace_index(page_of))
        return page_of(records)

    index = public.replace_index(slowly)
    assert index == stored[0] == PublicIndex(digest_of(objects.read(keys.PUBLIC_INDEX)), 2 if is_first else 3)
    assert b"kent-2025" in objects.read(keys.PUBLIC_INDEX)
    assert b"essex-2024" in objects.read(keys.PUBLIC_INDEX)


def test_an_index_that_others_change_each_time_is_tried_again_later() -> None:
    objects = MemoryObjects()

    def overtaken(records: tuple[PublicRecord, ...]) -> bytes:
        objects.overwrite(keys.PUBLIC_INDEX, str(len(objects.stored.get(keys.PUBLIC_INDEX, ()))).encode(), "text/html")
        return b"an index"

    with pytest.raises(TimeoutError, match="trying again may help"):
        Public(objects).replace_index(overtaken)


def test_nothing_but_pages_data_and_pdfs_is_published() -> None:
    with pytest.raises(ArtefactError, match="another kind of file"):
        media_type_of("kent-2025/initial-report/report.svg")
