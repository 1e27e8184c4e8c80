"""The process that serves the flows of the stages, and the sweep.

Run it as `python -m deployments.serve`. Several may run side by side.
"""

from __future__ import annotations

from deployments.runner.flow_specs import served_flows
from deployments.runner.structured_log import log_as_json
from deployments.runner.worker import serve
from evidence.checker_client import start_checker
from storage.settings import read_settings


def main() -> None:
    """Serve with the settings as they are now."""
    log_as_json("ncpi")
    settings = read_settings()
    # Great Expectations is loaded in a process of its own, from which each check is forked, before the first run.
    start_checker()
    serve(served_flows(settings.sweep_seconds), settings.stage_runs, settings.runner_port)


if __name__ == "__main__":
    main()
