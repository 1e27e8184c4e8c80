"""Bugs planted in the product's core, each one that somebody could write; the simulation must find every one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import desk.acts.context
import desk.acts.decision
import desk.acts.permission
import domain.documents.clocks
import domain.lifecycle.approval
import domain.lifecycle.separation
import domain.people.belief
import flows.publication
import flows.stage_run
import storage.prefect.runs
import storage.prefect.sweep
import tests.simulation.simulation
from domain.lifecycle.history import History, Recorded
from domain.people.register import Register
from schemas.documents.pack import StoredFile
from schemas.documents.publication import Draft, Publication, PublishedFile
from schemas.errors import AlreadyWrittenError, ArtefactError, LedgerError
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import Act
from schemas.lifecycle.entry import DocumentReference, Entry
from storage import keys
from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.record.public_headers import media_type_of
from tasks.steps import Steps

if TYPE_CHECKING:
    import pytest


def wins_every_race(patch: pytest.MonkeyPatch) -> None:
    """Take a place that another has written for one's own."""

    def append(self: Ledger, history: History, entry: Entry) -> History:
        data = entry.to_bytes()
        self._objects.create(keys.ledger_entry(entry.inspection, entry.seq), data, "application/json")
        return history.followed_by(data)

    patch.setattr(Ledger, "append", append)


def overwrites_the_ledger(patch: pytest.MonkeyPatch) -> None:
    """Write an entry whether or not its place is free."""

    def append(self: Ledger, history: History, entry: Entry) -> History:
        following = history.followed_by(entry.to_bytes())
        self._objects.overwrite(keys.ledger_entry(entry.inspection, entry.seq), entry.to_bytes(), "application/json")
        return following

    patch.setattr(Ledger, "append", append)


def takes_the_next_free_place(patch: pytest.MonkeyPatch) -> None:
    """Move on to the next place when one is taken, without reading what stands there."""
    append = Ledger.append

    def pushing(self: Ledger, history: History, entry: Entry) -> History:
        try:
            return append(self, history, entry)
        except AlreadyWrittenError:
            later = entry.model_copy(update={"seq": entry.seq + 1})
            self._objects.create(keys.ledger_entry(later.inspection, later.seq), later.to_bytes(), "application/json")
            return history.followed_by(entry.to_bytes())

    patch.setattr(Ledger, "append", pushing)


def forgets_the_newest_entry(patch: pytest.MonkeyPatch) -> None:
    """Read a ledger without its last entry, as from a cache that is behind."""
    read = Ledger.history
    patch.setattr(Ledger, "history", lambda self, one: History(one, read(self, one).recorded[:-1]))


def records_before_it_stores(patch: pytest.MonkeyPatch) -> None:
    """Name an artefact in the ledger that is stored only if the process lives on."""
    append = Steps.append

    def store(self: Artefacts, inspection_id: str, data: bytes, media_type: str) -> DocumentReference:
        digest = digest_of(data)
        key = keys.artefact(inspection_id, digest)
        self.__dict__.setdefault("late", []).append((key, data, media_type))
        return DocumentReference(sha256=digest, size_bytes=len(data), media_type=media_type, key=key)

    def append_first(self: Steps, history: History, entry: Entry) -> History:
        following = append(self, history, entry)
        late = self.stores.artefacts.__dict__.pop("late", [])
        for one in late:
            self.stores.artefacts._objects.create(*one)
        return following

    patch.setattr(Artefacts, "store", store)
    patch.setattr(Steps, "append", append_first)


def leaves_out_a_rendering(patch: pytest.MonkeyPatch) -> None:
    """Store all renderings of a draft but one."""
    store_all = Artefacts.store_files

    def store(self: Artefacts, inspection_id: str, renderings: Any) -> tuple[StoredFile, ...]:
        files = store_all(self, inspection_id, renderings)
        self._objects.stored.pop(keys.artefact(inspection_id, files[0].sha256), None)
        return files

    patch.setattr(Artefacts, "store_files", store)


def cannot_store_twice(patch: pytest.MonkeyPatch) -> None:
    """Take an artefact that is there already, from before a crash, for a fault."""

    def store(self: Artefacts, inspection_id: str, data: bytes, media_type: str) -> DocumentReference:
        digest = digest_of(data)
        key = keys.artefact(inspection_id, digest)
        if not self._objects.create(key, data, media_type):
            message = f"{key} is there"
            raise TimeoutError(message)
        return DocumentReference(sha256=digest, size_bytes=len(data), media_type=media_type, key=key)

    patch.setattr(Artefacts, "store", store)


def approves_own(patch: pytest.MonkeyPatch) -> None:
    """Let everybody approve everything."""
    patch.setattr(domain.lifecycle.separation, "people_with", lambda _history, _part: frozenset())


def approves_at_the_desk_only_own_name(patch: pytest.MonkeyPatch) -> None:
    """Compare who approves with who approves, not with who wrote."""

    def check(history: History, act: Act, _person: str) -> None:
        domain.lifecycle.separation.check_separation(history, act, "somebody.else")

    patch.setattr(desk.acts.permission, "check_separation", check)


