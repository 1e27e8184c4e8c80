"""Correct a published document by its errata: old version and errata in, new version out.

An erratum names the words that were wrong. They must stand exactly once in the texts that people wrote for the public,
so that nobody has to guess which of two was meant. Numbers of the case audit, names and dates are no such texts: they
come from the returns, and a document whose evidence was wrong is withdrawn (docs/decisions/0018).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from domain.disclosure import personal_data_in, texts_of
from schemas.documents.correction import CorrectedDocument, Correction
from schemas.model import Record
from schemas.problems import Problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from schemas.documents.correction import Errata, Erratum
    from schemas.documents.report import InitialReport, PrintedSeal
    from schemas.documents.review import Review

FILE: Final = "errata.json"
_PUBLISHABLE: Final = re.compile(r"(?:.*\.)?(?:text|methods\[[0-9]+\]|paragraphs\[[0-9]+\])")
_SHORTEST, _LONGEST = 3, 2_000
"""What `PublishableText` allows."""

RecordT = TypeVar("RecordT", bound=Record)


class _Place(NamedTuple):
    path: str
    start: int
    end: int


def publishable_texts(document: InitialReport | Review) -> dict[str, str]:
    """Return the texts that people wrote for the public, each by its path."""
    return {path: text for path, text in texts_of(document) if _PUBLISHABLE.fullmatch(path)}


def problems_of_errata(
    current: InitialReport | Review | CorrectedDocument, errata: Errata, inspection_id: str
) -> tuple[Problem, ...]:
    """Check errata against the version that they correct; no problem repeats what was sent."""
    document = document_of(current)
    texts = publishable_texts(document)
    problems = [*_inspection(errata, inspection_id), *_personal_data(errata), *_places(errata, texts)]
    return tuple(problems or _results(errata, texts))


def correct(
    current: InitialReport | Review | CorrectedDocument, errata: Errata, day: dt.date, seal: PrintedSeal | None = None
) -> CorrectedDocument:
    """Make the next version of a document from errata that have no problems.

    Args:
        day: the London day that the new version gives as that of its correction.
        seal: the newest seal, printed instead of that of the version before; None while there is none.
    """
    document = document_of(current)
    fixed = _with_texts(document, _mended(errata, publishable_texts(document)))
    fixed = fixed.model_copy(update={"seal": seal or document.seal})
    before = current.corrections if isinstance(current, CorrectedDocument) else ()
    return CorrectedDocument(
        inspection=document.inspection,
        of=document.kind,
        document=type(document).model_validate_json(fixed.to_bytes()),
        corrections=(*before, Correction(number=len(before) + 2, corrected=day, errata=errata.errata)),
    )


def document_of(version: InitialReport | Review | CorrectedDocument) -> InitialReport | Review:
    """Return the document itself, of whichever version."""
    return version.document if isinstance(version, CorrectedDocument) else version


def _problem(place: int | None, field: str, rule: str, message: str) -> Problem:
    return Problem(file=FILE, column=field if place is None else f"errata[{place}].{field}", rule=rule, message=message)


def _inspection(errata: Errata, inspection_id: str) -> Iterator[Problem]:
    if errata.inspection != inspection_id:
        message = f"these errata are of another inspection than {inspection_id}; send them there, or fix the id"
        yield _problem(None, "inspection", "inspection-matches", message)


def _personal_data(errata: Errata) -> Iterator[Problem]:
    for place, erratum in enumerate(errata.errata):
        for field, text in texts_of(erratum):
            for kind in personal_data_in(text):
                advice = "withdraw the document instead" if field == "was" else "reword it"
                message = f"holds {kind}, and the errata are published; {advice}"
                yield _problem(place, field, "personal-data", message)


def _places(errata: Errata, texts: Mapping[str, str]) -> Iterator[Problem]:
    taken: list[_Place] = []
    for number, erratum in enumerate(errata.errata):
        if erratum.was == erratum.now:
            yield _problem(number, "now", "erratum-changes", "is what was published; say what it should be")
        found = _found(erratum, texts)
        if len(found) != 1:
            message = (
                f"expected words that stand once in the document's texts, found them {len(found)} times; give them as "
                "published, with as many words around them as it takes"
            )
            yield _problem(number, "was", "erratum-found-once", message)
            continue
        if any(found[0].path == other.path and _overlap(found[0], other) for other in taken):
            yield _problem(number, "was", "errata-apart", "corrects words that another erratum corrects; join the two")
        taken += found


def _results(errata: Errata, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Check what the texts become; none of them is known where an erratum has no place."""
    fixed = _mended(errata, texts)
    for number, erratum in enumerate(errata.errata):
        text = fixed[_found(erratum, texts)[0].path]
        if not _SHORTEST <= len(text) <= _LONGEST:
            message = f"makes a text of {len(text)} characters, expected {_SHORTEST} to {_LONGEST}; reword it"
            yield _problem(number, "now", "erratum-length", message)
        for kind in personal_data_in(text):
            message = f"makes a text that holds {kind}, and it is published; reword it"
            yield _problem(number, "now", "personal-data", message)


def _found(erratum: Erratum, texts: Mapping[str, str]) -> list[_Place]:
    # Looked for from every character, so that words which overlap themselves count each time.
    pattern = re.compile(f"(?={re.escape(erratum.was)})")
    return [
        _Place(path, match.start(), match.start() + len(erratum.was))
        for path, text in texts.items()
        for match in pattern.finditer(text)
    ]


def _overlap(one: _Place, other: _Place) -> bool:
    return one.start < other.end and other.start < one.end


def _mended(errata: Errata, texts: Mapping[str, str]) -> dict[str, str]:
    placed = [(_found(erratum, texts)[0], erratum.now) for erratum in errata.errata]
    fixed = dict(texts)
    # From the end of a text to its beginning: what stands before a change keeps its place.
    for place, now in sorted(placed, reverse=True):
        text = fixed[place.path]
        fixed[place.path] = text[: place.start] + now + text[place.end :]
    return fixed


def _with_texts(document: RecordT, texts: Mapping[str, str], path: str = "") -> RecordT:
    changed = {
        name: _changed(getattr(document, name), texts, f"{path}.{name}" if path else name)
        for name in type(document).model_fields
    }
    return document.model_copy(update=changed)


def _changed(value: object, texts: Mapping[str, str], path: str) -> object:
    if isinstance(value, Record):
        return _with_texts(value, texts, path)
    if isinstance(value, tuple):
        return tuple(_changed(item, texts, f"{path}[{place}]") for place, item in enumerate(value))
    return texts.get(path, value)
