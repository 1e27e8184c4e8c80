"""What a proof shows, in words and for machines."""

from __future__ import annotations

from domain.calendar import time_in_words
from domain.sealing.proof import ProvenConsistency, ProvenEntry
from schemas.text import plain


def lines_of(shown: ProvenEntry | ProvenConsistency) -> list[str]:
    """Return lines for people; text that somebody wrote cannot look like a line of its own."""
    newest = shown.checkpoint
    if isinstance(shown, ProvenConsistency):
        return [
            f"What the older note fixed ({shown.old.size} entries, root {shown.old.short_root}…) stands unaltered",
            f"at the beginning of what the newer one fixes ({newest.size} entries, root {newest.short_root}…).",
        ]
    lines = [
        f"{shown.key}: sealed as it stands in the proof, place {shown.index} of {newest.size}",
        f"  root {newest.short_root}…",
        f"  SHA-256 {shown.digest}",
    ]
    if shown.entry is not None:
        entry = shown.entry
        signed = "its signature is valid" if shown.is_signed else "it has no valid signature"
        lines.append(
            f"  {entry.kind.value} by {entry.actor.person} ({entry.actor.role.value}) at "
            f"{time_in_words(entry.at)}; {signed}"
        )
        lines += [f"  {name}: {plain(str(value))}" for name, value in sorted(entry.facts.items())]
    return lines


def data_of(shown: ProvenEntry | ProvenConsistency, *, has_key: bool) -> dict[str, object]:
    """Return what a proof shows as data for programs."""
    data: dict[str, object] = {
        "entries": shown.checkpoint.size,
        "root": shown.checkpoint.root.hex(),
        "was_key_given": has_key,
    }
    if isinstance(shown, ProvenEntry):
        return data | {
            "key": shown.key,
            "sha256": shown.digest,
            "index": shown.index,
            "is_signed": shown.is_signed,
            "entry": shown.entry,
        }
    return data | {"old_entries": shown.old.size, "old_root": shown.old.root.hex()}
