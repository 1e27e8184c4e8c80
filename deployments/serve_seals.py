"""The sealing process, apart from all others because it alone holds the seal key.

Run it as `python -m deployments.serve_seals`, once. A second does no harm: of two seals at once one is stored.
"""

from __future__ import annotations

from deployments.runner.flow_specs import sealing_flow_specs
from deployments.runner.runner_process import serve
from deployments.runner.structured_log import log_as_json
from storage.secrets.configured_keys import sealing_key
from storage.settings import read_settings


def main() -> None:
    """Serve with the current settings.

    Raises:
        SettingsError: the seal key is missing, or is not that of the public key.
    """
    log_as_json("ncpi")
    settings = read_settings()
    sealing_key(settings)
    serve(sealing_flow_specs(settings.seal_seconds), slots=1, health_port=settings.runner_port)


if __name__ == "__main__":
    main()
