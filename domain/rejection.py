"""The facts of a rejected return, as the ledger keeps them: where and which rule, never what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.lifecycle.entry import Fact
    from schemas.problems import Problem

MOST_LISTED: Final = 40
"""Problems spelt out in the entry; all of them are in its document."""


def rejection_facts(problems: Sequence[Problem], *, sender: str, pack: str | None) -> dict[str, Fact]:
    """Say how many problems there are, the first of them in words, and who must mend the return."""
    facts: dict[str, Fact] = {
        "problems": len(problems),
        "critical": sum(problem.severity is Severity.CRITICAL for problem in problems),
        "sender": sender,
        "list": tuple(str(problem)[:600] for problem in problems[:MOST_LISTED]),
    }
    if pack is not None:
        facts["pack"] = pack
    return facts
