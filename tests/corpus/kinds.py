"""All cases of the corpus, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from tests.corpus import approvals, dates, documents, events, exports, identifiers, tables, texts

if TYPE_CHECKING:
    from tests.corpus.case import Case


class Kind(Protocol):
    """What the module of a kind holds."""

    CASES: tuple[Case, ...]

    def prepare(self) -> None:
        """Make once what all of its cases need."""
        ...

    def check(self, case: Case, sent: Any) -> None:
        """Hand what was built to the product and hold what comes of it."""
        ...


KINDS: Final[tuple[Kind, ...]] = (tables, exports, documents, identifiers, texts, events, dates, approvals)
CASES: Final = tuple(case for kind in KINDS for case in kind.CASES)
_BY_ID: Final = {case.id: kind for kind in KINDS for case in kind.CASES}


def kind_of(case: Case) -> Kind:
    """Find the kind of a case."""
    return _BY_ID[case.id]
