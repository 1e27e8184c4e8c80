"""What benchmarks on a local stack share: progress on standard error, and settings that point at the stack."""

from __future__ import annotations

import os
import sys

from deployments.stack.stack import Stack


def report(line: str) -> None:
    """Show progress."""
    sys.stderr.write(f"{line}\n")


def use(stack: Stack) -> None:
    """Point the settings of this process at a stack."""
    os.environ.update(
        {name: value for name, value in stack.environment.items() if name.startswith(("NCPI_", "PREFECT_API"))}
    )
