"""Hostile texts come out as text: no markup, nothing hidden, nothing that breaks a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.document import render_document
from reports.initial_report import page_of_report
from reports.layout.pdf import drawable, render_pdf
from reports.layout.rendering import render_data
from schemas.documents.report import InitialReport
from schemas.errors import RenderingError
from schemas.text import UNSEEN, normal, plain
from tests.support.pages.hostile import HOSTILE
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import initial_report


def _with_text(text: str) -> InitialReport:
    report = initial_report(is_synthetic=False)
    finding = report.findings[0].model_copy(update={"text": text, "source": text[:400], "is_effective_practice": True})
    recommendation = report.recommendations[0].model_copy(update={"text": text})
    return report.model_copy(
        update={
            "title": text,
            "hmi": text,
            "findings": (finding, *report.findings[1:]),
            "recommendations": (recommendation, *report.recommendations[1:]),
            "fieldwork": report.fieldwork.model_copy(update={"methods": (text,)}),
            "quotation": report.quotation.model_copy(update={"speaker": text, "paragraphs": (text, text)}),
        }
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    files = {item.name: item for item in render_document(_with_text(text))}
    harmless = {item.name: item for item in render_document(_with_text("A text as it should be."))}
    for name in ("report.html", "press-notice.html"):
        outline = outline_of(files[name].data)
        assert squeezed(plain(text)) in squeezed(outline.words)
        elements = [element for element, _ in outline.elements if element != "a"]
        assert elements == [element for element, _ in outline_of(harmless[name].data).elements if element != "a"]
        assert not [link for link in outline.named("a") if "javascript" in (link["href"] or "")]
    assert squeezed(drawable(text)) in text_of(files["report.pdf"].data)


@pytest.mark.parametrize(
    "text",
    [
        "right\u202eotfel\u202c",
        "isolate \u2066x\u2069",
        "null \x00 bell \x07 escape \x1b[31m",
        "tag \U000e0041 private \ue000 \U000f0000",
        "unassigned \u0378",
    ],
)
def test_what_cannot_be_seen_is_shown_as_such(text: str) -> None:
    files = {item.name: item for item in render_document(_with_text(text))}
    page = files["report.html"].data.decode()
    assert UNSEEN in page
    assert not any(sign in page for sign in text if sign in "\u202e\u202c\u2066\u2069\x00\x1b\ue000")
    assert UNSEEN in text_of(files["report.pdf"].data)


def test_what_word_processors_leave_behind_is_dropped_at_intake_and_never_by_a_rendering() -> None:
    assert normal("in\u00adspec\u200btion\ufeff") == "inspection"
    assert plain("in\u00adspec\u200btion\ufeff") == f"in{UNSEEN}spec{UNSEEN}tion{UNSEEN}"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_set(text: str) -> None:
    made = render_document(_with_text(f"Begin {text}"))
    assert made[1].data.startswith(b"%PDF")


def test_every_drawable_character_is_in_the_fonts() -> None:
    signs = [sign for point in range(0x20, 0xFFFE) if drawable(sign := chr(point)) == sign]
    report = initial_report(is_synthetic=False)
    methods = tuple(" ".join(signs[start : start + 400]) for start in range(0, len(signs), 400))
    fieldwork = report.fieldwork.model_copy(update={"methods": methods})
    pdf = render_document(report.model_copy(update={"fieldwork": fieldwork}))[1]
    text = text_of(pdf.data)
    missing = [sign for sign in signs if not sign.isspace() and sign not in text]
    assert len(signs) > 1500
    assert len(missing) <= len("\ufb00\ufb01\ufb02\ufb03\ufb04"), missing


def test_a_refusal_does_not_quote_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    report = initial_report()
    # With the guard off, the typesetter meets a character its fonts lack.
    monkeypatch.setattr("reports.layout.pdf.drawable", lambda text: f"{text}\u4e2d secret")

    with pytest.raises(RenderingError) as caught:
        render_pdf(page_of_report(report), render_data(report), dated=report.fieldwork.end)
    assert "report.typ:" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None
