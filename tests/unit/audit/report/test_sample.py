"""A sample to check by hand: drawn by words, the same for everybody, another for other words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.pages.render import render_audit
from audit.report.sample import with_sample
from schemas.audit.report import InspectionTrail
from tests.support.pages.audit_lives import report_on, south_wales


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


@settings(deadline=None)
@given(size=st.integers(1, 40), seed=st.text(min_size=1, max_size=20))
def test_it_is_part_of_the_ledger_in_its_order_and_the_same_again(trail: InspectionTrail, size: int, seed: str) -> None:
    drawn = with_sample(trail, size, seed).sample
    assert drawn is not None
    assert drawn == with_sample(trail, size, seed).sample
    places = [line.entry for line in drawn.lines]
    assert places == sorted(set(places))
    assert len(places) == min(size, len(trail.lines))
    assert set(drawn.lines) <= set(trail.lines)


def test_a_larger_sample_holds_the_smaller_one_and_other_words_draw_others(trail: InspectionTrail) -> None:
    few, more = with_sample(trail, 4, "dice").sample, with_sample(trail, 9, "dice").sample
    assert few is not None
    assert more is not None
    assert set(few.lines) < set(more.lines)
    assert len({with_sample(trail, 4, f"dice {number}").sample for number in range(30)}) > 20


def test_none_is_drawn_unless_it_is_asked_for_and_the_page_says_how_to_prove_each(trail: InspectionTrail) -> None:
    assert with_sample(trail, 0, "dice").sample is None
    made = with_sample(trail, 2, None)
    assert made.sample is not None
    assert made.sample.seed == trail.head
    page = render_audit(made, "html").data.decode()
    assert all(f"ncpi audit prove {line.digest}" in page for line in made.sample.lines)
