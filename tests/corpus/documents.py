"""Documents of returns: how the JSON is written, what its fields hold, what does not fit together."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, Final

from evidence.document import MAX_BYTES
from tests.corpus import tables
from tests.corpus.case import CANARY, HARMLESS, Case, Return
from tests.support.returns import as_csv, fieldwork_return, progress_rows, review_return

FIELDWORK: Final = fieldwork_return()
REVIEW: Final = review_return()
GOOD: Final = json.dumps(FIELDWORK).encode()
TEXT: Final = GOOD.decode()
UNREAD: Final = b"PK\x03\x04"
"""A table that is refused at a glance, where the document is what is looked at."""
PROGRESS: Final = as_csv(progress_rows(), tables.PROGRESS.column_names)
_REMOVED: Final = object()


def _raw(name: str, what: str, build: Callable[[], bytes], expected: str, *, is_heavy: bool = False) -> Case:
    def both() -> Return:
        return Return(document=build(), table=UNREAD)

    return Case(id=f"documents/{name}", what=what, build=both, expected=expected, is_heavy=is_heavy)


def _changed(document: dict[str, Any], path: str, value: object) -> bytes:
    changed: Any = copy.deepcopy(document)
    *places, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    inner = changed
    for place in places:
        inner = inner[place]
    if value is _REMOVED:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(changed).encode()


def _field(path: str, name: str, value: object, expected: str, *, table: bytes = UNREAD) -> Case:
    def build() -> Return:
        return Return(document=_changed(FIELDWORK, path, value), table=b"" if expected == HARMLESS else table)

    return Case(id=f"documents/{path}/{name}", what=f"{name} as {path}", build=build, expected=expected)


def _review(path: str, name: str, value: object, expected: str) -> Case:
    def build() -> Return:
        table = PROGRESS if expected == HARMLESS else UNREAD
        return Return(document=_changed(REVIEW, path, value), table=table, form="review")

    return Case(id=f"documents/review/{path}/{name}", what=f"{name} as {path}", build=build, expected=expected)


def _finding(identifier: str, polarity: str = "concerned") -> dict[str, Any]:
    return FIELDWORK["findings"][0] | {"id": identifier, "polarity": polarity}


def _recommendation(number: int, *findings: str) -> dict[str, Any]:
    return FIELDWORK["recommendations"][0] | {"id": f"REC-2015-{number:02d}", "findings": list(findings)}


def _longest_form() -> bytes:
    """Fill every field as far as the form allows."""
    finding = {"text": f"{CANARY} {'a' * 1_980}", "source": "s" * 400}
    findings = [_finding(f"I{place}") | finding for place in range(60)]
    asked = [_recommendation(place, "I1") | {"text": "7" * 2_000} for place in range(65)]
    fieldwork = FIELDWORK["fieldwork"] | {"methods": ["0" * 2_000] * 60}
    return json.dumps(FIELDWORK | {"findings": findings, "recommendations": asked, "fieldwork": fieldwork}).encode()


def _unknown_findings() -> bytes:
    asked = [_recommendation(place, *["I99"] * 60) for place in range(65)]
    return json.dumps(FIELDWORK | {"recommendations": asked}).encode()


FILES: Final = (
    _raw("nothing", "a line end alone", lambda: b"\n", "json-syntax"),
    _raw("null", "null", lambda: b"null", "field-value"),
    _raw("true", "true", lambda: b"true", "field-value"),
    _raw("number", "a number", lambda: b"7", "field-value"),
    _raw("text", "a text", lambda: f'"{CANARY}"'.encode(), "field-value"),
    _raw("array", "an array", lambda: b"[" + GOOD + b"]", "field-value"),
    _raw("object", "an object of nothing", lambda: b"{}", "field-missing"),
    _raw("other-object", "an object of something else", lambda: json.dumps({f"{CANARY} of ours": CANARY}).encode(), "field-unknown"),
    _raw("mark", "a byte order mark", lambda: b"\xef\xbb\xbf{}", "field-missing"),
    _raw("mark-twice", "two byte order marks", lambda: b"\xef\xbb\xbf" * 2 + GOOD, "file-is-zip"),
    _raw("utf-16", "UTF-16", lambda: TEXT.encode("utf-16"), "encoding-utf-8"),
    _raw("utf-16-be", "UTF-16 with no mark", lambda: TEXT.encode("utf-16-be"), "json-syntax"),
    _raw("utf-32", "UTF-32", lambda: TEXT.encode("utf-32"), "encoding-utf-8"),
    _raw("latin-1", "Latin-1", lambda: GOOD.replace(b"Dru", b"Dr\xfc", 1), "encoding-utf-8"),
    _raw("overlong", "a quote in two bytes", lambda: GOOD.replace(b'"', b"\xc0\xa2", 1), "encoding-utf-8"),
    _raw("surrogate-bytes", "half a pair as bytes", lambda: GOOD.replace(b"Dru", b"\xed\xa0\x80", 1), "encoding-utf-8"),
    _raw("surrogate-high", "the first half of a pair", lambda: GOOD.replace(b"Dru", b"\\ud83d", 1), "character"),
    _raw("surrogate-low", "the second half of a pair", lambda: GOOD.replace(b"Dru", b"\\udc00 \\ud800", 1), "character"),
    _raw("nul-byte", "a NUL byte in a text", lambda: GOOD.replace(b"Dru", b"D\0u", 1), "json-syntax"),
    _raw("control", "an escape character in a text", lambda: GOOD.replace(b"Dru", b"\x1b[2J", 1), "json-syntax"),
    _raw("cut", "an end before the end", lambda: GOOD[:-7], "json-syntax"),
    _raw("cut-in-escape", "an end in an escape", lambda: b'{"kind": "\\u00', "json-syntax"),
    _raw("twice", "two documents", lambda: GOOD + GOOD, "json-syntax"),
    _raw("lines", "a document a line", lambda: GOOD + b"\n" + GOOD + b"\n", "json-syntax"),
    _raw("words-after", "words behind it", lambda: GOOD + CANARY.encode(), "json-syntax"),
    _raw("comment", "a comment", lambda: b"// ours\n" + GOOD, "json-syntax"),
    _raw("comment-within", "a comment within", lambda: GOOD.replace(b"{", b"{/* */", 1), "json-syntax"),
    _raw("comma-last", "a comma before the end", lambda: GOOD[:-1] + b",}", "json-syntax"),
    _raw("single-quotes", "single quotes", lambda: GOOD.replace(b'"', b"'"), "json-syntax"),
    _raw("bare-names", "names without quotes", lambda: GOOD.replace(b'"kind"', b"kind", 1), "json-syntax"),
    _raw("callback", "a call round it", lambda: b"show(" + GOOD + b")", "json-syntax"),
    _raw("guard", "a guard before it", lambda: b")]}'\n" + GOOD, "json-syntax"),
    _raw("yaml", "YAML", lambda: b"kind: fieldwork-return\n", "json-syntax"),
    _raw("xml", "XML", lambda: b"<return/>", "json-syntax"),
    _raw("binary", "binary JSON", lambda: b"\x16\x00\x00\x00\x02kind\x00", "json-syntax"),
    _raw("nan", "NaN", lambda: GOOD.replace(b": 12", b": NaN", 1), "json-number"),
    _raw("infinity", "an infinite number", lambda: GOOD.replace(b": 12", b": Infinity", 1), "json-number"),
    _raw("minus-infinity", "a number that is infinitely small", lambda: GOOD.replace(b": 12", b": -Infinity", 1), "json-number"),
    _raw("exponent", "a number too large to be one", lambda: GOOD.replace(b": 12", b": 1e999", 1), "field-value"),
    _raw("exponent-of-a-count", "a count with an exponent", lambda: GOOD.replace(b": 12", b": 12e0", 1), "field-value"),
    _raw("hexadecimal", "a hexadecimal number", lambda: GOOD.replace(b": 12", b": 0xC", 1), "json-syntax"),
    _raw("zero-first", "a number that begins with 0", lambda: GOOD.replace(b": 12", b": 012", 1), "json-syntax"),
    _raw("plus-first", "a number that begins with +", lambda: GOOD.replace(b": 12", b": +12", 1), "json-syntax"),
    _raw("digits-of-others", "Arabic digits for a number", lambda: TEXT.replace(": 12", ": \u0661\u0662", 1).encode(), "json-syntax"),
    _raw("digits-5000", "a number of 5,000 digits", lambda: GOOD.replace(b": 12", b": " + b"9" * 5_000, 1), "json-number"),
    _raw("digits-4000", "a number of 4,000 digits", lambda: GOOD.replace(b": 12", b": " + b"9" * 4_000, 1), "field-value"),
    _raw("digits-million", "a number of a million digits", lambda: b'{"rows": ' + b"9" * 1_000_000 + b"}", "json-number", is_heavy=True),
    _raw("fraction-million", "a fraction of a million digits", lambda: b'{"rows": 0.' + b"9" * 1_000_000 + b"}", "field-missing", is_heavy=True),
    _raw("name-twice", "one name twice", lambda: b'{"kind": "fieldwork-return",' + GOOD[1:], "json-duplicate-key"),
    _raw("name-twice-escaped", "one name twice, once escaped", lambda: b'{"k\\u0069nd": "fieldwork-return",' + GOOD[1:], "json-duplicate-key"),
    _raw("name-twice-deep", "one name twice, deep within", lambda: GOOD.replace(b'"rows": 12', b'"rows": 12, "rows": 11'), "json-duplicate-key"),
    _raw("name-of-others-twice", "a name twice that is not ours", lambda: f'{{"{CANARY} so": 1, "{CANARY} so": 2}}'.encode(), "json-duplicate-key"),
    _raw("names-150000", "150,000 names, the last one twice", lambda: b"{" + b",".join(b'"k%d":1' % n for n in range(150_000)) + b',"k149999":1}', "json-duplicate-key", is_heavy=True),
    _raw("names-unknown", "150,000 names that are not ours", lambda: b"{" + b",".join(b'"k%d":1' % n for n in range(150_000)) + b"}", "file-too-large", is_heavy=True),
    _raw("names-15000", "15,000 names that are not ours", lambda: b"{" + b",".join(b'"k%d":1' % n for n in range(15_000)) + b"}", "field-unknown", is_heavy=True),
    _raw("prototype", "names that other languages act on", lambda: GOOD[:-1] + b', "__proto__": {"x": 1}, "constructor": 1}', "field-unknown"),
    _raw("class-name", "names that Python acts on", lambda: GOOD[:-1] + b', "__class__": "os.system", "py/object": "os.system"}', "field-unknown"),
    _raw("reference", "a reference to a file", lambda: b'{"$ref": "file:///etc/passwd"}', "field-unknown"),
    _raw("deep-arrays", "100,000 arrays, none of them closed", lambda: b"[" * 100_000, "json-syntax", is_heavy=True),
    _raw("deep-arrays-closed", "100,000 arrays in each other", lambda: b"[" * 100_000 + b"]" * 100_000, "json-syntax", is_heavy=True),
    _raw("deep-objects", "100,000 objects in each other", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json-syntax", is_heavy=True),
    _raw("deep-300", "300 arrays in each other", lambda: b"[" * 300 + b"]" * 300, "field-value"),
    _raw("deep-in-a-field", "300 arrays in a field", lambda: GOOD.replace(b"12", b"[" * 300 + b"]" * 300, 1), "field-value"),
    _raw("numbers-million", "600,000 numbers", lambda: b'{"a":[' + b"1," * 600_000 + b"1]}", "file-too-large", is_heavy=True),
    _raw("objects-million", "600,000 objects", lambda: b'{"a":[' + b"{}," * 600_000 + b"1]}", "file-too-large", is_heavy=True),
    _raw("arrays-million", "600,000 arrays", lambda: b"[" + b"[]," * 600_000 + b"1]", "file-too-large", is_heavy=True),
    _raw("objects-20000", "20,000 objects in a field of ours", lambda: b'{"findings":[' + b"{}," * 20_000 + b"{}]}", "field-missing", is_heavy=True),
    _raw("text-long", "a text of two million letters", lambda: b'{"force": "' + b"x" * 1_999_000 + b'"}', "field-value", is_heavy=True),
    _raw("text-escaped", "a text of 300,000 escapes", lambda: b'{"force": "' + b"\\u0041" * 300_000 + b'"}', "field-value", is_heavy=True),
    _raw("name-long", "a name of two million letters", lambda: b'{"' + b"x" * 1_999_000 + b'": 1}', "field-unknown", is_heavy=True),
    _raw("spaces", "two million spaces", lambda: b" " * 1_999_000 + b"{}", "field-missing", is_heavy=True),
    _raw("too-large", "a byte more than is read", lambda: GOOD + b" " * MAX_BYTES, "file-too-large", is_heavy=True),
    _raw("longest-form", "every field as long as it may be", _longest_form, "file-is-zip", is_heavy=True),
    _raw("findings-unknown-3900", "3,900 findings that are not there", _unknown_findings, "finding-known", is_heavy=True),
)  # fmt: skip

FIELDS: Final = (
    _field("kind", "other-form", "review-return", "field-value"),
    _field("kind", "array", ["fieldwork-return"], "field-value"),
    _field("kind", "missing", _REMOVED, "field-missing"),
    _field("inspection", "climbs", f"../../{CANARY}", "field-value"),
    _field("inspection", "line-end", "south-wales-2015\n", HARMLESS),
    _field("inspection", "nul", "south-wales-2015\0", "field-value"),
    _field("inspection", "wide-digits", "south-wales-\uff12\uff10\uff11\uff15", "field-value"),
    _field("inspection", "another", "kent-2015", "inspection-matches"),
    _field("inspection", "number", 2015, "field-value"),
    _field("force", "another", "kent", "force-matches"),
    _field("force", "unknown", "atlantis", "force-matches"),
    _field("force", "long", CANARY * 50, "field-value"),
    _field("force", "look-alike", "s\u043euth-wales", "force-matches"),
    _field("programme", "unknown", "v9-2099", "field-value"),
    _field("programme", "capital", "V1-2014", "field-value"),
    _field("programme", "other-scale", "v1-2015", "grade-scale"),
    _field("fieldwork.start.date", "30-february", "2015-02-30", "field-value"),
    _field("fieldwork.start.date", "29-february", "2015-02-29", "field-value"),
    _field("fieldwork.start.date", "29-february-of-a-leap-year", "2012-02-29", "date-in-programme"),
    _field("fieldwork.start.date", "after-the-end", "2015-04", "fieldwork-order"),
    _field("fieldwork.start.date", "year-alone", "2015", "field-value"),
    _field("fieldwork.start.date", "quarter", "2015-Q1", "field-value"),
    _field("fieldwork.start.date", "number", 20150201, "field-value"),
    _field("fieldwork.start.date", "object", {"year": 2015}, "field-value"),
    _field("fieldwork.end.date", "month-0", "2015-00", "field-value"),
    _field("fieldwork.end.date", "in-words", "March 2015", "field-value"),
    _field("fieldwork.end.date", "in-2115", "2115-03", "field-value"),
    _field("fieldwork.end.source", "missing", _REMOVED, "field-missing"),
    _field("fieldwork.end.source", "short", "ab", "field-value"),
    _field("fieldwork.methods", "none", [], "field-value"),
    _field("fieldwork.methods", "61", ["case file reviews"] * 61, "field-value"),
    _field("fieldwork.methods", "text", "interviews", "field-value"),
    _field("fieldwork.methods.0", "e-mail", "write to somebody@example.org", "personal-data"),
    _field("fieldwork.methods.0", "e-mail-wide", "write to somebody\uff20example\uff0eorg at once", "character"),
    _field("team", "missing", _REMOVED, "field-missing"),
    _field("team.lead_inspector", "name", "Rhian Morgan", "field-value"),
    _field("team.lead_inspector", "path", "rhian/../morgan", "field-value"),
    _field("team.inspectors", "null", None, "field-value"),
    _field("team.inspectors", "61", ["tom.ellis"] * 61, "field-value"),
    _field("team.hmi", "long", CANARY * 20, "field-value"),
    _field("team.hmi", "who-is-the-author", "rhian.morgan", HARMLESS),
    _field("findings", "none", [], "field-value"),
    _field("findings", "61", [_finding("I1")] * 61, "field-value"),
    _field("findings", "object", {"0": _finding("I1")}, "field-value"),
    _field("findings", "twice", [_finding("I2"), _finding("I2")], "finding-unique"),
    _field("findings.0.id", "of-a-review", "R1", "finding-id-kind"),
    _field("findings.0.id", "three-digits", "I100", "field-value"),
    _field("findings.0.id", "anchor", 'I1" onload="x', "field-value"),
    _field("findings.0.theme", "unknown", CANARY, "field-value"),
    _field("findings.0.theme", "label", "Initial contact", "field-value"),
    _field("findings.0.polarity", "neither", "neutral", "field-value"),
    _field("findings.0.text", "empty", "", "field-value"),
    _field("findings.0.text", "long", "x" * 2_001, "field-value"),
    _field("findings.0.text", "postcode", "a child of CF10 1EP", "personal-data"),
    _field("findings.0.text", "postcode-hidden", "a child of CF10\u200b \u200b1EP", "personal-data"),
    _field("findings.0.text", "telephone", "call 020 7946 0018 at night", "personal-data"),
    _field("findings.0.text", "birth", "a boy, born 3rd of May 2009, was seen", "personal-data"),
    _field("findings.0.text", "insurance", "number QQ 12 34 56 C is not one, AB 12 34 56 C is", "personal-data"),
    _field("findings.0.text", "nhs-number", "number 943 476 5919", "personal-data"),
    _field("findings.0.text", "case", "as in case ca-0007", "personal-data"),
    _field("findings.0.source", "case", "file CA-0007", "personal-data"),
    _field("findings.0.is_effective_practice", "text", "false", "field-value"),
    _field("findings.0.is_effective_practice", "number", 0, "field-value"),
    _field("findings.1.polarity", "unanswered", "pleased", HARMLESS),
    _field("recommendations", "none", [], "field-value"),
    _field("recommendations", "66", [_recommendation(1, "I2")] * 66, "field-value"),
    _field("recommendations", "twice", [_recommendation(1, "I2"), _recommendation(1, "I2")], "recommendation-unique"),
    _field("recommendations.0.id", "form", "REC-15-1", "field-value"),
    _field("recommendations.0.findings", "none", [], "field-value"),
    _field("recommendations.0.findings", "unknown", ["I9"], "finding-known"),
    _field("recommendations.0.findings", "61", ["I2"] * 61, "field-value"),
    _field("recommendations.0.timescale", "years", "two years", "field-value"),
    _field("recommendations.0.is_synthetic", "missing", _REMOVED, "field-missing"),
    _field("case_audit.file", "climbs", "../cases.csv", "field-value"),
    _field("case_audit.file", "absolute", "/etc/passwd", "field-value"),
    _field("case_audit.file", "address", "https://example.org/cases.csv", "field-value"),
    _field("case_audit.file", "other-table", "progress.csv", "field-value"),
    _field("case_audit.rows", "negative", -12, "field-value"),
    _field("case_audit.rows", "none", 0, "field-value"),
    _field("case_audit.rows", "fraction", 12.5, "field-value"),
    _field("case_audit.rows", "truth", True, "field-value"),
    _field("case_audit.rows", "text", "12", "field-value"),
    _field("case_audit.rows", "huge", 10**300, "field-value"),
    _field("case_audit.rows", "other", 13, "totals-sum"),
    _field("case_audit.grades", "none", {}, "totals-sum"),
    _field("case_audit.grades", "unknown", {f"{CANARY} grade": 12}, "field-value"),
    _field("case_audit.grades", "cancelling", {"good": 13, "adequate": -1}, "field-value"),
    _field("case_audit.grades", "huge", {"good": 10**40}, "field-value"),
    _field("case_audit.grades", "sum-of-too-many-digits", {"good": 10**4299, "adequate": 9 * 10**4299}, "field-value"),
    _field("quotation.paragraphs", "none", [], "field-value"),
    _field("quotation.paragraphs", "seven", ["We saw."] * 7, "field-value"),
    _field("quotation.speaker", "null", None, "field-value"),
    _field("published", "text", "2015-07", "field-value"),
    _field("published", "null", None, HARMLESS),
    _field("published", "before-fieldwork", {"date": "2014-07", "source": "test"}, "publication-order"),
    _review("finding_progress", "none", [], "finding-assessed"),
    _review("finding_progress.0.finding", "unknown", "I7", "finding-known"),
    _review("finding_progress.0.finding", "twice", "I2", "finding-assessed"),
    _review("finding_progress.0.outcome", "unknown", CANARY, "field-value"),
    _review("finding_progress.1.review_findings", "unknown", ["R9"], "finding-known"),
    _review("finding_progress.1.review_findings", "61", ["R1"] * 61, "field-value"),
    _review("findings.0.id", "of-a-report", "I1", "finding-id-kind"),
    _review("fieldwork.start.date", "before-the-inspection", "2015-01", "fieldwork-order"),
    _review("progress.rows", "other", 3, "file-is-zip"),
    _review("kind", "other-form", "fieldwork-return", "field-value"),
    _review("published.date", "30-february", "2016-02-30", "field-value"),
)

CASES: Final = (*FILES, *FIELDS)


def prepare() -> None:
    tables.prepare()


check = tables.check
