"""The 43 territorial police forces of England and Wales.

Source: Police Act 1996, schedule 1, with the Metropolitan Police and the City of London Police.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.errors import NotFoundError
from schemas.identifiers import is_inspection_id


@dataclass(frozen=True, slots=True)
class Force:
    """One territorial police force."""

    slug: str
    name: str
    nation: Literal["England", "Wales"] = "England"

    @property
    def holidays(self) -> str:
        """Code of the nation in the holidays library, for bank holidays."""
        return "WLS" if self.nation == "Wales" else "ENG"


FORCES: Final[dict[str, Force]] = {
    force.slug: force
    for force in (
        Force("avon-and-somerset", "Avon and Somerset Constabulary"),
        Force("bedfordshire", "Bedfordshire Police"),
        Force("cambridgeshire", "Cambridgeshire Constabulary"),
        Force("cheshire", "Cheshire Constabulary"),
        Force("city-of-london", "City of London Police"),
        Force("cleveland", "Cleveland Police"),
        Force("cumbria", "Cumbria Constabulary"),
        Force("derbyshire", "Derbyshire Constabulary"),
        Force("devon-and-cornwall", "Devon and Cornwall Police"),
        Force("dorset", "Dorset Police"),
        Force("durham", "Durham Constabulary"),
        Force("dyfed-powys", "Dyfed-Powys Police", "Wales"),
        Force("essex", "Essex Police"),
        Force("gloucestershire", "Gloucestershire Constabulary"),
        Force("greater-manchester", "Greater Manchester Police"),
        Force("gwent", "Gwent Police", "Wales"),
        Force("hampshire", "Hampshire and Isle of Wight Constabulary"),
        Force("hertfordshire", "Hertfordshire Constabulary"),
        Force("humberside", "Humberside Police"),
        Force("kent", "Kent Police"),
        Force("lancashire", "Lancashire Constabulary"),
        Force("leicestershire", "Leicestershire Police"),
        Force("lincolnshire", "Lincolnshire Police"),
        Force("merseyside", "Merseyside Police"),
        Force("metropolitan", "Metropolitan Police Service"),
        Force("norfolk", "Norfolk Constabulary"),
        Force("north-wales", "North Wales Police", "Wales"),
        Force("north-yorkshire", "North Yorkshire Police"),
        Force("northamptonshire", "Northamptonshire Police"),
        Force("northumbria", "Northumbria Police"),
        Force("nottinghamshire", "Nottinghamshire Police"),
        Force("south-wales", "South Wales Police", "Wales"),
        Force("south-yorkshire", "South Yorkshire Police"),
        Force("staffordshire", "Staffordshire Police"),
        Force("suffolk", "Suffolk Constabulary"),
        Force("surrey", "Surrey Police"),
        Force("sussex", "Sussex Police"),
        Force("thames-valley", "Thames Valley Police"),
        Force("warwickshire", "Warwickshire Police"),
        Force("west-mercia", "West Mercia Police"),
        Force("west-midlands", "West Midlands Police"),
        Force("west-yorkshire", "West Yorkshire Police"),
        Force("wiltshire", "Wiltshire Police"),
    )
}


def force_of(inspection_id: str) -> Force:
    """Return the force of an inspection, by its id.

    Raises:
        NotFoundError: the id begins with no force.
    """
    for slug, force in FORCES.items():
        if inspection_id.startswith(f"{slug}-20"):
            return force
    # What is not even an id is unchecked input, and is not repeated.
    subject = inspection_id if is_inspection_id(inspection_id) else "not an inspection id"
    raise NotFoundError(
        f"{subject}: no police force of England and Wales begins this id; "
        "expected <force>-<year>, for example south-wales-2015"
    )
