from __future__ import annotations

import ast
import functools
import re
import runpy
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from deployments.runner.flow_specs import flow_of
from docs.commands import commands
from docs.returns import fields_of
from domain.typed_times import read_time
from flows.stage_run import Result
from schemas import errors
from schemas.audit.check import LAYERS
from schemas.documents.correction import Errata
from schemas.documents.returns import FieldworkReturn, ReviewReturn
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import ACTS
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import STAGES
from schemas.people.register import Body, RegisterRecord
from schemas.sealing.seal import Seal
from storage.settings import Duty, Settings

ROOT = Path(__file__).parents[2]
LEDGER_PAGE = (ROOT / "docs/ledger.md").read_text()
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "verifier").glob("*.md")])


PAGES_OF_TODAY = [page for page in PAGES if page.name != "CHANGELOG.md"]
COMMANDS = {command.words: command for command in commands()}


@pytest.mark.parametrize("page", ["stages", "commands", "settings", "returns"])
def test_a_generated_page_is_up_to_date(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [page, "--check"])
    runpy.run_path(str(ROOT / f"docs/{page}.py"), run_name="__main__")  # ends the program if it is not


def test_a_stranger_can_read_the_readme_at_one_sitting() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_examples_of_itself(words: str) -> None:
    assert COMMANDS[words].examples
    assert all(example == words or example.startswith(f"{words} ") for example in COMMANDS[words].examples)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_parameter_of_a_command_says_what_it_is(words: str) -> None:
    assert [one.name for one in COMMANDS[words].parameters if not one.help] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    groups = {words.rpartition(" ")[0] for words in COMMANDS}
    named = re.findall(r"(?:`|^|NCPI_[A-Z]+=\S+ )(ncpi(?:\s[a-z][a-z-]*)*)\b(?!\.)", page.read_text(), re.MULTILINE)
    for words in (" ".join(one.split()) for one in named):
        assert words in groups or any(f"{words} ".startswith(f"{command} ") for command in COMMANDS), words


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
    for page in PAGES:
        for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text()):
            linked = page.parent / target if target else page
            assert linked.exists(), f"{page.name}: {target}"
            assert not heading or heading in _headings_of(linked), f"{page.name}: {target}#{heading}"


def _headings_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


FOLDERS = (*ROOMS, "docs", "examples", "tests", "verifier", "benchmarks")
FILE = re.compile(rf"(?<![(/\w])(?:{'|'.join(FOLDERS)})/[\w./-]+\.(?:md|py)\b")


@pytest.mark.parametrize("room", ROOMS)
def test_files_named_in_code_exist(room: str) -> None:
    named = {name for path in (ROOT / room).rglob("*.py") for name in FILE.findall(path.read_text())}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_on_a_page_exist(page: Path) -> None:
    named = set(FILE.findall(page.read_text()))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_the_changes_on_the_page_of_the_first_change_fit_the_files_they_are_made_in() -> None:
    page = (ROOT / "docs/first-change.md").read_text()
    files = ("schemas/documents/tables.py", "tests/unit/schemas/documents/test_tables.py")
    for file, change in zip(files, re.findall(r"```diff\n(.*?)```", page, re.DOTALL), strict=True):
        kept = "".join(f"{line[1:]}\n" for line in change.splitlines() if not line.startswith("+"))
        assert (ROOT / file).read_text().count(kept) == 1, file


def test_an_embargo_is_london_time() -> None:
    assert read_time("2026-07-01T00:01").isoformat() == "2026-06-30T23:01:00+00:00"


@functools.cache
def texts_of_the_product() -> list[str]:
    """List every text in the product's code, with `…` where something is filled in."""
    texts = []
    for node in (node for room in ROOMS for path in (ROOT / room).rglob("*.py") for node in ast.walk(parsed(path))):
        if isinstance(node, ast.JoinedStr):
            texts.append("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
    return texts


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def first_cells(heading: str) -> list[str]:
    """List the first cell of each row of the table under a heading of the page for operators."""
    section = (ROOT / "docs/operations.md").read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (.*?) \|", section, re.MULTILINE)[2:]


@pytest.mark.parametrize("message", re.findall(r'"([^"]+)"', " ".join(first_cells("A run that Failed: its message"))))
def test_a_message_that_operators_are_told_of_exists(message: str) -> None:
    pattern = re.compile(".+".join(re.escape(part.strip()) for part in message.split("…")), re.DOTALL)
    assert any(pattern.search(text) for text in texts_of_the_product()), "the product has no such message any more"


def test_every_command_that_a_text_of_the_product_names_exists() -> None:
    groups = {words.rpartition(" ")[0] for words in COMMANDS}
    texts = "\n".join(texts_of_the_product())
    named = {" ".join(one.split()) for one in re.findall(r"`(ncpi(?:\s[a-z][a-z-]*)*)\b", texts)}
    assert len(named) > 10
    known = (*groups, *COMMANDS)
    assert [words for words in named if not any(f"{words} ".startswith(f"{one} ") for one in known)] == []


@pytest.mark.parametrize("model", [FieldworkReturn, ReviewReturn, Errata])
def test_every_field_that_people_fill_in_says_what_it_is_and_in_which_form(model: type[BaseModel]) -> None:
    for path, description, form, _ in fields_of(model):
        assert description, path
        assert form, path


def test_operators_are_told_of_every_state_that_a_run_can_end_in() -> None:
    lines = [line for path in (ROOT / "flows").glob("*.py") for line in path.read_text().splitlines()]
    named = {name for line in lines if "name=" in line for name in re.findall(r'"([A-Z][a-z ]+)"', line)}
    done = {turn.done for stage in STAGES for turn in stage.turns}
    results = {result.value for result in Result if result is not Result.RECORDED}
    ours = {*named, *(word.capitalize() for word in done | results)}
    assert {"Published", "Waiting", "Swept", "Nothing to seal"} <= ours
    told = re.split(r", | \(red\)", ", ".join(first_cells("What you see in the run list")))
    assert {*ours, "Crashed", "Cancelled", "Failed", "Late"} - set(told) == set()
