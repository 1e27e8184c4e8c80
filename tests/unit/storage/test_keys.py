from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import NotFoundError
from schemas.identifiers import is_inspection_id
from schemas.programme.forces import FORCES, force_of
from storage import keys

TRICKS = [
    "",
    "../etc",
    "kent-2025/..",
    "kent-2025\n",
    "Kent-2025",
    "kent-\uff12\uff10\uff12\uff15",
    "kent-2025\0",
    "kent--2025",
    "k" * 90,
    "kent-2025-1",
]


@pytest.mark.parametrize("text", TRICKS)
def test_only_an_inspection_id_makes_a_key(text: str) -> None:
    assert not is_inspection_id(text)
    for make in (keys.ledger_folder, lambda one: keys.artefact(one, "0" * 64), lambda one: keys.ledger_entry(one, 0)):
        with pytest.raises(NotFoundError) as refusal:
            make(text)
        assert not text or text not in str(refusal.value)


@given(st.text(max_size=80))
def test_any_text_makes_a_safe_key_or_none(text: str) -> None:
    try:
        key = keys.ledger_entry(text, 7)
    except NotFoundError:
        return
    assert re.fullmatch(r"ledger/[a-z-]+20[0-9]{2}(-[2-9])?/00000007\.json", key, re.ASCII)


@given(st.sampled_from(sorted(FORCES)), st.integers(2014, 2099), st.integers(0, 99_999_999))
def test_keys_of_entries_can_be_read_back_and_sort_by_place(force: str, year: int, seq: int) -> None:
    inspection = f"{force}-{year}"
    assert is_inspection_id(inspection)
    assert force_of(inspection).slug == force
    assert keys.parse_ledger_entry(keys.ledger_entry(inspection, seq)) == (inspection, seq)
    assert keys.ledger_entry(inspection, min(seq, 99_999_998)) < keys.ledger_entry(inspection, 99_999_999)


@pytest.mark.parametrize("name", ["../x.html", "x", "X.html", "a/b.html", "report.html\n", ".html"])
def test_only_plain_names_are_published(name: str) -> None:
    with pytest.raises(NotFoundError):
        keys.public_file("kent-2025", "review", name)


def test_there_are_43_forces_four_of_them_in_wales() -> None:
    assert len(FORCES) == 43
    assert [force.slug for force in FORCES.values() if force.nation == "Wales"] == [
        "dyfed-powys",
        "gwent",
        "north-wales",
        "south-wales",
    ]
    with pytest.raises(NotFoundError, match="no police force"):
        force_of("atlantis-2025")


@pytest.mark.parametrize("digest", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "../" + "0" * 61])
def test_an_artefact_is_named_by_a_whole_digest(digest: str) -> None:
    with pytest.raises(NotFoundError) as refusal:
        keys.artefact("kent-2025", digest)
    assert not digest or digest not in str(refusal.value)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ledger/kent-2025/00000000.jso",
        "ledger/kent-2025/00000000.json\n",
        "ledger/kent-2025/00000000.json.bak",
        "ledger/kent-2025/0000000.json",
        "ledger/kent-2025/000000000.json",
        "ledger/kent-2025/-0000001.json",
        "ledger/kent-2025/\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660.json",
        "ledger/kent/00000000.json",
        "ledger/Kent-2025/00000000.json",
        "ledger/kent-2025/../kent-2025/00000000.json",
        "x/ledger/kent-2025/00000000.json",
        "ledger//00000000.json",
        "probe/0123",
    ],
)
def test_a_key_that_no_entry_has_is_not_parsed_as_one(key: str) -> None:
    assert keys.parse_ledger_entry(key) is None


@given(st.text(max_size=60))
def test_every_parsed_key_is_one_that_would_be_made(text: str) -> None:
    for key in (text, f"ledger/{text}", f"ledger/kent-2025/{text}"):
        parsed = keys.parse_ledger_entry(key)
        assert parsed is None or keys.ledger_entry(*parsed) == key


def test_kinds_of_key_in_the_public_bucket_never_collide() -> None:
    documents = [(of, number) for of in ("initial-report", "review") for number in (1, 2, 11)]
    public = [
        *(keys.public_record("kent-2025", of, number) for of, number in documents),
        *(keys.public_file("kent-2025", of, "report.html", number) for of, number in documents),
        keys.withdrawal_notice("kent-2025"),
        keys.withdrawal_record("kent-2025"),
    ]
    assert len({*public, keys.PUBLIC_INDEX}) == 15
    assert all(key.removeprefix(keys.PUBLICATIONS_PREFIX).startswith("kent-2025/") for key in public)


def test_the_key_of_a_first_version_never_changes() -> None:
    assert keys.public_file("kent-2025", "review", "report.pdf") == "kent-2025/review/report.pdf"
    assert keys.public_file("kent-2025", "review", "report.pdf", 2) == "kent-2025/review/v2/report.pdf"
    assert keys.public_record("kent-2025", "review") == "publications/kent-2025/review.json"
    assert keys.public_record("kent-2025", "review", 2) == "publications/kent-2025/review-v2.json"
