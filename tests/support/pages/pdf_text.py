"""The words of a PDF in the order they were set, read through each font's own map to Unicode."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf


def text_of(data: bytes) -> str:
    """Return all text of a PDF without any white space, so that line ends do not matter."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return "".join(text_of_page(page) for page in pdf.pages)


def squeezed(text: str) -> str:
    """Take white space and break opportunities out of a text."""
    return re.sub(r"[\s\u200b]+", "", text)


def text_of_page(page: pikepdf.Page) -> str:
    """Return the text of one page without any white space."""
    resources = page.obj["/Resources"]
    maps = {name: _character_map(font["/ToUnicode"].read_bytes().decode()) for name, font in resources["/Font"].items()}
    words = []
    current: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "Tf":
            current = maps[str(operands[0])]
        elif operator in {"Tj", "TJ"}:
            parts: list[Any] = list(operands[0]) if operator == "TJ" else [operands[0]]
            words += [_decoded(bytes(p), current) for p in parts if isinstance(p, pikepdf.String)]
    return squeezed("".join(words))


def _decoded(codes: bytes, characters: dict[int, str]) -> str:
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(characters.get(high << 8 | low, "") for high, low in pairs)


def _character_map(cmap: str) -> dict[int, str]:
    characters = {}
    for code, target in re.findall(r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", cmap, re.MULTILINE):
        characters[int(code, 16)] = bytes.fromhex(target).decode("utf-16-be")
    return characters
