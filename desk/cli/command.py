"""Turn a function into a command: options that several commands share, and errors as people and machines read them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from inspect import Parameter

from desk.cli.printing import errors_for_people


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Let a function be run as a command.

    A parameter that is a dataclass stands for the options that its fields declare: the required ones in its place, the
    others after the command's own.
    """
    signature = inspect.signature(function, eval_str=True)
    own = list(signature.parameters.values())
    group = next((one for one in own if is_dataclass(one.annotation)), None)
    shared = list(inspect.signature(group.annotation, eval_str=True).parameters.values()) if group else []
    # Who only reads need not say who they are.
    acts = any(one.name == "person" for one in _required([*own, *shared]))

    @functools.wraps(function)
    def run(**given: object) -> None:
        with errors_for_people(as_json=bool(given.get("as_json")), acts=acts):
            if group:
                given[group.name] = group.annotation(**{one.name: given.pop(one.name) for one in shared})
            function(**given)

    parameters: list[Parameter] = []
    for one in own:
        parameters += _required(shared) if one is group else [one]
    parameters += [one for one in shared if one.default is not Parameter.empty]
    # Typer reads both, and would follow `__wrapped__` to the function's own.
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[one.replace(kind=Parameter.KEYWORD_ONLY) for one in parameters]
    )
    return run


def _required(parameters: Iterable[Parameter]) -> list[Parameter]:
    return [one for one in parameters if one.default is Parameter.empty]
