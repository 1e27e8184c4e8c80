from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.document import LARGEST_BYTES, read_document
from schemas.documents import FieldworkReturn
from tests.support.returns import fieldwork_return

CANARY = "zqcanary"
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
        (b'{"kind": 1, "kind": 2}', "json-duplicate-key"),
        (f'{{"team": {{"{CANARY}": 1, "{CANARY}": 2}}}}'.encode(), "json-duplicate-key"),
        (b'{"rows": NaN}', "json-number"),
        (b'{"rows": -Infinity}', "json-number"),
        (b'{"rows": ' + b"9" * 5_000 + b"}", "json-number"),
        (GOOD.decode().encode("utf-16"), "encoding-utf-8"),
        (b'{"x": "\xe9"}', "encoding-utf-8"),
        (b"null", "field-value"),
        (b"[]", "field-value"),
        (b" " * (LARGEST_BYTES + 1), "file-too-large"),
        (changed(inspection="../../etc/passwd"), "field-value"),
        (changed(inspection="south-wales-2015\n"), "field-value"),
        (changed(published={"date": "2015-02-30", "source": "test"}), "field-value"),
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
