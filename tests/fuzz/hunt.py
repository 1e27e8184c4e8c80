"""Fuzz one target, led by the lines and branches that each input reaches.

Usage: python -m tests.fuzz.hunt TARGET [--seconds N] [--runs N] [--seed N] [--found FOLDER]

Ends with status 0 when nothing was found. What was found is written to the folder, and its traceback to the terminal:
fix it, and add the input to the corpus (tests/corpus), so that it is tried for ever.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris

NAMES: Final = ("tables", "documents", "entries", "entry_fields", "canonical_json", "identifiers")
MODULES: Final = ("evidence", "domain", "schemas", "storage.keys", "json", "rfc8785")
_MAX_INPUT_BYTES: Final = 8_000
_MAX_MEGABYTES: Final = 2_000
_SECONDS_OF_ONE: Final = 30


def main() -> None:
    """Fuzz until time or runs are over, or something is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60, help="no longer than this; 0 for no bound")
    parser.add_argument("--runs", type=int, default=-1, help="no more inputs than this; -1 for no bound")
    parser.add_argument("--seed", type=int, default=0, help="0 takes another each time, and says which")
    parser.add_argument("--found", type=Path, default=Path("build/fuzz"), help="folder for what is found")
    chosen = parser.parse_args()
    chosen.found.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=list(MODULES), enable_loader_override=False):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - what is imported here is what is watched

    target = TARGETS[chosen.target]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(target.seeds()):
            if len(seed) <= _MAX_INPUT_BYTES:
                (Path(folder) / f"{number:04d}").write_bytes(seed)
        arguments = {
            "max_total_time": chosen.seconds,
            "runs": chosen.runs,
            "seed": chosen.seed,
            "keep_seed": 1,
            "max_len": _MAX_INPUT_BYTES,
            "rss_limit_mb": _MAX_MEGABYTES,
            "timeout": _SECONDS_OF_ONE,
            "artifact_prefix": f"{chosen.found}/{chosen.target}-",
            "print_final_stats": 1,
        }
        atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in arguments.items()), folder], target.hold)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
