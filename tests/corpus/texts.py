"""Texts that would be published, as somebody might write them who means harm: on each page and file they are text."""

from __future__ import annotations

import io
import json
from typing import Any, Final

import pikepdf

from reports.calendar import render_calendar
from reports.document import render_document
from reports.index import render_index
from reports.layout.page import render_page
from reports.press_notice import notice_of_report
from reports.review import page_of_review
from schemas.dates import SourcedDate
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import Publication
from schemas.documents.report import InitialReport
from schemas.documents.returns import Fieldwork, Finding
from schemas.documents.review import Review
from tests.corpus.case import HARMLESS, Case
from tests.support.pages import report_documents
from tests.support.pages.page_outline import Outline, outline_of
from tests.support.pages.pdf_text import squeezed, text_of

HARMLESS_TEXT: Final = "A text as it should be."
PAYLOADS: Final = {
    "script": "<script>document.title='zq'</script>",
    "script-in-capitals": "<ScRiPt src=//example.org/x></ScRiPt>",
    "script-cut": "<script x='",
    "picture": "<img src=x onerror=zq()>",
    "drawing": '<svg onload="zq()"><a href="#"><text>zq</text></a></svg>',
    "frame": '<iframe srcdoc="&lt;b&gt;zq"></iframe>',
    "form": '<form action="https://example.org"><input name=zq autofocus onfocus=zq()></form>',
    "style": "<style>body{display:none}</style>",
    "style-end": "</style><b>zq</b>",
    "title-end": "</title></head><body onload=zq()>",
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "base": '<base href="https://example.org/">',
    "link-element": '<link rel="stylesheet" href="//example.org/x.css">',
    "template-element": "<template><b>zq</b></template><noscript><b>",
    "mathematics": '<math><mtext><mglyph><style><img title="</style><img onerror=zq()>">',
    "comment": "<!-- zq --!> <!--> <b>",
    "data-section": "]]> <![CDATA[ <b>zq</b> ]]>",
    "instruction": "<?php echo 'zq' ?> <%= zq %>",
    "attribute-end-double": '" onmouseover="zq()" x="',
    "attribute-end-single": "' onmouseover='zq()' x='",
    "attribute-end-back": "` onmouseover=zq() x=`",
    "entities": "&lt;b&gt; &#60;b&#62; &#x3c;b&#x3e; &amp;lt;",
    "entity-unended": "&lt&gt&#60 &NotEqualTilde;",
    "wide-brackets": "\uff1cscript\uff1ezq\uff1c/script\uff1e",
    "template-jinja": "{{ 7 * 7 }} {% include 'style.html' %} {# zq #}",
    "template-python": "%(zq)s {0.__class__} ${zq} f'{zq}'",
    "markdown-link": "[read this](javascript:zq()) ![x](https://example.org/x.png)",
    "markdown-reference": "[zq]: https://example.org\n\n<https://example.org>",
    "markdown-table": "zq | b\n--- | ---\n1 | 2",
    "markdown-code": "```\nzq\n``` `zq` ~~zq~~ **zq** __zq__",
    "address-of-script": "javascript:zq() JaVaScRiPt:zq()",
    "address-of-data": "data:text/html;base64,PGI+ vbscript:zq file:///etc/passwd",
    "address-with-quote": "https://example.org/\"onclick='zq()' https://example.org/<b>",
    "address-without-scheme": "//example.org/zq \\\\example.org\\zq",
    "typst-code": '#read("/etc/passwd") #eval("7 * 7") #panic("zq")',
    "typst-import": '#import "@preview/zq:1.0.0": * #include "/etc/passwd"',
    "typst-label": "<findings> @findings #link(<findings>)[zq]",
    "typst-markup": "= zq\n- zq\n+ zq\n/ zq: zq",
    "typst-mathematics": "$ zq^2 $ $x$ \\ ~ --- -? \\u{41}",
    "typst-comment": "// zq */ /* zq",
    "typst-string-end": '") #zq ("\\") ]} )',
    "formula-equals": '=HYPERLINK("https://example.org","zq")',
    "formula-plus": "+zq+1",
    "formula-minus": "-2+3+cmd|' /C zq'!A0",
    "formula-at": "@SUM(1+1)*zq",
    "calendar-event": "zq\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:zq",
    "calendar-property": "zq\nATTACH:https://example.org\nX-ZQ:1",
    "calendar-signs": "zq; zq, zq: zq \\n zq \\, ^n",
    "separators": "zq\u2028BEGIN:VALARM\u2029ACTION:AUDIO\u0085zq\x0bzq\x0czq",
    "turned": "zq \u202egnp.txt\u202c \u2066zq\u2069 \u061czq",
    "invisible": "z\u200bq\u2060 \ufeffzq\u00ad \U000e0041zq",
    "control": "zq\x00\x07\x08\x1b[31m\x7f\x9b zq",
    "private": "zq \ue000 \U000f0000 \U0010ffff zq",
    "accents": "z" + "\u0301\u0316" * 150 + "q",
    "one-word": "zq" * 1_000,
    "scripts": "zq \u0634 \u05d0 \u0939 \u4e2d \ud55c \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4",
}
CASES: Final = tuple(
    Case(id=f"texts/{name}", what=f"{name} in each text", build=lambda text=text: text, expected=HARMLESS)
    for name, text in PAYLOADS.items()
)
_harmless: Final[dict[str, Outline]] = {}
_lines_of_calendar: Final[list[int]] = []


