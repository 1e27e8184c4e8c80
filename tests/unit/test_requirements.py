"""What is installed is locked by version and hash; `make check` runs this too."""

from __future__ import annotations

from pathlib import Path

import pytest
from pip_requirements_parser import RequirementsFile

LOCKS = sorted((Path(__file__).parents[2] / "requirements").glob("*.txt"))
HASH = f"--hash=sha256:{'0' * 64}"


def unlocked(lock: Path) -> list[str]:
    parsed = RequirementsFile.from_file(str(lock), include_nested=True)
    loose = [one.name or one.line for one in parsed.requirements if not (one.is_pinned and one.hash_options)]
    return [*loose, *(one.line for one in parsed.invalid_lines)]


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.name for lock in LOCKS])
def test_everything_that_is_installed_is_locked(lock: Path) -> None:
    assert unlocked(lock) == []


@pytest.mark.parametrize(
    "line",
    [
        "boto3==1.44.5",
        f"boto3>=1.44.5 {HASH}",
        f"boto3 {HASH}",
        "https://example.org/boto3-1.44.5-py3-none-any.whl",
        "boto3 @ https://example.org/boto3-1.44.5-py3-none-any.whl",
        "--editable .",
    ],
)
def test_what_is_not_locked_is_named(line: str, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"arrow==1.4.0 {HASH}\n{line}\n")
    (found,) = unlocked(lock)
    assert "boto3" in found or found in line
