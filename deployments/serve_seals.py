"""The process that seals, apart from all others because it alone holds the seal key.

Run it as `python -m deployments.serve_seals`, once. A second one does no harm: of two seals at once one is stored.
"""

from __future__ import annotations

from deployments.runner.served_seals import sealing_flows
from deployments.runner.structured_log import log_as_json
from deployments.runner.worker import serve
from storage.secrets.configured_keys import sealing_key
from storage.settings import read_settings


def main() -> None:
    """Serve with the settings as they are now.

    Raises:
        SettingsError: there is no seal key, or not the right one.
    """
    log_as_json("ncpi")
    settings = read_settings()
    sealing_key(settings)
    serve(sealing_flows(settings.seal_seconds), at_a_time=1, health_port=settings.runner_port)


if __name__ == "__main__":
    main()
