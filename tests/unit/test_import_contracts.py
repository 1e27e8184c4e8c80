from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

SETTINGS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["tool"]["importlinter"]


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("boto3", {"storage"}),
        ("botocore", {"storage"}),
        ("prefect", {"tasks", "flows", "deployments"}),
    ],
)
def test_every_other_room_is_held_to_know_nothing_of_a_library(library: str, rooms: set[str]) -> None:
    held = {
        room
        for contract in SETTINGS["contracts"]
        if library in contract.get("forbidden_modules", ())
        for room in contract["source_modules"]
    }
    assert held == set(SETTINGS["root_packages"]) - rooms
