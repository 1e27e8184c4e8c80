"""However personal data is written, the rules read it as a person would; what is said otherwise passes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.evasions import is_refused
from domain.disclosure import KINDS, personal_data_across, personal_data_in, personal_data_of
from domain.interpretations import interpretations_of
from schemas.programme.helplines import HELPLINES
from schemas.text import normal, publishable
from tests.support.evasions import HIDDEN, OVER_FIELDS, PLANTED, WAYS, Evasion, evasion

# Where two ways meet, some evasions remain (SECURITY.md); alone, these never get through.
CLOSED = ("invisible", "combining", "look-alike", "full-width", "other digits", "spaced", "bracketed", "case")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *HIDDEN,
        ("Ring 0 7 7 0 0 9 0 0 1 2 3", "a telephone number"),
        ("Ring oh double seven double oh nine double oh one two three", "a telephone number"),
        ("Ring O77OO 9OOl23", "a telephone number"),
        ("Ring +33 1 23 45 67 89", "a telephone number"),
        ("Ring 447700900123", "a telephone number"),
        ("Ring 07700 (900) [123]", "a telephone number"),
        ("jane.doe (at) gmail (dot) com", "an e-mail address"),
        ("jane at gmail dot com", "an e-mail address"),
        ("jane.doe at gmail.com", "an e-mail address"),
        ("j a n e @ e x . o r g", "an e-mail address"),
        ("C F 1 0 3 N B", "a postcode"),
        ("CF10-3NB", "a postcode"),
        ("CF1O 3NB", "a postcode"),
        ("cf3 9th", "a postcode"),
        ("m4 2nd", "a postcode"),
        ("her birthday, 3 May 2011", "a date of birth"),
        ("DOB 03052011", "a date of birth"),
        ("born 3May2011", "a date of birth"),
        ("A B 1 2 3 4 5 6 C", "a National Insurance number"),
        ("case CA 0007", "a case reference"),
        ("CA \u2013 0007", "a case reference"),
        ("943,476,5919", "an NHS number"),
        ("94 34 76 59 19", "an NHS number"),
    ],
)
def test_what_a_person_could_read_is_found(text: str, kind: str) -> None:
    assert kind in personal_data_in(normal(text))


@pytest.mark.parametrize(
    "text",
    [
        "Under s47 2nd strategy meetings were late; in I6 1st and Q4 3rd contacts.",
        "Team E: 14 DS, 3 DI and 12 PC; unit B 12 DC (A) 34 staff.",
        "CA 1989 and CA 2004 place duties on the force.",
        "Follow @HMICgov. See the website.",
        "Counts were 1,250, 3,400 and 76; 12, 14, 30, 4, 5.",
        "between 0.1, 0.2, 0.3, 0.4, 0.5 and 0.6",
        "from 09.00 to 17.30 on 02.05.2015, 10.30",
        "In 2014-15 07 of 12 (58%) were seen.",
        "Five of the nine, two in three; one or two, zero to one.",
        "Grounds 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10",
        "Plan a, b, c, d and e at stage I.",
        "Two teams were born of the 2014 review.",
        *(f"Call {number}, day or night: {name}" for number, name in HELPLINES.items()),
        "Call the NSPCC on +44 808 800 5000 or (0808) 800-5000.",
    ],
)
def test_what_no_person_reads_as_such_passes(text: str) -> None:
    assert personal_data_in(publishable(text)) == ()


def test_a_number_beside_a_helpline_is_found() -> None:
    assert personal_data_in("Call 0808 800 5000 or 07700 900123.") == ("a telephone number",)


def test_texts_are_read_over_the_end_of_a_field() -> None:
    assert personal_data_across(["Ring her on 07700", "900123 after four."]) == ("a telephone number",)
    assert personal_data_across(["Ring 07700 900123", "after four."]) == ()
    found = list(personal_data_of([("findings[0].text", "See CF10"), ("findings[1].text", "3NB, and"), ("force", "x")]))
    assert found == [("findings[1].text", "a postcode")]
    three = [
        ("quotation.paragraphs[0]", "077"),
        ("quotation.paragraphs[1]", "00900"),
        ("quotation.paragraphs[2]", "123"),
    ]
    assert list(personal_data_of(three)) == [("quotation.paragraphs[0]", "a telephone number")]


@given(st.integers(0, 2**32), st.sampled_from(sorted(PLANTED)), st.sampled_from(CLOSED))
@settings(deadline=None, max_examples=300)
def test_no_evasion_of_one_of_these_ways_gets_through(seed: int, kind: str, way: str) -> None:
    rng = random.Random(seed)
    written = WAYS[way](rng, PLANTED[kind](rng))
    assert is_refused(Evasion((f"See {written}.",), kind, (way,))), written.encode("unicode_escape")


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_each_kind_is_found_as_it_is_written_and_over_two_fields(kind: str) -> None:
    rng = random.Random(7)
    assert kind in KINDS
    for _ in range(200):
        assert kind in personal_data_in(PLANTED[kind](rng))
    over = [evasion(rng, kind=kind, way=OVER_FIELDS) for _ in range(200)]
    assert sum(map(is_refused, over)) >= 190


def test_of_many_evasions_few_get_through() -> None:
    """The figure of SECURITY.md is of ten times as many: `python -m benchmarks.evasions`."""
    rng = random.Random(1)
    assert sum(not is_refused(evasion(rng)) for _ in range(1_000)) <= 25


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_every_reading_is_of_bounded_length(text: str) -> None:
    assert all(len(reading) <= 20 * len(text) for reading in interpretations_of(text))


@pytest.mark.parametrize(
    "part", ["1 ", "a", "o", "0", "@", "a.", "a@a.", "born 1 ", "ca-", "( ", "zero ", " dot ", "A1 "]
)
def test_a_long_text_is_read_in_time(part: str) -> None:
    personal_data_in(part * (2_000 // len(part)))
