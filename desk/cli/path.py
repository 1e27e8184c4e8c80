"""The commands that take an inspection along its path: open, submit, moderate, approve, take back, return."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts.decision import approve, moderate, return_draft, take_back_approval
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from desk.acts.uploads import inspection_named_in
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console
from desk.cli.who import Who
from domain.calendar import time_in_words
from domain.lifecycle.approval import embargo_in_words
from schemas.lifecycle.acts import APPROVE_REPORT, MODERATE, OPEN, RETURN_REPORT, TAKE_BACK_APPROVAL


@command
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
    # There is no ledger yet whose head anybody could have seen, so `--head` is not offered.
    who = Who(person, role, passphrase_file=passphrase_file, as_json=as_json)
    inspection_id = f"{force}-{year}" + (f"-{number}" if number > 1 else "")
    before, recorded = who.act(
        OPEN,
        lambda desk, signer: (
            desk.stores.ledger.history(inspection_id),
            open_inspection(desk, inspection_id, signer),
        ),
    )
    already = f"was opened already {time_in_words(recorded.entry.at)} and is {before.state.value!r}"
    who.tell(recorded, already if before.recorded else "opened")


Folder = Annotated[
    Path, typer.Argument(help="Folder with return.json and its table.", exists=True, file_okay=False, readable=True)
]


@command
def submit_fieldwork(folder: Folder, who: Who, inspection: options.InspectionOption = None) -> None:
    """Submit a fieldwork return: return.json and cases.csv.

    Example: ncpi submit fieldwork examples/south_wales/fieldwork --person rhian.morgan --role inspector
    """
    _submit("fieldwork", folder, inspection, who)


@command
def submit_review(folder: Folder, who: Who, inspection: options.InspectionOption = None) -> None:
    """Submit a review return: return.json and progress.csv.

    Example: ncpi submit review examples/south_wales/review --person rhian.morgan --role inspector
    """
    _submit("review", folder, inspection, who)


def _submit(name: str, folder: Path, inspection: str | None, who: Who) -> None:
    form, inspection_id = FORMS[name], inspection or inspection_named_in(folder)
    if inspection_id is None:
        raise typer.BadParameter(
            "expected return.json to name its inspection, such as south-wales-2015, found no such name in it; fix its "
            "field inspection, or say which with --inspection"
        )
    submitted = who.act(form.act, lambda desk, signer: submit(desk, inspection_id, folder, form, signer))
    words = f"{name} return submitted" if submitted.is_new else f"this {name} return was already submitted"
    who.tell(submitted.recorded, words)
    if not who.as_json:
        for warning in submitted.warnings:
            console().print(f"  {warning}", markup=False)


@command
def approve_command(
    inspection: options.Inspection, draft: options.Draft, who: Who, embargo: options.Embargo = None
) -> None:
    """Approve the draft of a report, review or correction for publication: exactly those bytes.

    Example: ncpi approve south-wales-2015 --draft 3f2a9c01b7de --person dru.sharpling --role hmi
    """
    # Which draft it is, the act finds out; the login that it needs is the same for each.
    recorded = who.act(APPROVE_REPORT, lambda desk, signer: approve(desk, inspection, draft, signer, embargo=embargo))
    who.tell(recorded, f"draft {draft[:12]}… approved; {embargo_in_words(recorded)}")


@command
def take_back_command(inspection: options.Inspection, reason: options.Reason, who: Who) -> None:
    """Take back an approval, up to two minutes before its embargo ends: the draft awaits approval again.

    Example: ncpi take-back south-wales-2015 --reason "The embargo was mistyped" --person dru.sharpling --role hmi
    """
    recorded = who.act(TAKE_BACK_APPROVAL, lambda desk, signer: take_back_approval(desk, inspection, signer, reason))
    who.tell(recorded, "approval taken back; the draft awaits approval again")


@command
def return_command(inspection: options.Inspection, draft: options.Draft, reason: options.Reason, who: Who) -> None:
    """Return a draft to its author, with reasons.

    Example: ncpi return south-wales-2015 --draft 3f2a9c01b7de --reason "Finding I6 needs its numbers checked"
    --person dru.sharpling --role hmi
    """
    recorded = who.act(RETURN_REPORT, lambda desk, signer: return_draft(desk, inspection, draft, signer, reason))
    who.tell(recorded, f"draft {draft[:12]}… returned")


@command
def moderate_command(inspection: options.Inspection, draft: options.Draft, who: Who) -> None:
    """Record that you checked a draft against its evidence; its author and its approver may not moderate it.

    Example: ncpi moderate south-wales-2015 --draft 3f2a9c01b7de --person ruth.davies --role moderator
    """
    recorded = who.act(MODERATE, lambda desk, signer: moderate(desk, inspection, draft, signer))
    who.tell(recorded, f"draft {draft[:12]}… moderated")
