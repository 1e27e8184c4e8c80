from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disclosure import SMALLEST_COUNT, personal_data_in, withhold_small


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("She lives at ZZ99 3WZ now.", "a postcode"),
        ("She lives at CF99 1NA now.", "a postcode"),
        ("Ring 020 7946 0000 after school.", "a telephone number"),
        ("Ring +44 20 7946 0000.", "a telephone number"),
        ("Write to someone@example.org.", "an e-mail address"),
        ("He was born on 3 May 2009.", "a date of birth"),
        ("DOB: 03/05/2009", "a date of birth"),
        ("Number 943 476 5919 on the form.", "an NHS number"),
        ("Number 9434765919 on the form.", "an NHS number"),
        ("Her number is AB 12 34 56 C.", "a National Insurance number"),
        ("See CA-0007.", "a case reference"),
    ],
)
def test_personal_data_is_recognised(text: str, kind: str) -> None:
    assert kind in personal_data_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Inspectors examined 76 cases between 23 February and 6 March 2015.",
        "Of 374 cases, 38 were referred back at once.",
        "Police Act 1996 s.55(5A), in force from 2 May 2017",
        "Number 943 476 5918 fails its check digit.",
        "REC-2015-03 rests on finding I6.",
        "https://www.justiceinspectorates.gov.uk/hmicfrs/news/news-feed/south-wales-police/",
    ],
)
def test_ordinary_sentences_of_reports_pass(text: str) -> None:
    assert personal_data_in(text) == ()


counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40), max_size=8)


@given(counts)
def test_no_small_count_is_published_and_none_follows_from_the_total(table: dict[str, int]) -> None:
    published = withhold_small(table)
    assert published.keys() == table.keys()
    withheld = [name for name, count in published.items() if count is None]
    assert all(count == 0 or count >= SMALLEST_COUNT for count in published.values() if count is not None)
    assert all(published[name] in {None, count} for name, count in table.items())
    others = [name for name, count in table.items() if count]
    assert len(withheld) != 1 or others == withheld
