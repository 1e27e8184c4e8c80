from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer.main

from audit.verification import LAYERS
from deployments.program import program
from deployments.runner.flow_specs import flow_of
from desk.cli.options import read_embargo
from schemas import errors
from schemas.lifecycle.acts import ACTS
from schemas.lifecycle.entry import Entry, digest_of
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import STAGES
from schemas.people.register import Body, RegisterRecord
from schemas.sealing.seal import Seal
from storage.settings import Duty, Settings

ROOT = Path(__file__).parents[2]
LEDGER_PAGE = (ROOT / "docs/ledger.md").read_text()


def commands(group: typer.main.TyperGroup, words: str = "ncpi") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= commands(command, f"{words} {name}") if inner else {f"{words} {name}": command}
    return found


COMMANDS = commands(typer.main.get_command(program))


def test_stages_page_is_what_the_tables_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs/stages.py", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_examples_and_stands_in_the_readme(words: str) -> None:
    assert re.search(r"Examples?: ncpi ", COMMANDS[words].help or "")
    assert f"`{words}" in (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in Settings.model_fields:
        expected = name.upper() if name.startswith("prefect_") else f"NCPI_{name.upper()}"
        expected = re.sub(rf"NCPI_S3_({'|'.join(duty.name for duty in Duty)})_", "NCPI_S3_<DUTY>_", expected)
        assert expected in readme, expected


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_has_a_flow_that_says_what_it_does_its_own_file_and_a_row_of_the_page(stage) -> None:
    name = stage.name.replace("-", "_")
    assert flow_of(stage).fn.__doc__
    assert Path(flow_of(stage).fn.__code__.co_filename) == ROOT / "flows" / f"{name}.py"
    rows = [line for line in (ROOT / "docs/stages.md").read_text().splitlines() if line.startswith(f"| `{stage.name}`")]
    assert len(rows) == len(stage.turns)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_act_has_a_row_of_the_page(act) -> None:
    assert f"| `{act.name}` |" in (ROOT / "docs/stages.md").read_text()


def test_the_example_entry_in_the_ledger_page_is_the_frozen_one_with_its_digest() -> None:
    (block,) = re.findall(r"(    \{\"actor\".*?\"version\":2\})", LEDGER_PAGE, re.DOTALL)
    shown = "".join(line.strip() for line in block.splitlines()).encode()
    assert shown == (ROOT / "tests/golden/records/ledger/kent-2025/00000000.json").read_bytes()
    assert f"`{digest_of(shown)}`" in LEDGER_PAGE
    assert f"{len(shown)} bytes" in LEDGER_PAGE


def test_the_ledger_page_names_every_field_every_kind_and_every_layer() -> None:
    bodies = {name for body in get_args(Body) for name in body.model_fields}
    for name in (*Entry.model_fields, *Kind, *RegisterRecord.model_fields, *bodies, *Seal.model_fields, *LAYERS):
        assert f"`{name}`" in LEDGER_PAGE or f"`body.{name}`" in LEDGER_PAGE, name


def test_the_architecture_page_has_the_error_tree_with_its_exit_statuses() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    shown = re.findall(r"^[│├└─ ]*(\w+Error) +([0-9])\b", page, re.MULTILINE)
    tree = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.NcpiError)}
    found = {name: int(status) for name, status in shown}
    assert found == {one.__name__: one.exit_status for one in tree}


def test_the_security_page_has_a_row_for_each_key() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    assert all(f"| `{duty.name}` |" in page for duty in Duty)


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_documents_named_in_code_exist() -> None:
    rooms = ("schemas", "domain", "storage", "evidence", "reports", "tasks", "flows", "desk", "deployments")
    named = {
        name
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r"(?:docs|examples|tests)/[\w./-]+\.(?:md|py)", path.read_text())
    }
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_an_embargo_is_london_time() -> None:
    assert read_embargo("2026-07-01T00:01").isoformat() == "2026-06-30T23:01:00+00:00"