def approves_any_digest(patch: pytest.MonkeyPatch) -> None:
    """Take an approval whatever bytes the person saw."""

    def check(history: History, act: Act, _digest: str, now: dt.datetime) -> Recorded:
        newest = domain.lifecycle.approval.latest_draft(history).entry.document
        return domain.lifecycle.approval.check_decision(history, act, newest.sha256 if newest else "", now)

    patch.setattr(desk.acts.decision, "check_decision", check)


def publishes_before_the_embargo(patch: pytest.MonkeyPatch) -> None:
    """Forget the embargo."""
    approved = domain.lifecycle.approval.approved_draft
    long_ago = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    patch.setattr(flows.publication, "approved_draft", lambda history: (*approved(history)[:2], long_ago))


def publishes_an_hour_early(patch: pytest.MonkeyPatch) -> None:
    """Read the embargo by a clock that is an hour ahead, as in summer."""
    approved = domain.lifecycle.approval.approved_draft

    def early(history: History) -> tuple[Recorded, str, dt.datetime]:
        approval, digest, embargo = approved(history)
        return approval, digest, embargo - dt.timedelta(hours=1)

    patch.setattr(flows.publication, "approved_draft", early)


def publishes_other_bytes(patch: pytest.MonkeyPatch) -> None:
    """Touch a file up on its way to the public."""
    publish = Public.publish

    def touched(self: Public, inspection_id: str, of: Any, file: StoredFile, data: bytes, number: int) -> PublishedFile:
        return publish(self, inspection_id, of, file, data + b"\n", number)

    patch.setattr(Public, "publish", touched)


def publishes_one_file_less(patch: pytest.MonkeyPatch) -> None:
    """Leave out the last file of a publication."""
    publish = Steps.publish

    def shorter(self: Steps, history: History, draft: Draft, *arguments: Any, **named: Any) -> Publication:
        return publish(self, history, draft.model_copy(update={"files": draft.files[:-1]}), *arguments, **named)

    patch.setattr(Steps, "publish", shorter)


def publishes_at_an_address_of_the_day(patch: pytest.MonkeyPatch) -> None:
    """Put the time into the address, so that another try publishes a second time."""
    publish = Steps._publish_file

    def dated(self: Steps, draft: Draft, file: StoredFile, number: int) -> PublishedFile:
        name, ending = file.name.rsplit(".", 1)
        renamed = file.model_copy(update={"name": f"{name}-{self.clock():%H%M%S}.{ending}"})
        return publish(self, draft, renamed, number)

    patch.setattr(Steps, "_publish_file", dated)


def keeps_its_own_record(patch: pytest.MonkeyPatch) -> None:
    """Record the publication of this try, not the one that stands in public since a crash."""
    record = Public.publish_record

    def own(self: Public, publication: Publication) -> Publication:
        record(self, publication)
        return publication

    patch.setattr(Public, "publish_record", own)


def cannot_publish_twice(patch: pytest.MonkeyPatch) -> None:
    """Take a public file that is there already, from before a crash, for somebody else's."""

    def create(self: Public, inspection_id: str, key: str, data: bytes) -> None:
        if not self._objects.create(key, data, media_type_of(key)):
            message = f"{inspection_id}: {key} is there"
            raise ArtefactError(message)

    patch.setattr(Public, "_create", create)


def never_sweeps(patch: pytest.MonkeyPatch) -> None:
    """Believe that no event is ever lost."""
    patch.setattr(
        tests.simulation.simulation,
        "sweep",
        lambda ledger, *_, **__: storage.prefect.sweep.Swept(len(ledger.inspections())),
    )


def sweeps_only_the_first(patch: pytest.MonkeyPatch) -> None:
    """Look at one inspection a sweep."""
    read = Ledger.histories_in
    patch.setattr(Ledger, "histories_in", lambda self, states: iter(list(read(self, states))[:1]))


def counts_half_a_year_as_185_days(patch: pytest.MonkeyPatch) -> None:
    """Count six months in days."""
    after = domain.documents.clocks.range_after

    def counted(start: Any, *, months: int = 0, days: int = 0) -> Any:
        return after(start, days=185 if months == 6 else days, months=0 if months == 6 else months)

    patch.setattr(domain.documents.clocks, "range_after", counted)


def sweeps_no_embargo(patch: pytest.MonkeyPatch) -> None:
    """Leave out of the sweep what an embargo has let go."""
    start = storage.prefect.sweep._Sweeping._start

    def without(self: Any, history: History, stage: str, embargo: dt.datetime | None) -> None:
        if stage != "publication":
            start(self, history, stage, embargo)

    patch.setattr(storage.prefect.sweep._Sweeping, "_start", without)


def holds_what_nothing_waits_for(patch: pytest.MonkeyPatch) -> None:
    """Leave a run in Prefect for an embargo that nothing waits for any more."""
    patch.setattr(tests.simulation.ports.SimulatedPrefect, "end_waiting", lambda _prefect, _run: None)


