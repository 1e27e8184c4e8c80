"""Messages are in the reader's words: none names a class of the program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "domain", "storage", "evidence", "reports", "audit", "flows", "desk", "deployments")


def classes_named_in(source: str) -> list[int]:
    """List the lines of texts that have the name of a class put into them."""
    texts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    return sorted(
        {
            part.lineno
            for text in texts
            for part in ast.walk(text)
            if isinstance(part, ast.Attribute)
            if part.attr == "__name__"
        }
    )


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_names_a_class(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert [f"{file}:{line}" for file in files for line in classes_named_in(file.read_text())] == []


def test_a_class_in_a_message_is_found() -> None:
    assert classes_named_in("message = f'{file}: found {type(error).__name__}'") == [1]
    assert classes_named_in("log.error('lost', extra={'error': type(error).__name__})") == []
