"""Settings, from the environment or the connection file of the local stack; read when they are used, never at import.

The environment takes precedence over the file, `<data folder>/connection.env`, which `ncpi up` writes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import SettingsError

CONNECTION_FILE: Final = "connection.env"
ORIGIN: Final = "ncpi.invalid/ledger"
"""Name of the log of seals where none is set."""


class Duty(StrEnum):
    """The duties, each with a credential of its own and no more rights than it needs."""

    ADMIN = "admin"
    """Creates the buckets and sets their rules; no stage and no person works with it."""
    INTAKE = "intake"
    """Reads and writes the private bucket."""
    LEDGER = "ledger"
    """Reads and appends to the ledger."""
    PUBLISH = "publish"
    """Writes the public bucket."""
    AUDITOR = "auditor"
    """Reads everything, writes nothing."""
    SEAL = "seal"
    """Reads the ledger and writes seals next to it."""


STAGE_DUTIES: Final = (Duty.INTAKE, Duty.LEDGER, Duty.PUBLISH)
"""The duties of stages, which neither create buckets nor audit."""


class Bucket(StrEnum):
    """The three buckets, apart because different people may read them."""

    PRIVATE = "ncpi-private"
    LEDGER = "ncpi-ledger"
    PUBLIC = "ncpi-public"


MAX_URGENT_RUNS: Final = 12
"""How many flow runs more than `stage_runs` one runner takes at a time of those whose embargo has ended."""


class Connections(BaseSettings):
    """How much one process asks of the S3 server at a time; known also where no server is."""

    model_config = SettingsConfigDict(
        env_prefix="NCPI_", extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    s3_connections: int = Field(
        default=16, ge=1, le=256, description="Requests of the S3 server that one process makes side by side"
    )


class Settings(Connections):
    """Everything that can be set, each as `NCPI_<NAME>` in the environment."""

    s3_endpoint: str = Field(description="Address of the S3 server, with scheme and port")
    s3_region: str = Field(default="us-east-1", description="Region the S3 server expects in signatures")
    s3_public_url: str | None = Field(
        None, description="Where the public reads the public bucket; the endpoint and bucket when unset"
    )
    s3_admin_access_key: str | None = Field(None, description="Access key that makes the buckets and their rules")
    s3_admin_secret_key: SecretStr | None = Field(None, description="Its secret key")
    s3_intake_access_key: str | None = Field(None, description="Access key that reads and writes the private bucket")
    s3_intake_secret_key: SecretStr | None = Field(None, description="Its secret key")
    s3_ledger_access_key: str | None = Field(None, description="Access key that reads and appends to the ledger")
    s3_ledger_secret_key: SecretStr | None = Field(None, description="Its secret key")
    s3_publish_access_key: str | None = Field(None, description="Access key that writes the public bucket")
    s3_publish_secret_key: SecretStr | None = Field(None, description="Its secret key")
    s3_auditor_access_key: str | None = Field(None, description="Access key that reads everything, writes nothing")
    s3_auditor_secret_key: SecretStr | None = Field(None, description="Its secret key")
    s3_seal_access_key: str | None = Field(None, description="Access key that reads the ledger and writes seals")
    s3_seal_secret_key: SecretStr | None = Field(None, description="Its secret key")
    ledger_retention_mode: Literal["governance", "compliance"] = Field(
        default="governance",
        description="Object Lock mode of the ledger bucket, governance or compliance; compliance cannot be undone",
    )
    ledger_retention_days: int = Field(default=1, ge=1, le=36_500, description="Days that Object Lock keeps an entry")
    sweep_seconds: int = Field(default=300, ge=5, le=86_400, description="Seconds between two sweeps")
    seal_origin: str = Field(
        default=ORIGIN, max_length=100, description="Name of the log of seals, first line of each note"
    )
    seal_key: SecretStr | None = Field(
        None, description="Private key that signs seals, 64 hexadecimal digits; for the sealing process alone"
    )
    seal_public_key: str | None = Field(None, description="Checks the notes of seals; print it in the handbook")
    seal_seconds: int = Field(default=300, ge=5, le=86_400, description="Seconds between two seals")
    notes_folder: Path | None = Field(
        None, description="Where each note is written for management; `notes` in the data folder when unset"
    )
    smtp_host: str | None = Field(None, description="Mail server for notes; no note is mailed when unset")
    smtp_port: int = Field(default=25, ge=1, le=65_535, description="Port of the mail server")
    smtp_from: str | None = Field(None, description="Sender of the mail")
    smtp_to: str | None = Field(None, description="Recipients of the mail, separated by commas")
    smtp_starttls: bool = Field(default=False, description="Whether to use TLS; a password needs it")
    smtp_user: str | None = Field(None, description="Login at the mail server")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server")
    stage_runs: int = Field(default=3, ge=1, le=64, description="Flow runs that one runner takes at a time")
    runner_port: int = Field(
        default=0, ge=0, le=65_535, description="Port where a runner answers `/health`; 0 for none"
    )
    pepper: SecretStr | None = Field(
        default=None,
        description="Opens people's keys together with their passphrase: 64 hexadecimal digits, in no bucket",
    )
    service_key: SecretStr | None = Field(
        default=None, description="Private key with which stages sign, 64 hexadecimal digits; for runners alone"
    )
    service_public_key: str | None = Field(None, description="Its public half; the desk registers it")
    login_port: int = Field(
        default=0, ge=0, le=65_535, description="Port to which a browser returns from an identity provider; 0 for any"
    )
    login_acr: str | None = Field(
        default=None, max_length=200, description="How a provider must have authenticated a person who decides (`acr`)"
    )
    prefect_api_url: str | None = Field(
        default=None, validation_alias="PREFECT_API_URL", description="Address of the Prefect server's API"
    )
    prefect_api_auth_string: SecretStr | None = Field(
        default=None, validation_alias="PREFECT_API_AUTH_STRING", description="Its login, `name:password`"
    )

    def credential(self, duty: Duty) -> tuple[str, str]:
        """Return the access key and secret key of a duty.

        Raises:
            SettingsError: one of them is not set; the message names both settings.
        """
        access_key: str | None = getattr(self, f"s3_{duty.value}_access_key")
        secret_key: SecretStr | None = getattr(self, f"s3_{duty.value}_secret_key")
        if not access_key or secret_key is None:
            name = f"NCPI_S3_{duty.name}"
            raise SettingsError(f"no S3 credential for {duty.value}: set {name}_ACCESS_KEY and {name}_SECRET_KEY")
        return access_key, secret_key.get_secret_value()

    @cached_property
    def public_url(self) -> str:
        """Address of the public bucket, without a slash at the end."""
        return (self.s3_public_url or f"{self.s3_endpoint.rstrip('/')}/{Bucket.PUBLIC.value}").rstrip("/")


def data_folder() -> Path:
    """Return the data folder of the local stack: `NCPI_DATA`, or a folder in the user's data directory."""
    return Path(os.environ.get("NCPI_DATA") or platformdirs.user_data_path("ncpi"))


