from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import (
    CaseReference,
    FindingId,
    IdempotencyKey,
    InspectionId,
    PersonId,
    RecommendationId,
    Sha256,
    is_inspection_id,
    is_person_id,
)

GOOD = {
    "inspection": (InspectionId, "south-wales-2015"),
    "digest": (Sha256, "0123456789abcdef" * 4),
    "person": (PersonId, "wendy.o'neill-smith"),
    "idempotency key": (IdempotencyKey, "opened/0000.1-a"),
    "case": (CaseReference, "CA-0001"),
    "finding": (FindingId, "I12"),
    "recommendation": (RecommendationId, "REC-2015-03"),
}
SPOILT = {
    "newline after": lambda text: f"{text}\n",
    "newline before": lambda text: f"\n{text}",
    "carriage return": lambda text: f"{text}\r",
    "line separator": lambda text: f"{text}\u2028",
    "space": lambda text: f"{text} ",
    "nul": lambda text: f"{text}\0",
    "zero width": lambda text: f"{text}\u200b",
    "traversal": lambda text: f"../{text}",
    "percent": lambda text: f"%2e%2e{text}",
    "backslash": lambda text: f"{text}\\",
    "another case": str.swapcase,
    "other digits": lambda text: text.translate({ord("0") + n: ord("\u0660") + n for n in range(10)}) + "\u0660",
    "full width": lambda text: "".join(chr(ord(one) + 0xFEE0) for one in text),
    "long": lambda text: text * 30,
    "empty": lambda _text: "",
}


def takes(kind: object, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_is_taken(name: str) -> None:
    assert takes(*GOOD[name])


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("name", GOOD)
def test_a_spoilt_one_is_refused(name: str, spoil: str) -> None:
    kind, text = GOOD[name]
    assert not takes(kind, SPOILT[spoil](text))


@pytest.mark.parametrize("value", [None, 7, True, b"south-wales-2015", ["south-wales-2015"]])
@pytest.mark.parametrize("name", GOOD)
def test_only_text_is_taken(name: str, value: object) -> None:
    assert not takes(GOOD[name][0], value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("kent-2025", True),
        ("kent-2025-2", True),
        ("kent-2025-9", True),
        ("kent-2025-1", False),
        ("kent-2025-10", False),
        ("kent-1999", False),
        ("kent-20255", False),
        ("k-2025", False),
        ("-2025", False),
        ("kent-", False),
        ("a-b-2025", False),
        ("aa-bb-cc-dd-2025", True),
        ("aa-bb-cc-dd-ee-2025", False),
        ("kent/2025", False),
        ("kent-2025/..", False),
        ("kent-2025\n", False),
        ("kent-2025\nkent-2025", False),
    ],
)
def test_the_form_of_an_inspection_id(text: str, is_one: bool) -> None:
    assert is_inspection_id(text) is is_one
    assert takes(InspectionId, text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("jo.smith", True),
        ("jo.smith2", True),
        ("jo.van-dyke.o'neill1999", True),
        ("jo.smith20000", False),
        ("jo2.smith", False),
        ("jo.2", False),
        ("jo.smith2.lee", False),
        ("jo.smith2b", False),
        ("jo.smith.2", False),
        ("jo2", False),
        ("jo.smith\u0662", False),
        ("jo.smith2\n", False),
    ],
)
def test_digits_at_the_end_tell_people_of_one_name_apart(text: str, is_one: bool) -> None:
    assert is_person_id(text) is is_one
    assert takes(PersonId, text) is is_one


near_misses = st.text(st.sampled_from("ab-2015/.\n\r\0 A\u0662\u2028"), max_size=70)


@given(st.one_of(st.text(max_size=70), near_misses, st.from_regex(r"[a-z-]{2,60}-20[0-9]{2}(-[0-9])?\n?")))
def test_both_readers_of_an_inspection_id_agree_on_any_text(text: str) -> None:
    assert is_inspection_id(text) is takes(InspectionId, text)


@given(st.sampled_from(sorted(GOOD)), st.one_of(st.text(max_size=130), st.text(st.sampled_from("aI.-'/0CA\n\0\u0661"))))
def test_what_is_taken_is_short_printable_ascii_that_cannot_climb(name: str, text: str) -> None:
    kind = GOOD[name][0]
    if not takes(kind, text):
        return
    assert re.fullmatch(r"[\x21-\x7e]{2,120}|[a-z0-9]", text)
    assert not text.startswith(("/", ".", "-"))
    assert "\\" not in text


@given(st.integers(1, 10_000))
def test_length_is_bounded_and_refusing_is_quick(times: int) -> None:
    for text in ("a-" * times + "2025!", "kent-" * times + "2025", "a" * times + "-2025"):
        assert is_inspection_id(text) is takes(InspectionId, text)
        assert len(text) <= 60 or not is_inspection_id(text)