def counts_what_is_scheduled_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Take a run for under way that somebody has scheduled in Prefect for another century."""
    held = storage.prefect.runs._held_until

    def without_a_limit(run: Any) -> dt.datetime | None:
        return held(run) if run["state"]["name"] == storage.prefect.runs.WAITING else None

    patch.setattr(storage.prefect.runs, "_held_until", without_a_limit)


def runs_whoever_is_called(patch: pytest.MonkeyPatch) -> None:
    """Do what an event says, whatever the ledger says."""
    tell = flows.stage_run._not_our_turn

    def obey(stage: Any, history: History, steps: Steps) -> Any:
        turn = stage.turns[0]
        latest = history.latest(turn.records)
        if latest is None or latest.entry.document is None:
            return tell(stage, history, steps)
        made = flows.stage_run.Made(turn.records, latest.entry.document, latest.entry.facts)
        entry = flows.stage_run._entry(history, made, steps)
        steps.stores.ledger._objects.create(
            keys.ledger_entry(entry.inspection, entry.seq), entry.to_bytes(), "application/json"
        )
        return tell(stage, history, steps)

    patch.setattr(flows.stage_run, "_not_our_turn", obey)


def tells_before_it_is_written(patch: pytest.MonkeyPatch) -> None:
    """Tell a person that an act stands before it does."""

    def record(self: Any, history: History, entry: Entry) -> Recorded:
        following = history.followed_by(entry.to_bytes())
        try:
            self.stores.ledger.append(history, entry)
        except AlreadyWrittenError:
            return following.recorded[-1]
        self.announcer.announce(following.recorded[-1])
        return following.recorded[-1]

    patch.setattr(desk.acts.context.DeskContext, "record", record)


def takes_back_what_is_public(patch: pytest.MonkeyPatch) -> None:
    """Take an approval back whenever the ledger has no publication yet, whatever its embargo."""

    def standing(history: History, _now: dt.datetime) -> Recorded:
        return domain.lifecycle.approval.approved_draft(history)[0]

    patch.setattr(desk.acts.decision, "revocable_approval", standing)


def forgets_the_comments(patch: pytest.MonkeyPatch) -> None:
    """Approve without an answer to what the force said."""
    patch.setattr(domain.lifecycle.approval, "unanswered_in_words", lambda _history, _draft: "")


def approves_what_was_replaced(patch: pytest.MonkeyPatch) -> None:
    """Find the first draft of a document where the newest is meant."""
    newest = domain.lifecycle.approval.latest_draft

    def first(history: History) -> Recorded:
        return history.all_of(newest(history).entry.kind)[0]

    patch.setattr(domain.lifecycle.approval, "latest_draft", first)
    patch.setattr(desk.acts.decision, "latest_draft", first)


def forgets_who_may_read(patch: pytest.MonkeyPatch) -> None:
    """Leave what a force was given to read where it is, whatever became of its draft."""
    patch.setattr(AccuracyCopies, "remove_ended", lambda _copies, _history, _now: 0)


def believes_what_a_signer_says(patch: pytest.MonkeyPatch) -> None:
    """Ask the register about the time that an entry says it has, and nothing else."""

    def check(register: Register, _history: History, entries: Sequence[Recorded], _seals: object) -> None:
        for one in entries:
            if fault := register.fault_of(one.entry):
                raise LedgerError(fault)

    patch.setattr(flows.stage_run, "check_believed", check)


def believes_what_is_in_one_seal(patch: pytest.MonkeyPatch) -> None:
    """Take an entry for the earlier one, where a seal holds it together with the end of its key."""

    def is_first(entry: int | None, ending: int | None) -> bool | None:
        if entry is None and ending is None:
            return None
        return entry is not None and (ending is None or entry <= ending)

    patch.setattr(domain.people.belief, "is_sealed_first", is_first)


MUTANTS: Final[tuple[Callable[[pytest.MonkeyPatch], None], ...]] = (
    wins_every_race,
    overwrites_the_ledger,
    takes_the_next_free_place,
    forgets_the_newest_entry,
    records_before_it_stores,
    leaves_out_a_rendering,
    cannot_store_twice,
    approves_own,
    approves_at_the_desk_only_own_name,
    approves_any_digest,
    publishes_before_the_embargo,
    publishes_an_hour_early,
    publishes_other_bytes,
    publishes_one_file_less,
    publishes_at_an_address_of_the_day,
    keeps_its_own_record,
    cannot_publish_twice,
    never_sweeps,
    sweeps_only_the_first,
    sweeps_no_embargo,
    holds_what_nothing_waits_for,
    counts_what_is_scheduled_for_ever,
    counts_half_a_year_as_185_days,
    runs_whoever_is_called,
    tells_before_it_is_written,
    takes_back_what_is_public,
    forgets_the_comments,
    approves_what_was_replaced,
    forgets_who_may_read,
    believes_what_a_signer_says,
    believes_what_is_in_one_seal,
)
