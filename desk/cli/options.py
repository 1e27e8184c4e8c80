"""Options and arguments that several commands share, checked before anything else is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from desk.acts.reasons import fault_of_reason
from domain.lifecycle.approval import is_digest_beginning
from domain.typed_times import read_day, read_time
from schemas.identifiers import PersonId, is_inspection_id
from schemas.people.roles import Role
from schemas.programme.forces import FORCES
from storage.keys import inspection_of_ledger
from storage.s3.kept_reads import kept_keys
from storage.settings import board_file

T = TypeVar("T")


def _inspection(text: str | None) -> str | None:
    if text is None or is_inspection_id(text.lower()):
        return text and text.lower()
    raise typer.BadParameter("not an inspection id; expected <force>-<year>, for example south-wales-2015")


def force(text: str | None) -> str | None:
    """Check the name of a force as it is typed, in any case, and return it in lower case."""
    if text is None or text.lower() in FORCES:
        return text and text.lower()
    parts = sorted(text.lower().replace(" ", "-").split("-"))
    same = [name for name in FORCES if sorted(name.split("-")) == parts]
    if near := same or get_close_matches(text.lower(), FORCES):
        message = f"not one of the 43 forces; did you mean {' or '.join(near)}?"
    else:
        message = f"not one of the 43 forces; expected one of: {', '.join(FORCES)}"
    raise typer.BadParameter(message)


def account_name(text: str | None) -> str | None:
    """Check an account name as it is typed, if one is."""
    try:
        return TypeAdapter(PersonId | None).validate_python(text)
    except ValidationError:
        raise typer.BadParameter(
            "not an account name; expected first and last name in lower case with a dot, such as wendy.williams, or "
            "wendy.williams2 for the second person of that name"
        ) from None


def role_name(text: str | None) -> str | None:
    """Check the name of a person's role as it is typed, if one is."""
    people = [role.value for role in Role if role is not Role.SERVICE]
    if text is not None and text not in people:
        raise typer.BadParameter(f"not a role; expected one of: {', '.join(people)}")
    return text


def _read(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def day(text: str) -> dt.date:
    """Read a day as it is typed."""
    return _read(read_day, text)


def time(text: str) -> dt.datetime:
    """Read a London time as it is typed, and return it in UTC."""
    return _read(read_time, text)


def embargo(text: str) -> dt.datetime | None:
    """Read an embargo as it is typed; None for `now`."""
    return None if text == "now" else time(text)


def _draft(text: str) -> str:
    if not is_digest_beginning(text):
        raise typer.BadParameter(
            "expected the first 12 to 64 digits of the draft's digest (0 to 9, a to f), found other characters; "
            "`ncpi status` names it"
        )
    return text


def _head(text: str | None) -> str | None:
    if text is not None and not is_digest_beginning(text):
        raise typer.BadParameter(
            "expected the first 12 to 64 digits of the ledger's head (0 to 9, a to f); `ncpi status` names it"
        )
    return text


def _reason(text: str) -> str:
    if fault := fault_of_reason(text):
        raise typer.BadParameter(fault)
    return text


def complete_inspection(incomplete: str) -> list[str]:
    """List the inspections that begin so, of those that the board last showed on this computer; no server is asked."""
    names = sorted(filter(None, set(map(inspection_of_ledger, kept_keys(board_file())))))
    return [name for name in names if name.startswith(incomplete.lower())]


def complete_force(incomplete: str) -> list[str]:
    """List the forces that begin so."""
    return [name for name in FORCES if name.startswith(incomplete.lower())]


def complete_role(incomplete: str) -> list[str]:
    """List the roles of people that begin so."""
    return [role.value for role in Role if role is not Role.SERVICE and role.value.startswith(incomplete)]


def _inspection_argument(words: str) -> Any:  # noqa: ANN401 - as Typer declares its arguments
    return typer.Argument(help=words, callback=_inspection, autocompletion=complete_inspection)


Inspection = Annotated[str, _inspection_argument("Inspection id, for example south-wales-2015.")]
InspectionOrAll = Annotated[str | None, _inspection_argument("Inspection id; all inspections when left out.")]
InspectionOption = Annotated[
    str | None,
    typer.Option(
        "--inspection",
        "-i",
        help="Inspection id; the one the return names when left out.",
        callback=_inspection,
        autocompletion=complete_inspection,
    ),
]
InspectionUnlessAll = Annotated[str | None, _inspection_argument("Inspection id; or give --all.")]
Force = Annotated[
    str, typer.Argument(help="Force, for example south-wales.", callback=force, autocompletion=complete_force)
]
Person = Annotated[
    str, typer.Option("--person", envvar="NCPI_PERSON", help="Who acts: your account name.", callback=account_name)
]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role", envvar="NCPI_ROLE", help="In which role you act.", callback=role_name, autocompletion=complete_role
    ),
]
ReaderPerson = Annotated[
    str | None,
    typer.Option(
        "--person",
        envvar="NCPI_PERSON",
        help="Who reads: your account name. What is public needs nobody.",
        callback=account_name,
    ),
]
ReaderRole = Annotated[
    str | None,
    typer.Option(
        "--role", envvar="NCPI_ROLE", help="In which role you read.", callback=role_name, autocompletion=complete_role
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        envvar="NCPI_PASSPHRASE_FILE",
        help="File with your passphrase, readable by you alone; asked for when left out.",
    ),
]
Draft = Annotated[
    str,
    typer.Option(
        "--draft",
        help="Digest of the draft you read (SHA-256, at least its first 12 digits); `ncpi status` names it.",
        callback=_draft,
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; the ledger keeps it.", callback=_reason)]
Embargo = Annotated[
    dt.datetime | None,
    typer.Option(
        "--embargo",
        help="Publish no earlier than this London time, such as 2026-12-01T00:01; `now`, or none: publish at once.",
        parser=embargo,
        metavar="TIME",
    ),
]
Until = Annotated[
    dt.datetime,
    typer.Option(
        "--until",
        help="London time until which the force may comment, such as 2026-12-01T17:00; at most 28 days from now.",
        parser=time,
        metavar="TIME",
    ),
]
Head = Annotated[
    str | None,
    typer.Option(
        "--head",
        help="Head of the ledger that you saw, at least 12 digits (`ncpi status`); refused if it has moved.",
        callback=_head,
    ),
]
Day = Annotated[dt.date, typer.Option("--on", help="Day, London calendar, 2026-12-01.", parser=day, metavar="DAY")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; to the screen when left out.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
