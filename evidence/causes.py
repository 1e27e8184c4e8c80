"""One problem for each cause: what is wrong in many rows or fields alike is said once, with the first places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from schemas.problems import MAX_MESSAGE_LENGTH, Problem

_MAX_LINES: Final = 8
"""Lines named for one cause; they show how to fix the others."""
_MAX_PLACES: Final = 40


def one_for_each_cause(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in their order, with those as one that differ only in their line or their place in a list."""
    causes: dict[tuple[str | None, ...], list[Problem]] = {}
    for problem in problems:
        column = re.sub(r"\[[0-9]+\]", "[]", problem.column or "")
        cause = (problem.file, column, problem.rule, problem.severity, problem.message)
        causes.setdefault(cause, []).append(problem)
    return tuple(_merged(same) for same in causes.values())


def also_on(lines: Sequence[int]) -> str:
    """Return the end of a message that names further lines of the same cause; nothing where there are none."""
    if not lines:
        return ""
    noun = "line" if len(lines) == 1 else "lines"
    return f"; also on {noun} {_listed([str(line) for line in lines[:_MAX_LINES]], len(lines))}"


def _merged(same: Sequence[Problem]) -> Problem:
    first, *others = same
    if not others:
        return first
    if first.line is not None:
        end = also_on(sorted({one.line for one in others if one.line is not None} - {first.line}))
    else:
        places = list(dict.fromkeys(one.column for one in others if one.column and one.column != first.column))
        beginning = "; also at "
        end = (
            f"{beginning}{_fitting(places, MAX_MESSAGE_LENGTH - len(first.message) - len(beginning))}" if places else ""
        )
    return first.model_copy(update={"message": f"{first.message}{end}"[:MAX_MESSAGE_LENGTH]})


def _fitting(names: Sequence[str], longest: int) -> str:
    """List as many names as fit into a number of characters, and count the others."""
    shown = next(
        (
            count
            for count in range(min(len(names), _MAX_PLACES), 1, -1)
            if len(_listed(names[:count], len(names))) <= longest
        ),
        1,
    )
    return _listed(names[:shown], len(names))


def _listed(shown: Sequence[str], total: int) -> str:
    if len(shown) < total:
        return f"{', '.join(shown)} and {total - len(shown)} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
