"""Corrected versions and notices of withdrawal as pages, PDF and data; and how the index lists them."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from domain.documents.corrections import correct
from reports.document import render_document
from reports.index import render_index
from reports.layout.pdf import drawable
from reports.withdrawal import render_withdrawal
from schemas.documents.correction import Errata, Erratum
from schemas.text import is_publishable, plain
from tests.support.pages.corrections import DAY, WRONG, corrected, second, withdrawal
from tests.support.pages.hostile import HOSTILE
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import INSPECTION, publication, review


def test_every_rendering_shows_the_errata_with_their_date() -> None:
    files = {item.name: item for item in render_document(corrected(twice=True))}
    assert list(files) == ["report.html", "report.pdf", "report.json", "press-notice.html"]
    said = (
        "Corrected on 25 November 2026",
        "Corrected on 25 December 2026",
        "Version 3 of this document puts right 1 error in version 2.",
        "finding I6, page 2: “poorly” should read “ill”. Reason: a word of the draft was kept",
        "version 3, corrected on 25 December 2026",
    )
    for text in said:
        for name in ("report.html", "press-notice.html"):
            assert text in outline_of(files[name].data).words
        assert squeezed(text) in text_of(files["report.pdf"].data)
    data = json.loads(files["report.json"].data)
    assert [one["corrected"] for one in data["corrections"]] == ["2026-11-25", "2026-12-25"]
    assert data["document"]["findings"][5]["text"] == "The scale of child sexual exploitation is ill understood."


def test_the_errata_stand_on_top_the_newest_first() -> None:
    words = outline_of(render_document(corrected(twice=True))[0].data).words
    places = [words.index(text) for text in ("25 December 2026", "thorough was not", "poorly” should", "Contents")]
    # The kicker above the title names the newest day too.
    assert places == sorted(places)


def test_earlier_versions_are_linked_where_they_are() -> None:
    page, _, _, notice = render_document(corrected(twice=True))
    hrefs = [link["href"] for link in outline_of(page.data).named("a")]
    assert {"../report.html", "../v2/report.html"} <= set(hrefs)
    hrefs = [link["href"] for link in outline_of(notice.data).named("a")]
    assert {"../press-notice.html", "../v2/press-notice.html", "report.html"} <= set(hrefs)


def test_a_corrected_review_is_rendered_as_a_review() -> None:
    errata = Errata(
        kind="errata",
        inspection=INSPECTION,
        of="review",
        errata=(Erratum(place="finding R5", was="in some cases", now="in a few cases", why="few were"),),
    )
    page = outline_of(render_document(correct(review(), errata, DAY))[0].data).words
    assert "post-inspection review (version 2, corrected on 25 November 2026)" in page
    assert "Specialist support comes late in a few cases." in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_errata_are_only_text(text: str) -> None:
    text = "".join(sign if is_publishable(sign) else "?" for sign in plain(text[:1_900]))
    hostile = WRONG.model_copy(update={"place": text[:120].strip(), "now": text, "why": text[:600].strip()})
    files = {item.name: item for item in render_document(corrected(hostile))}
    harmless = {item.name: item for item in render_document(corrected())}
    for name in ("report.html", "press-notice.html"):
        outline = outline_of(files[name].data)
        assert squeezed(text) in squeezed(outline.words)
        elements = [element for element, _ in outline.elements if element != "a"]
        assert elements == [element for element, _ in outline_of(harmless[name].data).elements if element != "a"]
        assert not [link for link in outline.named("a") if "javascript" in (link["href"] or "")]
    page_end = r"Page\d+of\d+(?:SouthWalesPolice:nationalchildprotectioninspection)?"
    assert squeezed(drawable(text)) in re.sub(page_end, "", text_of(files["report.pdf"].data))
    notice = outline_of(render_withdrawal(withdrawal(reason=text[:600].strip())).data)
    assert squeezed(text[:600]) in squeezed(notice.words)
    assert not notice.named("script")


def test_the_notice_says_what_was_withdrawn_when_and_why() -> None:
    page = render_withdrawal(withdrawal())
    outline = outline_of(page.data)
    assert page.name == "withdrawal.html"
    for text in ("26 November 2026", "The figures of another force", "Initial report, version 2", "July 2015"):
        assert text in outline.words
    assert "23:30" not in outline.words
    assert [link["href"] for link in outline.named("a") if "index" in (link["href"] or "")] == ["../index.html"]
    assert outline.headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(outline.headings))
    assert len(set(outline.ids)) == len(outline.ids)


def test_the_index_shows_the_newest_version_and_links_the_old() -> None:
    page = render_index([second(3, "2027-01-04"), publication(), second()]).data
    assert page == render_index([publication(), second(), second(3, "2027-01-04")]).data
    outline = outline_of(page)
    assert outline.ids.count(f"{INSPECTION}-initial-report") == 1
    assert "4 January 2027: version 3 puts right 3 errors" in outline.words
    assert "July 2015" in outline.words
    hrefs = [link["href"] for link in outline.named("a")]
    for expected in ("v3/report.pdf", "v2/report.html", "report.html"):
        assert f"./{INSPECTION}/initial-report/{expected}" in hrefs
    assert f"./{INSPECTION}/initial-report/report.pdf" not in hrefs


def test_the_index_lists_what_was_withdrawn_with_its_notice_and_no_file() -> None:
    outline = outline_of(render_index([publication(), second(), withdrawal(), publication(of="review")]).data)
    hrefs = [link["href"] or "" for link in outline.named("a")]
    assert [href for href in hrefs if href.startswith("./")] == [f"./{INSPECTION}/withdrawal.html"] * 2
    assert "Withdrawn" in outline.words
    assert "26 November 2026: the notice says why" in outline.words


def test_the_withdrawal_of_one_inspection_leaves_the_others() -> None:
    page = outline_of(
        render_index([publication(), withdrawal(), publication("norfolk-2014", published="2014-08-29")]).data
    )
    assert "./norfolk-2014/initial-report/report.pdf" in [link["href"] for link in page.named("a")]
