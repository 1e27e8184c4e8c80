"""Changes of people and roles in the report of the programme, out of the register."""

from __future__ import annotations

from typing import get_args

from audit.report.people import _WORDS
from schemas.people.register import Body
from tests.support.pages.audit_lives import report_on_all, troubled


def test_every_change_of_people_and_roles_is_told_newest_first() -> None:
    world = troubled()
    people = report_on_all(world).people
    assert [one.record for one in people] == list(range(len(world.stores.register.read().records)))[::-1]
    assert people[-1].what == "founded the register, as the first admin"
    invited = {one.person: one.roles for one in people if one.what == "invited"}
    assert invited["meera.shah"] == ("management",)
    assert invited["dru.sharpling"] == ("hmi",)


def test_every_kind_of_record_has_words() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(Body)}
    assert kinds == set(_WORDS)
