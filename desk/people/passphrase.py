"""Where a passphrase comes from: a prompt without echo, or a private file; never the command line or a variable."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Final

import typer

from schemas.errors import SettingsError, why_unreadable

_FOR_OTHERS: Final = 0o077
_LONGEST: Final = 1_024


def read_secret(file: Path | None, question: str, *, confirm: bool = False) -> str:
    """Read a passphrase or a code.

    Args:
        question: what to ask for where there is no file.
        confirm: whether it is new, and asked for twice.

    Raises:
        SettingsError: the file cannot be read, others can read it too, it is empty; or nobody is there to be asked.
    """
    if file is not None:
        return _in_file(file)
    if not sys.stdin.isatty():
        raise SettingsError(
            f"{question}: expected a terminal to ask at, found none; give a file that you alone can read"
        )
    answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def _in_file(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            mode = file.stat().st_mode
            text = opened.read(_LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: expected a file with one line of text, found {why_unreadable(error)}") from None
    if stat.S_ISREG(mode) and mode & _FOR_OTHERS:
        raise SettingsError(
            f"{file}: expected a file that its owner alone can read, found one that others can; `chmod 600` it"
        )
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret or "\n" in secret or len(secret) > _LONGEST:
        raise SettingsError(f"{file}: expected one line of at most {_LONGEST} characters")
    return secret
