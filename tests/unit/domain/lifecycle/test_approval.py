from __future__ import annotations

import datetime as dt

import pytest

from domain.lifecycle.approval import approved_draft, check_decision, latest_draft
from domain.lifecycle.history import History
from domain.lifecycle.separation import check_separation, people_with
from schemas.errors import IllegalMoveError, LedgerError, RefusedError, SeparationError, StaleError
from schemas.lifecycle.acts import APPROVE_REPORT, MODERATE, RETURN_REPORT, SUBMIT_REVIEW, Act, SeparatedDuty
from schemas.lifecycle.entry import DocumentReference, Fact
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from tests.support.histories import AT
from tests.support.people import SERVICE, signer

FIRST, SECOND, THIRD = (letter * 64 for letter in "abc")
EMBARGO = "2026-02-03T00:01:00+00:00"


def document(digest: str) -> DocumentReference:
    return DocumentReference(sha256=digest, size_bytes=1, media_type="application/json", key=f"artefacts/{digest}")


class Life:
    """A ledger written entry by entry, as anybody with its key could."""

    def __init__(self) -> None:
        self.history = History("kent-2025")

    def then(self, kind: Kind, person: str = "ncpi", digest: str | None = None, **facts: Fact) -> Life:
        role = Role.SERVICE if person == "ncpi" else Role.HMI
        entry = self.history.next_entry(
            kind,
            id=f"entry/{len(self.history.recorded)}",
            at=AT,
            signer=SERVICE if person == "ncpi" else signer(person, role),
            document=document(digest) if digest else None,
            facts=facts,
        )
        self.history = self.history.followed_by(entry.to_bytes())
        return self

    def drafted(self, digest: str = FIRST, sender: str = "rhian.morgan", *authors: str) -> Life:
        self.then(Kind.FIELDWORK_SUBMITTED, sender).then(Kind.FIELDWORK_RECORDED)
        return self.then(Kind.REPORT_DRAFTED, digest=digest, authors=(sender, *authors))

    def published(self) -> Life:
        self.drafted().then(Kind.REPORT_APPROVED, "dru.sharpling", draft=FIRST, embargo=EMBARGO)
        return self.then(Kind.PUBLISHED).then(Kind.FOLLOW_UP_RECORDED)


def opened() -> Life:
    return Life().then(Kind.OPENED, "pat.howells")


def test_before_a_draft_there_is_none() -> None:
    with pytest.raises(IllegalMoveError, match="nothing was drafted yet"):
        latest_draft(opened().history)


def test_another_person_may_decide_on_the_newest_draft() -> None:
    life = opened().drafted(FIRST, "rhian.morgan", "tom.ellis")
    for act in (APPROVE_REPORT, RETURN_REPORT):
        check_separation(life.history, act, "dru.sharpling")
        assert check_decision(life.history, act, FIRST, AT) == life.history.last


@pytest.mark.parametrize("person", ["rhian.morgan", "tom.ellis"])
@pytest.mark.parametrize("act", [APPROVE_REPORT, RETURN_REPORT], ids=lambda act: act.name)
def test_no_author_may_decide(person: str, act: Act) -> None:
    life = opened().drafted(FIRST, "rhian.morgan", "tom.ellis")
    with pytest.raises(SeparationError, match=f"{person} had a part"):
        check_separation(life.history, act, person)


def test_a_sender_is_an_author_even_where_the_draft_names_nobody() -> None:
    life = opened().then(Kind.FIELDWORK_SUBMITTED, "rhian.morgan").then(Kind.FIELDWORK_RECORDED)
    life.then(Kind.REPORT_DRAFTED, digest=FIRST)
    assert people_with(life.history, SeparatedDuty.AUTHOR) == {"rhian.morgan"}


def test_authors_of_earlier_rounds_stay_authors() -> None:
    life = opened().drafted(FIRST, "rhian.morgan", "tom.ellis")
    life.then(Kind.REPORT_RETURNED, "dru.sharpling").drafted(SECOND, "ana.price")
    assert people_with(life.history, SeparatedDuty.AUTHOR) == {"rhian.morgan", "tom.ellis", "ana.price"}
    with pytest.raises(SeparationError):
        check_separation(life.history, APPROVE_REPORT, "tom.ellis")
    # Who returned the first round had no part in making it.
    check_separation(life.history, APPROVE_REPORT, "dru.sharpling")


def test_a_rejected_sender_is_no_author() -> None:
    life = opened().then(Kind.FIELDWORK_REJECTED, "dru.sharpling").drafted()
    check_separation(life.history, APPROVE_REPORT, "dru.sharpling")


@pytest.mark.parametrize("digest", [SECOND, "", FIRST[:12], FIRST.upper()])
def test_another_digest_is_stale(digest: str) -> None:
    with pytest.raises(StaleError, match="read the newest draft"):
        check_decision(opened().drafted().history, APPROVE_REPORT, digest, AT)


def test_the_draft_of_an_earlier_round_is_stale() -> None:
    life = opened().drafted(FIRST).then(Kind.REPORT_RETURNED, "dru.sharpling").drafted(SECOND)
    with pytest.raises(StaleError):
        check_decision(life.history, APPROVE_REPORT, FIRST, AT)