def cache_folder() -> Path:
    """Return the folder of what can be made again, in the data folder."""
    return data_folder() / "cache"


def board_file() -> Path:
    """Return the file in which the board keeps what it read (`storage/s3/kept_reads.py`)."""
    return cache_folder() / "board.json"


def read_settings() -> Settings:
    """Read the settings as they are now.

    Raises:
        SettingsError: some are missing or wrong; the message names each, without its value.
    """
    try:
        # Where everything comes from the environment there is no such file, and pydantic-settings skips it.
        return Settings(_env_file=data_folder() / CONNECTION_FILE)
    except ValidationError as error:
        raise _settings_error(error) from None


def read_connections() -> Connections:
    """Read how much this process may ask of the S3 server at a time.

    Raises:
        SettingsError: it is wrong.
    """
    try:
        return Connections(_env_file=data_folder() / CONNECTION_FILE)
    except ValidationError as error:
        raise _settings_error(error) from None


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Read the settings of another process from its environment.

    Raises:
        SettingsError: naming each setting that is missing or wrong, without its value.
    """
    prefix = "NCPI_"
    try:
        return Settings.model_validate(
            {
                name.removeprefix(prefix).lower(): value
                for name, value in environment.items()
                if name.startswith(prefix) and value
            }
        )
    except ValidationError as error:
        raise _settings_error(error) from None


def _settings_error(error: ValidationError) -> SettingsError:
    names = ", ".join(
        f"NCPI_{'_'.join(str(part) for part in one['loc']).upper()} ({one['msg']})" for one in error.errors()
    )
    return SettingsError(f"settings: {names}; start the local stack with `ncpi up`, or set them (docs/settings.md)")
