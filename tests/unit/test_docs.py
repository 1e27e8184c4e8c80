from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from deployments.program import program
from desk.options import read_embargo
from schemas.moves import Kind
from storage.settings import Settings
from tests.unit.test_history import PUBLISHED_LIFE, stored

ROOT = Path(__file__).parents[2]


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
        wanted = name.upper() if name.startswith("prefect_") else f"NCPI_{name.upper()}"
        wanted = re.sub(r"NCPI_S3_(ADMIN|INTAKE|LEDGER|PUBLISH|AUDITOR)_", "NCPI_S3_<DUTY>_", wanted)
        assert wanted in readme, wanted


def test_the_check_in_the_ledger_page_accepts_a_ledger_and_finds_an_altered_one(tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/ledger.md").read_text(), re.DOTALL)
    (tmp_path / "check.py").write_text(script)
    folder = tmp_path / "kent-2025"
    folder.mkdir()
    written = stored(PUBLISHED_LIFE)
    for seq, data in enumerate(written):
        (folder / f"{seq:08d}.json").write_bytes(data)

    def check() -> int:
        return subprocess.run(
            [sys.executable, tmp_path / "check.py", folder], capture_output=True, check=False
        ).returncode

    assert check() == 0
    (folder / "00000003.json").write_bytes(written[3].replace(b"pat.howells", b"pat.powells"))
    assert check() != 0
    (folder / "00000003.json").unlink()
    assert check() != 0


def test_the_example_entry_in_the_ledger_page_is_the_real_one() -> None:
    page = (ROOT / "docs/ledger.md").read_text()
    lines = re.search(r"(    \{\"actor\".*?\"version\":1\})", page, re.DOTALL)
    assert lines is not None
    assert "".join(line.strip() for line in lines[1].splitlines()).encode() == stored((Kind.OPENED,))[0]


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
