"""Make a Prefect task of one side effect, tried again when that can help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.guard import PAUSES, guarded, is_transient

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun

P = ParamSpec("P")
R = TypeVar("R")


def step(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a method a task: tried again when that can help, never cached, its result never stored."""

    def wrap(method: Callable[P, R]) -> Callable[P, R]:
        return task(
            name=name,
            task_run_name=name,
            retries=len(PAUSES),
            retry_delay_seconds=list(PAUSES),
            retry_condition_fn=_may_help,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(guarded(method))

    return wrap


def _may_help(_task: Task[..., object], _run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, BaseException) and is_transient(error)
