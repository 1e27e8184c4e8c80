"""How long a run of a stage may take, and when one that takes longer counts as dead: each limit above the one before.

A run on the same computer as its runner is known to be dead at once; these limits are for runs elsewhere, and for those
that hang. Acting too soon does no harm to the record, because the ledger lets only one of two runs write; it only
doubles work, on a computer that is too slow already.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

CHECK_ENDED_AFTER: Final = dt.timedelta(minutes=3)
"""The check of a return, by far the longest step of a stage, is ended then."""
STAGE_STARTED_AGAIN_AFTER: Final = dt.timedelta(minutes=5)
"""The sweep no longer counts such a run as under way."""
MARKED_CRASHED_AFTER: Final = dt.timedelta(minutes=10)
"""A runner marks such a run of another runner as Crashed in Prefect."""
