"""The commands for what people do beside the path: hold, due dates, receipts, referrals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from desk.acts import context
from desk.acts.due_dates import change_due_date
from desk.acts.holds import change_hold, change_hold_of_all
from desk.acts.receipts import RECEIPTS, read_file, receive
from desk.acts.referrals import refer_back
from desk.cli import options
from desk.cli.command import command
from desk.cli.who import Who
from schemas.counts import counted
from schemas.dates import in_words
from schemas.lifecycle.acts import CHANGE_DUE_DATE, LIFT_HOLD, PLACE_HOLD, REFER_BACK, Act

EveryInspection = Annotated[bool, typer.Option("--all", help="Every inspection that can be put on hold, or released.")]


@command
def place_command(
    reason: options.Reason, who: Who, inspection: options.InspectionUnlessAll = None, every: EveryInspection = False
) -> None:
    """Stop an inspection where it stands: no stage runs, nothing is submitted or approved. With --all, the programme.

    Examples: ncpi hold place kent-2025 --reason "Force-wide incident" --person pat.howells --role programme-manager;
    ncpi hold place --all --reason "No visits: public health" --person pat.howells --role programme-manager
    """
    _change_hold(PLACE_HOLD, "put on hold", inspection, who, reason, every=every)


@command
def lift_command(
    reason: options.Reason, who: Who, inspection: options.InspectionUnlessAll = None, every: EveryInspection = False
) -> None:
    """Let an inspection go on from where it was stopped, at once. With --all, the programme.

    Example: ncpi hold lift kent-2025 --reason "Visits are possible again" --person pat.howells --role programme-manager
    """
    _change_hold(LIFT_HOLD, "released from hold", inspection, who, reason, every=every)


def _change_hold(act: Act, words: str, inspection: str | None, who: Who, reason: str, *, every: bool) -> None:
    if inspection is not None and not every:
        who.tell(who.act(act, lambda desk, signer: change_hold(desk, act, inspection, signer, reason)), words)
    elif inspection is None and every:
        results = change_hold_of_all(context.open_desk(), act, who.sign_in(act), reason)
        who.tell_all(results, act.name, words)
    else:
        raise typer.BadParameter("name one inspection, or give --all for the whole programme, not both")


@command
def change_due_date_command(
    inspection: options.Inspection,
    subject: Annotated[str, typer.Argument(help="What is due, as the follow-up plan names it: revisit, REC-2015-03.")],
    day: options.Day,
    reason: options.Reason,
    who: Who,
) -> None:
    """Set another day for something that is due; the old day, who and why are kept, and a review prints both and why.

    Example: ncpi change-due-date kent-2025 revisit --on 2026-03-31 --reason "The force is moving headquarters"
    --person pat.howells --role programme-manager
    """
    recorded = who.act(
        CHANGE_DUE_DATE, lambda desk, signer: change_due_date(desk, inspection, subject, day, signer, reason)
    )
    who.tell(recorded, f"{subject} is due on {in_words(day)} now")


@command
def receive_command(
    inspection: options.Inspection,
    what: Annotated[Literal["action-plan", "response"], typer.Argument(help="What came.")],
    day: options.Day,
    who: Who,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it came late, if they said why.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="The file that came; kept unopened.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Record that the force's action plan or the local policing body's response came, and when.

    Example: ncpi receive south-wales-2015 action-plan --on 2015-09-01 --file plan.pdf
    --person gwyn.rees --role force-liaison
    """
    act, data = RECEIPTS[what], read_file(inspection, file) if file else None
    recorded = who.act(act, lambda desk, signer: receive(desk, inspection, act, day, signer, file=data, reason=reason))
    who.tell(recorded, f"{what} received on {in_words(day)}")


@command
def refer_back_command(
    inspection: options.Inspection,
    case: Annotated[list[str], typer.Option("--case", help="The team's own number, CA-0007; give it for each case.")],
    who: Who,
) -> None:
    """Record that cases with a continuing risk to a child were handed back to the force at once.

    The record bears how many, never which; which they are is kept in the private bucket.

    Example: ncpi refer-back south-wales-2015 --case CA-0007 --person rhian.morgan --role inspector
    """
    recorded = who.act(REFER_BACK, lambda desk, signer: refer_back(desk, inspection, case, signer))
    who.tell(recorded, f"{counted(len(case), 'case')} referred back")
