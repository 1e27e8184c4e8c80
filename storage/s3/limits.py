"""How large an object may be that is read: whoever can write to a bucket must not fill the memory of whoever reads it.

`verifier/ncpi_verify.py` has the same limits for exports.
"""

from __future__ import annotations

from typing import Final

from schemas.errors import ChainBrokenError
from storage import keys

MAX_RECORD_BYTES: Final = 1_000_000
"""Of an entry and of a record of the register."""
MAX_SEAL_BYTES: Final = 64_000_000
MAX_FILE_BYTES: Final = 1_000_000_000
"""Of everything else."""


def check_size(key: str, size: int) -> None:
    """Refuse an object before its bytes are read.

    Raises:
        ChainBrokenError: it is larger than what this system writes under such a key.
    """
    most = MAX_FILE_BYTES
    if key.startswith((keys.LEDGER_PREFIX, keys.REGISTER_PREFIX)):
        most = MAX_RECORD_BYTES
    elif key.startswith(keys.SEALS_PREFIX):
        most = MAX_SEAL_BYTES
    if size > most:
        raise ChainBrokenError(
            f"{key}: expected at most {most:,} bytes, found {size:,}, so it was not read; it is not what was written: "
            "tell management and keep the bucket as it is (docs/operations.md)"
        )
