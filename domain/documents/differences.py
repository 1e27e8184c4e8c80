"""What differs between two drafts of a document: which sections, and how much of each, never their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import rfc8785

from domain.documents.corrections import document_of
from schemas.counts import counted
from schemas.documents.correction import CorrectedDocument
from schemas.documents.report import InitialReport
from schemas.documents.review import Review

_NAMES: Final = {"findings": "id", "initial_findings": "id", "recommendations": "id", "finding_progress": "finding"}
"""Lists of things that have a name of their own, and the field that holds it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a section of a later draft differs from the earlier one."""

    section: str
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Names of things, such as of findings: `I2`."""
    values: int = 0
    """How many values differ, where things have no names."""

    @property
    def words(self) -> str:
        """Return it in words: `findings: changed I2, I5; removed I9`."""
        named = {"changed": self.changed, "added": self.added, "removed": self.removed}
        parts = [f"{what} {', '.join(names)}" for what, names in named.items() if names]
        if self.values:
            parts.append(counted(self.values, "value") + " changed, added or removed")
        return f"{self.section.replace('_', ' ')}: {'; '.join(parts)}"


def differences(
    before: InitialReport | Review | CorrectedDocument, after: InitialReport | Review | CorrectedDocument
) -> tuple[Difference, ...]:
    """List the sections in which two drafts of one document differ; the printed seal is new in each draft."""
    old, new = _sections(before), _sections(after)
    return tuple(
        _difference(name, old.get(name), new.get(name)) for name in new | old if old.get(name) != new.get(name)
    )


def _sections(version: InitialReport | Review | CorrectedDocument) -> dict[str, Any]:
    sections: dict[str, Any] = document_of(version).model_dump(mode="json", exclude={"seal"})
    if isinstance(version, CorrectedDocument):
        sections["errata"] = version.newest.model_dump(mode="json")["errata"]
    return sections


def _difference(section: str, before: Any, after: Any) -> Difference:  # noqa: ANN401 - JSON has no narrower type
    name = _NAMES.get(section)
    if name is None or not isinstance(before, list) or not isinstance(after, list):
        old, new = Counter(_values(before)), Counter(_values(after))
        return Difference(section, values=max((old - new).total(), (new - old).total()))
    old_items, new_items = ({str(item[name]): item for item in items} for items in (before, after))
    both = [one for one in new_items if one in old_items]
    return Difference(
        section,
        changed=tuple(one for one in both if old_items[one] != new_items[one]),
        added=tuple(one for one in new_items if one not in old_items),
        removed=tuple(one for one in old_items if one not in new_items),
        values=0 if set(old_items) ^ set(new_items) or any(old_items[one] != new_items[one] for one in both) else 1,
    )


def _values(value: Any, place: str = "") -> Iterator[tuple[str, bytes]]:  # noqa: ANN401
    """Yield every value within a section, with the names of the fields that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _values(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, place)
    else:
        yield place, rfc8785.dumps(value)
