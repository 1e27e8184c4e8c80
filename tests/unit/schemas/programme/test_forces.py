from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import NotFoundError
from schemas.identifiers import is_inspection_id
from schemas.programme.forces import FORCES, Force, force_of


def test_there_are_43_forces_and_four_of_them_keep_welsh_holidays() -> None:
    assert len(FORCES) == 43
    welsh = {slug for slug, force in FORCES.items() if force.holidays == "WLS"}
    assert welsh == {"dyfed-powys", "gwent", "north-wales", "south-wales"}
    assert {force.holidays for force in FORCES.values()} == {"ENG", "WLS"}


def test_slugs_and_names_stand_once() -> None:
    assert all(slug == force.slug for slug, force in FORCES.items())
    assert len({force.name for force in FORCES.values()}) == 43


@pytest.mark.parametrize("force", FORCES.values(), ids=lambda force: force.slug)
def test_ids_of_a_force_lead_back_to_it_alone(force: Force) -> None:
    for inspection in (f"{force.slug}-2014", f"{force.slug}-2025-2"):
        assert is_inspection_id(inspection)
        assert force_of(inspection) is force
        assert [slug for slug in FORCES if inspection.startswith(f"{slug}-20")] == [force.slug]
    assert len(force.slug) <= 40


def test_no_id_of_one_force_is_an_id_of_another() -> None:
    for one, other in itertools.permutations(FORCES, 2):
        assert not one.startswith(f"{other}-20")


@pytest.mark.parametrize("inspection", ["atlantis-2025", "wales-2025", "north-2025", "kents-2025", "", "2025"])
def test_an_id_of_no_force_is_refused_with_an_example(inspection: str) -> None:
    with pytest.raises(NotFoundError, match="for example south-wales-2015"):
        force_of(inspection)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz-"), max_size=20), st.integers(2014, 2099))
def test_any_other_beginning_is_refused_and_never_taken_for_a_force(slug: str, year: int) -> None:
    if slug in FORCES:
        return
    with pytest.raises(NotFoundError):
        force_of(f"{slug}-{year}")
