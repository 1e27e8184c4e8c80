"""The blocks of a page: one tree of plain values from which both HTML and PDF are made.

No block holds markup. Only `as_data` passes blocks to a template, and it makes every text plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal, TypeAlias

from schemas.text import plain


@dataclass(frozen=True, slots=True)
class Run:
    """Some words, perhaps a link.

    `href` is `#anchor`, a file beside this one, or an https address; never free text.
    """

    words: str
    href: str = ""
    is_strong: bool = False
    is_code: bool = False


Words: TypeAlias = tuple[Run, ...]


def words(*parts: str | Run) -> Words:
    """Join texts and runs into one line of words."""
    return tuple(Run(part) if isinstance(part, str) else part for part in parts)


def joined(runs: Iterable[Run]) -> Words:
    """Return runs with commas between them."""
    return tuple(part for run in runs for part in (Run(", "), run))[1:]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    runs: Words


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Words, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as a chapter shows it; `id` is its anchor."""

    id: str
    label: str
    tags: tuple[str, ...]
    runs: Words


@dataclass(frozen=True, slots=True)
class Entries:
    """Findings, one under the other."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and their values: force, dates, reference."""

    rows: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must not miss."""

    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and its share of the width."""

    title: str
    is_number: bool = False
    share: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells, the first its heading; `id` is its anchor, if any."""

    cells: tuple[Words, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `text` states its number, so nothing depends on its length. Not drawn without a percentage."""

    label: str
    text: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart and, in `description`, what it shows."""

    title: str
    description: str
    bars: tuple[Bar, ...]
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A span of time, in hundredths of the bar's length."""

    form: Literal["allowed", "over", "hold", "done"]
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked day, in hundredths of the bar's length."""

    form: Literal["due", "planned", "done", "today"]
    at: float


@dataclass(frozen=True, slots=True)
class TimeBar:
    """One bar of a time chart; `text` states its days, so nothing depends on the drawing."""

    label: str
    text: str
    spans: tuple[TimeSpan, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Bars of time on one scale; for web pages only, the PDF omits it."""

    title: str
    description: str
    first: str
    last: str
    bars: tuple[TimeBar, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said."""

    speaker: str
    paragraphs: tuple[str, ...]
    is_synthetic: bool = False


Block: TypeAlias = Paragraph | Bullets | Entries | Facts | Notice | Table | Bars | TimeChart | Quote


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page."""

    title: str
    kicker: str
    publisher: str
    description: str
    head: tuple[Block, ...]
    sections: tuple[Section, ...]
    foot: tuple[Words, ...]
    has_contents: bool = True
    is_derived: bool = False
    """Whether it is made from public records, and is no document that somebody approves."""


def as_data(value: object, write: Callable[[str], str] = plain) -> object:
    """Convert blocks to what templates read: mappings, lists and text, each block with its `kind`.

    Args:
        value: a page or a part of one.
        write: applied to each text; anchors and addresses stay as they are.
    """
    if isinstance(value, str):
        return write(value)
    if isinstance(value, tuple):
        return [as_data(item, write) for item in value]
    if is_dataclass(value):
        data: dict[str, object] = {"kind": type(value).__name__.lower()}
        for field in fields(value):
            part = getattr(value, field.name)
            data[field.name] = part if field.name in {"id", "href"} else as_data(part, write)
        return data
    return value
