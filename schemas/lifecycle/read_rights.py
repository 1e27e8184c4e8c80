"""What people read, as one table: in which roles, and what a force may read of its own inspection.

The board and what is published are public: no command asks who reads them. Case tables are shown to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.people.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRight:
    """One row: its words, and the roles that may read it."""

    name: str
    summary: str
    roles: tuple[Role, ...] = ()
    """None where it is public. A force liaison reads only of their own force."""

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return not self.roles


_FOLLOWS: Final = (Role.PROGRAMME_MANAGER, Role.INSPECTOR, Role.MODERATOR, Role.HMI, Role.OPERATIONS, Role.MANAGEMENT)
_DRAFTS: Final = (Role.INSPECTOR, Role.MODERATOR, Role.HMI, Role.PRESS_OFFICER)

READ_BOARD: Final = ReadRight(
    name="read the board", summary="where each inspection stands, what comes next and when the revisit is due"
)
READ_PUBLISHED: Final = ReadRight(
    name="read what is published",
    summary="the files of a published report, review or correction that was not withdrawn",
)
READ_TRAIL: Final = ReadRight(
    name="read the audit trail",
    summary="who did what, when and why: the trail, the audit report, proofs and exports",
    roles=_FOLLOWS,
)
READ_DRAFT: Final = ReadRight(name="read a draft", summary="the files of a draft that is not published", roles=_DRAFTS)
READ_CHECKED_DRAFT: Final = ReadRight(
    name="read a draft under check",
    summary="the page and the PDF of a draft, while the force may check its facts",
    roles=(*_DRAFTS, Role.FORCE_LIAISON),
)
READ_REJECTION: Final = ReadRight(
    name="read what to fix", summary="what was wrong with a return, by file, line and rule", roles=_FOLLOWS
)
READ_VALIDATION: Final = ReadRight(
    name="read how a return was checked",
    summary="each rule that a return's table was checked against, with its result and the lines that break it",
    roles=_FOLLOWS,
)
READ_COMMENTS: Final = ReadRight(
    name="read the force's comments",
    summary="what the force says is wrong in a draft; it may name cases",
    roles=(Role.INSPECTOR, Role.MODERATOR, Role.HMI, Role.FORCE_LIAISON),
)
READ_PLAN: Final = ReadRight(
    name="read the follow-up plan",
    summary="the plan and its calendar, with the days proposed for the revisit, which the force is not to know",
    roles=(*_FOLLOWS, Role.PRESS_OFFICER),
)
READ_DUE_DATES: Final = ReadRight(
    name="read what is due",
    summary="what is due when, without the days proposed for the revisit",
    roles=(*READ_PLAN.roles, Role.FORCE_LIAISON),
)

READ_RIGHTS: Final = (
    READ_BOARD,
    READ_PUBLISHED,
    READ_TRAIL,
    READ_DRAFT,
    READ_CHECKED_DRAFT,
    READ_REJECTION,
    READ_VALIDATION,
    READ_COMMENTS,
    READ_PLAN,
    READ_DUE_DATES,
)
