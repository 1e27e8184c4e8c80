"""What the stages do to the world, one method a side effect; the same steps run under Prefect and without.

Each step may be done again after a crash: what it stores is named by its content or created only once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from domain.calendar import london_date
from domain.documents.drafts import draft_publication
from domain.lifecycle.history import History, Recorded
from domain.people.register import Register
from domain.sealing.seal_chain import SealChain
from domain.signing import KeySigner
from evidence.examination import Examination, Request, ReturnKind
from reports.calendar import render_calendar
from reports.document import render_document
from reports.index import render_index
from reports.layout.page import is_of_this_form
from reports.withdrawal import render_withdrawal
from schemas.documents.correction import CorrectedDocument, CorrectedPublication
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.pack import Pack, StoredFile
from schemas.documents.publication import Draft, Publication, PublishedFile
from schemas.documents.report import InitialReport, PrintedSeal
from schemas.documents.review import Review
from schemas.documents.withdrawal import Withdrawal
from schemas.errors import AlreadyWrittenError, IllegalMoveError, NcpiError
from schemas.lifecycle.entry import DocumentReference, Entry
from schemas.lifecycle.moves import State
from schemas.model import Record
from storage import keys
from storage.prefect.api import Announcer
from storage.record.documents import seal_to_print, store_draft
from storage.record.public import PublicIndex
from storage.record.stores import Stores
from storage.s3.parallel import in_parallel


class EventLostError(NcpiError):
    """An entry was recorded and nobody was told."""


class Steps:
    """The steps over one set of stores, one announcer, one clock."""

    def __init__(
        self,
        stores: Stores,
        announcer: Announcer,
        examine: Callable[[Request], Examination],
        clock: Callable[[], dt.datetime],
        signer: KeySigner,
    ) -> None:
        """Take the ports.

        Args:
            signer: signs what stages record, with the key of the service.
            clock: returns the present instant in UTC, to the second.
        """
        self.stores = stores
        self.announcer = announcer
        self.examine = examine
        self.clock = clock
        self.signer = signer

    def read_history(self, inspection_id: str) -> History:
        """Read and verify the ledger of one inspection."""
        return self.stores.ledger.history(inspection_id)

    def read_register(self) -> Register:
        """Read and verify the register of people."""
        return self.stores.register.read()

    def read_seals(self, register: Register) -> SealChain:
        """Read and verify all seals, with the keys of the register."""
        return self.stores.ledger.sealed(register)

    def read_seal(self, history: History) -> PrintedSeal | None:
        """Find the seal to print on what a stage drafts."""
        return seal_to_print(self.stores.ledger, history)

    def check_return(
        self,
        inspection_id: str,
        pack_digest: str,
        kind: ReturnKind,
        submitted_at: dt.datetime,
        report: InitialReport | None = None,
    ) -> Examination:
        """Check a submitted return in a limited child process, as of the day on which it was submitted."""
        artefacts = self.stores.artefacts
        pack = artefacts.read_document(Pack, inspection_id, pack_digest)
        day = london_date(submitted_at)
        read = lambda file: artefacts.read(inspection_id, file.sha256)  # noqa: E731
        return self.examine(Request.of(pack, read, kind, day, report))

    def store_document(self, document: Record, inspection_id: str) -> DocumentReference:
        """Store a document in the private bucket."""
        return self.stores.artefacts.store_document(document, inspection_id)

    def store_draft(self, document: InitialReport | Review, round_number: int, author: str) -> DocumentReference:
        """Render a document, store each rendering, and store the draft that names them all."""
        renderings = render_document(document)
        return store_draft(self.stores.artefacts, document, renderings, round_number=round_number, author=author)

    def store_plan(self, plan: FollowUpPlan) -> tuple[DocumentReference, StoredFile]:
        """Store a follow-up plan and its calendar."""
        (calendar,) = self.stores.artefacts.store_files(plan.inspection, (render_calendar(plan),))
        return self.stores.artefacts.store_document(plan, plan.inspection), calendar

    def publish(
        self,
        history: History,
        draft: Draft,
        draft_digest: str,
        document: InitialReport | Review | CorrectedDocument,
        *,
        approver: str,
        embargo: dt.datetime,
    ) -> Publication | CorrectedPublication:
        """Copy exactly the approved files to the public and record that beside them; once, however often done.

        A correction becomes a later version beside those before it.

        Raises:
            IllegalMoveError: the inspection was withdrawn.
            AlreadyWrittenError: somebody acted in the inspection meanwhile; if they placed a hold, nothing is public.
        """
        now = self.clock()
        files = self._publish_files(
            history, draft, document.newest.number if isinstance(document, CorrectedDocument) else 1
        )
        publication = draft_publication(
            document, draft, draft_digest, files, approver=approver, embargo=embargo, now=now
        )
        # Published before a crash, the entry is missing, not the publication: its first record stands.
        return self.stores.public.publish_record(publication)

    def withdraw(self, withdrawal: Withdrawal) -> str:
        """Take everything of an inspection from the public and leave the notice, and return the digest of the notice.

        The record comes first: from then on nothing of the inspection is published, and the index links to nothing
        that is about to go.
        """
        public = self.stores.public
        notice = render_withdrawal(withdrawal)
        public.publish_record(withdrawal)
        public.publish_notice(withdrawal, notice.data)
        recorded = {file.key for one in withdrawal.withdrawn for file in one.files}
        kept = keys.withdrawal_notice(withdrawal.inspection)
        for key in sorted({*recorded, *public.keys_of(withdrawal.inspection)} - {kept}):
            public.hide(key)
        return notice.sha256

    def refresh_index(self) -> PublicIndex:
        """Make the index page of everything that is published, and return which page that is."""
        return self.stores.public.replace_index(lambda records: render_index(records).data)

    def restore_index(self) -> int:
        """Make the index page again where somebody else changed it, and return how many records it lists.

        Before the first publication there is none. One that another version of this program made stays as it is,
        because entries record its digest; the next publication makes it anew.
        """
        public = self.stores.public
        index = public.index()
        is_ours = is_of_this_form(index) if index is not None else bool(public.publications())
        return self.refresh_index().records if is_ours else 0

    def end_links(self) -> int:
        """End the links to drafts whose check is over, where no act of a person did it, and return how many files."""
        return self.stores.accuracy_copies.remove_all_ended(self.stores.ledger, self.clock())

    def append(self, history: History, entry: Entry) -> History:
        """Append an entry: the commit point."""
        return self.stores.ledger.append(history, entry)

    def announce(self, recorded: Recorded) -> None:
        """Announce an entry.

        Raises:
            EventLostError: nobody was told; the sweep starts what the event should have started.
        """
        if not self.announcer.announce(recorded):
            entry = recorded.entry
            raise EventLostError(
                f"{entry.inspection}: entry {entry.seq} is recorded and its event was lost; the sweep goes on"
            )

    def _publish_files(self, history: History, draft: Draft, number: int) -> tuple[PublishedFile, ...]:
        public = self.stores.public
        public.check_not_withdrawn(draft.inspection)
        while True:
            files = self._copy(draft, number)
            try:
                public.check_not_withdrawn(draft.inspection)
            except IllegalMoveError:
                # A run that slept through the withdrawal has just put back what was hidden.
                self._hide(files)
                raise
            now = self.read_history(draft.inspection)
            if now.head == history.head:
                return files
            if now.state is State.ON_HOLD:
                self._hide(files)
            if now.state is not State.ON_HOLD or self.read_history(draft.inspection).head == now.head:
                raise AlreadyWrittenError(f"{draft.inspection}: another writer was first; nothing was recorded")
            # The hold was lifted meanwhile: another run may have published, and found its files hidden.

    def _hide(self, files: Iterable[PublishedFile]) -> None:
        for file in files:
            self.stores.public.hide(file.key)

    def _copy(self, draft: Draft, number: int) -> tuple[PublishedFile, ...]:
        return tuple(in_parallel(lambda file: self._publish_file(draft, file, number), draft.files))

    def _publish_file(self, draft: Draft, file: StoredFile, number: int) -> PublishedFile:
        data = self.stores.artefacts.read(draft.inspection, file.sha256)
        return self.stores.public.publish(draft.inspection, draft.of, file, data, number)
