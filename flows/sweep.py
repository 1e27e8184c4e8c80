"""The sweep: finds what events missed and what an embargo has let go, and starts it."""

from __future__ import annotations

from prefect import State
from prefect.artifacts import create_markdown_artifact
from prefect.states import Completed, Failed

from flows.definition import defined_as
from tasks.guard import guarded
from tasks.sweep_step import refresh_index, start_what_is_due

SWEEP = "sweep"


@defined_as(SWEEP, "sweep of all inspections")
def sweep() -> State:
    """Start every stage whose turn it is and that no event started.

    If it fails: a ledger could not be read; run `ncpi audit verify`, which names the entry.
    If it ends Deployment missing: the other stages were started; a runner makes the deployment again within 30 s.
    """
    swept = guarded(start_what_is_due)()
    publications = guarded(refresh_index)()
    message = (
        f"{swept.inspections} inspections read, {len(swept.started)} stages started, {len(swept.failed)} unreadable"
    )
    lines = [
        *(f"- started {one}" for one in swept.started),
        *(f"- **failed** {one}" for one in swept.failed),
        *(f"- **not started** {one}" for one in swept.missing),
    ]
    if lines:
        # None for the many that find nothing, which would hide those that did.
        create_markdown_artifact(
            key=SWEEP,
            markdown="\n".join([f"**{message}, {publications} publications listed**", "", *lines]),
            description=message,
        )
    if swept.failed:
        return Failed(name="Ledger unreadable", message=message)
    if swept.missing:
        return Failed(name="Deployment missing", message=f"{'; '.join(swept.missing)}; {message}")
    return Completed(name="Swept", message=message)
