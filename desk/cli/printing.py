"""How the desk speaks: to people in words and tables, to machines in JSON, to both by exit status.

Exit status: 0 done; 1 something is wrong with the record or the system; 2 wrong input; 3 refused by the rules;
4 not found; 5 a server did not answer; 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import BaseModel
from rich.console import Console

from schemas.errors import NcpiError, RejectedError, SettingsError
from schemas.problems import Problem
from storage.disk_space import disk_space
from storage.s3.objects import S3_UNAVAILABLE
from storage.settings import data_folder

UNREACHABLE: Final = 5
INTERRUPTED: Final = 130
"""As shells have it: 128 and the number of the signal."""


def console() -> Console:
    """Return the console of this moment's standard output; highlighting off, for digests are not numbers."""
    return Console(highlight=False, soft_wrap=True)


def tell(words: str) -> None:
    """Print a line to people on standard error, beside what goes to standard output."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(words, markup=False)


def print_json(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json_of(value))


def json_of(value: object) -> str:
    """Return a value as one JSON document, models by their own rules."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str) + "\n"


def write_out(data: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output where none is named."""
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far something is, on standard error, so that JSON on standard output stays JSON."""
    with Console(stderr=True).status(doing) as status:
        yield lambda what, done, of: status.update(f"{doing} {what}{f' {done} of {of}' if of else ''}")


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


@contextmanager
def errors_for_people(*, as_json: bool) -> Iterator[None]:
    """Turn errors into a clear message and an exit status; tracebacks are for faults of the system only."""
    try:
        yield
    except NcpiError as error:
        problems = error.problems if isinstance(error, RejectedError) else ()
        _print_error(type(error).__name__, str(error), problems, as_json=as_json)
        raise typer.Exit(error.exit_status) from None
    except _no_answer() as error:
        space = disk_space(data_folder())
        cause = (
            f"{space}: the disk is full, so the server could not answer ({type(error).__name__}); make room first"
            if space is not None and space.level == "full"
            else f"a server did not answer ({type(error).__name__})"
        )
        message = (
            f"{cause}; whether the act was recorded is not known: look with `ncpi status`, then do it again, which is "
            "safe"
        )
        _print_error("Unreachable", message, as_json=as_json)
        raise typer.Exit(UNREACHABLE) from None
    except OSError as error:
        if error.filename is None:
            raise
        message = f"{error.filename}: expected a file that can be read or written, found {error.strerror}; name another"
        _print_error("FileError", message, as_json=as_json)
        raise typer.Exit(SettingsError.exit_status) from None
    except KeyboardInterrupt:
        message = (
            "interrupted; what was confirmed above is done, the rest may or may not be: look with `ncpi status`, then "
            "do it again, which is safe. A file that was being written may be incomplete"
        )
        _print_error("Interrupted", message, as_json=as_json)
        raise typer.Exit(INTERRUPTED) from None


def _no_answer() -> tuple[type[Exception], ...]:
    import httpx  # noqa: PLC0415 - slow to load, and only a command that fails needs it

    return (*S3_UNAVAILABLE, httpx.HTTPError)


def _print_error(name: str, message: str, problems: Sequence[Problem] = (), *, as_json: bool) -> None:
    if as_json:
        print_json({"error": name, "message": message, "problems": list(problems)})
        return
    printer = Console(stderr=True, highlight=False, soft_wrap=True)
    printer.print(message, style="bold red", markup=False)
    for problem in problems:
        printer.print(f"  {problem}", markup=False)
    if problems:
        printer.print("Fix these and submit the whole return again; nothing was kept of this one.", markup=False)
