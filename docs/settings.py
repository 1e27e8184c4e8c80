"""Write docs/settings.md from the settings and the commands; `--check` fails if the page is out of date."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs.commands import default_of, settings_of_commands
from docs.generated_page import head, row, write_or_check
from storage.settings import Settings


def _page() -> Iterator[str]:
    yield from (
        "# Settings",
        "",
        "Generated from `storage/settings.py` and the program's own help by `make docs`; do not edit.",
        "",
        "Settings come from the environment, or from the file `connection.env` that `ncpi up` writes into the data",
        "folder; the environment wins. They are read when they are used. `ncpi up` sets the servers, credentials",
        "and keys of the local stack; for other servers set them yourself ([using.md](using.md#other-servers)).",
        "",
        *head("setting", "what it is", "default"),
        *(row(f"`{_name_of(name, field)}`", field.description or "", _default_of(field)) for name, field in _fields()),
        "",
        "## Settings of commands",
        "",
        "Each stands for an option of the commands, which wins over it.",
        "",
        *head("setting", "what it is", "default"),
        *(row(f"`{one.envvar}`", one.help, default_of(one)) for one in settings_of_commands()),
        "",
    )


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    yield from Settings.model_fields.items()


def _name_of(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or f"{Settings.model_config['env_prefix']}{name}".upper())


def _default_of(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    return (
        ""
        if field.default is None
        else f"`{str(field.default).lower() if field.annotation is bool else field.default}`"
    )


if __name__ == "__main__":
    write_or_check("settings.md", _page())
