"""What a page is made of, read back from its HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Outline:
    """The elements, headings, addresses and words of one page."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    words: str = ""

    def named(self, name: str) -> list[dict[str, str | None]]:
        """List the attributes of every element of a name."""
        return [attributes for element, attributes in self.elements if element == name]

    @property
    def ids(self) -> list[str]:
        """List every anchor of the page."""
        return [anchor for _, attributes in self.elements if (anchor := attributes.get("id"))]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outline = Outline()
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outline.elements.append((tag, dict(attrs)))
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.outline.headings.append(int(tag[1]))
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = self._is_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.outline.words += data


def outline_of(data: bytes) -> Outline:
    """Read a page's HTML."""
    reader = _Reader()
    reader.feed(data.decode())
    return reader.outline
