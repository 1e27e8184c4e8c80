from __future__ import annotations

from importlib.metadata import version

from typer.testing import CliRunner

from deployments.program import program


def test_version_is_the_name_and_the_installed_version() -> None:
    shown = CliRunner().invoke(program, ["--version"])
    assert (shown.exit_code, shown.output) == (0, f"ncpi {version('ncpi')}\n")
