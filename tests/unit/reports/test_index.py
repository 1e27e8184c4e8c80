"""The list of publications: by force, newest first, each file with what it takes to check it."""

from __future__ import annotations

from reports.index import render_index
from tests.support.pages.page_outline import outline_of
from tests.support.pages.report_documents import publication


def test_forces_and_publications_stand_newest_first() -> None:
    made = [
        publication("south-wales-2015"),
        publication("norfolk-2014", published="2014-08-29"),
        publication("south-wales-2015", "review", "2016-06-30"),
    ]
    pages = {render_index(order).data for order in (made, made[::-1])}
    assert len(pages) == 1
    ids = [item for item in outline_of(pages.pop()).ids if item not in {"content", "contents"}]
    assert ids == [
        "south-wales",
        "south-wales-2015-review",
        "south-wales-2015-initial-report",
        "norfolk",
        "norfolk-2014-initial-report",
    ]


def test_files_are_linked_by_key_with_type_size_and_digest() -> None:
    outline = outline_of(render_index([publication()]).data)
    hrefs = [link["href"] for link in outline.named("a")]
    assert "./south-wales-2015/initial-report/report.pdf" in hrefs
    for text in ("PDF", "215 kB", "999 bytes", "1.2 MB", "5e" * 32, "July 2015", "Initial report"):
        assert text in outline.words


def test_the_embargo_is_not_shown() -> None:
    words = outline_of(render_index([publication()]).data).words
    assert "mbargo" not in words
    assert "14 July" not in words
    assert "23:01" not in words


def test_no_key_leads_off_the_site() -> None:
    item = publication()
    file = item.files[0].model_copy(update={"key": '//example.org/javascript:alert(1) "x'})
    outline = outline_of(render_index([item.model_copy(update={"files": (file,)})]).data)
    hrefs = [link["href"] or "" for link in outline.named("a")]
    assert ".///example.org/javascript%3Aalert%281%29%20%22x" in hrefs


def test_nothing_published_yet() -> None:
    assert "Nothing has been published yet." in outline_of(render_index([]).data).words
