"""A corrected report and a withdrawal, as documents."""

from __future__ import annotations

import datetime as dt

from domain.documents.corrections import correct
from schemas.dates import SourcedDate
from schemas.documents.correction import CorrectedDocument, CorrectedPublication, Errata, Erratum
from schemas.documents.publication import PublishedFile
from schemas.documents.withdrawal import Withdrawal, WithdrawnPublication
from tests.support.pages.report_documents import INSPECTION, initial_report, publication

DAY = dt.date(2026, 11, 25)


ORDERED = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)


WRONG = Erratum(place="finding I6, page 2", was="poorly", now="ill", why="a word of the draft was kept")


AGAIN = Erratum(place="finding I3, page 2", was="fast and thorough", now="fast", why="thorough was not examined")


def corrected(*each: Erratum, twice: bool = False) -> CorrectedDocument:
    errata = Errata(kind="errata", inspection=INSPECTION, of="initial-report", errata=each or (WRONG,))
    made = correct(initial_report(), errata, DAY)
    if twice:
        made = correct(made, errata.model_copy(update={"errata": (AGAIN,)}), DAY + dt.timedelta(days=30))
    return made


def second(number: int = 2, published: str = "2026-11-25") -> CorrectedPublication:
    first = publication()
    files = tuple(
        PublishedFile.model_validate(file.model_dump() | {"key": f"{INSPECTION}/initial-report/v{number}/{file.name}"})
        for file in first.files
    )
    changed = {"files": files, "published": SourcedDate(date=published, source="this system"), "draft": "7a" * 32}
    return CorrectedPublication(number=number, errata=number, publication=first.model_copy(update=changed))


def withdrawal(
    inspection: str = INSPECTION, *, reason: str = "The figures of another force were printed"
) -> Withdrawal:
    made, files = publication(), second().publication.files
    return Withdrawal(
        inspection=inspection,
        reason=reason,
        ordered_at=ORDERED,
        day=dt.date(2026, 11, 26),
        order="0a" * 32,
        withdrawn=(
            WithdrawnPublication(
                of="initial-report", number=1, title=made.title, published=made.published, files=made.files
            ),
            WithdrawnPublication(
                of="initial-report",
                number=2,
                title=made.title,
                published=made.published,
                files=files,
            ),
        ),
    )
