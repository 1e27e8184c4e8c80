"""Names as people type them: taken in any case, with a suggestion where one letter or the order is wrong."""

from __future__ import annotations

import pytest
import typer

from desk.cli import options
from schemas.programme.forces import FORCES


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("yorkshire-north", "north-yorkshire"),
        ("Yorkshire North", "north-yorkshire"),
        ("somerset-and-avon", "avon-and-somerset"),
        ("south-whales", "south-wales"),
        ("humbersid", "humberside"),
        ("kent-2025", "kent"),
    ],
)
def test_a_force_that_is_nearly_one_is_suggested(typed: str, suggested: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"did you mean .*{suggested}") as refused:
        options.force(typed)
    assert len(str(refused.value)) < 120


def test_a_force_that_is_near_none_gets_the_list() -> None:
    with pytest.raises(typer.BadParameter, match=r"expected one of: .*kent, .*wiltshire"):
        options.force("zz")


@pytest.mark.parametrize("name", FORCES)
def test_a_force_is_taken_in_any_case(name: str) -> None:
    assert options.force(name.upper()) == options.force(name.title()) == name


def test_an_inspection_is_taken_in_any_case() -> None:
    with pytest.raises(typer.BadParameter, match="not an inspection id"):
        options._inspection("NORTH YORKSHIRE 2021")
    assert options._inspection("NORTH-YORKSHIRE-2021") == "north-yorkshire-2021"
    assert options._inspection(None) is None
