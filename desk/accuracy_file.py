"""The force's comments as a text file: one comment a paragraph, paragraphs parted by an empty line."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from desk.plain_file import read_plain_file, rejected_file
from schemas.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "comments"
LARGEST_BYTES: Final = 2_000_000
_PARTED: Final = re.compile(r"\n[^\S\n]*\n")


def read_comments(path: Path, inspection_id: str) -> tuple[str, ...]:
    """Read comments; none at all says that the force found no fact wrong.

    Raises:
        RejectedError: it is no plain text file in UTF-8.
    """
    data = read_plain_file(path, FILE, LARGEST_BYTES, inspection_id).removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise rejected_file(inspection_id, FILE, (_problem("encoding-utf-8", line),)) from None
    if "\0" in text:
        raise rejected_file(inspection_id, FILE, (_problem("plain-text", text[: text.index("\0")].count("\n") + 1),))
    paragraphs = _PARTED.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return tuple(stripped for one in paragraphs if (stripped := one.strip()))


def _problem(rule: str, line: int) -> Problem:
    message = "the file is not plain text in UTF-8; save it as a text file (.txt) with that encoding"
    return Problem(file=FILE, line=line, rule=rule, message=message)
