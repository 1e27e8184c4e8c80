from __future__ import annotations

import pytest

from schemas.errors import IllegalMoveError, RefusedError, RoleError, SeparationError, StaleError

RULES = {
    RefusedError: "what the act needs",
    RoleError: "wrong role",
    IllegalMoveError: "not its turn",
    SeparationError: "author, moderator and approver are three people",
    StaleError: "another draft or head was meant",
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
