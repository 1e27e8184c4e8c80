"""Every target holds for what fuzzing begins from, and for some thousands of inputs that the fuzzer makes of it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.fuzz.differ import Held, hold_export, hold_record, run, without_waiting_for_the_disk
from tests.fuzz.targets import TARGETS

MIN_RUNS: Final = 2_000
RECORDS: Final = 5_000
EXPORTS: Final = 600
EXPORTS_IN_FULL: Final = 2_000
SEED: Final = 20150701
has_fuzzer: Final = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs atheris (Linux)")


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_what_fuzzing_begins_from(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert len(seeds) >= 5
    for seed in seeds:
        TARGETS[name].hold(seed)


@has_fuzzer
@pytest.mark.parametrize("runs", [2_500, pytest.param(20_000, marks=pytest.mark.full)])
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_what_the_fuzzer_makes(name: str, runs: int, tmp_path: Path) -> None:
    bounds = ["--runs", str(runs), "--seconds", "60", "--seed", str(SEED), "--found", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.hunt", name, *bounds],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    ran = re.search(r"Done ([0-9]+) runs", done.stdout)
    assert ran is not None, done.stdout[-5000:]
    assert int(ran[1]) >= MIN_RUNS
    assert list(tmp_path.iterdir()) == []


def test_both_verifiers_read_mutated_records_alike() -> None:
    held = Held()
    run(lambda seed: hold_record(seed, held), held, SEED, 0, RECORDS)
    assert held.wrong == []
    assert held.cases == RECORDS
    assert RECORDS // 2 < held.found < RECORDS, "some mutations change nothing that matters, most do"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("count", [EXPORTS, pytest.param(EXPORTS_IN_FULL, marks=pytest.mark.full)])
def test_both_verifiers_find_the_same_in_mutated_exports(count: int, tmp_path: Path) -> None:
    held = Held()
    with without_waiting_for_the_disk():
        run(lambda seed: hold_export(seed, tmp_path / "export", held), held, SEED, 0, count)
    assert held.wrong == []
    assert held.cases == count
    assert count // 2 < held.found < count, "some mutations change nothing that matters, most do"
    assert set(held.layers) >= {"versions", "chain", "rule", "signature", "register", "seal", "artefact", "public"}
