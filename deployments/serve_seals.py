"""The sealing process, apart from all others because it alone holds the seal key.

Run it as `python -m deployments.serve_seals`, once. A second does no harm: of two seals at once one is stored.
"""

from __future__ import annotations

from deployments.runner.flow_specs import sealing_flow_specs
from deployments.runner.runner_process import serve
from deployments.runner.start_checks import entry_check, errors_in_log, sealing_check
from deployments.runner.structured_log import log_as_json
from storage.settings import Duty, read_settings


def main() -> None:
    """Serve with the current settings."""
    log_as_json("ncpi")
    with errors_in_log():
        settings = read_settings()
        check, stands = sealing_check(settings), entry_check(settings, Duty.SEAL)
        serve(sealing_flow_specs(settings.seal_seconds), 1, settings.runner_port, check, stands)


if __name__ == "__main__":
    main()
