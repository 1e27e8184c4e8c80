"""Make a flow of a function, as all of ours are: with named runs, the version of this package and no stored results."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prefect import flow

if TYPE_CHECKING:
    from prefect import Flow

P = ParamSpec("P")
R = TypeVar("R")


def defined_as(name: str, run_name: str) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Return a decorator that makes a flow.

    Args:
        run_name: name of each run, with parameters in braces.
    """

    def wrap(function: Callable[P, R]) -> Flow[P, R]:
        return flow(name=name, flow_run_name=run_name, version=version("ncpi"), persist_result=False)(function)

    return wrap
