"""Published renderings whose bytes are frozen, by digest: the same document gives the same files, today and next year.

What the public compares with the digests in the index, and what an approver saw, are these bytes. A change on purpose
is said in the changelog; the digests are then written anew with `python -m tests.golden.test_renderings`. PDFs depend
on the typesetter's version, which the lock fixes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reports.calendar import render_calendar
from reports.correction import render_correction
from reports.index import render_index
from reports.initial_report import render_initial_report
from reports.review import render_review
from reports.withdrawal import render_withdrawal
from tests.support.pages.corrections import corrected, second, withdrawal
from tests.support.pages.report_documents import follow_up_plan, initial_report, publication, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.layout.rendering import Rendering

DIGESTS: Final = Path(__file__).parent / "renderings.json"


def digests() -> dict[str, str]:
    """Render one document of each kind and name each file by its SHA-256."""
    renderings: dict[str, Sequence[Rendering]] = {
        "initial-report": render_initial_report(initial_report()),
        "review": render_review(review()),
        "correction": render_correction(corrected()),
        "correction-twice": render_correction(corrected(twice=True)),
        "withdrawal": [render_withdrawal(withdrawal())],
        "index": [render_index((publication(), second()))],
        "index-withdrawn": [render_index((publication(), withdrawal()))],
        "calendar": [render_calendar(follow_up_plan())],
    }
    return {
        f"{document}/{file.name}": hashlib.sha256(file.data).hexdigest()
        for document, files in renderings.items()
        for file in files
    }


def test_a_document_is_rendered_to_the_bytes_that_were_frozen() -> None:
    assert digests() == json.loads(DIGESTS.read_text())


if __name__ == "__main__":
    DIGESTS.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n")
