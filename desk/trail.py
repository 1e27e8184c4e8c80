"""The trail of an inspection as text and as CSV; what people wrote in it can pretend nothing."""

from __future__ import annotations

from collections.abc import Sequence

from domain.calendar import time_in_words
from domain.lifecycle.timeline import TimelineLine
from reports.layout.spreadsheet import as_csv
from schemas.text import plain


def trail_as_text(lines: Sequence[TimelineLine]) -> str:
    """Return the trail as people read it, two lines or more for each entry."""
    written: list[str] = []
    for line in lines:
        # What people wrote could look like a line of the trail, or control the terminal.
        words = plain(line.words)
        written.append(f"{line.seq:>3}  {time_in_words(line.at)}  {line.person} ({line.role}): {words}")
        problems = line.facts.get("list")
        if isinstance(problems, tuple):
            written += [f"       {plain(problem)}" for problem in problems]
        written.append(
            f"       entry {line.digest[:16]}…" + (f"  artefact {line.document[:16]}…" if line.document else "")
        )
    return "\n".join(written) + "\n"


def trail_as_csv(lines: Sequence[TimelineLine]) -> str:
    """Return the trail as CSV, a row for each entry."""
    rows = [["seq", "at", "person", "role", "kind", "words", "entry_sha256", "artefact_sha256"]]
    for line in lines:
        cells = (line.person, line.role, line.kind.value, plain(line.words), line.digest, line.document or "")
        rows.append([str(line.seq), line.at.isoformat(), *cells])
    return as_csv(rows).decode()
