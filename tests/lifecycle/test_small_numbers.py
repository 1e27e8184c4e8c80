"""Nothing public depends on a number that is withheld, in any format or version, nor does the difference of two.

Two returns that differ in withheld numbers alone live the same life: what anybody computes from what is public, they
compute of both. That each withheld number has several values among such returns is shown where the rule is tested
(tests/unit/domain/test_disclosure.py).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desk.acts.corrections import draft_correction
from schemas.documents.tables import CASE_TYPES
from schemas.identifiers import digest_of
from schemas.people.roles import Role
from tests.support.errata import write_errata
from tests.support.people import signer
from tests.support.returns import as_csv, case_rows, fieldwork_return, write_review
from tests.support.world import INSPECTION, World

PRESS = signer("tom.baker", Role.PRESS_OFFICER)


def lived(folder: Path, counts: tuple[int, ...]) -> World:
    """Take an inspection with so many cases of each type to its published review, with a correction of its report."""
    rows = case_rows(sum(counts))
    types = [name for name, count in zip(CASE_TYPES, counts, strict=False) for _ in range(count)]
    for row, case_type in zip(rows, types, strict=True):
        row["case_type"] = case_type
    grades = [row["inspector_grade"] for row in rows]
    audit = fieldwork_return()["case_audit"] | {"rows": len(rows), "grades": {one: grades.count(one) for one in grades}}
    fieldwork = folder / "fieldwork"
    fieldwork.mkdir(parents=True)
    (fieldwork / "return.json").write_text(json.dumps(fieldwork_return(case_audit=audit)))
    (fieldwork / "cases.csv").write_bytes(as_csv(rows))
    world = World()
    world.open()
    world.submit("fieldwork", fieldwork)
    world.deliver()
    world.approve()
    world.deliver()
    draft_correction(world.context, INSPECTION, write_errata(folder), PRESS)
    world.approve()
    world.deliver()
    world.submit("review", write_review(folder / "review"))
    world.deliver()
    world.approve()
    world.deliver()
    return world


def digests(world: World) -> dict[str, list[str]]:
    return {key: [*map(digest_of, versions)] for key, versions in world.public_objects.stored.items()}


@pytest.mark.parametrize(
    ("counts", "others"),
    [
        ((1, 2, 9), (2, 1, 9)),
        ((4, 5, 14), (5, 4, 14)),
        pytest.param((1, 4, 12), (3, 2, 12), marks=pytest.mark.full),
        pytest.param((1, 1, 5, 8), (1, 5, 1, 8), marks=pytest.mark.full),
    ],
)
def test_nothing_public_depends_on_a_withheld_number(
    counts: tuple[int, ...], others: tuple[int, ...], tmp_path: Path
) -> None:
    one, other = lived(tmp_path / "one", counts), lived(tmp_path / "other", others)
    assert any(key.endswith("/v2/report.pdf") for key in one.public_objects.stored)
    assert f"{INSPECTION}/review/report.html" in one.public_objects.stored
    assert digests(one) == digests(other)
    assert one.private_objects.stored.keys() != other.private_objects.stored.keys()
