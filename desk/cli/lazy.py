"""Commands that are imported when they are run, so that `ncpi --help` waits for none of their libraries."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import typer
from typer.core import TyperCommand
from typer.main import get_command_from_info
from typer.models import CommandInfo

_OF_THE_MODULE: Final = frozenset({"params", "callback"})


def add_command(group: typer.Typer, name: str, function: str, *, panel: str | None = None) -> None:
    """Add a command to a group without importing it.

    Args:
        function: dotted name of the function that the command runs, `desk.cli.path.open_command`.
        panel: heading under which the group's help lists it.
    """

    def stand_in() -> None:
        """Hold the name of the function until it is imported."""

    stand_in.__module__, _, stand_in.__name__ = function.rpartition(".")
    group.command(name, cls=LazyCommand, rich_help_panel=panel)(stand_in)


class LazyCommand(TyperCommand):
    """A command whose help is read from its source, and whose parameters come from its module once they are needed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - whatever Typer passes on
        """Remove what Typer made of the stand-in."""
        super().__init__(**settings)
        stand_in: Any = self.callback
        self._module, self._function = stand_in.__module__, stand_in.__name__
        del self.help, self.params, self.callback

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever Typer keeps under that name
        """Find what was removed; Python calls this only for attributes that the command does not have."""
        if name == "help":
            self.help = _docstring(self._module, self._function)
        elif name in _OF_THE_MODULE:
            info = CommandInfo(callback=getattr(import_module(self._module), self._function))
            command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
            self.params, self.callback = command.params, command.callback
        else:
            raise AttributeError(name)
        return self.__dict__[name]


def _docstring(module: str, function: str) -> str | None:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    for node in ast.parse(Path(spec.origin).read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return ast.get_docstring(node)
    raise AttributeError(f"{module} has no function {function}")
