"""Sealing: fixes what was recorded by one signed note, and hands the note to management."""

from __future__ import annotations

from typing import Annotated, Final

from prefect import State
from prefect.states import Completed, Failed
from pydantic import Field

from flows.artifact import create_artifact
from flows.definition import defined_as
from schemas.counts import counted
from tasks.guard import guarded
from tasks.seal_step import deliver_notes, seal_what_is_new

SEAL: Final = "seal"
StartedBy = Annotated[str | None, Field(examples=["south-wales-2015"])]


@defined_as(SEAL, "seal of everything new")
def seal(inspection_id: StartedBy = None) -> State:  # noqa: ARG001 - everything new is sealed, whatever it is
    """Seal what is new in every ledger and in the register, and deliver the notes.

    If it ends Ledger not sealed: a chain is broken; tell management, and see docs/operations.md.
    If it ends Notes not sent: the mail server did not take them; the next run sends them.
    If it fails: see docs/operations.md; the next run seals what this one did not.

    Args:
        inspection_id: the inspection whose publication started it; everything new is sealed, with or without one.
    """
    sealed = guarded(seal_what_is_new)()
    delivered = guarded(deliver_notes)(sealed.seals)
    made = (
        f"seal {sealed.seal.n} with {counted(len(sealed.seal.leaves), 'entry', 'entries')}"
        if sealed.seal
        else "nothing new"
    )
    message = f"{made}; {counted(sealed.entries, 'entry', 'entries')} in {counted(sealed.seals, 'seal')}"
    lines = [
        f"- notes written: {delivered.written}, sent: {delivered.sent}, waiting: {delivered.waiting}",
        *(f"- **not sealed** {one}" for one in sealed.broken),
        *([f"- **not sent** {delivered.fault}"] if delivered.fault else []),
        *(f"- **refused** {one}" for one in delivered.refused),
    ]
    if sealed.seal or sealed.broken or delivered.fault or delivered.sent:
        # None for the many that find nothing new, which would hide those that did.
        create_artifact(SEAL, message, "\n".join([f"**{message}**", "", *lines]))
    if sealed.broken:
        return Failed(name="Ledger not sealed", message=f"{counted(len(sealed.broken), 'chain')} broken; {message}")
    if delivered.fault:
        return Failed(name="Notes not sent", message=f"{delivered.waiting} notes wait ({delivered.fault}); {message}")
    return Completed(name="Sealed" if sealed.seal else "Nothing to seal", message=message)
