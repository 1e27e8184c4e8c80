from __future__ import annotations

import pytest

from schemas.errors import IllegalMoveError, RefusedError, SeparationError, StaleError

RULES = {
    RefusedError: "RefusedError",
    IllegalMoveError: "IllegalMoveError",
    SeparationError: "SeparationError",
    StaleError: "StaleError",
}


@pytest.mark.parametrize(("refusal", "rule"), RULES.items())
def test_a_refusal_names_its_rule_as_ledgers_bear_it(refusal: type[RefusedError], rule: str) -> None:
    assert refusal("no").rule == rule


def test_every_refusal_has_a_rule_of_its_own() -> None:
    kinds, found = [RefusedError], []
    while kinds:
        found.append(kind := kinds.pop())
        kinds += kind.__subclasses__()
    assert set(found) == set(RULES)
    assert all("rule" in vars(kind) for kind in found)
