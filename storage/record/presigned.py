"""Presigned links: a GET request that opens one stored file for a time, to anybody who has the link."""

from __future__ import annotations

import datetime as dt
from typing import Final

from storage.s3.client import client_for
from storage.settings import Bucket, Duty, Settings, read_settings

LONGEST: Final = dt.timedelta(days=7)
"""The longest that S3 lets a signature (version 4) be valid."""


def link_to_private(
    key: str,
    name: str,
    *,
    until: dt.datetime,
    now: dt.datetime,
    settings: Settings | None = None,
) -> tuple[str, dt.datetime]:
    """Return a link to one private object, signed with the auditor's key, which writes nothing, and when it expires.

    A link is a secret: it is given to one person and neither logged nor recorded. Replacing the auditor's key ends all
    links at once.

    Args:
        name: under which a browser saves the file.
        until: UTC instant after which the link is not valid; it may expire before.
        now: the present instant in UTC, at least a second before `until`.
    """
    seconds = int(min(until - now, LONGEST).total_seconds())
    link = client_for(Duty.AUDITOR, settings or read_settings()).generate_presigned_url(
        "get_object",
        Params={
            "Bucket": Bucket.PRIVATE.value,
            "Key": key,
            "ResponseContentDisposition": f'inline; filename="{name}"',
        },
        ExpiresIn=seconds,
        HttpMethod="GET",
    )
    return link, now + dt.timedelta(seconds=seconds)
