from __future__ import annotations

import pytest

from domain.lifecycle.history import History
from domain.lifecycle.timeline import timeline, words_of
from domain.signing import sign_entry
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference, Entry, Fact, UnsignedEntry, genesis_of
from schemas.lifecycle.moves import Kind
from tests.support.histories import AT, PUBLISHED_LIFE, SOMEBODY, stored

DOCUMENT = DocumentReference(sha256="d" * 64, size_bytes=7, media_type="application/json", key="artefacts/kent-2025/d")


def entry(kind: Kind, **facts: Fact) -> Entry:
    content = UnsignedEntry(
        inspection="kent-2025",
        seq=0,
        id="entry/0",
        kind=kind,
        at=AT,
        actor=SOMEBODY.actor,
        document=DOCUMENT,
        facts=facts,
        because=None,
        prev=genesis_of("kent-2025"),
    )
    return sign_entry(content, SOMEBODY)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_in_one_line(kind: Kind) -> None:
    words = words_of(entry(kind))
    assert len(words) > 10
    assert "\n" not in words


def test_kinds_have_different_words() -> None:
    refusals = {Kind.REPORT_REFUSED, Kind.REVIEW_REFUSED, Kind.CORRECTION_REFUSED}  # both say which act was refused
    assert len({words_of(entry(kind)) for kind in Kind}) == len(Kind) - len(refusals) + 1


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (Kind.OPENED, {"force_name": "Kent Police"}, "inspection of Kent Police opened"),
        (Kind.FIELDWORK_REJECTED, {"problems": 3}, "fieldwork return rejected: 3 problems to fix"),
        (
            Kind.FIELDWORK_RECORDED,
            {"cases": 12, "findings": 2, "expectations": 46, "warnings": 0},
            "evidence checked and recorded: 12 cases, 2 findings, 46 checks passed, 0 warnings",
        ),
        (Kind.REPORT_DRAFTED, {"round": 2}, "initial report drafted, round 2; awaits a second person"),
        (Kind.REPORT_RETURNED, {"reason": "numbers"}, "initial report returned: numbers"),
        (Kind.REPORT_REFUSED, {"reason": "one person"}, "approval refused: one person"),
        (Kind.PUBLISHED, {"published": "2015-07", "files": 5}, "initial report published (2015-07), 5 files"),
        (
            Kind.FOLLOW_UP_RECORDED,
            {"revisit_due_earliest": "2016-01-01", "revisit_due_latest": "2016-01-31", "due_dates": 3},
            "follow-up planned: revisit due by a day between 2016-01-01 and 2016-01-31, 3 due dates",
        ),
        (
            Kind.FOLLOW_UP_RECORDED,
            {"revisit_due_earliest": "2016-01-31", "revisit_due_latest": "2016-01-31", "due_dates": 1},
            "follow-up planned: revisit due by 2016-01-31, 1 due date",
        ),
        (Kind.REVIEW_DRAFTED, {"round": 1, "revisit": "in time"}, "review drafted, round 1; revisit in time"),
        (
            Kind.REVIEW_DRAFTED,
            {"round": 1, "revisit": "late", "days_late_at_least": 4, "days_late_at_most": 4},
            "review drafted, round 1; revisit late by 4 days",
        ),
        (
            Kind.REVIEW_DRAFTED,
            {"round": 1, "revisit": "late", "days_late_at_least": 1, "days_late_at_most": 59},
            "review drafted, round 1; revisit late by 1 to 59 days, on any reading",
        ),
    ],
)
def test_the_words_bear_the_facts(kind: Kind, facts: dict[str, Fact], words: str) -> None:
    assert words_of(entry(kind, **facts)) == words


def test_the_timeline_has_a_line_for_every_entry_in_order() -> None:
    written = stored(PUBLISHED_LIFE)
    lines = timeline(History.from_bytes("kent-2025", written))
    assert [line.seq for line in lines] == list(range(len(written)))
    assert [line.digest for line in lines] == [digest_of(data) for data in written]
    assert [line.kind for line in lines] == list(PUBLISHED_LIFE)
    assert {(line.person, line.role, line.at, line.document) for line in lines} == {
        ("pat.howells", "programme-manager", AT, None)
    }
    assert timeline(History("kent-2025")) == ()
