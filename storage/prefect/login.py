"""The login with which every request goes to Prefect."""

from __future__ import annotations

import httpx

from schemas.errors import SettingsError
from storage.settings import Settings


def prefect_login(settings: Settings) -> httpx.Auth:
    """Return the login of the settings; one that adds nothing where none is set.

    Raises:
        SettingsError: it has no password; it is not shown.
    """
    if settings.prefect_api_auth_string is None:
        return httpx.Auth()
    name, colon, password = settings.prefect_api_auth_string.get_secret_value().partition(":")
    if not colon:
        raise SettingsError(
            "PREFECT_API_AUTH_STRING: expected a name and a password with a colon between, found no colon; "
            "set it as the Prefect server has it"
        )
    return httpx.BasicAuth(name, password)
