"""What somebody with the ledger's key could write, past the desk and the stages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind
from tests.support.returns import write_fieldwork
from tests.support.world import HMI

if TYPE_CHECKING:
    from tests.support.world import World

FORGED = "dorset-2025"


def forge_approval(world: World, folder: Path, **facts: Fact) -> None:
    """Take dorset-2025 as far as its draft and write an approval of it that bears no embargo but the given facts."""
    world.open(FORGED)
    world.submit("fieldwork", write_fieldwork(folder / FORGED, FORGED, force="dorset"), FORGED)
    for stage in ("fieldwork", "initial-report"):
        world.run(stage, FORGED)
    history = world.history(FORGED)
    draft = history.recorded[-1]
    entry = history.next_entry(
        Kind.REPORT_APPROVED,
        id="forged",
        at=world.clock(),
        signer=HMI,
        document=draft.entry.document,
        facts={"draft": world.draft(FORGED), **facts},
    )
    world.stores.ledger.append(history, entry)
