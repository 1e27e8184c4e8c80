"""Text has one form: what intake makes of it, which characters it refuses, and what a record may hold."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reports.layout.pdf import drawable
from schemas.dates import SourcedDate
from schemas.text import UNSEEN, CharacterError, is_publishable, normal, plain, publishable
from tests.support.evasions import INVISIBLE, LINE_ENDS, MARKS
from verifier.ncpi_verify import is_normal

EVERYTHING = [chr(point) for point in range(sys.maxunicode + 1)]
ANY = st.text(
    st.one_of(st.characters(), st.sampled_from(f"{INVISIBLE}{MARKS}{''.join(LINE_ENDS)} \u00a0\ufb01e\u0301"))
)


def form_of(text: str) -> str | None:
    try:
        return normal(text)
    except CharacterError:
        return None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("07700\u00ad900123", "07700900123"),
        ("gmail\u200b.com", "gmail.com"),
        ("zero\u200c\u200d\u2060\u200e\u200f\u061c\ufeffwidth", "zerowidth"),
        ("\u2714\ufe0f tick\U000e0100", "\u2714 tick"),
        ("\ufeff\ufeffCA-0005", "CA-0005"),
        ("child\u00a0protection\u202f\u2009enquiry\u3000", "child protection enquiry"),
        ("two\r\nlines\u2028and\x0bthree\x85four\tfive", "two lines and three four five"),
        ("  both  ends  ", "both ends"),
        ("Caffi\u0300 D\u0175r w\u0302y\u0302r", "Caffì Dŵr ŵŷr"),
        ("e\u200b\u0301", "é"),
        ("\ufb01nd the o\ufb03ce", "find the office"),
        ("\u212b \u2126 \u212a", "\u00c5 \u03a9 K"),
        (
            "\u2018smart\u2019 \u201cquotes\u201d \u2013 \u2014 \u2026",
            "\u2018smart\u2019 \u201cquotes\u201d \u2013 \u2014 \u2026",
        ),
        ("Łódź Москва \u4e2d\u6587 \U0001f600 x² ½", "Łódź Москва \u4e2d\u6587 \U0001f600 x² ½"),
        ("\u200b\u200b\u200b", ""),
        (" \u00a0 ", ""),
        ("", ""),
    ],
)
def test_what_intake_makes_of_a_text(text: str, form: str) -> None:
    assert normal(text) == form
    assert normal(form) == form


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\x00", "U+0000 (control character)"),
        ("\x1b", "U+001B (control character)"),
        ("\x92", "U+0092 (control character)"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("\u2063", "U+2063 INVISIBLE SEPARATOR"),
        ("\u2800", "U+2800 BRAILLE PATTERN BLANK"),
        ("\u3164", "U+3164 HANGUL FILLER"),
        ("\ufffc", "U+FFFC OBJECT REPLACEMENT CHARACTER"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\ue000", "U+E000 (no character of Unicode)"),
        ("\u0378", "U+0378 (no character of Unicode)"),
        ("\ud800", "U+D800 (bytes that are no text in UTF-8)"),
    ],
)
def test_a_character_that_nobody_could_see_is_refused_by_name_and_place(sign: str, name: str) -> None:
    with pytest.raises(CharacterError) as caught:
        normal(f"Jane Doe {sign} lives here")
    assert str(caught.value).startswith(f"has {name} as character 10; ")
    assert "Jane" not in str(caught.value)
    assert plain(f"a{sign}b") == f"a{UNSEEN}b"


def test_every_character_is_kept_replaced_removed_or_refused_and_the_rest_can_be_seen() -> None:
    # All but the ideographs and syllables of East Asia, of which every hundredth.
    points = [*range(0x3400), *range(0x3400, 0xD800, 100), *range(0xD800, 0x20000), *range(0xE0000, 0xE0200), 0x10FFFF]
    for sign in map(chr, points):
        form = form_of(f"a{sign}b")
        if form is None:
            assert unicodedata.category(sign) in {"Cc", "Cf", "Cn", "Co", "Cs", "Lo", "Mn", "So"}
        elif form not in {"ab", "a b"}:
            kept = form[1:-1] or form
            assert not any(unicodedata.category(one) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} for one in kept)
            assert kept.isspace() is False


@given(ANY)
def test_the_form_of_a_form_is_itself_and_both_verifiers_know_it(text: str) -> None:
    form = form_of(text)
    assert is_normal(text) is (form == text)
    if form is not None:
        assert normal(form) == form
        assert is_normal(form)
        assert plain(form) == form


@given(ANY)
def test_whatever_is_shown_without_intake_is_in_the_form_but_for_the_spaces_around_it(text: str) -> None:
    shown = plain(text)
    assert normal(shown) == shown.strip(" ")
    assert len(shown) >= len(normal(shown))
    assert bool(shown.replace(" ", "")) is any(plain(sign) != " " for sign in text)


def test_every_publishable_character_is_drawn_on_the_page_and_in_the_pdf() -> None:
    signs = [sign for sign in EVERYTHING if not "\ud800" <= sign <= "\udfff" and is_publishable(sign)]
    assert 600 < len(signs) < 800
    for sign in signs:
        assert drawable(f"a{sign}b") == normal(f"a{sign}b")
    assert all(
        sign in signs
        for sign in "ŵŷâêîôûẁẃẅỳýÿïöëäáàéèíìóòúùŴŶ\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00a3\u20ac\u00bd\u2022"
    )


@given(ANY)
def test_a_published_text_has_publishable_characters_alone(text: str) -> None:
    form = form_of(text)
    if form is not None and all(map(is_publishable, form)):
        assert publishable(text) == form
    else:
        with pytest.raises(CharacterError, match=r"^has U\+"):
            publishable(text)


@pytest.mark.parametrize("sign", "\u0430\u0391\uff10\u0660\u2460\U0001d7ce\u4e2d\u20e3\u0301\U0001f600")
def test_a_letter_that_could_pass_for_another_is_not_published(sign: str) -> None:
    with pytest.raises(CharacterError, match="Latin letters"):
        publishable(f"a 1{sign}")


def test_a_record_holds_no_text_in_another_form() -> None:
    assert SourcedDate(date="2015-07", source="a letter").source == "a letter"
    for source in ("a  letter", " a letter", "a\u00adletter", "e\u0301 letter", "a letter\n", "a \u0430 letter"):
        with pytest.raises(ValidationError) as caught:
            SourcedDate(date="2015-07", source=source)
        assert source not in str(caught.value)
