"""Pages: blocks in, one self-contained HTML file out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from reports.layout.blocks import Page, Run, Words, as_data, words
from reports.layout.rendering import Rendering

if TYPE_CHECKING:
    from jinja2 import Environment

_GENERATOR: Final = "ncpi, form 1"
"""Stands in pages that are made from records and approved by nobody, so that they can be made again and compared.

A program that makes other bytes of the same records needs another number here: `tests/golden` fails then.
"""


@cache
def _environment() -> Environment:
    """Create the template environment once per process, when the first page is rendered."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - not needed to import this room

    return Environment(
        loader=PackageLoader("reports.layout"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_page(page: Page, name: str) -> Rendering:
    """Render a page as self-contained HTML: no external script, font, image or style sheet."""
    html = _environment().get_template("page.html").render(page=as_data(page), generator=_GENERATOR)
    return Rendering(name=name, media_type="text/html; charset=utf-8", data=html.encode())


def is_of_this_form(page: bytes) -> bool:
    """Return whether this version of the program, or one that makes the same bytes, made a derived page."""
    return f'<meta name="generator" content="{_GENERATOR}">'.encode() in page


def also_published(inspection: str) -> Words:
    """Return the inspection's id and links to the other forms of the same document."""
    return words(
        f"Inspection {inspection}. The same document as ",
        Run("web page", href="report.html"),
        ", ",
        Run("PDF", href="report.pdf"),
        " and ",
        Run("data (JSON)", href="report.json"),
        ".",
    )
