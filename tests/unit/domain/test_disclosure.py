from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disclosure import MIN_SHOWN_COUNT, personal_data_in, texts_of, withhold_small


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("She lives at ZZ99 3WZ now.", "a postcode"),
        ("She lives at CF99 1NA now.", "a postcode"),
        ("near sw1a1aa, by the park", "a postcode"),
        ("M1 1AE", "a postcode"),
        ("GIR 0AA", "a postcode"),
        ("(E1 6AN)", "a postcode"),
        ("Ring 020 7946 0000 after school.", "a telephone number"),
        ("Ring +44 20 7946 0000.", "a telephone number"),
        ("+44 (0)20 7946 0000", "a telephone number"),
        ("07700 900123", "a telephone number"),
        ("07700900123", "a telephone number"),
        ("01632-960-001", "a telephone number"),
        ("Write to someone@example.org.", "an e-mail address"),
        ("He was born on 3 May 2009.", "a date of birth"),
        ("DOB: 03/05/2009", "a date of birth"),
        ("d.o.b. 3.5.09", "a date of birth"),
        ("Date of Birth - 2009-05-03", "a date of birth"),
        ("date of birth is 3 May 2009", "a date of birth"),
        ("Number 943 476 5919 on the form.", "an NHS number"),
        ("Number 9434765919 on the form.", "an NHS number"),
        ("Number 943-476-5919 on the form.", "an NHS number"),
        ("401 023 2137", "an NHS number"),
        ("ab123456c", "a National Insurance number"),
        ("Her number is AB 12 34 56 C.", "a National Insurance number"),
        ("See CA-0007.", "a case reference"),
        ("See ca-0007.", "a case reference"),
        ("See CA\u20110007.", "a case reference"),
        ("SW1V 2QQ", "a postcode"),
        ("SW1X 7XL", "a postcode"),
        ("EC1V 9HQ", "a postcode"),
        ("WC2N 5DU", "a postcode"),
        ("near SW1A\u00a01AA, by the park", "a postcode"),
        ("near SW1A  1AA, by the park", "a postcode"),
        ("near SW1A\u20091AA, by the park", "a postcode"),
        ("near SW1A\u200b1AA, by the park", "a postcode"),
        ("Ring (029) 2055 5111.", "a telephone number"),
        ("Ring (029)2055 5111.", "a telephone number"),
        ("Ring 0044 20 7946 0000.", "a telephone number"),
        ("Ring 01632.960.001.", "a telephone number"),
        ("Ring 07700\u00a0900\u00a0123.", "a telephone number"),
        ("Ring 07700  900  123.", "a telephone number"),
        ("Ring 01632\u2013960\u2013001.", "a telephone number"),
        ("Number 943.476.5919 on the form.", "an NHS number"),
        ("Number 943\u00a0476\u00a05919 on the form.", "an NHS number"),
        ("She was born on 3rd May 2009.", "a date of birth"),
        ("She was born on the 3rd of May 2009.", "a date of birth"),
        ("He was born May 3, 2009.", "a date of birth"),
        ("born on May 3rd 2009", "a date of birth"),
    ],
)
def test_personal_data_is_recognised(text: str, kind: str) -> None:
    assert kind in personal_data_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Inspectors examined 76 cases between 23 February and 6 March 2015.",
        "Of 374 cases, 38 were referred back at once.",
        "Since 2009 some 1,250 of 3,400 children (36.8%) were seen; 0.75 of a post, 02.05.2015, 10.30 to 11.45.",
        "Teams born of the 2014 review worked in 12 of 20 places.",
        "In 2014/15 0.4 per 1,000; tables 1.1, 1.2.3 and 10.12; \u00a3012 345.",
        "Police Act 1996 s.55(5A), in force from 2 May 2017",
        "Number 943 476 5918 fails its check digit.",
        "Number 19434765919 has a digit too many.",
        "Number 943 476 591 has a digit too few.",
        "Born leaders were found in 3 of 8 teams.",
        "DA 12 34 56 C is given to nobody.",
        "CA-123 and CA-12345 are no references of ours.",
        "Section 47 of the Children Act 1989; 56 days; \u00a31,250,000; 10:30 on 23/02/2015.",
        "REC-2015-03 rests on finding I6.",
        "https://www.justiceinspectorates.gov.uk/hmicfrs/news/news-feed/south-wales-police/",
    ],
)
def test_ordinary_sentences_of_reports_pass(text: str) -> None:
    assert personal_data_in(text) == ()


counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40), max_size=8)


@given(counts)
def test_no_small_count_is_published(table: dict[str, int]) -> None:
    published = withhold_small(table)
    assert published == {} or published.keys() == table.keys()
    assert all(count == 0 or count >= MIN_SHOWN_COUNT for count in published.values() if count is not None)
    assert all(published[name] in {None, table[name]} for name in published)


@pytest.mark.parametrize("types", [1, 2, 3, 4])
def test_no_withheld_count_can_be_worked_out_by_who_knows_the_total_and_the_rule(types: int) -> None:
    """Every table of small counts, beside all others that are published alike."""
    alike: dict[object, list[tuple[int, ...]]] = {}
    for table in itertools.product(range(1, MIN_SHOWN_COUNT + 3), repeat=types):
        published = withhold_small(dict(zip("abcd", table, strict=False)))
        alike.setdefault((tuple(published.items()), sum(table)), []).append(table)
    withheld = 0
    for (published, total), tables in alike.items():
        for place, (_, count) in enumerate(published):
            if count is None:
                withheld += 1
                assert len({table[place] for table in tables}) > 1, (published, total, tables)
    assert withheld or types == 1


@given(counts)
def test_large_tables_are_published_whole_and_zeros_always(table: dict[str, int]) -> None:
    large = {name: count for name, count in table.items() if count == 0 or count >= MIN_SHOWN_COUNT}
    assert withhold_small(large) == large
    published = withhold_small(table)
    assert published == {} or all(published[name] == 0 for name, count in table.items() if count == 0)


@given(counts, st.randoms(use_true_random=False))
def test_what_is_withheld_does_not_depend_on_the_order_of_rows(table: dict[str, int], order) -> None:
    shuffled = list(table.items())
    order.shuffle(shuffled)
    assert withhold_small(dict(shuffled)) == withhold_small(table)
    assert list(withhold_small(table)) in ([], list(table))


@pytest.mark.parametrize(
    ("table", "published"),
    [
        ({"a": 5, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 9, "b": 4, "c": 9}, {"a": None, "b": None, "c": None}),
        ({"a": 1, "b": 1, "c": 9, "d": 8}, {"a": None, "b": None, "c": 9, "d": None}),
        ({"a": 4, "b": 4, "c": 4, "d": 8}, {"a": None, "b": None, "c": None, "d": None}),
        ({"a": 2, "b": 2, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 3}, {}),
        ({"a": 1, "b": 1}, {}),
        ({"a": 3, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 0, "b": 4, "c": 9}, {"a": 0, "b": None, "c": None}),
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
        ({}, {}),
    ],
)
def test_what_would_follow_takes_the_next_smallest_with_it(
    table: dict[str, int], published: dict[str, int | None]
) -> None:
    assert withhold_small(table) == published


def check_digit(nine: str) -> int:
    # Written otherwise than the rule under test: the whole number with its check digit is a multiple of 11.
    return next(
        (n for n in range(11) if (sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) + n) % 11 == 0),
        11,
    )


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", "-"]), st.integers(0, 9))
def test_an_nhs_number_is_one_only_with_its_check_digit(nine: str, between: str, last: int) -> None:
    text = f"no. {nine[:3]}{between}{nine[3:6]}{between}{nine[6:]}{last}."
    assert ("an NHS number" in personal_data_in(text)) is (last == check_digit(nine))


@given(st.text(max_size=60), st.sampled_from(["CF99 1NA", "a@example.org", "07700 900123", "943 476 5919"]))
def test_what_stands_around_it_hides_nothing(text: str, planted: str) -> None:
    assert personal_data_in(f"{text} ({planted}) {text}")


@given(st.text(max_size=400))
def test_any_text_is_read_and_none_of_it_is_named(text: str) -> None:
    assert set(personal_data_in(text)) <= {
        "a postcode",
        "a date of birth",
        "an e-mail address",
        "a telephone number",
        "a National Insurance number",
        "a case reference",
        "an NHS number",
    }


def test_every_text_of_a_document_is_walked_with_its_path() -> None:
    value = {"a": "one", "b": [{"c": "two"}, ("three", 4, None)], "d": {"e": {"f": "five"}}}
    assert list(texts_of(value)) == [("a", "one"), ("b[0].c", "two"), ("b[1][0]", "three"), ("d.e.f", "five")]
