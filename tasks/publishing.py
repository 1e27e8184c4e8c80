"""What stages do to the public bucket; part of the steps (`steps.py`), and of the same kind."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from domain.documents.corrections import corrected_publication
from domain.documents.drafts import draft_publication
from reports.withdrawal import render_withdrawal
from schemas.errors import IllegalMoveError
from storage import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.documents.correction import Corrected, CorrectedPublication
    from schemas.documents.inspection import Draft, InitialReport, Publication, PublishedFile, Review, StoredFile
    from schemas.documents.withdrawal import Withdrawal
    from storage.record.stores import Stores

WRITERS = 4


class PublishingSteps:
    """The steps that write for the public, each safe to do again after a crash at any call."""

    stores: Stores
    clock: Callable[[], dt.datetime]

    def publish(
        self, draft: Draft, draft_digest: str, document: InitialReport | Review, *, approver: str, embargo: dt.datetime
    ) -> Publication:
        """Copy exactly the approved files to the public and record that beside them; once, however often done.

        Raises:
            IllegalMoveError: the inspection was withdrawn.
        """
        now = self.clock()
        files = self._publish_files(draft)
        publication = draft_publication(
            document, draft, draft_digest, files, approver=approver, embargo=embargo, now=now
        )
        # Published before a crash, the entry is missing, not the publication: its first record stands.
        return self.stores.public.publish_record(publication)

    def publish_correction(
        self, draft: Draft, draft_digest: str, corrected: Corrected, *, approver: str, embargo: dt.datetime
    ) -> CorrectedPublication:
        """Publish a later version beside those before it, in the same way.

        Raises:
            IllegalMoveError: the inspection was withdrawn.
        """
        now = self.clock()
        files = self._publish_files(draft, corrected.newest.number)
        # The day of the first version started the clocks; this one's own day starts none.
        document = corrected.document.model_copy(update={"published": None})
        publication = draft_publication(
            document, draft, draft_digest, files, approver=approver, embargo=embargo, now=now
        )
        return self.stores.public.publish_record(corrected_publication(corrected, publication))

    def withdraw(self, withdrawal: Withdrawal) -> str:
        """Take everything of an inspection from the public and leave the notice; give the notice's digest.

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

    def _publish_files(self, draft: Draft, number: int = 1) -> tuple[PublishedFile, ...]:
        public = self.stores.public
        public.check_not_withdrawn(draft.inspection)
        with ThreadPoolExecutor(WRITERS) as writers:
            files = tuple(writers.map(lambda file: self._publish_file(draft, file, number), draft.files))
        try:
            public.check_not_withdrawn(draft.inspection)
        except IllegalMoveError:
            # A run that slept through the withdrawal has just put back what was hidden.
            for file in files:
                public.hide(file.key)
            raise
        return files

    def _publish_file(self, draft: Draft, file: StoredFile, number: int) -> PublishedFile:
        data = self.stores.artefacts.read(draft.inspection, file.sha256)
        return self.stores.public.publish(draft.inspection, draft.of, file, data, number)
