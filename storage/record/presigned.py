"""Links that open one stored file for a time, to whoever has them: presigned GET requests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from storage import keys
from storage.s3.client import client_for
from storage.settings import Bucket, Duty, read_settings

if TYPE_CHECKING:
    from storage.settings import Settings

LONGEST: Final = dt.timedelta(days=7)
"""The longest that a signature of S3 (version 4) holds."""


def link_to_artefact(
    inspection_id: str, digest: str, *, until: dt.datetime, now: dt.datetime, settings: Settings | None = None
) -> tuple[str, dt.datetime]:
    """Sign a link to one artefact with the auditor's key, which can write nothing, and say until when it holds.

    A link is a secret: it is given to one person and neither logged nor recorded. All links end at once when the
    auditor's key is replaced.

    Args:
        until: UTC instant past which it never holds; it may end before.
        now: the present instant in UTC; less than a second before `until`, there is no link to be had.
    """
    seconds = int(min(until - now, LONGEST).total_seconds())
    link = client_for(Duty.AUDITOR, settings or read_settings()).generate_presigned_url(
        "get_object",
        Params={"Bucket": Bucket.PRIVATE.value, "Key": keys.artefact(inspection_id, digest)},
        ExpiresIn=seconds,
        HttpMethod="GET",
    )
    return link, now + dt.timedelta(seconds=seconds)