def test_author_moderator_and_approver_are_three_people() -> None:
    life = opened().drafted().then(Kind.MODERATED, "mo.adams").then(Kind.REPORT_APPROVED, "dru.sharpling", draft=FIRST)
    parts = {part: people_with(life.history, part) for part in SeparatedDuty}
    assert parts == {
        SeparatedDuty.AUTHOR: {"rhian.morgan"},
        SeparatedDuty.MODERATOR: {"mo.adams"},
        SeparatedDuty.APPROVER: {"dru.sharpling"},
    }
    for act, refused in (
        (SUBMIT_REVIEW, {"mo.adams", "dru.sharpling"}),
        (MODERATE, {"rhian.morgan", "dru.sharpling"}),
        (APPROVE_REPORT, {"rhian.morgan", "mo.adams"}),
    ):
        for person in ("rhian.morgan", "mo.adams", "dru.sharpling", "ana.price"):
            if person in refused:
                with pytest.raises(SeparationError, match=f"{person} had a part in this inspection as"):
                    check_separation(life.history, act, person)
            else:
                check_separation(life.history, act, person)


@pytest.mark.parametrize(
    ("until", "answers", "is_open"),
    [
        ("2026-01-02T03:04:06+00:00", 0, True),
        ("2026-01-02T03:04:05+00:00", 0, False),
        ("2026-02-01T00:00:00+00:00", 1, False),
    ],
)
def test_nothing_is_approved_while_the_force_may_check_its_facts(until: str, answers: int, is_open: bool) -> None:
    life = opened().drafted().then(Kind.ACCURACY_OPENED, "rhian.morgan", until=until)
    for _ in range(answers):
        life.then(Kind.ACCURACY_COMMENTED, "lee.force", comments=0)
    if is_open:
        with pytest.raises(IllegalMoveError, match="the force may check the facts of this draft until"):
            check_decision(life.history, APPROVE_REPORT, FIRST, AT)
    else:
        assert check_decision(life.history, APPROVE_REPORT, FIRST, AT)
    assert check_decision(life.history, RETURN_REPORT, FIRST, AT), "it may be returned at any time"


def test_the_check_of_an_earlier_draft_holds_up_no_later_one() -> None:
    life = opened().drafted(FIRST).then(Kind.ACCURACY_OPENED, "rhian.morgan", until="2027-01-01T00:00:00+00:00")
    life.then(Kind.REPORT_RETURNED, "dru.sharpling").drafted(SECOND)
    assert check_decision(life.history, APPROVE_REPORT, SECOND, AT)


def test_refusals_are_one_family() -> None:
    assert all(issubclass(error, RefusedError) for error in (IllegalMoveError, SeparationError, StaleError))


def test_publication_rests_on_the_approval_of_the_newest_draft() -> None:
    life = opened().drafted().then(Kind.REPORT_APPROVED, "dru.sharpling", draft=FIRST, embargo=EMBARGO)
    approval, digest, embargo = approved_draft(life.history)
    assert (approval, digest, embargo) == (life.history.last, FIRST, dt.datetime(2026, 2, 3, 0, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("person", ["rhian.morgan", "tom.ellis"])
def test_an_approval_by_an_author_publishes_nothing(person: str) -> None:
    life = opened().drafted(FIRST, "rhian.morgan", "tom.ellis")
    life.then(Kind.REPORT_APPROVED, person, draft=FIRST, embargo=EMBARGO)
    with pytest.raises(SeparationError, match=f"{person} had a part in this inspection as author"):
        approved_draft(life.history)


@pytest.mark.parametrize("named", [SECOND, "", FIRST[:12]])
def test_an_approval_of_other_bytes_publishes_nothing(named: str) -> None:
    life = opened().drafted().then(Kind.REPORT_APPROVED, "dru.sharpling", draft=named, embargo=EMBARGO)
    with pytest.raises(LedgerError, match="other bytes than were drafted"):
        approved_draft(life.history)


def test_no_approval_publishes_nothing() -> None:
    with pytest.raises(LedgerError, match="found none; nothing was published"):
        approved_draft(opened().drafted().history)


def test_the_approval_of_the_report_does_not_publish_the_review() -> None:
    life = opened().published().then(Kind.REVIEW_SUBMITTED, "ana.price")
    life.then(Kind.REVIEW_DRAFTED, digest=THIRD, authors=("ana.price",))
    with pytest.raises(LedgerError, match="expected an approval of the newest draft"):
        approved_draft(life.history)
    life.then(Kind.REVIEW_APPROVED, "dru.sharpling", draft=THIRD, embargo=EMBARGO)
    assert approved_draft(life.history)[1] == THIRD


def test_an_approval_that_a_refusal_stands_before_names_another_cause() -> None:
    # The desk names the draft as the cause; by default the newest entry, here a refusal, would be it.
    life = opened().drafted().then(Kind.REPORT_REFUSED, "sam.smith")
    life.then(Kind.REPORT_APPROVED, "dru.sharpling", draft=FIRST, embargo=EMBARGO)
    with pytest.raises(LedgerError):
        approved_draft(life.history)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"embargo": ""},
        {"embargo": "zqcanary"},
        {"embargo": "2026-02-03T00:01:00"},
        {"embargo": "2026-02-03T00:01:00+01:00"},
        {"embargo": 20260203},
        {"embargo": True},
        {"embargo": (EMBARGO,)},
    ],
    ids=str,
)
def test_an_approval_without_an_embargo_in_utc_is_a_broken_record(facts: dict[str, Fact]) -> None:
    life = opened().drafted().then(Kind.REPORT_APPROVED, "dru.sharpling", draft=FIRST, **facts)
    with pytest.raises(LedgerError, match=r"kent-2025 entry 4: expected its embargo, an instant in UTC") as broken:
        approved_draft(life.history)
    assert "zqcanary" not in str(broken.value)
