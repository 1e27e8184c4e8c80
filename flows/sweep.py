"""The sweep: holds Prefect against the ledgers, where events were lost or what is waited for has changed."""

from __future__ import annotations

from typing import Annotated, Final

from prefect import State
from prefect.states import Completed, Failed
from pydantic import Field, StringConstraints

from flows.artifact import create_artifact
from flows.definition import defined_as
from flows.summary import last_act_of
from schemas.counts import counted
from schemas.identifiers import INSPECTION_PATTERN
from schemas.lifecycle.kinds import REJECTIONS
from schemas.people.roles import Role
from storage.clock import utc_now
from storage.prefect.sweep import Swept
from tasks.guard import guarded
from tasks.prefect_steps import open_steps
from tasks.sweep_step import end_links, restore_index, start_what_is_due

SWEEP: Final = "sweep"
ALL: Final = "all inspections"
InspectionOrAll = Annotated[
    str,
    StringConstraints(strict=True, pattern=f"{INSPECTION_PATTERN}|^{ALL}$"),
    Field(examples=["south-wales-2015", ALL]),
]


@defined_as(SWEEP, "sweep of {inspection_id}")
def sweep(inspection_id: InspectionOrAll = ALL) -> State:
    """Start every stage whose turn it is and that no event started; let wait what an embargo holds, and nothing else.

    It also ends the links to drafts that forces were given, where their check is over.

    An act that changes what an inspection waits for, such as a hold, starts it for that inspection alone.

    If it ends Rejected: the desk rejected a return; its sender fixes it and submits it again; nothing else needs doing.
    If it fails: a ledger could not be read; run `ncpi audit verify`, which names the entry.
    If it ends Not all started: Prefect lacks a deployment, which a runner makes again within 5 s, or refused a run; all
    others were started.

    Args:
        inspection_id: the inspection that it looks at; all inspections, or one of them.
    """
    only = None if inspection_id == ALL else inspection_id
    swept = guarded(start_what_is_due)(only)
    message = (
        f"{counted(swept.inspections, 'inspection')} read, {counted(len(swept.started), 'stage')} started, "
        f"{len(swept.waiting)} wait for an embargo now, {len(swept.ended)} wait no more, {len(swept.failed)} unreadable"
    )
    if only is None:
        guarded(end_links)()
        _show(swept, message, guarded(restore_index)())
    if swept.failed:
        return Failed(name="Ledger unreadable", message=message)
    if swept.missing:
        return Failed(name="Not all started", message=f"{'; '.join(swept.missing)}; {message}")
    return Completed(name="Swept", message=message) if only is None else _tell(only, message)


def _show(swept: Swept, message: str, publications: int) -> None:
    lines = [
        *(f"- started {one}" for one in swept.started),
        *(f"- waits {one}" for one in swept.waiting),
        *(f"- waits no more {one}" for one in swept.ended),
        *(f"- **failed** {one}" for one in swept.failed),
        *(f"- **not started** {one}" for one in swept.missing),
    ]
    if lines:
        # None for the many that find nothing, which would hide those that did.
        create_artifact(SWEEP, message, "\n".join([f"**{message}, {publications} publications listed**", "", *lines]))


def _tell(inspection_id: str, message: str) -> State:
    """Show where an inspection stands since the act that started this run; red after a rejection at the desk."""
    history = open_steps().read_history(inspection_id)
    last = history.last_on_path
    if last is None:
        return Completed(name="Swept", message=message)
    told = last_act_of(history, utc_now())
    create_artifact(inspection_id, told, f"**{told}**")
    is_rejection = last.entry.kind in REJECTIONS and last.entry.actor.role is not Role.SERVICE
    return Failed(name="Rejected", message=told) if is_rejection else Completed(name="Swept", message=message)
