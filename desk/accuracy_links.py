"""The links by which a force reads the draft whose facts it may check, and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.lifecycle.accuracy import open_check
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.strict_facts import instant_of
from schemas.documents.inspection import Draft
from schemas.errors import IllegalMoveError
from schemas.lifecycle.acts import OPEN_ACCURACY
from storage.record.documents import read_recorded
from storage.record.presigned import link_to_artefact

if TYPE_CHECKING:
    from domain.lifecycle.history import History, Recorded
    from storage.record.documents import Reader
    from storage.settings import Settings

SHOWN: Final = ("report.html", "report.pdf")
_SHORTEST: Final = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to one file of a draft; a secret, so its representation does not show it."""

    name: str
    address: str
    until: dt.datetime

    def __repr__(self) -> str:
        """Name the file only: this may end in a log."""
        return f"Link({self.name!r})"


def accuracy_links(
    reader: Reader, history: History, now: dt.datetime, settings: Settings | None = None
) -> tuple[Link, ...]:
    """Sign links to the draft's page and PDF, until the check ends or for a week; renewed by asking again.

    Raises:
        IllegalMoveError: no check is open.
    """
    draft = latest_draft(history)
    check = _open_check(history, draft, now)
    document = read_recorded(reader, history, draft.entry.kind, Draft)
    digests = {file.name: file.sha256 for file in document.files}
    links = []
    for name in SHOWN:
        address, until = link_to_artefact(
            history.inspection_id, digests[name], until=instant_of(check, "until"), now=now, settings=settings
        )
        links.append(Link(name, address, until))
    return tuple(links)


def _open_check(history: History, draft: Recorded, now: dt.datetime) -> Recorded:
    check = open_check(history, draft, now + _SHORTEST)
    if check is None or history.state not in OPEN_ACCURACY.states:
        message = (
            f"{history.inspection_id}: wanted a draft whose facts the force may check now, found none; the force has "
            "answered, the time is over, or it is returned or on hold: open the check of the newest draft"
        )
        raise IllegalMoveError(message)
    return check
