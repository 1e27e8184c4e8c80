"""Kinds of entries that belong together, read out of the rows of acts and stages: nobody lists them by hand."""

from __future__ import annotations

from typing import Final

from schemas.lifecycle.acts import ACT_OF, ACTS, SeparatedDuty
from schemas.lifecycle.moves import SIDE_ENTRIES
from schemas.lifecycle.stages import STAGES

_TURNS: Final = tuple(turn for stage in STAGES for turn in stage.turns)

SUBMISSIONS: Final = frozenset(act.records for act in ACTS if act.makes is SeparatedDuty.AUTHOR)
"""A person sent in what they made."""
APPROVALS: Final = frozenset(act.records for act in ACTS if act.makes is SeparatedDuty.APPROVER)
DECISIONS_ON_DRAFTS: Final = frozenset(act.records for act in ACTS if act.decides_on)
"""A person moderated, approved or returned a draft."""
RETURNS_OF_DRAFTS: Final = frozenset(act.records for act in ACTS if act.decides_on and act.makes is None)
DECISIONS: Final = {act.records: act.decision for act in ACTS if act.decision}
"""What people decided, in the words of the audit report."""
REFUSALS: Final = frozenset(act.refusal for act in ACTS if act.refusal)
"""A person wanted to act and was not allowed to."""
STEPPED_UP: Final = frozenset(act.records for act in ACTS if act.needs_step_up).difference(SIDE_ENTRIES)
"""An entry of these must show that the login was fresh. A moderation, which moves nothing, need not."""

CHECKS_OF_RETURNS: Final = {kind: turn for turn in _TURNS if turn.rejects for kind in (turn.records, turn.rejects)}
"""What a stage records of a return that it checked, by the turn that checks it."""
ACCEPTANCES: Final = frozenset(turn.records for turn in _TURNS if turn.rejects)
"""A return met its rules; the entry names what it was checked against."""
TABLE_OF: Final = {
    turn.records: stage.table.name for stage in STAGES if stage.table for turn in stage.turns if turn.rejects
}
"""Name of the table that was checked, by what records that it met its rules."""
REJECTIONS: Final = frozenset(turn.rejects for turn in _TURNS if turn.rejects)
"""A return did not meet its rules: found by a stage, or at the desk before."""
PUBLICATIONS: Final = frozenset(turn.records for turn in _TURNS if turn.waits_for_embargo)
"""The public can read a document."""
PUBLICATION_OF: Final = {
    draft: turn.records for turn in _TURNS if turn.waits_for_embargo for draft in ACT_OF[turn.wakes_on].decides_on
}
"""What records that the public can read a draft, by the kind of the draft."""
FIRST_PUBLICATIONS: Final = {
    draft.subject: turn.records
    for stage in STAGES
    for turn in stage.path
    if turn.waits_for_embargo
    for draft in ACT_OF[turn.wakes_on].decides_on
}
"""What records that the public can read a document for the first time, by the document's name."""
