from __future__ import annotations

import copy
import datetime as dt
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.documents.returns import problems_of_fieldwork
from evidence.document import MAX_BYTES, read_document
from evidence.field_problems import PATTERN_WORDS
from schemas.documents.correction import Errata
from schemas.documents.returns import FieldworkReturn, ReviewReturn
from schemas.problems import MAX_PROBLEMS
from tests.support.evasions import HIDDEN
from tests.support.returns import fieldwork_return, review_return

CANARY = "zqCanary"
"""Not written like the name of a field, which messages repeat."""
TODAY = dt.date(2026, 11, 23)
GOOD = json.dumps(fieldwork_return()).encode()


def problems(data: bytes) -> list[tuple[str, str | None]]:
    document, found = read_document(data, FieldworkReturn, "return.json")
    assert document is None
    assert CANARY not in str([str(problem) for problem in found])
    return [(problem.rule, problem.column) for problem in found]


def changed(**changes: Any) -> bytes:
    return json.dumps(fieldwork_return() | changes).encode()


def test_a_good_return_is_read_with_a_byte_order_mark_too() -> None:
    for data in (GOOD, b"\xef\xbb\xbf" + GOOD):
        document, found = read_document(data, FieldworkReturn, "return.json")
        assert found == ()
        assert document is not None


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json-syntax"),
        (GOOD[:-1], "json-syntax"),
        (GOOD.replace(b"}", b",}", 1), "json-syntax"),
        (b"[" * 100_000, "json-syntax"),
        (b'{"a":' * 100_000, "json-syntax"),
        (b"[" * 500 + b"]" * 500, "field-value"),
        (GOOD + GOOD, "json-syntax"),
        (b"{\"kind\": 'fieldwork-return'}", "json-syntax"),
        (f'{{"kind": {CANARY}}}'.encode(), "json-syntax"),
        (f'{{"kind": "{CANARY}\n"}}'.encode(), "json-syntax"),
        (f'{{"kind": "\\{CANARY}"}}'.encode(), "json-syntax"),
        (b'{"kind": 1, "kind": 2}', "json-duplicate-key"),
        (f'{{"team": {{"{CANARY}": 1, "{CANARY}": 2}}}}'.encode(), "json-duplicate-key"),
        (b'{"rows": NaN}', "json-number"),
        (b'{"rows": -Infinity}', "json-number"),
        (b'{"rows": ' + b"9" * 5_000 + b"}", "json-number"),
        (GOOD.decode().encode("utf-16"), "encoding-utf-8"),
        (b'{"x": "\xe9"}', "encoding-utf-8"),
        (GOOD.replace(b"rhian", "rh\u00eean".encode("cp1252")), "encoding-utf-8"),
        (GOOD.decode().encode("utf-16-be"), "json-syntax"),
        (b'{"kind": "\\ud800"}', "character"),
        (b'"text"', "field-value"),
        (b"7", "field-value"),
        (b"{}", "field-missing"),
        (b"null", "field-value"),
        (b"[]", "field-value"),
        (b" " * (MAX_BYTES + 1), "file-too-large"),
        (changed(inspection="../../etc/passwd"), "field-value"),
        (changed(inspection="south-wales-2015\u202e"), "character"),
        (changed(published={"date": "2015-02-30", "source": "test"}), "field-value"),
        (changed(inspection="south-wales-2015\0"), "character"),
        (changed(inspection="south-wales-\uff12\uff10\uff11\uff15"), "field-value"),
        (changed(published={"date": "2015-02", "source": "test", CANARY: 1}), "field-unknown"),
        (changed(published={"date": "30/06/2015", "source": "test"}), "field-value"),
        (changed(published={"date": 20150630, "source": "test"}), "field-value"),
        (changed(published="2015-06-30"), "field-value"),
        (changed(findings=[]), "field-value"),
        (changed(findings={}), "field-value"),
        (changed(kind="review-return"), "field-value"),
        (changed(recommendations=None), "field-value"),
        (changed(**{CANARY: 1}), "field-unknown"),
        (changed(programme=CANARY), "field-value"),
    ],
)
def test_each_fault_is_named(data: bytes, rule: str) -> None:
    assert rule in [found for found, _ in problems(data)]


def test_every_fault_comes_at_once_with_its_path() -> None:
    document = fieldwork_return(force=7, programme="v9", team={})
    document["findings"][0]["theme"] = CANARY
    del document["case_audit"]["rows"]
    found = problems(json.dumps(document).encode())
    assert {
        ("field-value", "force"),
        ("field-value", "programme"),
        ("field-missing", "team.lead_inspector"),
        ("field-value", "findings[0].theme"),
        ("field-missing", "case_audit.rows"),
    } <= set(found)


