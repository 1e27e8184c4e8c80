"""The folders themselves: how much one holds, that tests stand where the product does, what suites share."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = [path.parent for path in sorted(ROOT.glob("*/__init__.py")) if path.parent.name not in ("tests", "benchmarks")]
FOLDERS = sorted({path.parent for room in (*ROOMS, ROOT / "tests/unit") for path in room.rglob("*.py")})
UNIT_FOLDERS = sorted({path.parent for path in (ROOT / "tests/unit").glob("*/**/*.py")})
TESTING = sorted(path for top in ("tests", "benchmarks", "docs") for path in (ROOT / top).rglob("*.py"))
MAY_USE = {"fuzz": {"corpus"}}
"""What a suite uses of another: the fuzzer begins with the inputs of the corpus."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported_by(path: Path) -> set[str]:
    """List what a module imports, wherever in it; a name that is imported from a package may be a module of it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_holds_at_most_25_modules(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 25


@pytest.mark.parametrize("folder", UNIT_FOLDERS, ids=name_of)
def test_unit_tests_stand_in_a_folder_of_what_they_test(folder: Path) -> None:
    tested = folder.relative_to(ROOT / "tests/unit")
    # Helpers of the tests have tests too.
    assert (ROOT / tested).is_dir() or (ROOT / "tests" / tested).is_dir()


@pytest.mark.parametrize("path", TESTING, ids=name_of)
def test_no_test_module_is_imported_and_suites_share_only_their_support(path: Path) -> None:
    own = path.relative_to(ROOT).parts[1] if path.is_relative_to(ROOT / "tests") else ""
    for module in imported_by(path):
        assert not any(part == "conftest" or part.startswith("test_") for part in module.split(".")), module
        if module.startswith("tests."):
            suite = module.split(".")[1]
            assert suite in {own, "support", *MAY_USE.get(own, ())}, module
            assert own != "support" or suite == "support", module
