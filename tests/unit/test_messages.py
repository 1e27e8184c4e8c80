"""Messages are in the reader's words: no error names a class of the program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "domain", "storage", "evidence", "reports", "audit", "flows", "desk", "deployments")
TELLERS = {"print", "tell", "_print_error", "BadParameter"}


def classes_named_in(source: str) -> list[int]:
    """List the lines where what is raised or told has the name of a class in it."""
    spoken: list[ast.AST] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise):
            spoken.append(node)
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            spoken += [node] if called in TELLERS else []
    texts = [text for node in spoken for text in ast.walk(node) if isinstance(text, ast.JoinedStr)]
    named = [part.lineno for text in texts for part in ast.walk(text) if getattr(part, "attr", "") == "__name__"]
    return sorted(set(named))


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_names_a_class(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert [f"{file}:{line}" for file in files for line in classes_named_in(file.read_text())] == []


def test_a_class_in_a_message_is_found() -> None:
    assert classes_named_in("raise SettingsError(f'{file}: found {type(error).__name__}')") == [1]
    assert classes_named_in("log.error('lost', extra={'error': type(error).__name__})") == []
