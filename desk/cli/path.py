"""The commands with which people take an inspection along its path: open, submit, moderate, approve, return."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts.decision import approve, moderate, return_draft
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from desk.acts.uploads import inspection_named_in
from desk.cli import options
from desk.cli.printing import console, errors_for_people
from desk.cli.who import Who, acted, tell
from domain.lifecycle.approval import embargo_of
from schemas.lifecycle.acts import APPROVE_REPORT, MODERATE, OPEN, RETURN_REPORT
from schemas.people.roles import Role


def open_command(
    force: options.Force,
    person: options.Person,
    role: options.RoleOption,
    year: Annotated[int, typer.Option("--year", min=2014, max=2099, help="Year of the fieldwork.")],
    number: Annotated[int, typer.Option("--number", min=1, max=9, help="Which inspection of that year.")] = 1,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Open an inspection of a force.

    Example: ncpi open south-wales --year 2015 --person pat.howells --role programme-manager
    """
    inspection_id = f"{force}-{year}" + (f"-{number}" if number > 1 else "")
    with errors_for_people(as_json=as_json):
        who = Who(person, Role(role), passphrase_file)
        recorded = acted(who, OPEN, lambda desk, signer: open_inspection(desk, inspection_id, signer))
        tell(recorded, "opened", as_json=as_json)


Folder = Annotated[
    Path, typer.Argument(help="Folder with return.json and its table.", exists=True, file_okay=False, readable=True)
]


def submit_fieldwork(
    folder: Folder,
    person: options.Person,
    role: options.RoleOption,
    inspection: options.InspectionOption = None,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Submit a fieldwork return: return.json and cases.csv.

    Example: ncpi submit fieldwork examples/south_wales/fieldwork --person rhian.morgan --role inspector
    """
    who = Who(person, Role(role), passphrase_file, head)
    _submit("fieldwork", folder, inspection, who, as_json=as_json)


def submit_review(
    folder: Folder,
    person: options.Person,
    role: options.RoleOption,
    inspection: options.InspectionOption = None,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Submit a review return: return.json and progress.csv.

    Example: ncpi submit review examples/south_wales/review --person rhian.morgan --role inspector
    """
    who = Who(person, Role(role), passphrase_file, head)
    _submit("review", folder, inspection, who, as_json=as_json)


def _submit(name: str, folder: Path, inspection: str | None, who: Who, *, as_json: bool) -> None:
    form, inspection_id = FORMS[name], inspection or inspection_named_in(folder)
    if inspection_id is None:
        message = "return.json does not name an inspection that could exist; say which with --inspection"
        raise typer.BadParameter(message)
    with errors_for_people(as_json=as_json):
        submitted = acted(
            who,
            form.act,
            lambda desk, signer: submit(desk, inspection_id, folder, form, signer, expected_head=who.head),
        )
        words = f"{name} return submitted" if submitted.is_new else f"this {name} return was already submitted"
        tell(submitted.recorded, words, as_json=as_json)
        if not as_json:
            for warning in submitted.warnings:
                console().print(f"  {warning}", markup=False)


def approve_command(
    inspection: options.Inspection,
    draft: options.Draft,
    person: options.Person,
    role: options.RoleOption,
    embargo: options.Embargo = None,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Approve the draft of a report, review or correction for publication: exactly those bytes.

    Example: ncpi approve south-wales-2015 --draft 3f2a9c01b7de --person dru.sharpling --role hmi
    """
    moment = options.read_embargo(embargo) if embargo else None
    who = Who(person, Role(role), passphrase_file, head)

    with errors_for_people(as_json=as_json):
        # Which draft it is, the act finds out; the login that it needs is the same for each.
        recorded = acted(
            who,
            APPROVE_REPORT,
            lambda desk, signer: approve(desk, inspection, draft, signer, embargo=moment, expected_head=head),
        )
        words = f"draft {draft[:12]}… approved, embargo {embargo_of(recorded):%Y-%m-%d %H:%M} UTC"
        tell(recorded, words, as_json=as_json)


def return_command(
    inspection: options.Inspection,
    draft: options.Draft,
    reason: options.Reason,
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Return a draft to its author, with reasons.

    Example: ncpi return south-wales-2015 --draft 3f2a9c01b7de --reason "Finding I6 needs its numbers checked"
    --person dru.sharpling --role hmi
    """
    who = Who(person, Role(role), passphrase_file, head)

    with errors_for_people(as_json=as_json):
        recorded = acted(
            who,
            RETURN_REPORT,
            lambda desk, signer: return_draft(desk, inspection, draft, signer, reason, expected_head=head),
        )
        tell(recorded, f"draft {draft[:12]}… returned", as_json=as_json)


def moderate_command(
    inspection: options.Inspection,
    draft: options.Draft,
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Record that you checked a draft against its evidence; its author and its approver may not moderate it.

    Example: ncpi moderate south-wales-2015 --draft 3f2a9c01b7de --person ruth.davies --role moderator
    """
    who = Who(person, Role(role), passphrase_file, head)

    with errors_for_people(as_json=as_json):
        recorded = acted(
            who,
            MODERATE,
            lambda desk, signer: moderate(desk, inspection, draft, signer, expected_head=head),
        )
        tell(recorded, f"draft {draft[:12]}… moderated", as_json=as_json)
