"""What the audit report says of an inspection and of all, as values, and what a forged ledger cannot do to it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.gather import inspection_report
from audit.record_check import SealStatus
from audit.report import inspection, lenient_facts
from audit.report.inspection import ReportSources, trail_of
from audit.report.programme import programme_of
from desk.acts.decision import return_draft
from desk.acts.holds import change_hold
from desk.acts.submission import FORMS, submit
from domain.documents.clocks import ACTION_PLAN, POLICING_BODY_RESPONSE
from domain.lifecycle.history import History
from schemas.audit.check import LAYERS
from schemas.audit.report import InspectionTrail, ProgrammeTrail, SideEvent, Unreadable
from schemas.audit.side_events import RECEIPTS, SIDE_EVENTS
from schemas.errors import NotFoundError, RejectedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.moves import INTERRUPTIONS, RESUMPTIONS, SIDE_ENTRIES, START, Kind
from schemas.people.roles import Role
from schemas.text import plain
from storage import keys
from tests.support.histories import AT, SOMEBODY
from tests.support.pages.audit_lives import overdue, report_on, report_on_all, seal, south_wales, troubled
from tests.support.people import signer
from tests.support.returns import EXPECTATIONS, write_fieldwork
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


@pytest.fixture(scope="module")
def programme() -> ProgrammeTrail:
    return report_on_all(troubled())


def of_kinds(trail: InspectionTrail, *names: str) -> list[SideEvent]:
    return [one for one in trail.side_events if one.what in names]


def test_the_timeline_has_every_entry_in_plain_words_and_says_what_is_sealed(trail: InspectionTrail) -> None:
    assert [line.entry for line in trail.lines] == list(range(trail.in_all["lines"]))
    assert trail.lines[0].words == "inspection of South Wales Police opened"
    assert trail.head == trail.lines[-1].digest
    assert trail.seals is not None
    assert [line.is_sealed for line in trail.lines].count(False) == trail.seals.unsealed == 4
    assert trail.lines[0].is_sealed is True
    assert trail.seals.checkpoint is not None
    assert trail.seals.checkpoint.origin == "ncpi.invalid/ledger"


def test_each_decision_names_who_in_which_role_how_sure_and_on_which_evidence(trail: InspectionTrail) -> None:
    approved = next(one for one in trail.decisions if one.decision == "approved the initial report")
    assert (approved.person, approved.role, approved.assurance) == ("dru.sharpling", "hmi", "person-key")
    evidence, draft = approved.exhibits
    assert evidence.counts == {"cases": 76, "findings": 8, "expectations": EXPECTATIONS, "warnings": 0}
    assert (evidence.entry, draft.entry) == (2, 3)
    assert draft.sha256 == approved.draft == trail.lines[3].artefact
    assert evidence.sha256 == trail.lines[2].artefact
    said = [one.decision for one in trail.decisions]
    assert said == [
        "answered comments of the force: accepted: 1",
        "moderated the draft: read it against its evidence",
        "approved the initial report",
        "put the inspection on hold",
        "lifted the hold",
        "changed a due date: revisit, to 2016-01-29 (before: 2016-01-01 to 2016-01-31)",
        "approved the review",
    ]
    assert trail.decisions[-1].exhibits[0].what == "review return"


def test_a_returned_draft_is_a_decision_with_its_reason(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    return_draft(world.context, INSPECTION, world.draft(), HMI, "Finding I1 needs its numbers")
    decision = trail_of(world.history(), world.now, ReportSources()).decisions[-1]
    assert (decision.decision, decision.reason) == ("returned the initial report", "Finding I1 needs its numbers")


def test_author_moderator_and_approver_are_shown_to_be_three_people(trail: InspectionTrail) -> None:
    parts = trail.separation
    assert parts.authors == ("nia.price", "rhian.morgan", "tom.ellis")
    assert parts.moderators == ("ruth.davies",)
    assert parts.approvers == ("dru.sharpling", "wendy.williams")
    assert parts.in_two_parts == ()


def test_one_person_in_two_parts_is_named() -> None:
    history = History("kent-2025")
    kinds = (Kind.OPENED, Kind.FIELDWORK_SUBMITTED, Kind.FIELDWORK_RECORDED, Kind.REPORT_DRAFTED, Kind.REPORT_APPROVED)
    for place, kind in enumerate(kinds):
        entry = history.next_entry(kind, id=f"entry/{place}", at=AT, signer=SOMEBODY)
        history = history.followed_by(entry.to_bytes())
    assert trail_of(history, AT, ReportSources()).separation.in_two_parts == (SOMEBODY.actor.person,)


def test_checks_say_what_was_met(trail: InspectionTrail) -> None:
    fieldwork, review = trail.validations
    assert (fieldwork.of, fieldwork.is_accepted, fieldwork.sender) == ("fieldwork return", True, "rhian.morgan")
    assert (fieldwork.expectations, fieldwork.warnings, fieldwork.problems) == (EXPECTATIONS, 0, 0)
    assert fieldwork.is_all_listed
    assert (review.of, review.is_accepted, review.expectations) == ("review return", True, 14)
    assert (review.warnings, review.problems) == (0, 0)
    for one in (fieldwork, review):
        assert len(one.checked) == one.expectations
        assert all(rule.is_met and not rule.broken for rule in one.checked)
        assert one.validation is not None


def test_a_rejected_return_is_counted_by_rule(tmp_path: Path) -> None:
    world = World()
    world.open()
    folder = write_fieldwork(tmp_path)
    table = folder / "cases.csv"
    table.write_text(table.read_text().replace("CA-0001", "CA 1").replace("CA-0002", "CA 2"))
    with pytest.raises(RejectedError) as caught:
        submit(world.context, INSPECTION, folder, FORMS["fieldwork"], LEAD)
    (check,) = inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None).validations
    assert not check.is_accepted
    assert check.problems == len(caught.value.problems) > 0
    assert {rule.rule: rule.times for rule in check.rules} == {
        one.rule: sum(other.rule == one.rule for other in caught.value.problems) for one in caught.value.problems
    }
    listed = trail_of(world.history(), world.now, ReportSources()).validations[0]
    assert listed.rules == check.rules, "the entry's own list says the same as its artefact"


def test_the_revisit_is_late_against_the_changed_day_and_the_first_and_the_report_says_why(
    trail: InspectionTrail,
) -> None:
    revisit = trail.dues[0]
    assert revisit.subject == "revisit"
    assert revisit.planned is not None
    assert (revisit.planned.earliest, revisit.planned.latest) == (dt.date(2016, 1, 1), dt.date(2016, 1, 31))
    assert revisit.stands is not None
    assert revisit.stands.latest == dt.date(2016, 1, 29)
    assert revisit.verdict == "late"
    assert revisit.timeliness is not None
    assert (revisit.timeliness.days_late_at_least, revisit.timeliness.days_late_at_most) == (3, 31)
    assert revisit.against_plan is not None
    assert (revisit.against_plan.days_late_at_least, revisit.against_plan.days_late_at_most) == (1, 59)
    (change,) = revisit.changes
    assert (change.old, change.new, change.person) == ("2016-01-01 to 2016-01-31", "2016-01-29", "pat.howells")
    moved, held = revisit.reasons
    assert moved == (
        "the last day was moved to 2016-01-29 (before: 2016-01-01 to 2016-01-31) by pat.howells (programme-manager) on "
        "11 January 2016: The team is needed elsewhere in January."
    )
    assert held == (
        "on hold from 2 November 2015 until 18 December 2015, 46 days, by pat.howells (programme-manager): The force "
        "moves to a new command; no visit is possible."
    )
    assert trail.standing is not None
    assert trail.standing.late == ("revisit late by 3 to 31 days",)


def test_what_came_from_outside_is_held_against_its_day(trail: InspectionTrail) -> None:
    plan = next(due for due in trail.dues if due.subject == "action plan")
    assert plan.verdict == "cannot be told", "publication is known to the month alone"
    assert plan.done == "2015-08-28"
    assert trail.dues[0].done == "2016-02", "the month is known, and nothing is added to it"
    received = of_kinds(trail, "action plan", "local policing body's response")
    assert [(one.what, one.facts["received"]) for one in received] == [
        ("action plan", "2015-08-28"),
        ("local policing body's response", "2015-10-02"),
    ]
    assert received[0].artefact is not None
    assert (received[0].state, received[0].days) == (None, None), "nothing is to follow"
    assert any("In force from 2 May 2017" in text for text in trail.not_applied)
    assert all(due.verdict == "passed" and due.outcome for due in trail.dues if due.subject.startswith("REC"))


def test_what_was_not_done_is_overdue_by_days_that_are_counted(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    made = inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None)
    revisit = made.dues[0]
    assert revisit.stands is not None
    assert revisit.verdict == "overdue"
    assert revisit.days_overdue == (world.now.date() - revisit.stands.latest).days > 0
    assert made.standing is not None
    assert f"revisit overdue by {revisit.days_overdue:,} days" in made.standing.late
    assert any(words.startswith("action plan overdue") for words in made.standing.late)
    assert made.standing.waits_for == "inspector"


def test_the_plan_alone_is_unknown_where_its_artefact_is_gone_and_the_report_says_so(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    plan = world.history().latest(Kind.FOLLOW_UP_RECORDED)
    assert plan is not None
    assert plan.entry.document is not None
    world.private_objects.stored.pop(keys.artefact(INSPECTION, plan.entry.document.sha256))
    world.stores.artefacts._checked.clear()
    made = inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None)
    assert made.fault is not None
    assert plan.entry.document.sha256[:12] in made.fault
    assert [due.subject for due in made.dues] == ["revisit"]
    assert made.dues[0].verdict == "overdue"


def test_holds_referrals_and_accuracy_checks_are_told_without_what_they_are_about(trail: InspectionTrail) -> None:
    (hold,) = trail.holds
    assert (hold.days, hold.state, hold.facts) == (46, "lifted", {"programme": False})
    assert hold.reason == "The force moves to a new command; no visit is possible."
    assert hold.followed_by is not None
    assert (hold.followed_by.person, hold.later_reason) == ("dru.sharpling", "The move is done.")
    assert [one.facts for one in of_kinds(trail, "cases referred back")] == [{"cases": 2}]
    (check,) = of_kinds(trail, "accuracy check")
    assert check.facts["comments"] == 1
    assert dt.datetime.fromisoformat(str(check.facts["until"])) > check.at
    assert check.followed_by is not None
    assert check.followed_by.person == "gwyn.rees"
    text = trail.to_bytes().decode()
    assert "CA-0" not in text
    assert "wrong unit" not in text


def test_an_open_hold_lasts_until_the_report(tmp_path: Path) -> None:
    world = World()
    world.open()
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "no visits")
    world.now += dt.timedelta(days=30)
    made = trail_of(world.history(), world.now, ReportSources())
    (hold,) = made.holds
    assert (hold.days, hold.state, hold.followed_by) == (30, "not lifted yet", None)
    assert made.standing is not None
    assert made.standing.waits_for == "programme-manager or hmi"
    change_hold(world.context, LIFT_HOLD, INSPECTION, MANAGER, "visits again")
    assert trail_of(world.history(), world.now, ReportSources()).holds[0].followed_by is not None


def test_a_refusal_says_who_tried_what_and_which_rule(trail: InspectionTrail) -> None:
    (refusal,) = trail.refusals
    assert (refusal.person, refusal.act, refusal.rule) == ("rhian.morgan", "approve report", "wrong role")


def test_corrections_and_withdrawals_are_told_from_their_draft_to_their_end() -> None:
    history = History("kent-2025")
    life = (
        (Kind.OPENED, {}),
        (Kind.FIELDWORK_SUBMITTED, {}),
        (Kind.FIELDWORK_RECORDED, {}),
        (Kind.REPORT_DRAFTED, {}),
        (Kind.REPORT_APPROVED, {}),
        (Kind.PUBLISHED, {}),
        (Kind.FOLLOW_UP_RECORDED, {"revisit_due_earliest": "2026-07-01", "revisit_due_latest": "2026-07-01"}),
        (Kind.CORRECTION_DRAFTED, {"of": "initial-report", "number": 2, "errata": 4}),
        (Kind.CORRECTION_RETURNED, {"reason": "page missing"}),
        (Kind.CORRECTION_DRAFTED, {"of": "initial-report", "number": 2, "errata": 5}),
        (Kind.CORRECTION_APPROVED, {}),
        (Kind.CORRECTION_PUBLISHED, {"of": "initial-report", "number": 2, "files": 4}),
        (Kind.WITHDRAWAL_ORDERED, {"reason": "a child can be recognised"}),
        (Kind.WITHDRAWN, {"files": 4}),
    )
    for place, (kind, facts) in enumerate(life):
        entry = history.next_entry(kind, id=f"entry/{place}", at=AT, signer=SOMEBODY, facts=facts)
        history = history.followed_by(entry.to_bytes())
    made = trail_of(history, AT, ReportSources())
    assert [(one.state, one.facts, one.later_reason) for one in of_kinds(made, "correction")] == [
        ("returned", {"of": "initial-report", "number": 2, "errata": 4}, "page missing"),
        ("published", {"of": "initial-report", "number": 2, "errata": 5}, None),
    ]
    (withdrawal,) = of_kinds(made, "withdrawal")
    assert (withdrawal.reason, withdrawal.state, withdrawal.facts) == (
        "a child can be recognised",
        "carried out",
        {"files": 4},
    )
    assert withdrawal.followed_by is not None


def test_every_act_beside_the_path_is_reported() -> None:
    reported = {kind for one in SIDE_EVENTS for kind in (one.opened_by, *one.followed_by)}
    beside = {*SIDE_ENTRIES, *INTERRUPTIONS, *RESUMPTIONS}
    # A due date is reported with its changes, moderation with the decisions, a refusal with the refusals.
    assert beside - reported == {Kind.MODERATED, Kind.DUE_DATE_CHANGED, Kind.ACT_REFUSED}
    assert [kind.name for kind in RECEIPTS] == [ACTION_PLAN.subject, POLICING_BODY_RESPONSE.subject]


def test_verification_is_told_layer_by_layer(trail: InspectionTrail) -> None:
    assert trail.check is not None
    assert trail.check.is_whole
    assert {layer.layer for layer in trail.check.layers} == set(LAYERS)
    assert all(layer.faults == 0 for layer in trail.check.layers)


def test_a_broken_ledger_still_has_a_report_that_says_so() -> None:
    world = south_wales(is_reviewed=False)
    world.ledger_objects.overwrite(keys.ledger_entry(INSPECTION, 5), b"{}", "application/json")
    made = report_on(world)
    assert made.fault is not None
    assert (made.lines, made.standing) == ((), None)
    assert made.check is not None
    assert not made.check.is_whole
    programme = report_on_all(world)
    assert [one.inspection for one in programme.unreadable] == [INSPECTION]
    assert programme.board == ()


def test_an_inspection_that_was_never_opened_has_no_report() -> None:
    world = World()
    with pytest.raises(NotFoundError):
        inspection_report(world.stores, "kent-2025", world.now, SealStatus(), None)


def test_the_programme_is_a_board_with_what_is_late_and_who_must_act(programme: ProgrammeTrail) -> None:
    assert [here.inspection for here in programme.board] == ["essex-2015", "kent-2015", INSPECTION]
    assert {one.state: one.inspections for one in programme.states} == {"review published": 1, "on hold": 2}
    assert programme.revisits == {"late": 1}
    assert [hold.inspection for hold in programme.open_holds] == ["essex-2015", "kent-2015"]
    assert all(hold.facts["programme"] for hold in programme.open_holds)
    assert [(one.inspection, one.act) for one in programme.refusals] == [(INSPECTION, "approve report")]
    assert [here.waits_for for here in programme.board] == ["programme-manager or hmi"] * 2 + ["nobody"]
    assert programme.seals is not None
    assert programme.seals.entries == sum(here.entries for here in programme.board)


def test_everything_that_is_sealed_is_told_once() -> None:
    world = troubled()
    seal(world)
    made = report_on_all(world)
    assert made.seals is not None
    assert made.seals.unsealed == 0
    assert made.seals.checkpoint is not None
    assert made.seals.checkpoint.seal == 1


def test_refusals_without_end_are_bounded_and_counted(trail: InspectionTrail) -> None:
    many = trail.model_copy(update={"refusals": trail.refusals * 900, "in_all": trail.in_all | {"refusals": 900}})
    made = programme_of([many, many, many, Unreadable(inspection="kent-2015", fault="broken")], trail.at)
    assert len(made.refusals) == 1000
    assert made.refusals_in_all == 2700
    assert made.unreadable[0].inspection == "kent-2015"


def test_a_ledger_without_end_is_bounded_and_counted(monkeypatch: pytest.MonkeyPatch, trail: InspectionTrail) -> None:
    monkeypatch.setattr(inspection, "MAX_LINES", 10)
    monkeypatch.setattr(inspection, "_FIRST_LINES", 4)
    monkeypatch.setattr(lenient_facts, "MAX_LISTED", 2)
    made = report_on(south_wales())
    last = len(trail.lines)
    assert [line.entry for line in made.lines] == [0, 1, 2, 3, *range(last - 6, last)]
    assert made.in_all == trail.in_all
    assert made.decisions == trail.decisions[-2:]


WORDS = st.text(max_size=80).map(plain).map(str.strip)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    WORDS,
    st.lists(WORDS, max_size=3).map(tuple),
    st.sampled_from(
        ["2016-01-01", "9999-12-31", "0001-01-01", "late", "in time", "a" * 64, "revisit", "2026-01-01T00:00:00+00:00"]
    ),
)
NAMES = st.sampled_from(
    (  # noqa: SIM905 - thirty names are read better so
        "of act old new rule list pack cases files until draft reason number sender errata subject embargo revisit "
        "authors received comments problems findings warnings programme expectations revisit_due_earliest "
        "revisit_due_latest days_late_at_least days_late_at_most"
    ).split()
)
KINDS = st.lists(st.integers(0, 40), max_size=25)


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_any_ledger_that_chains_has_a_report(data: st.DataObject) -> None:
    history, position = History("kent-2025"), START
    for place, choice in enumerate(data.draw(KINDS)):
        legal = sorted(position.legal - {Kind.FOREIGN_SET_ASIDE})  # which must name what another entry named
        if not legal:
            break
        kind = legal[choice % len(legal)]
        position = position.after(kind)
        facts = data.draw(st.dictionaries(NAMES, VALUES, max_size=6))
        who = signer("kim.hart", Role.HMI)
        entry = history.next_entry(kind, id=f"entry/{place}", at=AT, signer=who, facts=facts)
        history = history.followed_by(entry.to_bytes())
    made = trail_of(history, AT, ReportSources())
    assert InspectionTrail.model_validate_json(made.to_bytes()) == made
    assert len(made.lines) == len(history.recorded)
    programme = programme_of([made], AT)
    assert ProgrammeTrail.model_validate_json(programme.to_bytes()) == programme
