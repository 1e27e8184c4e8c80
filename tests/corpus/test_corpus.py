"""Every case of the corpus is refused by the product's own errors or made harmless, quickly and in little memory."""

from __future__ import annotations

import json
import os
import select
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from evidence.checker_client import examine_in_child
from tests.corpus import documents, exports, tables
from tests.corpus.case import Case
from tests.corpus.kinds import CASES, KINDS, kind_of
from tests.corpus.measured import Trials
from tests.support.checker import stop_checker

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

    from tests.corpus.kinds import Kind

MAX_CPU_SECONDS = 2.0
MAX_GROWTH_BYTES = 200_000_000
TRIES = 3
"""Whatever else a computer does only adds to the CPU time of a case, so the least of a few is what the case takes."""
RETURNS = (tables, exports, documents)
HEAVY = tuple(case for kind in RETURNS for case in kind.CASES if case.is_heavy)


def of_which_some_are_full(cases: Sequence[Case], every: int, *, of: tuple[Kind, ...]) -> list[ParameterSet]:
    """Leave all but every so many cases of these kinds to the full run: each runs the whole of Great Expectations."""
    costly = [case for case in cases if kind_of(case) in of]
    kept = set(costly[::every])
    is_full = {case: case in costly and case not in kept for case in cases}
    return [pytest.param(case, id=case.id, marks=[pytest.mark.full] * is_full[case]) for case in cases]


@pytest.fixture(scope="module")
def trials() -> Iterator[Trials]:
    trials = Trials()
    yield trials
    trials.end()


@pytest.mark.parametrize("case", of_which_some_are_full(CASES, 6, of=RETURNS))
def test_a_case_is_refused_or_made_harmless_within_bounds(trials: Trials, case: Case) -> None:
    measured = next(
        (one for one in (trials.measure(case) for _ in range(TRIES)) if one.fault or one.cpu_seconds < MAX_CPU_SECONDS),
        None,
    )
    assert measured is not None, f"{case.what}: more than {MAX_CPU_SECONDS} CPU-seconds each time"
    assert not measured.fault, f"{case.what}\n{measured.fault}"
    assert measured.growth_bytes < MAX_GROWTH_BYTES


def test_there_are_many_cases_of_every_kind_and_each_is_another() -> None:
    assert len(CASES) >= 400
    assert [case_id for case_id, count in Counter(case.id for case in CASES).items() if count > 1] == []
    assert min(len(kind.CASES) for kind in KINDS) >= 30


def test_at_least_400_are_tried_each_time() -> None:
    assert len([one for one in of_which_some_are_full(CASES, 6, of=RETURNS) if not one.marks]) >= 400


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Have each child of the checker say at its end what it took."""
    folder = tmp_path_factory.mktemp("site")
    pipe = folder / "ends"
    os.mkfifo(pipe)
    (folder / "sitecustomize.py").write_text(
        textwrap.dedent(
            f"""
            import json, os, resource
            end = os._exit

            def tell(status):
                used = resource.getrusage(resource.RUSAGE_SELF)
                with open({str(pipe)!r}, "w") as ends:
                    ends.write(json.dumps([used.ru_maxrss * 1024, used.ru_utime + used.ru_stime]) + "\\n")
                end(status)

            def forked():
                os._exit = tell

            os.register_at_fork(after_in_child=forked)
            """
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        rest = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *rest]))
        stop_checker()
        reading = os.open(pipe, os.O_RDWR)
        yield reading
        os.close(reading)
        stop_checker()


def taken(reading: int) -> tuple[int, float]:
    assert select.select([reading], [], [], 60)[0], "the child said nothing at its end"
    most_bytes, cpu_seconds = json.loads(os.read(reading, 4096))
    return most_bytes, cpu_seconds


@pytest.fixture(scope="module")
def idle(ends: int) -> int:
    """Measure a child that has nothing to do: what Great Expectations weighs."""
    examine_in_child(documents.FILES[0].build().request())
    return taken(ends)[0]


@pytest.mark.parametrize("case", of_which_some_are_full(HEAVY, 4, of=RETURNS))
def test_a_heavy_return_stays_within_bounds_in_the_real_child(
    ends: int, idle: int, case: Case, record_property: Callable[[str, object], None]
) -> None:
    for _ in range(TRIES):
        examination = examine_in_child(case.build().request(tables.report()))
        most_bytes, cpu_seconds = taken(ends)
        assert case.expected in {"", *(problem.rule for problem in examination.problems)}
        assert most_bytes - idle < MAX_GROWTH_BYTES
        if cpu_seconds < MAX_CPU_SECONDS:
            break
    record_property("bytes above an idle child", most_bytes - idle)
    record_property("CPU-seconds", cpu_seconds)
    assert cpu_seconds < MAX_CPU_SECONDS