def paths(value: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    if isinstance(value, dict):
        found += [path for name, item in value.items() for path in paths(item, (*here, name))]
    if isinstance(value, list):
        found += [path for place, item in enumerate(value) for path in paths(item, (*here, place))]
    return found


WRONG = st.sampled_from(
    [
        CANARY,
        CANARY * 900,
        10**400,
        -1,
        1.5,
        True,
        None,
        [CANARY],
        {CANARY: CANARY},
        f"{CANARY}\n",
        f"../{CANARY}",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(paths(fieldwork_return())), WRONG)
def test_a_canary_anywhere_is_refused_or_accepted_but_never_shown(path: tuple[Any, ...], wrong: object) -> None:
    document = copy.deepcopy(fieldwork_return())
    inner: Any = document
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = wrong
    _, found = read_document(json.dumps(document).encode(), FieldworkReturn, "return.json")
    assert CANARY not in str([str(problem) for problem in found])


@pytest.mark.parametrize("rows", [0, -1, 20_001, 10**30, 12.0, 1.5, "12", True, None])
def test_a_count_is_a_whole_number_in_its_bounds(rows: object) -> None:
    document = fieldwork_return()
    document["case_audit"]["rows"] = rows
    assert problems(json.dumps(document).encode()) == [("field-value", "case_audit.rows")]


def test_the_line_of_a_syntax_error_is_the_editors() -> None:
    text = json.dumps(fieldwork_return(), indent=1).replace('"force"', "force", 1)
    _, (problem,) = read_document(text.encode(), FieldworkReturn, "return.json")
    assert problem.line == text[: text.index("\n force")].count("\n") + 2
    _, (problem,) = read_document(b"{\n\n\xff", FieldworkReturn, "return.json")
    assert problem.line == 3


def test_the_list_of_problems_has_a_bound() -> None:
    document = fieldwork_return(findings=[{f"recommendations{place}": 1} for place in range(3_000)])
    assert 100 < len(problems(json.dumps(document).encode())) <= MAX_PROBLEMS


def test_the_other_return_is_read_as_strictly() -> None:
    document = review_return()
    data = json.dumps(document).encode()
    read, found = read_document(data, ReviewReturn, "return.json")
    assert (read is not None, found) == (True, ())
    document["finding_progress"][0] |= {"outcome": CANARY, CANARY: CANARY}
    _, found = read_document(json.dumps(document).encode(), ReviewReturn, "return.json")
    assert {(one.rule, one.column) for one in found} == {
        ("field-value", "finding_progress[0].outcome"),
        ("field-unknown", "finding_progress[0]"),
    }
    assert CANARY not in str([str(problem) for problem in found])


def test_every_pattern_of_a_form_has_words_for_it() -> None:
    for model in (FieldworkReturn, ReviewReturn, Errata):
        patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(model.model_json_schema()))
        assert {json.loads(pattern) for pattern in patterns} <= PATTERN_WORDS.keys()


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_bytes_put_anywhere_or_cut_out_never_make_it_fail(data: bytes, place: int, cut: int) -> None:
    spoilt = GOOD[:place] + data + CANARY.encode() + GOOD[place + cut :]
    document, found = read_document(spoilt, FieldworkReturn, "return.json")
    assert (document is None) is bool(found)
    assert CANARY not in str([str(problem) for problem in found])


@settings(deadline=None)
@given(st.sampled_from([path for path in paths(fieldwork_return()) if isinstance(path[-1], str)]))
def test_a_name_that_is_not_ours_is_never_shown_wherever_it_stands(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(fieldwork_return())
    inner: Any = document
    for part in path[:-1]:
        inner = inner[part]
    inner[f"{CANARY}\n"] = inner.pop(path[-1])
    _, found = read_document(json.dumps(document).encode(), FieldworkReturn, "return.json")
    assert found or path == ("published",)
    assert CANARY not in str([str(problem) for problem in found])


def test_a_document_is_read_in_the_one_form_of_texts() -> None:
    sent = fieldwork_return()
    as_sent, _ = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    sent["inspection"] += "\u200b\n"
    sent["findings"][0]["polarity"] = f"\ufeff{sent['findings'][0]['polarity']}\u00ad"
    sent["findings"][0]["text"] = f"\u00a0{sent['findings'][0]['text']}".replace(" ", "\u2003\t")
    sent["published"]["date"] += " "
    spoilt = b"\xef\xbb\xbf\xef\xbb\xbf" + json.dumps(sent, ensure_ascii=False).encode()
    document, found = read_document(spoilt, FieldworkReturn, "return.json")
    assert found == ()
    assert document == as_sent


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b\u200b", " \u00a0\u3000\u00ad\ufeff\n", "a\u200b\u200b"])
def test_what_must_be_present_must_be_visible(text: str) -> None:
    sent = fieldwork_return()
    sent["findings"][0]["text"] = text
    _, (problem,) = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    assert (problem.column, problem.rule) == ("findings[0].text", "field-value")
    assert re.fullmatch(
        r"expected at least 3 characters that can be seen, found [0-2]; write the text", problem.message
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The force \u202eknows", "has U+202E RIGHT-TO-LEFT OVERRIDE as character 11; a reader could not see it; "),
        ("The force kn\u043ews", "has U+043E CYRILLIC SMALL LETTER O as character 13; published texts have Latin "),
        ("The force \U000e0041", "has U+E0041 TAG LATIN CAPITAL LETTER A as character 11; a reader could not see it"),
    ],
)
def test_a_character_that_is_refused_is_named_with_its_field_and_place(text: str, found: str) -> None:
    sent = fieldwork_return()
    sent["fieldwork"]["methods"][0] = text
    _, (problem,) = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    assert (problem.column, problem.rule) == ("fieldwork.methods[0]", "character")
    assert problem.message.startswith(found)


@pytest.mark.parametrize(("text", "kind"), HIDDEN)
def test_an_invisible_character_hides_nothing_from_the_rules(text: str, kind: str) -> None:
    sent = fieldwork_return()
    sent["findings"][0]["text"] = text
    document, _ = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    assert document is not None
    found = problems_of_fieldwork(document, document.inspection, TODAY)
    assert [problem.column for problem in found if kind in problem.message] == ["findings[0].text"]


def test_what_two_findings_spell_together_is_found() -> None:
    sent = fieldwork_return()
    sent["findings"][0]["text"], sent["findings"][1]["text"] = "She can be reached on 07700", "900123 after four."
    document, _ = read_document(json.dumps(sent).encode(), FieldworkReturn, "return.json")
    assert document is not None
    found = problems_of_fieldwork(document, document.inspection, TODAY)
    assert [(problem.column, problem.rule) for problem in found] == [("findings[1].text", "personal-data")]
