"""What a proof shows, in words and for machines."""

from __future__ import annotations

from domain.sealing.proof import ProvenConsistency, ProvenEntry
from reports.layout.plain import plain


def lines_of(shown: ProvenEntry | ProvenConsistency) -> list[str]:
    """Return it as lines for people; what people wrote cannot pose as a line of its own."""
    return _lines_of_entry(shown) if isinstance(shown, ProvenEntry) else _lines_of_consistency(shown)


def _lines_of_entry(shown: ProvenEntry) -> list[str]:
    checkpoint = shown.checkpoint
    lines = [
        f"{shown.key}: sealed as it stands in the proof, place {shown.index} of {checkpoint.size}",
        f"  root {checkpoint.short_root}…",
        f"  SHA-256 {shown.digest}",
    ]
    if shown.entry is not None:
        entry = shown.entry
        signed = "its signature holds" if shown.is_signed else "it bears no signature that holds"
        lines.append(
            f"  {entry.kind.value} by {entry.actor.person} ({entry.actor.role.value}) at {entry.at:%Y-%m-%d %H:%M:%S} "
            f"UTC; {signed}"
        )
        lines += [f"  {name}: {plain(str(value))}" for name, value in sorted(entry.facts.items())]
    return lines


def _lines_of_consistency(shown: ProvenConsistency) -> list[str]:
    old, new = shown.old, shown.checkpoint
    return [
        f"What the older note fixed ({old.size} entries, root {old.short_root}…) stands unaltered",
        f"at the beginning of what the newer one fixes ({new.size} entries, root {new.short_root}…).",
    ]


def data_of(shown: ProvenEntry | ProvenConsistency, *, has_key: bool) -> dict[str, object]:
    """Return it as data for programs."""
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
