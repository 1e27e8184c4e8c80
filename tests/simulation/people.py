"""People who do what the state of an inspection asks of them, again and again until it is complete; some try tricks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from desk.acts.accuracy import accuracy_links, comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from desk.acts.decision import approve, moderate, return_draft, take_back_approval
from desk.acts.foreign_entries import name_foreign_entries, set_foreign_aside
from desk.acts.holds import change_hold
from desk.acts.opening import open_inspection
from desk.acts.referrals import refer_back
from desk.acts.submission import FORMS, submit
from domain.lifecycle.accuracy import comments_on, open_check
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History, Recorded
from schemas.errors import AlreadyWrittenError, IllegalMoveError, RefusedError, RejectedError, SeparationError
from schemas.lifecycle.acts import LIFT_HOLD, MODERATE, OPEN_ACCURACY, PLACE_HOLD, TAKE_BACK_APPROVAL
from schemas.lifecycle.moves import State
from schemas.people.roles import Role
from storage.settings import Settings
from tasks.guard import TRANSIENT
from tests.simulation.faults import Died
from tests.simulation.promises import BrokenPromiseError
from tests.support.people import signer
from tests.support.world import MANAGER

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

SETTINGS: Final = Settings(
    s3_endpoint="http://127.0.0.1:9",
    s3_auditor_access_key="auditor",
    s3_auditor_secret_key=SecretStr("secret"),
)
"""With which links are signed; nobody opens them."""
LEAD: Final = signer("robin.ellis", Role.INSPECTOR)
LEAD_WHO_IS_HMI: Final = signer("robin.ellis", Role.HMI)
"""One person with both roles, as the register allows."""
OTHER_HMI: Final = signer("wendy.williams", Role.HMI)
MODERATOR: Final = signer("ruth.davies", Role.MODERATOR)
LIAISONS: Final = {"kent": "mary.brook", "surrey": "owen.price"}
"""Who speaks for each force."""
_MAX_BESIDE: Final = 2
_MAX_RECONSIDERED: Final = 2
_SHARE_BESIDE: Final = 0.15
_MAX_RETURNS: Final = 2
_MAX_REPLACED: Final = 2
_SHARE_OF_BROKEN: Final = 0.2
_MAX_EMBARGO_MINUTES: Final = 120


@dataclass(frozen=True, slots=True)
class Returns:
    """Where the returns of an inspection lie."""

    fieldwork: tuple[Path, Path]
    review: tuple[Path, Path]
    """Two that differ: what was returned is submitted with changes."""
    broken: Path
    """A fieldwork return that must be rejected."""


class People:
    """Everybody who acts on one inspection, one after another; two of these act against each other."""

    def __init__(self, simulation: Simulation, inspection: str, returns: Returns) -> None:
        self._simulation = simulation
        self._inspection = inspection
        self._returns = returns
        self._returned = 0
        self._replaced = 0
        self._beside = 0
        self._reconsidered = 0
        self._unopened = History(inspection)
        self._acts: dict[State, Callable[[], object]] = {
            State.UNOPENED: self._open,
            State.AWAITING_FIELDWORK: lambda: self._submit("fieldwork", returns.fieldwork),
            State.REPORT_DRAFTED: self._decide,
            State.AWAITING_REVIEW: lambda: self._submit("review", returns.review),
            State.REVIEW_DRAFTED: self._decide,
            State.ON_HOLD: self._lift,
        }

    def live(self) -> None:
        """Act until the inspection is complete."""
        while self._history().state is not State.COMPLETE:
            self._simulation.wait(self._has_something_to_do)
            state = self._history().state
            act = self._set_aside if self._forgeries() else self._acts.get(state)
            if act is None:
                continue
            if act == self._set_aside:
                self._try(act)
                continue
            if self._beside < _MAX_BESIDE and self._simulation.random.random() < _SHARE_BESIDE:
                self._beside += 1
                self._try(lambda state=state: self._act_beside(state))
            else:
                self._try(act)

    def _has_something_to_do(self) -> bool:
        state = self._history().state
        return state in self._acts or state is State.COMPLETE or bool(self._forgeries())

    def _forgeries(self) -> list[str]:
        """List what a thief wrote and everybody can see to be later than it says."""
        promises = self._simulation.promises
        return promises.forgeries_in(self._history()) if promises.is_left_sealed() else []

    def _set_aside(self) -> None:
        self._simulation.do("set a forgery aside")
        context, inspection = self._simulation.context, self._inspection
        why = "The key of a person who had left"
        self._acknowledge(name_foreign_entries(context, inspection, self._forgeries(), MANAGER, why))
        self._acknowledge(set_foreign_aside(context, inspection, OTHER_HMI))

    def _try(self, act: Callable[[], object]) -> None:
        self._simulation.acting += 1
        try:
            act()
        except Died:
            self._simulation.count("command died")
        except TRANSIENT:
            self._simulation.count("act met an error")  # told to try again
        except (IllegalMoveError, AlreadyWrittenError):
            self._simulation.count("act came too late")
        except RefusedError:
            self._simulation.count("act was refused")
        finally:
            self._simulation.acting -= 1

    def _history(self) -> History:
        return self._simulation.histories.get(self._inspection, self._unopened)

    def _open(self) -> None:
        self._simulation.do("open")
        self._acknowledge(open_inspection(self._simulation.context, self._inspection, MANAGER))

    def _submit(self, form: str, folders: tuple[Path, Path]) -> None:
        if form == "fieldwork" and self._simulation.random.random() < _SHARE_OF_BROKEN:
            self._submit_broken()
            return
        self._simulation.do(f"submit {form}")
        folder = folders[self._history().count(FORMS[form].act.records) % len(folders)]
        submitted = submit(self._simulation.context, self._inspection, folder, FORMS[form], LEAD)
        self._acknowledge(submitted.recorded)

    def _submit_broken(self) -> None:
        self._simulation.do("submit a broken return")
        try:
            submit(self._simulation.context, self._inspection, self._returns.broken, FORMS["fieldwork"], LEAD)
        except RejectedError:
            self._simulation.count("return was rejected")
            return
        message = f"{self._inspection}: a broken return was taken in"
        raise BrokenPromiseError(message)

    def _decide(self) -> None:
        chance = self._simulation.random.random()
        history = self._history()
        if open_check(
            history, latest_draft(history), self._simulation.now
        ):  # whoever sent the draft died before the force answered
            self._comment()
            return
        unanswered = [one for one in comments_on(history, latest_draft(history)) if one.unanswered]
        if unanswered and chance < 0.8:  # otherwise they try to approve without
            self._simulation.do("answer comments")
            answers, entry = dict.fromkeys(unanswered[0].unanswered), unanswered[0].recorded.entry.seq
            self._acknowledge(answer_comments(self._simulation.context, self._inspection, answers, LEAD, entry=entry))
            return
        if chance > 0.9 and self._replaced < _MAX_REPLACED:
            self._replaced += 1
            form = "fieldwork" if history.state is State.REPORT_DRAFTED else "review"
            self._submit(form, self._returns.fieldwork if form == "fieldwork" else self._returns.review)
            return
        context, digest, hmi = self._simulation.context, self._draft_digest(), self._simulation.hmi
        if chance < 0.15:
            self._approve_own(digest)
        elif chance < 0.25:
            # The digest of another artefact: of an earlier draft, of the return.
            self._simulation.do("approve another artefact")
            approve(context, self._inspection, self._simulation.random.choice(_digests(history)), hmi)
        elif chance < 0.4 and self._returned < _MAX_RETURNS:
            self._simulation.do("return")
            self._returned += 1
            self._acknowledge(return_draft(context, self._inspection, digest, hmi, "Say more of the methods."))
        else:
            self._simulation.do("approve")
            embargo = self._embargo()
            self._acknowledge(approve(context, self._inspection, digest, hmi, embargo=embargo))
            if embargo and self._reconsidered < _MAX_RECONSIDERED:
                self._reconsidered += 1
                self._reconsider()

    def _reconsider(self) -> None:
        """Stop what waits for its embargo, by either way there is, or let it wait."""
        context, chance, hmi = self._simulation.context, self._simulation.random.random(), self._simulation.hmi
        at = self._simulation.now + dt.timedelta(minutes=self._simulation.random.randrange(10))
        self._simulation.wait(lambda: self._simulation.now >= at)
        if chance < 0.4:
            self._simulation.do("take back")
            self._acknowledge(take_back_approval(context, self._inspection, hmi, "The embargo was mistyped."))
        elif chance < 0.6:
            self._place_hold()

    def _check_facts(self) -> None:
        """Give the draft to the force, which says at once what is wrong."""
        until = self._simulation.now + dt.timedelta(days=1)
        self._simulation.do("check the facts")
        self._acknowledge(open_accuracy(self._simulation.context, self._inspection, self._draft_digest(), until, LEAD))
        accuracy_links(self._simulation.context, self._inspection, SETTINGS)
        self._comment()

    def _comment(self) -> None:
        force, comments = self._inspection.rpartition("-")[0], ("One is wrong.", "So is this.")
        liaison = signer(LIAISONS[force], Role.FORCE_LIAISON, force)
        self._simulation.do("comment on the facts")
        self._acknowledge(
            comment_on_accuracy(self._simulation.context, self._inspection, self._draft_digest(), comments, liaison)
        )

    def _act_beside(self, state: State) -> None:
        """Do something that moves no stage: refer a case back, moderate, check the facts, place a hold."""
        context, chance = self._simulation.context, self._simulation.random.random()
        if state is State.UNOPENED:
            return
        if state in OPEN_ACCURACY.states and chance < 0.2:
            self._check_facts()
        elif state in MODERATE.states and chance < 0.4:
            self._simulation.do("moderate")
            self._acknowledge(moderate(context, self._inspection, self._draft_digest(), MODERATOR))
        elif state in PLACE_HOLD.states and chance < 0.7:
            self._place_hold()
        else:
            self._simulation.do("refer a case back")
            self._acknowledge(refer_back(context, self._inspection, ["CA-0001"], LEAD))

    def _place_hold(self) -> None:
        self._simulation.do("place a hold")
        self._acknowledge(
            change_hold(self._simulation.context, PLACE_HOLD, self._inspection, MANAGER, "Nobody may visit the force.")
        )

    def _lift(self) -> None:
        if TAKE_BACK_APPROVAL.records in self._history().position.legal and self._simulation.random.random() < 0.5:
            self._simulation.do("take back on hold")
            self._acknowledge(
                take_back_approval(
                    self._simulation.context, self._inspection, self._simulation.hmi, "It says too little."
                )
            )
            self._simulation.count("approval was taken back on hold")
        self._simulation.do("lift a hold")
        self._acknowledge(
            change_hold(self._simulation.context, LIFT_HOLD, self._inspection, MANAGER, "The force may be visited.")
        )

    def _embargo(self) -> dt.datetime | None:
        if self._simulation.random.random() < 0.5:
            return None
        minutes = self._simulation.random.randrange(_MAX_EMBARGO_MINUTES)
        return self._simulation.now + dt.timedelta(minutes=max(1, minutes))

    def _approve_own(self, digest: str) -> None:
        self._simulation.do("approve one's own draft")
        try:
            approve(self._simulation.context, self._inspection, digest, LEAD_WHO_IS_HMI)
        except SeparationError:
            self._simulation.count("own approval was refused")
            return
        message = f"{self._inspection}: a person approved their own report"
        raise BrokenPromiseError(message)

    def _draft_digest(self) -> str:
        document = latest_draft(self._history()).entry.document
        return document.sha256 if document else ""

    def _acknowledge(self, recorded: Recorded) -> None:
        self._simulation.promises.acknowledge(recorded)


def _digests(history: History) -> list[str]:
    return [one.entry.document.sha256 for one in history.recorded if one.entry.document]
