"""Correct a published document by its errata: old version and errata in, new version out.

An erratum quotes the words that were wrong. They must occur exactly once in the texts that people wrote for the public,
so that it is clear which were meant. Numbers of the case audit, names and dates cannot be corrected: they come from
the returns, and a document whose evidence was wrong is withdrawn (docs/decisions/0018).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from domain.disclosure import personal_data_of, texts_of
from schemas.documents.correction import CorrectedDocument, Correction, Errata, Erratum
from schemas.documents.report import InitialReport, PrintedSeal
from schemas.documents.review import Review
from schemas.model import Record
from schemas.problems import Problem

FILE: Final = "errata.json"
_PUBLISHABLE: Final = re.compile(r"(?:.*\.)?(?:text|methods\[[0-9]+\]|paragraphs\[[0-9]+\])")
_SHORTEST, _LONGEST = 3, 2_000
"""Lengths that `PublishableText` allows."""

RecordT = TypeVar("RecordT", bound=Record)


class _Occurrence(NamedTuple):
    path: str
    start: int
    end: int


def publishable_texts(document: InitialReport | Review) -> dict[str, str]:
    """Return the texts that people wrote for the public, by path."""
    return {path: text for path, text in texts_of(document) if _PUBLISHABLE.fullmatch(path)}


def problems_of_errata(
    current: InitialReport | Review | CorrectedDocument, errata: Errata, inspection_id: str
) -> tuple[Problem, ...]:
    """List problems of errata for the version that they correct; none quotes what was sent."""
    document = document_of(current)
    texts = publishable_texts(document)
    problems = [*_inspection(errata, inspection_id), *_personal_data(errata), *_occurrence_problems(errata, texts)]
    # The corrected texts are known only where every erratum has its place.
    return tuple(problems or _result_problems(errata, texts))


def correct(
    current: InitialReport | Review | CorrectedDocument, errata: Errata, day: dt.date, seal: PrintedSeal | None = None
) -> CorrectedDocument:
    """Return the next version of a document, from errata without problems.

    Args:
        day: the London day of the correction, as printed in the new version.
        seal: the newest seal, printed in place of the earlier version's; None keeps that.
    """
    document = document_of(current)
    fixed = _with_texts(document, _corrected_texts(errata, publishable_texts(document)))
    fixed = fixed.model_copy(update={"seal": seal or document.seal})
    before = current.corrections if isinstance(current, CorrectedDocument) else ()
    return CorrectedDocument(
        inspection=document.inspection,
        of=document.kind,
        document=type(document).model_validate_json(fixed.to_bytes()),
        corrections=(*before, Correction(number=len(before) + 2, corrected=day, errata=errata.errata)),
    )


def document_of(version: InitialReport | Review | CorrectedDocument) -> InitialReport | Review:
    """Return the document itself, whether it was corrected or not."""
    return version.document if isinstance(version, CorrectedDocument) else version


def _problem(place: int | None, field: str, rule: str, message: str) -> Problem:
    return Problem(file=FILE, column=field if place is None else f"errata[{place}].{field}", rule=rule, message=message)


def _inspection(errata: Errata, inspection_id: str) -> Iterator[Problem]:
    if errata.inspection != inspection_id:
        message = f"expected errata for {inspection_id}, found another inspection; send them there, or fix the id"
        yield _problem(None, "inspection", "inspection-matches", message)


def _personal_data(errata: Errata) -> Iterator[Problem]:
    for path, kind in personal_data_of(texts_of(errata)):
        advice = "withdraw the document instead" if path.endswith(".was") else "reword it"
        message = f"contains {kind}, alone or with the erratum before it, and errata are published; {advice}"
        yield _problem(None, path, "personal-data", message)


def _occurrence_problems(errata: Errata, texts: Mapping[str, str]) -> Iterator[Problem]:
    claimed: list[_Occurrence] = []
    for number, erratum in enumerate(errata.errata):
        if erratum.was == erratum.now:
            yield _problem(number, "now", "erratum-changes", "the same as what was published; write what it should be")
        found = _occurrences(erratum, texts)
        if len(found) != 1:
            expected = "expected words that occur once in the document's texts"
            message = (
                f"{expected}, found them {len(found)} times; quote them with more of the words around them"
                if found
                else f"{expected}, found them nowhere; copy the words from the published report.json"
            )
            yield _problem(number, "was", "erratum-found-once", message)
            continue
        one = found[0]
        if any(one.path == other.path and one.start < other.end and other.start < one.end for other in claimed):
            yield _problem(number, "was", "errata-apart", "corrects words of another erratum too; merge the two")
        claimed += found


def _result_problems(errata: Errata, texts: Mapping[str, str]) -> Iterator[Problem]:
    fixed = _corrected_texts(errata, texts)
    paths = [_occurrences(erratum, texts)[0].path for erratum in errata.errata]
    for number, text in enumerate(fixed[path] for path in paths):
        if not _SHORTEST <= len(text) <= _LONGEST:
            message = f"expected a corrected text of {_SHORTEST} to {_LONGEST} characters, found {len(text)}; reword it"
            yield _problem(number, "now", "erratum-length", message)
    published = set(personal_data_of(texts.items()))
    for path, kind in personal_data_of(fixed.items()):
        if (path, kind) not in published:
            # Where neighbours spell it together, the path may be that of the text which is not corrected.
            for number in [number for number, corrected in enumerate(paths) if corrected == path] or [0]:
                message = f"the corrected text contains {kind}, alone or with the one before it; reword it"
                yield _problem(number, "now", "personal-data", message)


def _occurrences(erratum: Erratum, texts: Mapping[str, str]) -> list[_Occurrence]:
    # A lookahead matches at every character, so that occurrences which overlap are all counted.
    pattern = re.compile(f"(?={re.escape(erratum.was)})")
    return [
        _Occurrence(path, match.start(), match.start() + len(erratum.was))
        for path, text in texts.items()
        for match in pattern.finditer(text)
    ]


def _corrected_texts(errata: Errata, texts: Mapping[str, str]) -> dict[str, str]:
    placed = [(_occurrences(erratum, texts)[0], erratum.now) for erratum in errata.errata]
    fixed = dict(texts)
    # From the end of a text to its beginning, so that earlier occurrences keep their place.
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
