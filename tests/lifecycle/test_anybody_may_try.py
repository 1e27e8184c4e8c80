"""Nothing that the desk lets anybody try, in any role, at any time, makes the record fail its verification."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

import audit.verification.compliance
import desk.acts.acting
import domain.people.entry_rules
from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from desk.acts.corrections import draft_correction
from desk.acts.decision import approve, moderate, return_draft, take_back_approval
from desk.acts.due_dates import change_due_date
from desk.acts.foreign_entries import name_foreign_entries, set_foreign_aside
from desk.acts.holds import change_hold
from desk.acts.opening import open_inspection
from desk.acts.receipts import RECEIPTS, receive
from desk.acts.referrals import refer_back
from desk.acts.submission import FORMS, submit
from desk.acts.trail_review import review_trail
from desk.acts.withdrawal import withdraw
from domain.lifecycle.accuracy import comments_on, unanswered_in_words
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History
from domain.signing import KeySigner
from schemas.errors import AlreadyWrittenError, IllegalMoveError, LedgerError, NcpiError, RefusedError
from schemas.lifecycle.acts import ACTS, DRAFTS, LIFT_HOLD, PLACE_HOLD, SUBMIT_FIELDWORK, SUBMIT_REVIEW, Act
from schemas.lifecycle.entry import Actor
from schemas.lifecycle.kinds import REFUSALS, SUBMISSIONS
from schemas.lifecycle.moves import AWAITING_DECISION, Kind, State
from schemas.lifecycle.stages import stage_in
from schemas.people.roles import Role
from tests.support import quick
from tests.support.errata import erratum, write_errata
from tests.support.people import FIRST_ADMIN, FORCE, PEOPLE, key_for
from tests.support.returns import write_fieldwork, write_review
from tests.support.stand_alone import ROOT
from tests.support.verifying import found_by_both
from tests.support.world import World

INSPECTIONS: Final = ("south-wales-2015", "kent-2025")
HELD: Final = {FIRST_ADMIN: (Role.ADMIN,), **PEOPLE}
CLAIMABLE: Final = tuple(role for role in Role if role is not Role.SERVICE)
REASONS: Final = ("The force asked for it", "", " \u200b", "x" * 600, "x" * 601, "\ud800", "ring 07700 900123", "=1+1")
DAYS: Final = (dt.date(2015, 7, 1), dt.date(2026, 11, 23), dt.date(2999, 1, 1), dt.date.min, dt.date.max)
TIMES: Final = (
    dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
    dt.datetime(2015, 1, 1, tzinfo=dt.UTC),
    dt.datetime.max.replace(tzinfo=dt.UTC),
    dt.datetime(2027, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
)
_DECIDES: Final = {Role.HMI, Role.MODERATOR}
ROLES: Final[dict[str, set[Role]]] = {
    "open": {Role.PROGRAMME_MANAGER},
    "submit": {Role.INSPECTOR},
    "approve": {Role.HMI},
    "return": _DECIDES,
    "take back": {Role.HMI},
    "moderate": {Role.MODERATOR},
    "open accuracy": {Role.HMI},
    "comment": {Role.FORCE_LIAISON},
    "answer": {Role.INSPECTOR},
    "hold": {Role.PROGRAMME_MANAGER},
    "lift": {Role.HMI},
    "due date": {Role.PROGRAMME_MANAGER},
    "receive": {Role.FORCE_LIAISON},
    "refer": {Role.INSPECTOR},
    "correct": {Role.PRESS_OFFICER},
    "withdraw": {Role.HMI},
    "review trail": {Role.MANAGEMENT},
    "name foreign": {Role.PROGRAMME_MANAGER},
    "set aside": {Role.HMI},
}
"""What people try, and a role in which each may succeed."""
WRONG: Final = KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key_for("another ncpi"))
ANSWERS: Final = {
    Kind.ACCURACY_OPENED: "comment",
    Kind.ACCURACY_COMMENTED: "answer",
    Kind.HOLD_PLACED: "take back",
    Kind.CORRECTION_DRAFTED: "return",
    Kind.REPORT_APPROVED: "take back",
}
"""What seldom comes by chance alone."""
MIN_LIVES: Final = 25
Attempt = Callable[[], object]


def signer_of(person: str, claimed: Role) -> KeySigner:
    """Sign as a person who claims a role, as signing in at the desk makes them."""
    actor = Actor(person=person, role=claimed, assurance="person-key")
    is_liaison = Role.FORCE_LIAISON in HELD[person]
    return KeySigner(actor, key_for(person), force=FORCE if is_liaison else None, is_role_held=claimed in HELD[person])


class Crowd:
    """People who try whatever the desk offers, with whatever they have."""

    def __init__(self, world: World, folders: dict[str, list[Path]], errata: list[Path], chance: random.Random) -> None:
        self.world, self.folders, self.errata, self.chance = world, folders, errata, chance
        self.context = dataclasses.replace(world.context, clock=self._clock)
        self._interrupting: Attempt | None = None
        self.refused = 0
        self.recorded = 0
        self._digests: list[str] = ["0" * 64, "nothing", "0123456789ab", ""]

    def step(self) -> None:
        """Let somebody try something, perhaps while somebody else does; or let the stages run."""
        if self.chance.random() < 0.03:
            self._clean_up_after_a_wrong_process(self.chance.choice(INSPECTIONS))
        if self.chance.random() < 0.25:
            self.world.deliver()
            for stage in ("publication", "review-publication"):  # as a sweep starts them when an embargo has passed
                for inspection in INSPECTIONS:
                    self.world.run(stage, inspection)
        if self.chance.random() < 0.2:
            self.world.now += dt.timedelta(days=self.chance.choice((0, 1, 40)), hours=self.chance.randrange(9))
        if self.chance.random() < 0.15:
            self._race(self._attempt(), self._attempt())
        else:
            self._try(self._attempt())

    def _clean_up_after_a_wrong_process(self, inspection: str) -> None:
        """Let a process with a key that nobody registered do a stage's turn, and two people set that aside."""
        history = self.world.history(inspection)
        stage = stage_in(history.state)
        turn = stage.turn_in(history.state) if stage else None
        if turn is None:
            return
        entry = history.next_entry(turn.records, at=self.world.clock(), signer=WRONG)
        self.world.stores.ledger.append(history, entry)
        written = self.world.history(inspection).recorded[-1]
        manager, hmi = signer_of("pat.howells", Role.PROGRAMME_MANAGER), signer_of("dru.sharpling", Role.HMI)
        name_foreign_entries(self.world.context, inspection, [written.digest], manager, "A runner of another office")
        set_foreign_aside(self.world.context, inspection, hmi)

    def _try(self, attempt: Attempt) -> None:
        try:
            attempt()
            self.recorded += 1
        except (NcpiError, AlreadyWrittenError) as error:
            self.refused += isinstance(error, RefusedError)

    def _race(self, first: Attempt, second: Attempt) -> None:
        """Do one act in the middle of another: when that looks at the clock, after it has read the ledger."""
        self._interrupting = second
        self._try(first)
        self._interrupting = None

    def _clock(self) -> dt.datetime:
        second, self._interrupting = self._interrupting, None
        if second is not None:
            self._try(second)
        return self.world.clock()

    def _digest(self, inspection: str) -> str:
        history = self.world.history(inspection)
        drafts = [one.entry.document.sha256 for one in history.recorded if one.entry.document]
        if drafts and self.chance.random() < 0.7:
            return self._draft(inspection)[: self.chance.choice((64, 12, 5))]
        return self.chance.choice([*self._digests, *drafts])

    def _head(self, inspection: str) -> str | None:
        return self.chance.choice((None, None, self.world.history(inspection).head, "0" * 12))

    def _who(self, act: str, *, is_sensible: bool) -> KeySigner:
        may = [(person, role) for person in sorted(HELD) for role in HELD[person] if role in ROLES[act]]
        if is_sensible:
            return signer_of(*self.chance.choice(may))
        person = self.chance.choice(sorted(HELD))
        held = self.chance.random() < 0.5
        return signer_of(person, self.chance.choice(HELD[person] if held else CLAIMABLE))

    def _fitting(self, inspection: str) -> Attempt:
        """Do what the state asks for, so that lives get far enough for every act to be tried."""
        context, digest = self.context, self._draft(inspection)
        hmi, lead = signer_of("dru.sharpling", Role.HMI), signer_of("rhian.morgan", Role.INSPECTOR)
        state = self.world.history(inspection).state
        embargo = self.chance.choice((None, None, self.world.now + dt.timedelta(minutes=20)))
        manager = signer_of("pat.howells", Role.PROGRAMME_MANAGER)
        acts: dict[State, Attempt] = {
            State.UNOPENED: lambda: open_inspection(context, inspection, manager),
            State.AWAITING_FIELDWORK: lambda: submit(
                context, inspection, self._folder("fieldwork", inspection), FORMS["fieldwork"], lead
            ),
            State.AWAITING_REVIEW: lambda: submit(
                context, inspection, self._folder("review", inspection), FORMS["review"], lead
            ),
            State.ON_HOLD: lambda: change_hold(context, LIFT_HOLD, inspection, manager, "It may go on"),
        }
        if state in {State.REPORT_APPROVED, State.REVIEW_APPROVED} and self.chance.random() < 0.3:
            return lambda: change_hold(context, PLACE_HOLD, inspection, manager, "It must wait")
        history = self.world.history(inspection)
        if state in AWAITING_DECISION:
            is_asked = bool(unanswered_in_words(history, latest_draft(history)))
            if is_asked or self.chance.random() < (0.5 if state is State.CORRECTION_DRAFTED else 0.2):
                return self._before_deciding(inspection, lead)
        return acts.get(state, lambda: approve(context, inspection, digest, hmi, embargo=embargo))

    def _before_deciding(self, inspection: str, lead: KeySigner) -> Attempt:
        """Do what may come before a decision on a draft: answer every comment of the force, or replace the draft."""
        context, history = self.context, self.world.history(inspection)
        unanswered = [one for one in comments_on(history, latest_draft(history)) if one.unanswered]
        if unanswered:
            answers = dict.fromkeys(unanswered[0].unanswered)
            return lambda: answer_comments(context, inspection, answers, lead)
        if (
            inspection.startswith(FORCE)
            and history.state is not State.CORRECTION_DRAFTED
            and self.chance.random() < 0.3
        ):
            return lambda: self._check_facts(inspection)
        if history.state is State.CORRECTION_DRAFTED:
            press = signer_of("tom.baker", Role.PRESS_OFFICER)
            return lambda: draft_correction(context, inspection, self.chance.choice(self.errata[:2]), press)
        form = "fieldwork" if history.state is State.REPORT_DRAFTED else "review"
        return lambda: submit(context, inspection, self._folder(form, inspection), FORMS[form], lead)

    def _check_facts(self, inspection: str) -> None:
        hmi, liaison = signer_of("dru.sharpling", Role.HMI), signer_of("gwyn.rees", Role.FORCE_LIAISON)
        digest = self._draft(inspection)
        open_accuracy(self.context, inspection, digest, self.world.now + dt.timedelta(days=1), hmi)
        comment_on_accuracy(self.context, inspection, digest, ("The date is wrong.",) * 3, liaison)

    def _draft(self, inspection: str) -> str:
        history = self.world.history(inspection)
        drafts = [one for one in history.recorded if one.entry.kind in DRAFTS]
        document = drafts[-1].entry.document if drafts else None
        return document.sha256 if document else "0" * 64

    def _folder(self, form: str, inspection: str) -> Path:
        return self.chance.choice(self.folders[f"{form} {inspection}"])

    def _name(self, inspection: str) -> str:
        last = self.world.history(inspection).last
        if last and last.entry.kind in ANSWERS and self.chance.random() < 0.5:
            return ANSWERS[last.entry.kind]
        # A withdrawal ends a life, so that it is tried less often.
        return self.chance.choice(sorted(ROLES) if self.chance.random() < 0.2 else sorted(set(ROLES) - {"withdraw"}))

    def _attempt(self) -> Attempt:
        inspection = self.chance.choice(INSPECTIONS)
        if self.chance.random() < 0.35:
            return self._fitting(inspection)
        pick, is_sensible = self.chance.choice, self.chance.random() < 0.5
        name = self._name(inspection)
        who = self._who(name, is_sensible=is_sensible)
        digest = self._draft(inspection) if is_sensible else self._digest(inspection)
        reason = REASONS[0] if is_sensible else pick(REASONS)
        soon = self.world.now + dt.timedelta(minutes=20)
        until = soon if is_sensible else pick(TIMES)
        today = soon.date()
        subject = pick(("revisit", "action plan", "REC-2015-01", reason))
        file = pick((None, b"a file"))
        errata = self.errata[0] if is_sensible else pick(self.errata)
        context = dataclasses.replace(self.context, expected_head=None if is_sensible else self._head(inspection))
        form = pick(sorted(FORMS))
        tries: dict[str, Attempt] = {
            "open": lambda: open_inspection(context, inspection, who),
            "submit": lambda: submit(
                context, inspection, pick(list(itertools.chain(*self.folders.values()))), FORMS[form], who
            ),
            "approve": lambda: approve(context, inspection, digest, who, embargo=pick((None, soon, *TIMES))),
            "return": lambda: return_draft(context, inspection, digest, who, reason),
            "take back": lambda: take_back_approval(context, inspection, who, reason),
            "moderate": lambda: moderate(context, inspection, digest, who),
            "open accuracy": lambda: open_accuracy(context, inspection, digest, until, who),
            "comment": lambda: comment_on_accuracy(
                context, inspection, digest, pick(((), (reason,), ("The date is wrong.",) * 3)), who
            ),
            "answer": lambda: answer_comments(
                context,
                inspection,
                pick(({1: None, 2: None, 3: None}, {1: reason}, {}, {9: None})),
                who,
                entry=pick((None, None, 3)),
            ),
            "hold": lambda: change_hold(context, PLACE_HOLD, inspection, who, reason),
            "lift": lambda: change_hold(context, LIFT_HOLD, inspection, who, reason),
            "due date": lambda: change_due_date(
                context,
                inspection,
                subject,
                today if is_sensible else pick(DAYS),
                who,
                reason,
            ),
            "receive": lambda: receive(
                context,
                inspection,
                pick(list(RECEIPTS.values())),
                today if is_sensible else pick(DAYS),
                who,
                file=file,
            ),
            "refer": lambda: refer_back(context, inspection, pick((["CA-0001"], ["CA-0001"] * 2, [reason], [])), who),
            "correct": lambda: draft_correction(context, inspection, errata, who),
            "withdraw": lambda: withdraw(context, inspection, who, reason),
            "review trail": lambda: review_trail(
                context,
                inspection,
                pick((self._head(inspection) or digest, digest)),
                who,
                pick(((), (reason,))),
                pick((None, reason)),
            ),
            "name foreign": lambda: name_foreign_entries(context, inspection, [digest], who, reason),
            "set aside": lambda: set_foreign_aside(context, inspection, who),
        }
        return tries[name]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Path]], list[Path]]:
    """Write the returns and errata that people have at hand: right, of another inspection, broken."""
    top = tmp_path_factory.mktemp("papers")
    other = {"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True}
    folders = {
        f"{form} {one}": [write(top / one / form, one), write(top / one / f"other {form}", one, quotation=other)]
        for form, write in (("fieldwork", write_fieldwork), ("review", write_review))
        for one in INSPECTIONS
    }
    broken = write_fieldwork(top / "broken")
    (broken / "cases.csv").write_bytes(b"\xff\xfe,\n")
    folders["broken"] = [broken, top / "missing"]
    right = write_errata(top / "right", erratum("Finding I2 as", "Finding I2 just as"))
    also_right = write_errata(top / "also right", erratum("Finding I1 as", "Finding I1 just as"))
    wrong = write_errata(top / "wrong", erratum("words that nobody wrote", "others"))
    return folders, [right, also_right, wrong, top / "missing.json"]


def crowd(papers: tuple[dict[str, list[Path]], list[Path]], seed: int) -> Crowd:
    return Crowd(World(), *papers, random.Random(seed))


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.quicken(monkeypatch)


def check_lives(papers: tuple[dict[str, list[Path]], list[Path]], seeds: range, folder: Path) -> set[str]:
    """Live with each seed, verify, and return which acts were refused in some life."""
    kinds: set[str] = set()
    for seed in seeds:
        people = crowd(papers, seed)
        for _ in range(110):
            people.step()
        people.world.deliver()
        assert found_by_both(people.world, folder / str(seed)) == [], f"seed {seed}"
        for inspection in INSPECTIONS:
            entries = [one.entry for one in people.world.history(inspection).recorded]
            kinds |= {str(entry.facts["act"]) for entry in entries if entry.kind in REFUSALS}
            kinds |= {entry.kind.value for entry in entries}
            kinds |= {f"{entry.kind.value} in place of a draft" for entry in entries if "replaces" in entry.facts}
            kinds |= {
                f"{later.kind.value} on hold"
                for entry, later in itertools.pairwise(entries)
                if entry.kind is Kind.HOLD_PLACED
            }
    return kinds


def test_whatever_anybody_tries_both_verifiers_find_the_record_whole(
    papers: tuple[dict[str, list[Path]], list[Path]], tmp_path: Path
) -> None:
    # Every act was refused to somebody, and every kind but those of opening was recorded: nothing was left untried.
    expected = {act.name for act in ACTS if act.refusal} | {act.records.value for act in ACTS}
    expected |= {f"{kind.value} in place of a draft" for kind in SUBMISSIONS}
    expected.add(f"{Kind.APPROVAL_TAKEN_BACK.value} on hold")
    kinds: set[str] = set()
    for seed in range(50):
        if seed >= MIN_LIVES and kinds >= expected:
            break
        kinds |= check_lives(papers, range(seed, seed + 1), tmp_path)
    assert kinds >= expected


def holds_a_refusal_to_the_rules_of_its_act(patch: pytest.MonkeyPatch) -> None:
    """Ask of a refusal what was asked of the act that was refused."""
    patch.setattr(domain.people.entry_rules, "REFUSALS", frozenset())


def lets_no_admin_be_refused(patch: pytest.MonkeyPatch) -> None:
    """Find an admin in an inspection, even one who was not let in."""
    patch.setattr(audit.verification.compliance, "REFUSALS", frozenset())


def believes_any_role(patch: pytest.MonkeyPatch) -> None:
    """Let somebody act in a role that they claim and do not hold."""
    patch.setattr(KeySigner, "is_role_held", property(lambda _: True, lambda *_: None))


def rejects_before_it_asks_who(patch: pytest.MonkeyPatch) -> None:
    """Record what is wrong with a return, whoever sent it."""
    check = desk.acts.acting.check_permission

    def only_the_state(history: History, act: Act, signer: KeySigner, head: str | None) -> None:
        if act not in (SUBMIT_FIELDWORK, SUBMIT_REVIEW):
            check(history, act, signer, head)
        elif history.state not in act.states:
            raise IllegalMoveError(act.name)

    patch.setattr(desk.acts.acting, "check_permission", only_the_state)


MAX_LIVES: Final = 100
BUGS: Final = (
    holds_a_refusal_to_the_rules_of_its_act,
    lets_no_admin_be_refused,
    believes_any_role,
    rejects_before_it_asks_who,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(
    papers: tuple[dict[str, list[Path]], list[Path]], tmp_path: Path, bug: Callable[[pytest.MonkeyPatch], None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        bug(patch)
        # Found by a verifier, or refused by a stage that may act on no such entry.
        with pytest.raises((AssertionError, LedgerError), match=r"seed|expected a role"):
            check_lives(papers, range(MAX_LIVES), tmp_path)


def test_the_documents_name_every_planted_bug() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text()
    assert [bug.__name__ for bug in BUGS if f"`{bug.__name__}`" not in text] == []


@pytest.mark.full
def test_a_thousand_crowds(papers: tuple[dict[str, list[Path]], list[Path]], tmp_path: Path) -> None:
    check_lives(papers, range(1000, 2000), tmp_path)
