"""Read facts of an entry for a report: None where they cannot be read, so that a forged ledger can be reported on.

What acts on a fact reads it by `domain/lifecycle/strict_facts.py`, which refuses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from domain.lifecycle.history import Recorded
from schemas.audit.side_events import ShownFact
from schemas.dates import KNOWN_DATE_PATTERN
from schemas.lifecycle.entry import Fact

T = TypeVar("T")
Value: TypeAlias = str | int | bool | dt.date | dt.datetime
MAX_NAMES: Final = 60
"""The most names that are listed of one entry; a forged one may have any number."""
MAX_LISTED: Final = 500
"""How many of one kind of thing a report lists of one inspection, the newest of them."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def summary_of(recorded: Recorded) -> dict[str, Any]:
    """Return who made an entry and when, as the fields of an `EntrySummary`."""
    entry, actor = recorded.entry, recorded.entry.actor
    return {
        "entry": entry.seq,
        "at": entry.at,
        "person": actor.person,
        "role": actor.role.value,
        "assurance": actor.assurance,
    }


def count_in(facts: dict[str, Fact], name: str) -> int | None:
    """Read a count."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text_in(facts: dict[str, Fact], name: str) -> str | None:
    """Read a text."""
    value = facts.get(name)
    return value if isinstance(value, str) else None


def texts_in(facts: dict[str, Fact], name: str) -> tuple[str, ...]:
    """Read a list of texts, up to the most that is shown."""
    value = facts.get(name)
    return value[:MAX_NAMES] if isinstance(value, tuple) else ()


def _joined_texts_in(facts: dict[str, Fact], name: str) -> str | None:
    return ", ".join(texts_in(facts, name)) or None


def day_in(facts: dict[str, Fact], name: str) -> dt.date | None:
    """Read a day of the London calendar."""
    return parsed_day(text_in(facts, name) or "")


def parsed_day(text: str) -> dt.date | None:
    """Read an ISO day."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def known_date_in(facts: dict[str, Fact], name: str) -> str | None:
    """Read a date to the day or the month."""
    text = text_in(facts, name) or ""
    is_known = re.fullmatch(KNOWN_DATE_PATTERN, text) and (len(text) == len("2016-02") or parsed_day(text))
    return text if is_known else None


def instant_in(facts: dict[str, Fact], name: str) -> dt.datetime | None:
    """Read an instant in UTC."""
    try:
        moment = dt.datetime.fromisoformat(text_in(facts, name) or "")
    except ValueError:
        return None
    return moment if moment.utcoffset() == dt.timedelta(0) else None


def flag_in(facts: dict[str, Fact], name: str) -> bool | None:
    """Read a yes or no."""
    value = facts.get(name)
    return value if isinstance(value, bool) else None


_READERS: Final[dict[str, Callable[[dict[str, Fact], str], Value | None]]] = {
    "text": text_in,
    "texts": _joined_texts_in,
    "count": count_in,
    "day": day_in,
    "instant": instant_in,
    "flag": flag_in,
}


def value_in(facts: dict[str, Fact], fact: ShownFact) -> Value | None:
    """Read a fact in the form that a side event's row says."""
    return _READERS[fact.form](facts, fact.name)


def digest_fact(facts: dict[str, Fact], name: str) -> str | None:
    """Read a digest."""
    text = text_in(facts, name)
    return text if text and _DIGEST.fullmatch(text) else None


def digest_in(recorded: Recorded) -> str | None:
    """Return the digest of the artefact that an entry is about."""
    return recorded.entry.document.sha256 if recorded.entry.document else None


def newest(things: Sequence[T]) -> Sequence[T]:
    """Return the newest of many, oldest first, as many as a report lists."""
    return things[-MAX_LISTED:]
