"""Tables that several pages of an audit report have: who did it when, as the first and last columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from audit.pages.words import entry_link, moment, sure, who
from reports.layout.blocks import Column, Paragraph, Row, Table, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.layout.blocks import Block, Words
    from schemas.audit.report import EntrySummary, InspectionTrail

D = TypeVar("D", bound="EntrySummary")


def entries_table(
    trail: InspectionTrail,
    caption: str,
    entries: Sequence[D],
    columns: Sequence[tuple[Column, Callable[[D], Words]]],
    *,
    empty: str,
    note: str = "",
) -> tuple[Block, ...]:
    """Lay entries out as a table: place, when, who, then the given columns; a sentence when there are none."""
    if not entries:
        return (Paragraph(words(empty)),)
    return (
        Table(
            caption=caption,
            columns=(
                Column("Entry", share=4),
                Column("When", share=7),
                Column("Who", share=8),
                *(column for column, _ in columns),
            ),
            rows=tuple(
                Row(
                    (
                        (entry_link(trail, one.entry),),
                        words(moment(one.at)),
                        words(f"{who(one)}, {sure(one)}"),
                        *(cell(one) for _, cell in columns),
                    )
                )
                for one in entries
            ),
            note=note,
        ),
    )
