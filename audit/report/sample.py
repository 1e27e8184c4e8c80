"""A sample of entries to check by hand: whoever has the same entries and the same words draws the same ones."""

from __future__ import annotations

from schemas.audit.report import InspectionTrail, Sample
from schemas.identifiers import digest_of


def with_sample(trail: InspectionTrail, size: int, seed: str | None) -> InspectionTrail:
    """Return a report with a sample of its entries, in the order of the ledger.

    An entry is drawn by the SHA-256 of the seed, a newline and its own digest, the smallest first.

    Args:
        size: how many; all where there are fewer; 0 for no sample.
        seed: words that whoever draws chose; the digest of the newest entry when left out.
    """
    if not size:
        return trail
    words = seed or trail.head
    drawn = sorted(trail.lines, key=lambda line: digest_of(f"{words}\n{line.digest}".encode()))[:size]
    lines = tuple(sorted(drawn, key=lambda line: line.entry))
    return trail.model_copy(update={"sample": Sample(seed=words, lines=lines)})
