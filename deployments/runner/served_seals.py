"""What the sealing process serves: one flow, woken by whatever is published and on a schedule."""

from __future__ import annotations

import datetime as dt
from typing import Final

from deployments.runner.flow_specs import Served
from flows.seal import SEAL, seal
from schemas.lifecycle.moves import Kind

_SEALED_AT_ONCE: Final = frozenset({Kind.PUBLISHED, Kind.REVIEW_PUBLISHED, Kind.CORRECTION_PUBLISHED, Kind.WITHDRAWN})
"""What the public can see is never long without a seal."""


def sealing_flows(seal_seconds: int) -> tuple[Served, ...]:
    """List the flow that seals."""
    return (
        Served(
            flow=seal,
            description="Fixes what was recorded by one signed note, and hands the note to management",
            tags=(SEAL,),
            wakes_on=frozenset(kind.event for kind in _SEALED_AT_ONCE),
            every=dt.timedelta(seconds=seal_seconds),
        ),
    )