def prepare() -> None:
    """Look at what pages of a harmless text are made of."""
    _harmless.update({name: outline_of(data) for name, data in _pages(HARMLESS_TEXT).items()})
    _lines_of_calendar.append(len(_unfolded(render_calendar(_plan(HARMLESS_TEXT)).data)))


def check(case: Case, sent: str) -> None:
    """Render all that the public reads with this text in each field, and compare with a harmless text."""
    assert case.expected == HARMLESS
    for name, data in _pages(sent).items():
        _check_page(_harmless[name], outline_of(data), sent, data.decode())
    _check_calendar(render_calendar(_plan(sent)).data)
    files = {one.name: one.data for one in render_document(_report(sent))}
    assert json.loads(files["report.json"])["findings"][0]["text"] == sent[:2000]
    _check_pdf(files["report.pdf"], sent)


def _check_page(harmless: Outline, outline: Outline, text: str, page: str) -> None:
    assert _made_of(outline) == _made_of(harmless), "the page is made of something else"
    for link in outline.named("a"):
        address = link["href"] or ""
        assert address.startswith(("https://", "#", "./")) or address in {"report.html", "report.pdf", "report.json"}
    assert not any(sign in page for sign in "\u202e\u2066\u061c\x00\x07\x1b\x7f\x9b\u200b\ufeff\ue000")
    if text.isprintable() and "\u0301" not in text:
        assert squeezed(text) in squeezed(outline.words), "the text does not stand on the page as it is"


def _made_of(outline: Outline) -> list[tuple[str, list[tuple[str, str | None]]]]:
    # A source may be an address, and then it is a link; which addresses may be linked is checked on its own.
    return [
        (name, sorted((key, value) for key, value in attributes.items() if key != "content"))
        for name, attributes in outline.elements
        if not (name == "a" and (attributes.get("href") or "").startswith("https://"))
    ]


def _check_calendar(data: bytes) -> None:
    lines = _unfolded(data)
    assert len(lines) == _lines_of_calendar[0], "a line of the calendar is forged"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 3
    assert not any(line.startswith(("ATTACH", "X-", "ACTION", "BEGIN:VALARM")) for line in lines)


def _unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").splitlines()


def _check_pdf(data: bytes, text: str) -> None:
    said = text_of(data)
    assert "root:x:0" not in said, "a file of this computer was read"
    assert "49" not in said.replace("1949", "") or "49" in text
    if text.isascii() and text.isprintable():
        assert squeezed(text) in said
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.Root
        assert list(pdf.attachments) == ["report.json"]
        addresses = [
            str(link["/A"]["/URI"]) for page in pdf.pages for link in _links(page) if "/URI" in link.get("/A", {})
        ]
    assert all(address.startswith("https://") for address in addresses)


def _links(page: pikepdf.Page) -> list[Any]:
    return list(page.obj.get("/Annots", []))


def _pages(text: str) -> dict[str, bytes]:
    report, review = _report(text), _review(text)
    pages = (
        render_page(notice_of_report(report), "press-notice.html"),
        render_page(page_of_review(review), "review.html"),
        render_index([_publication(text)]),
    )
    return {page.name: page.data for page in pages}


def _finding(finding: Finding, text: str) -> Finding:
    return finding.model_copy(update={"text": text[:2000], "source": text[:400]})


def _dated(date: str, text: str) -> SourcedDate:
    # Intake makes no such source; past it, the renderings still have to make it harmless.
    return SourcedDate(date=date, source="a letter").model_copy(update={"source": text[:300]})


def _fieldwork(fieldwork: Fieldwork, text: str) -> Fieldwork:
    dates = {name: _dated(getattr(fieldwork, name).date, text) for name in ("start", "end")}
    return fieldwork.model_copy(update={"methods": (text[:2000],), **dates})


def _report(text: str) -> InitialReport:
    report = report_documents.initial_report(is_synthetic=False)
    return report.model_copy(
        update={
            "title": text,
            "hmi": text[:80],
            "fieldwork": _fieldwork(report.fieldwork, text),
            "findings": tuple(_finding(one, text) for one in report.findings),
            "recommendations": tuple(one.model_copy(update={"text": text}) for one in report.recommendations),
            "quotation": report.quotation.model_copy(update={"speaker": text[:80], "paragraphs": (text, text)}),
        }
    )


def _review(text: str) -> Review:
    review = report_documents.review(is_synthetic=False)
    return review.model_copy(
        update={
            "title": text,
            "hmi": text[:80],
            "fieldwork": _fieldwork(review.fieldwork, text),
            "findings": tuple(_finding(one, text) for one in review.findings),
            "initial_findings": tuple(_finding(one, text) for one in review.initial_findings),
            "finding_progress": tuple(one.model_copy(update={"basis": text[:400]}) for one in review.finding_progress),
            "quotation": review.quotation.model_copy(update={"speaker": text[:80], "paragraphs": (text, text)}),
        }
    )


def _publication(text: str) -> Publication:
    publication = report_documents.publication()
    files = tuple(one.model_copy(update={"media_type": text}) for one in publication.files)
    return publication.model_copy(update={"title": text, "files": files})


def _plan(text: str) -> FollowUpPlan:
    plan = report_documents.follow_up_plan()
    starts = _dated("2015-07", text)
    due = tuple(one.model_copy(update={"text": text[:300], "starts": starts}) for one in plan.due_dates)
    return plan.model_copy(update={"due_dates": due})
