from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.errors import NcpiError
from tasks.prefect_steps import PrefectSteps
from tests.simulation.faults import HARMFUL
from tests.simulation.lives import FIRST_SEED, lived_once, simulate
from tests.simulation.mutants import MUTANTS
from tests.simulation.ports import TRIED_AGAIN
from tests.simulation.promises import BrokenPromiseError

if TYPE_CHECKING:
    from tests.simulation.people import Returns

pytestmark = pytest.mark.timeout(1200)  # work that shares its cores with other work
LIVES = 300
MANY_LIVES = 1000
MAX_LIVES = 10_000
NEW_LIVES = (50, pytest.param(150, marks=pytest.mark.full))
FIRST_SEEDS = (0, 1_000_000, 2_000_000)
FAILED_ONCE: tuple[int, ...] = ()
"""Seeds that ever broke a promise; each is lived again for ever."""
MAX_LIVES_OF_A_MUTANT = 300


def test_every_promise_holds_in_hundreds_of_lives(returns: dict[str, Returns]) -> None:
    live(returns, 0, LIVES)


@pytest.mark.full
@pytest.mark.parametrize("first", FIRST_SEEDS)
def test_every_promise_holds_in_many_lives(returns: dict[str, Returns], first: int) -> None:
    live(returns, first, MANY_LIVES)


@pytest.mark.full
def test_every_promise_holds_in_ten_thousand_lives(returns: dict[str, Returns]) -> None:
    live(returns, 3_000_000, MAX_LIVES)


def live(returns: dict[str, Returns], first: int, lives: int) -> None:
    met: Counter[str] = Counter()
    seed = first
    while met["lives"] < lives:
        met += lived_once(seed, returns).counts
        seed += 1
    # What was never met was never shown to be harmless.
    expected = [f"fault: {fault}" for fault in HARMFUL]
    expected += ["run died", "command died", "event lost", "event forged", "own approval was refused", "stage: waiting"]
    expected += ["return was rejected", "stage met an error", "sweep met an error"]
    assert [what for what in expected if met[what] < 10] == []


@pytest.mark.parametrize("new", NEW_LIVES)
def test_every_promise_holds_in_lives_that_were_never_lived(
    returns: dict[str, Returns], new: int, record_property: Callable[[str, object], None]
) -> None:
    first = int.from_bytes(os.urandom(4))
    record_property(FIRST_SEED, first)  # conftest.py prints it
    lives, seed = 0, first
    while lives < new:
        lives += simulate(seed, returns).counts["lives"]  # a failure names its seed: add it to FAILED_ONCE
        seed += 1


@pytest.mark.parametrize("seed", FAILED_ONCE)
def test_a_seed_that_failed_once_never_fails_again(returns: dict[str, Returns], seed: int) -> None:
    simulate(seed, returns)


def test_the_simulation_tries_again_what_prefect_tries_again() -> None:
    assert set(TRIED_AGAIN) == {name for name in vars(PrefectSteps) if not name.startswith("_")}


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_hashes(returns: dict[str, Returns]) -> None:
    program = (
        "import tempfile, pytest; from pathlib import Path; from tests.simulation.lives import simulate, write_returns;"
        "from tests.support.quick import quicken; quicken(pytest.MonkeyPatch());"
        "returns = write_returns(Path(tempfile.mkdtemp()));"
        "print(hash('order'), *[simulate(seed, returns).final for seed in (3, 4, 5, 6)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    order, *there = done.stdout.splitlines()[-1].split()
    # The order of this process is another one; what it has remembered of earlier lives makes no difference either.
    assert int(order) != hash("order")
    assert [simulate(seed, returns).final for seed in (3, 4, 5, 6)] == there


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_planted_bug_is_found(returns: dict[str, Returns], mutant: Callable[[pytest.MonkeyPatch], None]) -> None:
    for seed in (0, 1):
        lived_once(seed, returns)  # without the bug: what is remembered is sound
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        found = next((seed for seed in range(MAX_LIVES_OF_A_MUTANT) if _breaks(seed, returns)), None)
    assert found is not None, "this bug could be written and nobody would notice"


def test_the_documents_name_every_planted_bug() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text()
    assert [mutant.__name__ for mutant in MUTANTS if f"`{mutant.__name__}`" not in text] == []


def _breaks(seed: int, returns: dict[str, Returns]) -> bool:
    try:
        simulate(seed, returns)
    except (BrokenPromiseError, NcpiError):  # an error of the product that no person and no stage may meet
        return True
    return False
