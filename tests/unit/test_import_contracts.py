from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETTINGS = PYPROJECT["tool"]["importlinter"]
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
CONTRACTS = {contract["name"]: contract for contract in SETTINGS["contracts"]}
LAYERS = CONTRACTS["Imports run one way through the rooms"]["layers"]


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        ("import-linter's root packages", SETTINGS["root_packages"]),
        ("the layers of the rooms", [room for layer in LAYERS for room in re.split(r" [|:] ", layer)]),
        ("the contract against circles", CONTRACTS["No circle between the modules or folders of a room"]["ancestors"]),
        ("mypy's packages", PYPROJECT["tool"]["mypy"]["packages"]),
        ("coverage's sources", PYPROJECT["tool"]["coverage"]["run"]["source"]),
        (
            "setuptools' packages",
            [name.rstrip("*") for name in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]],
        ),
    ],
)
def test_every_room_is_listed_wherever_rooms_are_listed(place: str, listed: list[str]) -> None:
    assert sorted({*listed} - {"verifier"}) == sorted(ROOMS), place
    assert len(listed) == len({*listed}), place


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("boto3", {"storage"}),
        ("botocore", {"storage"}),
        ("prefect", {"tasks", "flows", "deployments"}),
        ("great_expectations", {"evidence"}),
    ],
)
def test_every_other_room_is_held_to_know_nothing_of_a_library(library: str, rooms: set[str]) -> None:
    held = {
        room
        for contract in SETTINGS["contracts"]
        if library in contract.get("forbidden_modules", ())
        for room in contract["source_modules"]
    }
    assert held == ROOMS - rooms


@pytest.mark.parametrize("room", ["audit", "deployments", "desk", "domain", "schemas", "storage"])
def test_the_layers_within_a_room_name_everything_in_it(room: str) -> None:
    (contract,) = [one for one in SETTINGS["contracts"] if one.get("containers") == [room]]
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True
