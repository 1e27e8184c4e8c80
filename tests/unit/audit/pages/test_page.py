"""Audit reports as pages: whole, accessible, self-contained, the same bytes; what people wrote stays text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from audit.pages.render import render_audit
from schemas.audit.check import Fault, RecordCheck, VerifiedLayer
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from tests.support.pages.audit_lives import report_on, report_on_all, south_wales, troubled
from tests.support.pages.hostile import HOSTILE
from tests.support.pages.page_outline import Outline, outline_of
from tests.support.returns import EXPECTATIONS

HIDDEN = ["right\u202eotfel\u202c", "isolate \u2066x\u2069", "null \x00 bell \x07 escape \x1b[31m"]
ROW = "</td></tr><tr><th>12</th><td>approved by somebody else</td></tr>"


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


@pytest.fixture(scope="module")
def programme() -> ProgrammeTrail:
    return report_on_all(troubled())


@pytest.fixture(scope="module", params=["inspection", "programme"])
def page(request: pytest.FixtureRequest, trail: InspectionTrail, programme: ProgrammeTrail) -> bytes:
    return render_audit(trail if request.param == "inspection" else programme, "html").data


def test_the_page_is_accessible(page: bytes) -> None:
    outline = outline_of(page)
    assert outline.named("html") == [{"lang": "en-GB"}]
    assert outline.headings.count(1) == 1
    assert outline.headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(outline.headings))
    assert len(outline.named("main")) == len(outline.named("header")) == len(outline.named("footer")) == 1
    assert outline.named("a")[0] == {"class": "skip", "href": "#content"}
    assert len(set(outline.ids)) == len(outline.ids)
    assert len(outline.named("table")) == len(outline.named("caption")) > 3
    assert all(cell.get("scope") in {"col", "row"} for cell in outline.named("th"))
    # What is drawn is said in words beside it, so nobody hears it twice.
    assert outline.named("svg")
    assert all(drawn["aria-hidden"] == "true" for drawn in outline.named("svg"))
    assert len(outline.named("figure")) == len(outline.named("figcaption"))


def test_the_page_loads_nothing_and_every_link_leads_somewhere(page: bytes) -> None:
    html = page.decode()
    outline = outline_of(page)
    assert not re.search(r"\ssrc=|<link|url\(|@import|<script|\son[a-z]+=", html)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    for link in outline.named("a"):
        assert (link["href"] or "").removeprefix("#") in outline.ids


def test_the_page_of_an_inspection_holds_every_section(trail: InspectionTrail) -> None:
    words = " ".join(outline_of(render_audit(trail, "html").data).words.split())
    for expected in (
        "Late by 3 to 31 days; against the first date late by 1 to 59 days",
        "on hold from 2 November 2015 until 18 December 2015, 46 days",
        "Does not apply: The local policing body publishes its comments within 56 days",
        "ruth.davies (moderator), signed with their own key",
        f"evidence of the fieldwork: 76 cases, {EXPECTATIONS} checks, 8 findings and 0 warnings",
        "passed through three different people",
        "passed every check",
        "hold The force moves to a new command; no visit is possible. lifted 18 December 2015, 09:00:01 in London",
        "by dru.sharpling (hmi) (46 days): The move is done.",
        "action plan received on 28 August 2015; artefact ",
        "cases referred back cases: 2",
        "comments: 1",
        "None of these was recorded: correction, withdrawal, entries that nobody believes and trail review.",
        "6 cases of the fieldwork return were referred back to the force; 2 were recorded as handed back at once.",
        "Rules for the review return, by rhian.morgan: 14 of 14 checks passed",
        "Management has not reviewed this trail yet",
        "wrong role south-wales-2015: expected hmi to approve report, found inspector",
        "inspection of South Wales Police opened",
        "No sign of change. Two checks need papers that you hold; 4 entries are not sealed yet.",
        "Still open4 recommendations, 2 findings of the initial report and 3 concerns of the review",
        "REC-2015-01, recommendation South Wales Police July 2015 between 1 and 31 July 2015 still a concern",
        "initial report approved, for publication at once",
        "Each entry was signed by the person whom it names (signature)",
        "4 of 22 entries are not sealed yet",
        "ncpi audit verify south-wales-2015 --register DIGEST --note FILE --cold",
        "python3 ncpi_verify.py FOLDER --register DIGEST --note FILE",
    ):
        assert expected in words, expected
    assert trail.head in words
    assert all(line.digest in words for line in trail.lines)


def test_the_page_of_the_programme_holds_every_section(programme: ProgrammeTrail) -> None:
    words = " ".join(outline_of(render_audit(programme, "html").data).words.split())
    for expected in (
        "revisit late by 3 to 31 days",
        "programme-manager or hmi 2 essex-2015, kent-2015",
        "On hold 2 of 3",
        "COVID-19: no visits (with the whole programme)",
        "south-wales-2015, entry 8",
        "Revisits: due and done",
        "ncpi audit export FOLDER,",
    ):
        assert expected in words, expected


def test_a_record_that_is_not_what_was_written_is_said_first_and_found_layer_by_layer(trail: InspectionTrail) -> None:
    fault = Fault(layer="signature", where="south-wales-2015", entry=9, message="not by whom it names")
    check = RecordCheck(
        layers=(VerifiedLayer(layer="signature", checked="21 entries", faults=1, missing="notes"),),
        faults=(fault,),
        faults_in_all=300,
    )
    outline = outline_of(render_audit(trail.model_copy(update={"check": check, "fault": "no plan"}), "html").data)
    words = " ".join(outline.words.split())
    assert words.index("The record is not what was written") < words.index("Report made")
    assert words.index("A part of the record could not be read no plan") < words.index("Report made")
    assert "(signature) 21 entries 1 notes" in words
    assert "signature south-wales-2015 9 not by whom it names" in words
    assert "299 of the 300 faults are not shown." in words


def test_without_verification_and_seals_the_page_says_so(trail: InspectionTrail) -> None:
    bare = trail.model_copy(update={"check": None, "seals": None})
    words = outline_of(render_audit(bare, "html").data).words
    assert "Not verified for this report" in words
    assert "The seals were not read for this report." in words


def _written_by_people(trail: InspectionTrail, text: str) -> InspectionTrail:
    """Put a text wherever people, or a forged ledger, could have put it."""
    dues = tuple(
        due.model_copy(
            update={
                "subject": text if due.subject == "revisit" else due.subject,
                "reasons": (text,),
                "changes": tuple(
                    one.model_copy(update={"reason": text, "old": text, "new": text}) for one in due.changes
                ),
            }
        )
        for due in trail.dues
    )
    return trail.model_copy(
        update={
            "fault": text,
            "dues": dues,
            "lines": tuple(line.model_copy(update={"words": text}) for line in trail.lines),
            "decisions": tuple(one.model_copy(update={"reason": text, "decision": text}) for one in trail.decisions),
            "refusals": tuple(
                one.model_copy(update={"act": text, "rule": text, "reason": text}) for one in trail.refusals
            ),
            "side_events": tuple(
                one.model_copy(update={"reason": text, "later_reason": text}) for one in trail.side_events
            ),
        }
    )


def _shape(outline: Outline) -> list[str]:
    return [element for element, _ in outline.elements]


@pytest.mark.parametrize("text", [*HOSTILE, *HIDDEN, ROW], ids=lambda text: ascii(text[:16]))
def test_hostile_words_are_words_and_never_rows_or_marks(trail: InspectionTrail, text: str) -> None:
    hostile = outline_of(render_audit(_written_by_people(trail, text), "html").data)
    harmless = outline_of(render_audit(_written_by_people(trail, "as it should be"), "html").data)
    assert _shape(hostile) == _shape(harmless)
    assert not any(sign in hostile.words for sign in "\u202e\u202c\u2066\u2069\x00\x07\x1b")


def test_hostile_words_of_the_programme_are_words(programme: ProgrammeTrail) -> None:
    def with_text(text: str) -> ProgrammeTrail:
        board = tuple(
            here.model_copy(update={"incident": text, "next": text, "waits_for": "x", "hold": text, "late": (text,)})
            for here in programme.board
        )
        return programme.model_copy(update={"board": board})

    hostile = outline_of(render_audit(with_text(ROW), "html").data)
    assert _shape(hostile) == _shape(outline_of(render_audit(with_text("plain"), "html").data))


def test_the_same_values_give_the_same_bytes(trail: InspectionTrail, programme: ProgrammeTrail) -> None:
    for form in ("html", "csv", "json", "xlsx"):
        for one in (trail, programme):
            again = type(one).model_validate_json(one.to_bytes())
            assert render_audit(one, form).data == render_audit(again, form).data
