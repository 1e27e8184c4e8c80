"""What is sent with each public object: fixed by its kind, so that nobody can say anything in headers or metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from schemas.errors import ArtefactError
from storage.s3.objects import ASK_AGAIN

_MEDIA_TYPES: Final = {".html": "text/html; charset=utf-8", ".json": "application/json", ".pdf": "application/pdf"}
_FIXED: Final = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "x-amz-website-redirect-location",
    }
)
_METADATA: Final = ("x-amz-meta-", "x-amz-tagging-", "seaweed-")
_OF_THE_SERVER: Final = "seaweed-x-amz-"


def media_type_of(key: str) -> str:
    """Return the media type of a public object.

    Raises:
        ArtefactError: nothing of that kind is ever published.
    """
    kind = PurePosixPath(key).suffix
    if kind not in _MEDIA_TYPES:
        raise ArtefactError(f"{key}: expected a page, a PDF or data to publish, found another kind of file")
    return _MEDIA_TYPES[kind]


def described(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers, by their names in lower case, that say something of an object and that a writer chooses."""
    lower = {name.lower(): value for name, value in headers.items()}
    return {
        name: value
        for name, value in sorted(lower.items())
        if name in _FIXED or (name.startswith(_METADATA) and not name.startswith(_OF_THE_SERVER))
    }


def wrong_headers(key: str, found: Mapping[str, str]) -> list[str]:
    """Name what is sent with a public object and should not be, or the other way round; never what it says."""
    expected = {"cache-control": ASK_AGAIN, "content-type": media_type_of(key)}
    names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    return list(dict.fromkeys(name if name in _FIXED else "user metadata" for name in names))
