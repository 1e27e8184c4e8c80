"""The versions of the programme: themes and their labels, grades.

The eight themes are the chapters of published reports; their spelling varies. The first reports of 2014 used four case
grades, later ones three; that the version of 2024 uses four again is an assumption (examples/SOURCES.md). The five
force-level topics that the programme has graded since 2024 are not modelled: they judge a force and are not themes of
findings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ProgrammeVersion(StrEnum):
    """A version of the national child protection inspection programme."""

    V1_2014 = "v1-2014"
    V1_2015 = "v1-2015"
    V2_2017 = "v2-2017"
    V3_2024 = "v3-2024"


class Theme(StrEnum):
    """A theme of the inspection, by a code that stays when its label changes."""

    LEADERSHIP = "leadership"
    INITIAL_CONTACT = "initial-contact"
    ASSESSMENT_AND_HELP = "assessment-and-help"
    INVESTIGATION = "investigation"
    DECISION_MAKING = "decision-making"
    TRUSTED_ADULT = "trusted-adult"
    MANAGING_RISK = "managing-risk"
    POLICE_DETENTION = "police-detention"


class Grade(StrEnum):
    """The grade of an examined case."""

    GOOD = "good"
    ADEQUATE = "adequate"
    REQUIRES_IMPROVEMENT = "requires improvement"
    INADEQUATE = "inadequate"


FOUR_GRADES: Final = (Grade.GOOD, Grade.ADEQUATE, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
THREE_GRADES: Final = (Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)

GRADE_SCALES: Final[dict[ProgrammeVersion, tuple[Grade, ...]]] = {
    ProgrammeVersion.V1_2014: FOUR_GRADES,
    ProgrammeVersion.V1_2015: THREE_GRADES,
    ProgrammeVersion.V2_2017: THREE_GRADES,
    ProgrammeVersion.V3_2024: FOUR_GRADES,
}
"""Case grades in use, best first."""

_LABELS: Final[dict[Theme, str]] = {
    Theme.LEADERSHIP: "Leadership, management and governance",
    Theme.INITIAL_CONTACT: "Initial contact",
    Theme.ASSESSMENT_AND_HELP: "Assessment and help",
    Theme.INVESTIGATION: "Investigation",
    Theme.DECISION_MAKING: "Decision-making",
    Theme.TRUSTED_ADULT: "Trusted adult",
    Theme.MANAGING_RISK: "Managing those who pose a risk to children",
    Theme.POLICE_DETENTION: "Police detention",
}
_LABELS_FROM_2017: Final[dict[Theme, str]] = {
    **_LABELS,
    Theme.DECISION_MAKING: "Decision making",
    Theme.MANAGING_RISK: "Managing those posing a risk to children",
}


def theme_label(theme: Theme, version: ProgrammeVersion) -> str:
    """Return the chapter title of a theme in this version of the programme."""
    return (_LABELS if version in {ProgrammeVersion.V1_2014, ProgrammeVersion.V1_2015} else _LABELS_FROM_2017)[theme]
