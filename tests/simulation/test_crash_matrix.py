"""Every call of a port in a whole life, each going wrong in each way; and thousands of lives in which several do."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import pytest

from tests.simulation.faults import HARMFUL, Planned
from tests.simulation.lives import INSPECTIONS, lived_once
from tests.simulation.simulation import Simulation

if TYPE_CHECKING:
    from tests.simulation.faults import Fault
    from tests.simulation.people import Returns

pytestmark = pytest.mark.timeout(1200)  # work that shares its cores with other work
WHOLE_LIVES: Final = (372, 250, 410, 256, 19, 333)
"""Seeds of lives that, with nothing going wrong, make every call that an act, stage, sweep or seal can ever make."""
SHORT_LIFE: Final = 346
LIVES_FOR_COVERAGE: Final = 200
MAX_FAULTS: Final = 4
ENDLESS: Final = 10**6


def life(seed: int, returns: dict[str, Returns], planned: Planned) -> Simulation:
    """Live one inspection's life with these calls going wrong."""
    simulation = Simulation(seed, {INSPECTIONS[0]: returns[INSPECTIONS[0]]}, planned=planned)
    simulation.run(planned.last + 1 if planned.plan else ENDLESS)
    return simulation


def spoil(seed: int, returns: dict[str, Returns], calls: Iterable[int], fault: Fault) -> None:
    for call in calls:
        assert life(seed, returns, Planned({call: fault})).counts[f"fault: {fault}"], f"call {call} was not made"


def spoil_several(seed: int, returns: dict[str, Returns], lives: int) -> None:
    chance = random.Random(seed)
    calls = life(seed, returns, Planned()).calls
    for _ in range(lives):
        plan = {chance.randrange(calls): chance.choice(HARMFUL) for _ in range(chance.randint(2, MAX_FAULTS))}
        try:
            life(seed, returns, Planned(plan))
        except BaseException as error:
            error.add_note(f"seed {seed}, plan {plan}")
            raise


def test_no_call_of_a_port_is_left_out(returns: dict[str, Returns]) -> None:
    """Whatever lives with everything going wrong ever call, the lives that the matrix spoils call as well."""
    ever = {pair for seed in range(LIVES_FOR_COVERAGE) for pair in lived_once(seed, returns).met}
    assert len(ever) > 70
    spoilt = {pair for seed in WHOLE_LIVES for pair in life(seed, returns, Planned()).met}
    # The first publication of all finds no index to replace, and one inspection publishes twice by two stages.
    assert ever - spoilt == {("stage publication", "public.replace")}


@pytest.mark.full
@pytest.mark.parametrize("fault", HARMFUL)
@pytest.mark.parametrize("seed", WHOLE_LIVES)
def test_the_first_and_the_last_call_of_each_port_by_each_act_and_stage_may_go_wrong(
    returns: dict[str, Returns], seed: int, fault: Fault
) -> None:
    met = life(seed, returns, Planned()).met
    spoil(seed, returns, sorted({call for calls in met.values() for call in (calls[0], calls[-1])}), fault)


@pytest.mark.parametrize("fault", HARMFUL)
def test_each_call_of_a_short_life_may_go_wrong_in_one_way(returns: dict[str, Returns], fault: Fault) -> None:
    """Each fault begins at another call, so that one of all faults meets each call."""
    calls = life(SHORT_LIFE, returns, Planned()).calls
    spoil(SHORT_LIFE, returns, range(HARMFUL.index(fault), calls, len(HARMFUL)), fault)


@pytest.mark.full
@pytest.mark.parametrize("fault", HARMFUL)
def test_any_call_of_a_short_life_may_go_wrong(returns: dict[str, Returns], fault: Fault) -> None:
    spoil(SHORT_LIFE, returns, range(life(SHORT_LIFE, returns, Planned()).calls), fault)


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", HARMFUL)
@pytest.mark.parametrize("seed", WHOLE_LIVES)
def test_any_call_of_a_whole_life_may_go_wrong(returns: dict[str, Returns], seed: int, fault: Fault) -> None:
    spoil(seed, returns, range(life(seed, returns, Planned()).calls), fault)


@pytest.mark.parametrize("lives", [100, pytest.param(300, marks=pytest.mark.full)])
def test_several_calls_of_one_life_may_go_wrong(returns: dict[str, Returns], lives: int) -> None:
    spoil_several(SHORT_LIFE, returns, lives)


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(100, 110))
def test_several_calls_of_thousands_of_lives_may_go_wrong(returns: dict[str, Returns], seed: int) -> None:
    spoil_several(seed, returns, 1000)
