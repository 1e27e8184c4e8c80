from __future__ import annotations

import datetime as dt

import pytest

from domain.calendar import span_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1.9, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (360_000, "100 hours"),
    ],
)
def test_a_span_is_told_in_the_largest_unit_of_which_it_has_two(seconds: float, words: str) -> None:
    assert span_in_words(dt.timedelta(seconds=seconds)) == words
