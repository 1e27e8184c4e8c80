"""How the desk speaks: to people in words and tables, to machines in JSON, to both by an exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import BaseModel
from rich.console import Console

from desk.cli.local_errors import INTERRUPTED, UNREACHABLE, UNWRITABLE, message_of, out_of_handles
from schemas.counts import counted
from schemas.errors import NcpiError, RejectedError
from schemas.identifiers import digest_of
from schemas.problems import Problem
from storage.atomic_file import write_atomically
from storage.disk_space import disk_space
from storage.s3.objects import S3_UNAVAILABLE, server_of
from storage.settings import data_folder

_NO_ANSWER: Final = "a server did not answer"
_OF_FORM: Final = ("field-", "header-", "json-")
"""How the rules begin that keep a file from being checked further."""


def console() -> Console:
    """Return the console of this moment's standard output; highlighting off, for digests are not numbers."""
    return Console(highlight=False, soft_wrap=True)


def tell(words: str) -> None:
    """Print a line to people on standard error, beside what goes to standard output."""
    with suppress(OSError):
        Console(stderr=True, highlight=False, soft_wrap=True).print(words, markup=False)


def print_json(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json_of(value))


def json_of(value: object) -> str:
    """Return a value as one JSON document, models by their own rules."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str) + "\n"


def write_out(data: bytes, output: Path | None) -> None:
    """Write to a file and tell its size and digest, or to standard output where none is named."""
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        write_atomically(output, data)
        tell(f"{output}: {counted(len(data), 'byte')}, SHA-256 {digest_of(data)}")


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
def errors_for_people(*, as_json: bool, acts: bool = True) -> Iterator[None]:
    """Turn errors into a clear message and an exit status; tracebacks are for faults of the system only.

    Args:
        acts: whether something may have been recorded before a server no longer answered.
    """
    try:
        yield
    except NcpiError as error:
        problems = error.problems if isinstance(error, RejectedError) else ()
        _print_error(type(error).__name__, str(error), problems, as_json=as_json)
        raise typer.Exit(error.exit_status) from None
    except _no_answer() as error:
        if handles := out_of_handles(error):
            _print_error("FileError", message_of(handles), as_json=as_json)
            raise typer.Exit(UNWRITABLE) from None
        space = disk_space(data_folder())
        cause = f"a server did not answer: {server_of(error)}" if isinstance(error, S3_UNAVAILABLE) else _NO_ANSWER
        if space is not None and space.level == "full":
            cause = f"{space}: the disk is full, so the server could not answer; make room first"
        to_do = (
            "whether the act was recorded is not known: look with `ncpi status`, then do it again, which is safe"
            if acts
            else "is the stack up? `ncpi up` starts it"
        )
        message = f"{cause}; {to_do}"
        _print_error("Unreachable", message, as_json=as_json)
        raise typer.Exit(UNREACHABLE) from None
    except OSError as error:
        if message := message_of(error):
            # Not to a standard output that takes nothing.
            _print_error("FileError", message, as_json=as_json and error.filename is not None)
        raise typer.Exit(UNWRITABLE) from None
    except KeyboardInterrupt:
        message = (
            "interrupted; what was confirmed above is done, the rest may or may not be: look with `ncpi status`, then "
            "do it again, which is safe"
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
    with suppress(OSError):  # the exit status is left to say it
        printer.print(message, style="bold red", markup=False)
        for problem in problems:
            printer.print(f"  {problem}", markup=False)
        if problems:
            printer.print("Fix these and send all of it again; nothing was kept of this one.", markup=False)
        if any(problem.rule.startswith(_OF_FORM) for problem in problems):
            printer.print("More may show once its form is right.", markup=False)
