"""A runner that tests wait for less: the product's own, polling more often.

It loads Great Expectations with its first check, not before.
"""

from __future__ import annotations

import sys
from typing import Final

from deployments.runner.flow_specs import stage_flow_specs
from deployments.runner.runner_process import POLLS_TO_STALE_RUNS, serve
from deployments.runner.start_checks import entry_check, errors_in_log, stage_check
from deployments.runner.structured_log import log_as_json
from storage.settings import Duty, read_settings

COMMAND: Final = (sys.executable, "-m", "tests.support.servers.quick_runner")
_POLL_SECONDS: Final = 1
STALE_RUNS_SECONDS: Final = _POLL_SECONDS * POLLS_TO_STALE_RUNS
"""Pauses between two searches for the runs of killed processes, in all."""


def main() -> None:
    """Serve with the current settings."""
    log_as_json("ncpi")
    with errors_in_log():
        settings = read_settings()
        specs = stage_flow_specs(settings.sweep_seconds)
        check, stands = stage_check(settings), entry_check(settings, Duty.LEDGER)
        serve(specs, settings.stage_runs, settings.runner_port, check, stands, poll_seconds=_POLL_SECONDS)


if __name__ == "__main__":
    main()
