"""The commands for what people do beside the path: hold, due dates, receipts, referrals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from desk.acts import context
from desk.acts.due_dates import change_due_date
from desk.acts.holds import Done, act_on_all, lift_hold, place_hold
from desk.acts.receipts import RECEIPTS, read_file, receive
from desk.acts.referrals import refer_back
from desk.cli import options
from desk.cli.printing import console, errors_for_people, print_json
from desk.cli.who import Who, acted, tell
from schemas.lifecycle.acts import CHANGE_DUE_DATE, LIFT_HOLD, PLACE_HOLD, REFER_BACK, Act
from schemas.people.roles import Role

EveryInspection = Annotated[bool, typer.Option("--all", help="Every inspection that can be put on hold, or released.")]


def place_command(
    reason: options.Reason,
    person: options.Person,
    role: options.RoleOption,
    inspection: options.InspectionUnlessAll = None,
    every: EveryInspection = False,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Stop an inspection where it stands: no stage runs, nothing is submitted or approved. With --all, the programme.

    Examples: ncpi hold place kent-2025 --reason "Force-wide incident" --person pat.howells --role programme-manager;
    ncpi hold place --all --reason "No visits: public health" --person pat.howells --role programme-manager
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        if inspection is None or every:
            _on_all(PLACE_HOLD, inspection, who, reason, every=every, as_json=as_json)
            return
        place = lambda desk, signer: place_hold(desk, inspection, signer, reason, expected_head=head)  # noqa: E731
        tell(acted(who, PLACE_HOLD, place), "put on hold", as_json=as_json)


def lift_command(
    reason: options.Reason,
    person: options.Person,
    role: options.RoleOption,
    inspection: options.InspectionUnlessAll = None,
    every: EveryInspection = False,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Let an inspection go on from where it was stopped; the next sweep starts what waits. With --all, the programme.

    Example: ncpi hold lift kent-2025 --reason "Visits are possible again" --person pat.howells --role programme-manager
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        if inspection is None or every:
            _on_all(LIFT_HOLD, inspection, who, reason, every=every, as_json=as_json)
            return
        lift = lambda desk, signer: lift_hold(desk, inspection, signer, reason, expected_head=head)  # noqa: E731
        tell(acted(who, LIFT_HOLD, lift), "hold lifted", as_json=as_json)


def change_due_date_command(
    inspection: options.Inspection,
    subject: Annotated[str, typer.Argument(help="What is due, as the follow-up plan names it: revisit, REC-2015-03.")],
    day: options.Day,
    reason: options.Reason,
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Set another day for something that is due; the old day, who and why are kept.

    Example: ncpi change-due-date kent-2025 revisit --on 2026-03-31 --reason "The force is moving headquarters"
    --person pat.howells --role programme-manager
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        recorded = acted(
            who,
            CHANGE_DUE_DATE,
            lambda desk, signer: change_due_date(
                desk, inspection, subject, day.date(), signer, reason, expected_head=head
            ),
        )
        tell(recorded, f"{subject} is due on {day.date()} now", as_json=as_json)


def receive_command(
    inspection: options.Inspection,
    what: Annotated[Literal["action-plan", "response"], typer.Argument(help="What came.")],
    day: options.Day,
    person: options.Person,
    role: options.RoleOption,
    file: Annotated[
        Path | None, typer.Option("--file", help="The file that came; kept unopened.", exists=True, dir_okay=False)
    ] = None,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Record that the force's action plan or the local policing body's response came, and when.

    Example: ncpi receive south-wales-2015 action-plan --on 2015-09-01 --file plan.pdf
    --person gwyn.rees --role force-liaison
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        act, data = RECEIPTS[what], read_file(inspection, file) if file else None
        recorded = acted(
            who,
            act,
            lambda desk, signer: receive(desk, inspection, act, day.date(), signer, file=data, expected_head=head),
        )
        tell(recorded, f"{what} received on {day.date()}", as_json=as_json)


def refer_back_command(
    inspection: options.Inspection,
    case: Annotated[list[str], typer.Option("--case", help="The team's own number, CA-0007; give it for each case.")],
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Record that cases with a continuing risk to a child were handed back to the force at once.

    The record bears how many, never which; which they are is kept in the private bucket.

    Example: ncpi refer-back south-wales-2015 --case CA-0007 --person rhian.morgan --role inspector
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        recorded = acted(
            who, REFER_BACK, lambda desk, signer: refer_back(desk, inspection, case, signer, expected_head=head)
        )
        tell(recorded, f"{recorded.entry.facts['cases']} case(s) referred back", as_json=as_json)


def _on_all(act: Act, inspection: str | None, who: Who, reason: str, *, every: bool, as_json: bool) -> None:
    if inspection is not None or not every:
        message = "name one inspection, or give --all for the whole programme, not both"
        raise typer.BadParameter(message)
    desk, signer = context.open_desk(), who.sign_in(act)
    done: list[Done] = []
    with console().status(act.name) as progress:
        for one in act_on_all(desk, act, signer, reason):
            progress.update(f"{act.name}: {one.inspection}")
            done.append(one)
    _tell_of_all(act.name, done, as_json=as_json)
    if any(one.fault for one in done):
        raise typer.Exit(1)


def _tell_of_all(name: str, done: list[Done], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "inspection": one.inspection,
                    "entry": one.recorded.entry if one.recorded else None,
                    "digest": one.recorded.digest if one.recorded else None,
                    "fault": one.fault,
                }
                for one in done
            ]
        )
        return
    for one in done:
        if one.fault:
            console().print(f"  {one.fault}", markup=False)
    console().print(f"{name}: {sum(one.recorded is not None for one in done)} inspections", markup=False)
