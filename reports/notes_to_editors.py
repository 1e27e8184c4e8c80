"""Notes to editors: the inspectorate, its aim, its press office."""

from __future__ import annotations

from typing import Final

from reports.inspectorate import HMIC, Inspectorate
from reports.layout.blocks import Bullets, Section, words

REVISIT_AIM: Final = (
    "The programme aims to come back to each force no later than six months after its initial report is published."
)


def notes_section(inspectorate: Inspectorate, aim: str) -> Section:
    """Return the numbered notes at the end of every press notice.

    Args:
        inspectorate: under the name of its day.
        aim: when the force is to be revisited, or was.
    """
    short = inspectorate.short
    # The telephone numbers are those printed in 2016; a later inspectorate's notice must not call them its own.
    source = "HMIC press notice on the South Wales Police post-inspection review, 2016"
    age = "" if inspectorate is HMIC else f" Numbers as in the {source}; check before use."
    notes = (
        (
            f"{inspectorate.full} ({short}) examines the child protection work of each of the 43 police forces in "
            "England and Wales. It reports to the force, to those who hold the force to account and to the public: how "
            "well children are kept safe, and what has to change."
        ),
        (
            "The national child protection inspections judge how well a force safeguards children at "
            "risk, recommend what it should change, and point out practice that others can copy."
        ),
        aim,
        (
            f"{short} is independent of government and of the {inspectorate.remit} that it inspects. It inspects "
            "in the public interest."
        ),
        f"Press office, Monday to Friday, 8:30am to 5:00pm: 020 3513 0600.{age}",
        "Press office outside these hours, urgent enquiries only: 07836 217 729.",
    )
    numbered = Bullets(tuple(words(note) for note in notes), is_numbered=True)
    return Section("notes", "Notes to editors", (numbered,))
