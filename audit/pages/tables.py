"""Tables of an audit report's pages: things as rows, or a sentence where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from audit.pages.words import assurance, entry_link, moment, who
from reports.layout.blocks import Block, Column, Paragraph, Row, Table, Words, words
from schemas.audit.report import EntrySummary, InspectionTrail

T = TypeVar("T")
E = TypeVar("E", bound="EntrySummary")


def things_table(
    caption: str,
    things: Iterable[T],
    columns: Sequence[tuple[Column, Callable[[T], str | Words]]],
    *,
    empty: str = "",
    note: str = "",
    left_out: str = "",
    row_id: Callable[[T], str] = lambda _: "",
) -> tuple[Block, ...]:
    """Lay things out as a table, a row each.

    Args:
        empty: the sentence that replaces the table when there are no things; no sentence when left out.
        note: what stands under the table.
        left_out: how many things are not shown, if any; with no row it replaces `empty`, which is not true then.
        row_id: the anchor of a thing's row, if it has one.
    """
    rows = tuple(Row(tuple(_words(cell(thing)) for _, cell in columns), row_id(thing)) for thing in things)
    if not rows:
        instead = left_out or empty
        return (Paragraph(words(instead)),) if instead else ()
    note = " ".join(filter(None, (left_out, note)))
    return (Table(caption=caption, columns=tuple(column for column, _ in columns), rows=rows, note=note),)


def entries_table(
    trail: InspectionTrail,
    caption: str,
    entries: Iterable[E],
    columns: Sequence[tuple[Column, Callable[[E], str | Words]]],
    *,
    empty: str,
    note: str = "",
    left_out: str = "",
) -> tuple[Block, ...]:
    """Lay entries out as a table: place, when, who, then the given columns."""
    summary: tuple[tuple[Column, Callable[[E], str | Words]], ...] = (
        (Column("Entry", share=4), lambda one: (entry_link(trail, one.entry),)),
        (Column("When", share=7), lambda one: moment(one.at)),
        (Column("Who", share=8), lambda one: f"{who(one)}, {assurance(one)}"),
    )
    return things_table(caption, entries, (*summary, *columns), empty=empty, note=note, left_out=left_out)


def _words(cell: str | Words) -> Words:
    return words(cell) if isinstance(cell, str) else cell
