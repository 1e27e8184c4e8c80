"""What a reader sees or copies from a published page or PDF is what the rules have seen."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.disclosure import personal_data_of, texts_of
from domain.documents.returns import problems_of_fieldwork
from evidence.document import read_document
from reports.document import render_document
from schemas.documents.returns import FieldworkReturn
from schemas.text import is_publishable
from tests.support.evasions import INVISIBLE, LINE_ENDS, LOOK_ALIKES, MARKS
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import initial_report
from tests.support.returns import fieldwork_return

SIGNS = f"{INVISIBLE}{MARKS}{''.join(LINE_ENDS)}{''.join(LOOK_ALIKES.values())}"
ODD = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(SIGNS)), max_size=30)
USUAL = st.text(st.sampled_from("abc 0123456789ŵâé\u2019\u2013\u00ad\u200b\u00a0\n\ufb01<&>'\"=+@#$*_\\"), max_size=120)


def read(text: str) -> FieldworkReturn | None:
    sent = fieldwork_return()
    sent["findings"][0]["text"] = sent["recommendations"][0]["text"] = text
    sent["findings"][0]["source"] = sent["quotation"]["speaker"] = text[:60]
    sent["fieldwork"]["methods"] = sent["quotation"]["paragraphs"] = [text]
    document, problems = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    assert (document is None) is bool(problems)
    return document


@given(st.one_of(ODD, USUAL))
@settings(deadline=None, max_examples=60)
def test_a_page_shows_what_the_rules_have_seen_and_nothing_else(text: str) -> None:
    submission = read(f"Begin {text} end")
    if submission is None:
        return
    seen = submission.findings[0].text
    paths = {path for path, _ in personal_data_of(texts_of(submission))}
    refused = {
        problem.column
        for problem in problems_of_fieldwork(submission, submission.inspection, dt.date(2026, 11, 23))
        if problem.rule == "personal-data"
    }
    assert paths == refused
    report = initial_report(is_synthetic=False).model_copy(
        update={
            "fieldwork": submission.fieldwork,
            "findings": submission.findings,
            "recommendations": submission.recommendations,
            "quotation": submission.quotation,
        }
    )
    files = {one.name: one.data for one in render_document(report)}
    for name in ("report.html", "press-notice.html"):
        page = outline_of(files[name])
        assert seen in page.words, "the text does not stand on the page as the rules saw it"
        attributes = [value or "" for _, element in page.elements for value in element.values()]
        assert all(is_publishable(sign) or sign == "\n" for words in (page.words, *attributes) for sign in words)
    printed = text_of(files["report.pdf"])
    assert squeezed(seen) in printed
    assert all(map(is_publishable, printed))
    assert json.loads(files["report.json"])["findings"][0]["text"] == seen
