"""Live many lives: `python -m tests.simulation.lives --first SEED --lives N` says what was met, or what was broken."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.simulation.people import Returns
from tests.simulation.simulation import Simulation
from tests.support.quick import quicken
from tests.support.returns import write_fieldwork, write_review

FIRST_SEED: Final = "new lives from seed"
"""Property of a test that chose its own first seed."""
INSPECTIONS: Final = ("kent-2025", "surrey-2025")
_PUBLISHED: Final = {
    # Six months later is the 29th of February, and not the 31st.
    "kent-2025": {"date": "2015-08-31", "source": "test"},
    "surrey-2025": {"date": "2015-07", "source": "test"},
}
_OTHER_QUOTATION: Final = {"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True}
_FAULTY_CALLS: Final = (0, 100, 300)
"""Calls of ports that may go wrong; with 0 nothing ever fails but what people try."""


def write_returns(folder: Path) -> dict[str, Returns]:
    """Write the returns of the inspections that every simulation is about."""
    return {
        inspection: Returns(
            (
                write_fieldwork(folder / inspection / "fieldwork", inspection, published=_PUBLISHED[inspection]),
                write_fieldwork(
                    folder / inspection / "changed fieldwork",
                    inspection,
                    published=_PUBLISHED[inspection],
                    quotation=_OTHER_QUOTATION,
                ),
            ),
            (
                write_review(folder / inspection / "review", inspection),
                write_review(folder / inspection / "changed review", inspection, quotation=_OTHER_QUOTATION),
            ),
            write_fieldwork(folder / inspection / "broken", inspection, findings=[]),
        )
        for inspection in INSPECTIONS
    }


def simulate(seed: int, returns: dict[str, Returns]) -> Simulation:
    """Run one world by its seed: one or two inspections, and as many faulty steps as the seed says."""
    count = 1 + seed % len(INSPECTIONS)
    simulation = Simulation(seed, dict(list(returns.items())[:count]))
    simulation.counts["lives"] = count
    try:
        simulation.final = simulation.run(_FAULTY_CALLS[simulation.random.randrange(len(_FAULTY_CALLS))])
    except BaseException as error:
        error.add_note(f"seed {seed}: python -m tests.simulation.lives --lives 1 --first {seed}")
        raise
    return simulation


@dataclass(frozen=True)
class Lived:
    """What a world met."""

    counts: Counter[str]
    met: frozenset[tuple[str, str]]
    """What was being done and the port that was called, of every call that might have gone wrong."""


_lived: dict[int, Lived] = {}


def lived_once(seed: int, returns: dict[str, Returns]) -> Lived:
    """Return what a world of the product as it is met, lived once a test session."""
    if seed not in _lived:
        simulation = simulate(seed, returns)
        _lived[seed] = Lived(simulation.counts, frozenset(simulation.met))
    return _lived[seed]


def main() -> None:
    """Live, and say what was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--lives", type=int, default=1000)
    chosen = parser.parse_args()
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        returns = write_returns(Path(folder))
        simulate(chosen.first, returns)  # the checks of the returns and the renderings are made once
        simulate(chosen.first + 1, returns)
        started, seed = time.process_time(), chosen.first
        while met["lives"] < chosen.lives:
            met += simulate(seed, returns).counts
            seed += 1
        seconds = time.process_time() - started
    for what, number in sorted(met.items()):
        sys.stdout.write(f"{number:>10,} {what}\n")
    sys.stdout.write(
        f"{seconds:.1f} CPU-s, {1000 * seconds / met['lives']:.1f} ms a life, seeds {chosen.first} to {seed - 1}\n"
    )


if __name__ == "__main__":
    main()
