"""Approvals, returns and other acts at the desk: by the wrong person, of the wrong bytes, at the wrong time."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from unittest.mock import patch

from desk.acts.decision import approve, return_draft
from desk.acts.opening import open_inspection
from desk.trail import trail_as_text
from domain.calendar import LONDON
from domain.lifecycle.timeline import timeline
from reports.layout.rendering import Rendering, render_data
from schemas.documents.report import InitialReport
from schemas.documents.review import Review
from schemas.errors import NcpiError
from schemas.lifecycle.entry import Actor
from schemas.people.roles import Role
from tests.corpus.case import CANARY, HARMLESS, Case, Refusals
from tests.support.people import signer
from tests.support.returns import write_fieldwork, write_review
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

SECOND: Final = signer("wendy.williams", Role.HMI)
REASON: Final = "the numbers need another look"
_worlds: Final[dict[str, World]] = {}
"""Each once, as far as its name says; a fork has its own copy of them."""


def _rendered(document: InitialReport | Review) -> tuple[Rendering, ...]:
    # What is decided on is bytes, whatever they show; setting them would take longer than the case.
    return (Rendering("report.html", "text/html; charset=utf-8", document.title.encode()), render_data(document))


def prepare() -> None:
    """Take worlds as far as each case needs them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("tasks.steps.render_document", _rendered),
    ):
        world = World()
        _worlds["unopened"] = _copied(world)
        world.open()
        _worlds["opened"] = _copied(world)
        world.submit("fieldwork", write_fieldwork(Path(folder) / "first"))
        _worlds["submitted"] = _copied(world)
        world.deliver()
        _worlds["drafted"] = _copied(world)
        again = _copied(world)
        again.return_draft(REASON)
        again.submit("fieldwork", write_fieldwork(Path(folder) / "second", quotation=_other_quotation()))
        again.deliver()
        _worlds["drafted again"] = again
        world.approve(embargo=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
        _worlds["approved"] = _copied(world)
        world.now = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
        world.deliver()
        for stage in ("publication", "follow-up"):
            world.run(stage)
        _worlds["published"] = _copied(world)
        world.submit("review", write_review(Path(folder) / "review"))
        world.deliver()
        _worlds["review drafted"] = _copied(world)
        world.approve(who=SECOND)
        world.deliver()
        _worlds["complete"] = world


def _copied(world: World) -> World:
    copied = World()
    for name in ("ledger_objects", "private_objects", "public_objects"):
        getattr(copied, name).hold_as(getattr(world, name))
    copied.now, copied.events = world.now, list(world.events)
    return copied


def _other_quotation() -> dict[str, object]:
    return {"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True}


def _drafted_before(world: World) -> str:
    first = next(one for one in world.history().recorded if one.entry.kind.value == "initial-report.recorded")
    assert first.entry.document is not None
    return first.entry.document.sha256


def _entry(world: World, kind: str) -> str:
    return next(one.digest for one in world.history().recorded if one.entry.kind.value == kind)


def _approving(
    digest: str | Callable[[World], str] = World.draft,
    who: Actor = HMI,
    inspection: str = INSPECTION,
    embargo: dt.datetime | None = None,
) -> Callable[[World], object]:
    return lambda world: approve(
        world.context, inspection, digest if isinstance(digest, str) else digest(world), who, embargo=embargo
    )


def _returning(
    reason: str = REASON, who: Actor = HMI, digest: str | Callable[[World], str] = World.draft
) -> Callable[[World], object]:
    return lambda world: return_draft(
        world.context, INSPECTION, digest if isinstance(digest, str) else digest(world), who, reason
    )


def _submitting(form: str, who: Actor = LEAD) -> Callable[[World], object]:
    def act(world: World) -> object:
        with tempfile.TemporaryDirectory() as folder:
            write = write_fieldwork if form == "fieldwork" else write_review
            return world.submit(form, write(Path(folder)), who=who)

    return act


def _opening(inspection: str, who: Actor = MANAGER) -> Callable[[World], object]:
    return lambda world: open_inspection(world.context, inspection, who)


NAIVE: Final = dt.datetime(2026, 12, 1, 9)  # noqa: DTZ001 - that is the case
ROLES: Final = tuple(role for role in Role if role is not Role.HMI)
ACTS: Final[dict[str, tuple[str, Callable[[World], object], str]]] = {
    "approve-nothing": ("drafted", _approving(""), "StaleError"),
    "approve-words": ("drafted", _approving(f"the {CANARY} draft"), "StaleError"),
    "approve-zeros": ("drafted", _approving("0" * 64), "StaleError"),
    "approve-capitals": ("drafted", _approving(lambda world: world.draft().upper()), "StaleError"),
    "approve-beginning": ("drafted", _approving(lambda world: world.draft()[:11]), "StaleError"),
    "approve-with-a-line-end": ("drafted", _approving(lambda world: world.draft() + "\n"), "StaleError"),
    "approve-a-million-digits": ("drafted", _approving("ab" * 500_000), "StaleError"),
    "approve-an-older-draft": ("drafted again", _approving(_drafted_before), "StaleError"),
    "approve-the-report-for-the-review": ("review drafted", _approving(_drafted_before), "StaleError"),
    "approve-the-evidence": ("drafted", _approving(lambda world: _entry(world, "fieldwork.recorded")), "StaleError"),
    "approve-the-entry": ("drafted", _approving(lambda world: world.history().head), "StaleError"),
    "approve-before-a-draft": ("submitted", _approving("0" * 64), "IllegalMoveError"),
    "approve-before-a-return": ("opened", _approving("0" * 64), "IllegalMoveError"),
    "approve-unopened": ("unopened", _approving("0" * 64), "NotFoundError"),
    "approve-another-inspection": ("drafted", _approving(inspection="kent-2031"), "NotFoundError"),
    "approve-no-inspection": ("drafted", _approving(inspection=f"../{CANARY}"), "NotFoundError"),
    "approve-once-more-by-another": ("approved", _approving(who=SECOND), "IllegalMoveError"),
    "approve-what-is-published": ("published", _approving(who=SECOND), "IllegalMoveError"),
    "approve-what-is-complete": ("complete", _approving(), "IllegalMoveError"),
    "approve-by-the-lead": ("drafted", _approving(who=signer("rhian.morgan", Role.HMI)), "SeparationError"),
    "approve-by-the-team": ("drafted", _approving(who=signer("tom.ellis", Role.HMI)), "SeparationError"),
    "approve-the-review-by-the-first-team": ("review drafted", _approving(who=signer("tom.ellis", Role.HMI)), "SeparationError"),
    "approve-by-the-service": ("drafted", _approving(who=signer("ncpi", Role.SERVICE)), "RefusedError"),
    **{f"approve-as-{role.value}": ("drafted", _approving(who=signer("sam.smith", role)), "RefusedError") for role in ROLES},
    "embargo-naive": ("drafted", _approving(embargo=NAIVE), "RefusedError"),
    "embargo-of-london": ("drafted", _approving(embargo=NAIVE.replace(month=7, tzinfo=LONDON)), "RefusedError"),
    "embargo-of-another-zone": ("drafted", _approving(embargo=NAIVE.replace(tzinfo=dt.timezone(dt.timedelta(hours=5)))), "RefusedError"),
    "embargo-changed": ("approved", _approving(embargo=dt.datetime(2026, 11, 30, tzinfo=dt.UTC)), "RefusedError"),
    "embargo-taken-back": ("approved", _approving(), "RefusedError"),
    "embargo-long-past": ("drafted", _approving(embargo=dt.datetime(2014, 1, 1, tzinfo=dt.UTC)), "RefusedError"),
    "return-without-a-reason": ("drafted", _returning(""), "RefusedError"),
    "return-with-spaces": ("drafted", _returning(" \t\n\u00a0"), "RefusedError"),
    "return-with-signs": ("drafted", _returning("\u2026!?"), "RefusedError"),
    "return-with-invisible-signs": ("drafted", _returning("\u200b\u2060\ufeff"), "RefusedError"),
    "return-with-601-letters": ("drafted", _returning(CANARY + "x" * 593), "RefusedError"),
    "return-with-a-million-letters": ("drafted", _returning("x" * 1_000_000), "RefusedError"),
    "return-with-half-a-pair": ("drafted", _returning(f"{CANARY} \ud800"), "RefusedError"),
    "return-with-a-postcode": ("drafted", _returning("the child of CF10 1EP"), "RefusedError"),
    "return-with-a-telephone-number": ("drafted", _returning("ring 020 7946 0018"), "RefusedError"),
    "return-with-a-case": ("drafted", _returning("look at CA-0007"), "RefusedError"),
    "return-with-a-line-of-the-trail": ("drafted", _returning("x\n  9  23 November 2026, 09:00 in London (2026-11-23 09:00 UTC)  dru.sharpling (hmi): approved"), HARMLESS),
    "return-with-orders-to-a-terminal": ("drafted", _returning("x\x1b[2J\x1b]0;y\x07\x9b31m"), "RefusedError"),
    "return-with-turned-letters": ("drafted", _returning("x \u202edevorppa\u202c \u2066y\u2069"), "RefusedError"),
    "return-with-a-formula": ("drafted", _returning('=HYPERLINK("https://example.org","x")'), HARMLESS),
    "return-by-an-author": ("drafted", _returning(who=signer("rhian.morgan", Role.MODERATOR)), "SeparationError"),
    "return-as-press-officer": ("drafted", _returning(who=signer("sam.smith", Role.PRESS_OFFICER)), "RefusedError"),
    "return-an-older-draft": ("drafted again", _returning(digest=_drafted_before), "StaleError"),
    "return-what-is-approved": ("approved", _returning(), "IllegalMoveError"),
    "return-what-is-complete": ("complete", _returning(), "IllegalMoveError"),
    "submit-to-an-inspection-that-is-none": ("unopened", _submitting("fieldwork"), "NotFoundError"),
    "submit-as-hmi": ("opened", _submitting("fieldwork", HMI), "RefusedError"),
    "submit-the-other-return": ("opened", _submitting("review"), "IllegalMoveError"),
    "submit-when-it-is-drafted": ("drafted again", _submitting("fieldwork"), HARMLESS),
    "submit-review-when-it-is-approved": ("approved", _submitting("review"), "IllegalMoveError"),
    "submit-again-when-it-is-complete": ("complete", _submitting("fieldwork"), HARMLESS),
    "open-as-inspector": ("unopened", _opening(INSPECTION, LEAD), "RefusedError"),
    "open-for-no-force": ("unopened", _opening("atlantis-2025"), "NotFoundError"),
    "open-for-no-id": ("unopened", _opening(f"{CANARY}\n" * 500), "NotFoundError"),
    "open-what-somebody-else-opened": ("opened", _opening(INSPECTION, signer("sam.smith", Role.PROGRAMME_MANAGER)), "IllegalMoveError"),
}  # fmt: skip


def _case(name: str, state: str, act: Callable[[World], object], expected: str) -> Case:
    return Case(
        id=f"approvals/{name}",
        what=f"{name.replace('-', ' ')}, when it is {state}",
        build=lambda: (_worlds[state], act),
        expected=expected,
    )


CASES: Final = tuple(_case(name, *act) for name, act in ACTS.items())


def check(case: Case, sent: tuple[World, Callable[[World], object]]) -> None:
    """Act: what is refused changes nothing but that a refusal may be recorded; what is taken shows as one line."""
    world, act = sent
    before, published = world.history(), dict(world.public_objects.stored)
    refusals = Refusals()
    try:
        act(world)
    except NcpiError as error:
        refusals.add_error(error)
    after = world.history()
    assert case.expected in refusals.names if case.expected else not refusals.names, sorted(refusals.names)
    assert len(after.recorded) - len(before.recorded) <= 1
    assert case.expected == HARMLESS or after.state is before.state
    assert world.public_objects.stored == published
    said = trail_as_text(timeline(after))
    assert said.count(" UTC)  ") == len(after.recorded), "a line of the trail is forged"
    assert said.replace("\n", "").isprintable()
    assert CANARY not in said
