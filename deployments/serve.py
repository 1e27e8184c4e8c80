"""The runner: it runs the flows of the stages, and the sweep.

Run it as `python -m deployments.serve`. Several may run at once.
"""

from __future__ import annotations

from deployments.runner.flow_specs import stage_flow_specs
from deployments.runner.runner_process import serve
from deployments.runner.start_checks import entry_check, errors_in_log, stage_check
from deployments.runner.structured_log import log_as_json
from evidence.checker_client import start_checker
from storage.settings import Duty, read_settings


def main() -> None:
    """Serve with the current settings."""
    log_as_json("ncpi")
    with errors_in_log():
        settings = read_settings()
        check = stage_check(settings)
        # Great Expectations loads before the first run, in a process of its own from which each check is forked.
        start_checker()
        stands = entry_check(settings, Duty.LEDGER)
        serve(stage_flow_specs(settings.sweep_seconds), settings.stage_runs, settings.runner_port, check, stands)


if __name__ == "__main__":
    main()
