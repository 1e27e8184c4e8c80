"""What the scripts beside the generated pages share: rows of Markdown tables, and to write a page or to check it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

_FOLDER = Path(__file__).parent


def row(*cells: str) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def head(*cells: str) -> list[str]:
    """Return the lines that begin a Markdown table with these columns."""
    return [row(*cells), row(*("---" for _ in cells))]


def write_or_check(name: str, lines: Iterable[str]) -> None:
    """Write a page of this folder; with `--check` on the command line, only compare it with what would be written.

    Raises:
        SystemExit: the page is missing or out of date.
    """
    page, expected = _FOLDER / name, "\n".join(lines)
    if "--check" not in sys.argv[1:]:
        page.write_text(expected, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != expected:
        sys.exit(f"docs/{name} is out of date; write it again with `make docs`")
