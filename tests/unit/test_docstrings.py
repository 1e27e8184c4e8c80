from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ROOT.glob("*/__init__.py") for path in room.parent.rglob("*.py"))
PRODUCT = [path for path in MODULES if path.relative_to(ROOT).parts[0] not in ("tests", "benchmarks")]
BANNED = {"Give", "Say", "Tell", "Mend"}
"""Verbs of no trade: what is meant is Return, Describe, Return whether, Fix."""


def public(tree: ast.Module) -> dict[str, str | None]:
    """Find the docstrings of a module and of everything public in it, by name."""
    found = {"the module": ast.get_docstring(tree)}
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, parent = waiting.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                found[f"{prefix}{node.name}"] = ast.get_docstring(node)
            if isinstance(node, ast.ClassDef) and node.name[0] != "_":
                waiting.append((f"{prefix}{node.name}.", node))
    return found


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_begins_with_one_sentence_and_a_verb_of_the_trade(path: Path) -> None:
    for name, docstring in public(ast.parse(path.read_text())).items():
        assert docstring, name
        first = docstring.splitlines()[0]
        assert first[0].isupper() or first[0] == "`", f"{name}: {first}"
        assert first.endswith("."), f"{name}: {first}"
        assert first.split()[0] not in BANNED, f"{name}: {first}"
