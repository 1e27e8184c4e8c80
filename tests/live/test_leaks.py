"""Nothing that was sent in goes where it may not: a canary in every field, looked for everywhere.

Evidence (the tables) stays in the private bucket. Text that is meant to be published goes from there to the public,
once approved, and nowhere else. Account names stand in the ledger as well. What was refused is kept nowhere at all.
"""

from __future__ import annotations

import base64
import csv
import dataclasses
import functools
import html
import io
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from deployments.program import program
from deployments.stack.connection import CONNECTION_FILE
from deployments.stack.stack import Stack
from desk.acts.context import DeskContext, open_desk, open_read_only
from desk.acts.decision import approve
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.calendar import london_date
from domain.lifecycle.approval import latest_draft
from evidence.examination import Request, examine
from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.errors import RejectedError
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from storage.s3.client import client_for
from storage.settings import Bucket, Duty, read_settings
from tests.support.pages.pdf_text import text_of
from tests.support.reading import sign_in_as
from tests.support.returns import as_csv, case_rows, fieldwork_return, progress_rows, review_return
from tests.support.servers.running import ask_prefect, wait_for
from tests.support.world import HMI as HMI_REPORT
from tests.support.world import LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
INSPECTION: Final = "wiltshire-2015"
CANARY: Final = "zqcanary"
END: Final = "qz"
EVIDENCE, PEOPLE, REFUSED, TEXT = "e", "p", "r", "t"
"""What a canary was hidden in: the letter after `zqcanary`; the field's name follows."""
EVERYTHING: Final = EVIDENCE + PEOPLE + REFUSED + TEXT
REFERENCE: Final = "CA-97"
"""Case references of this test's rows begin so, and those of no other test."""
MONTHS: Final = {"date_opened": "1998-01", "date_examined": "2014-05", "date_assessed": "2016-03"}
"""The months of this test's case dates, of which no other test has any."""
FIELDWORK: Final = {
    "start": {"date": "2014-05", "source": "a source"},
    "end": {"date": "2014-05", "source": "a source"},
}
REVISIT: Final = {"start": {"date": "2016-03", "source": "a source"}, "end": {"date": "2016-03", "source": "a source"}}
_FREE_TEXT: Final = {"text", "source", "basis", "methods", "paragraphs", "hmi", "speaker"}
_CASE_DATE: Final = re.compile(
    # Not inside longer numbers: of millions of digits in a database some eight in a row are a day by chance.
    rb"(?<![0-9a-f.])(?:1998-?01-?[0-9]{2}|2014-?05-?[0-9]{2}|2016-?03-?[0-9]{2})(?![0-9a-f])"
    rb"|[0-9]{1,2} (?:January 1998|May 2014|March 2016)"
)
# Not inside hexadecimal digits: one UUID in some ten thousand holds `ca-97`.
_REFERENCE: Final = re.compile(rf"(?<![0-9a-f]){REFERENCE}[0-9]{{2}}(?![0-9a-f-])".encode(), re.IGNORECASE)
_PAGE: Final = 200
_BREAKS: Final = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
"""What may stand inside a word that is broken."""
_text_of: Final = functools.cache(text_of)
"""Each published file is looked at several times."""


def leaks_in(data: bytes, kinds: str = EVERYTHING) -> set[str]:
    """Name the canaries of these kinds, as they are, within words that were broken, and in Base64."""
    canary = re.compile(rf"{CANARY}[{kinds}](?:[a-z0-9]*?{END})?")
    text = data.decode("utf-8", errors="replace").lower()
    without_tags = re.sub(r"<[^>]*>", "", html.unescape(text))
    unbroken = without_tags.encode("ascii", "ignore").translate(None, _BREAKS).decode()
    found = {*canary.findall(text), *canary.findall(unbroken)}
    found |= {piece for piece in _in_base64(CANARY) if piece.encode() in data}
    if EVIDENCE in kinds:
        found |= {match.decode() for pattern in (_CASE_DATE, _REFERENCE) for match in pattern.findall(data)}
    return found


def _in_base64(word: str) -> list[str]:
    """Return a word in Base64 at each place in a group of three bytes, without what its neighbours alter."""
    return [
        base64.b64encode(b"\0" * before + word.encode()).decode()[first:][:10]
        for before, first in ((0, 0), (1, 2), (2, 3))
    ]


def canary_of(kind: str, *field: object) -> str:
    """Make the canary of a field."""
    return f"{CANARY}{kind}{re.sub(r'[^a-z0-9]', '', ''.join(map(str, field)).lower())}{END}"


LEADING: Final = canary_of(PEOPLE, "lead")
OTHER: Final = canary_of(PEOPLE, "other")


def hidden_in(rows: list[dict[str, str]], prefix: str = "") -> list[dict[str, str]]:
    """Hide canaries in every cell of a valid table that may hold anything; the others hold words of the form."""
    hidden = []
    for number, row in enumerate(rows):
        canaries = {
            column: f"{canary_of(EVIDENCE, prefix, column, number)} said a neighbour"
            for column in ("rationale", "evidence")
        }
        canaries |= {column: f"{month}-{number + 1:02d}" for column, month in MONTHS.items()}
        canaries["case_reference"] = f"{REFERENCE}{number:02d}"
        hidden.append(row | {column: value for column, value in canaries.items() if column in row})
    return hidden


def hidden_in_document(value: Any, path: str = "") -> Any:
    """Hide a canary in every free text of a return, each with the path of its field."""
    if isinstance(value, dict):
        return {name: hidden_in_document(item, f"{path}{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [hidden_in_document(item, f"{path}{place}") for place, item in enumerate(value)]
    field = re.sub(r"[0-9]+$", "", path)
    if isinstance(value, str) and any(field.endswith(name) for name in _FREE_TEXT):
        return f"{value} {canary_of(TEXT, path)}"
    return value


def broken_everywhere(value: Any, path: str = "") -> Any:
    """Make a canary of every value of a return, and of a further name in each of its objects."""
    if isinstance(value, dict):
        broken = {name: broken_everywhere(item, f"{path}{name}") for name, item in value.items()}
        return broken | {canary_of(REFUSED, path, "name"): 1}
    if isinstance(value, list):
        return [broken_everywhere(item, f"{path}{place}") for place, item in enumerate(value)]
    return canary_of(REFUSED, path, "value")


def fieldwork() -> dict[str, Any]:
    team = {"lead_inspector": f"{LEADING}.inspector", "inspectors": [f"{OTHER}.inspector"]}
    given = fieldwork_return(INSPECTION)
    return given | {"team": given["team"] | team, "fieldwork": given["fieldwork"] | FIELDWORK}


def revisit() -> dict[str, Any]:
    given = review_return(INSPECTION)
    return given | {"fieldwork": given["fieldwork"] | REVISIT}


def broken_returns(
    document: dict[str, Any], rows: list[dict[str, str]], table: TableSpec
) -> Iterator[tuple[bytes, bytes]]:
    """Break a return in every place where something can stand that a person sent, one way after another."""
    good_document, good_table = json.dumps(document).encode(), as_csv(rows, table.column_names)
    header, body = good_table.split(b"\n", 1)
    canary = f"{CANARY}{REFUSED}".encode()
    cells = [
        {column: canary_of(REFUSED, "cell", column, number) for column in table.column_names}
        for number in range(len(rows))
    ]
    yield good_document, as_csv(cells, table.column_names)
    for column in table.column_names[:-1]:  # the last is free text, of which nothing is wrong
        yield good_document, as_csv([row | {column: cells[0][column]} for row in rows], table.column_names)
    yield good_document, body  # the first case is where the names should be
    yield good_document, header.replace(b",", b"," + canary + b"columnname,", 1) + b"\n" + body
    yield good_document, b",".join(canary + b"columnname%d" % n for n in range(header.count(b",") + 1)) + b"\n" + body
    yield good_document, good_table + canary + b"rowtooshort\n"
    yield good_document, good_table + b'"' + canary + b"quoteopen\n"
    yield good_document, good_table + canary + b"nulbyte\0\n"
    yield good_document, good_table + canary + b"otherencoding\xff\n"
    yield good_document, b"PK\x03\x04" + canary + b"workbook" + good_table
    yield json.dumps(broken_everywhere(document)).encode(), good_table
    yield json.dumps([f"{CANARY}{REFUSED}list"]).encode(), good_table
    yield good_document.replace(b"{", b'{"%bname": 1, "%bname": 2, ' % (canary, canary), 1), good_table
    yield b'{"%bname": %bsyntax}' % (canary, canary), good_table
    yield b'{"%bname": NaN}' % canary, good_table
    yield canary + b"encoding\xff", good_table
    with_reference = json.loads(good_document)
    with_reference["findings"][0]["text"] = f"{CANARY}{REFUSED}text names case {REFERENCE}55"
    yield json.dumps(with_reference).encode(), good_table


def write(folder: Path, table: TableSpec, document: bytes, rows: bytes) -> Path:
    folder.mkdir()
    (folder / "return.json").write_bytes(document)
    (folder / table.file).write_bytes(rows)
    (folder / f"{CANARY}{REFUSED}filename.csv").write_bytes(rows)
    return folder


def refuse_all(
    context: DeskContext, folder: Path, form: str, document: dict[str, Any], rows: list[dict[str, str]]
) -> int:
    """Send broken returns, each of which must be refused without a word of what was in it; give how many."""
    table = FORMS[form].table
    count = 0
    for count, (broken, cells) in enumerate(broken_returns(document, rows, table), start=1):
        sent = write(folder / f"{CANARY}{REFUSED}folder{form}{count}", table, broken, cells)
        with pytest.raises(RejectedError) as refusal:
            submit(context, INSPECTION, sent, FORMS[form], LEAD)
        assert refusal.value.problems
        told = str(refusal.value) + "".join(str(problem) for problem in refusal.value.problems)
        assert leaks_in(told.encode()) == set(), count
    return count


def have_a_stage_refuse(context: DeskContext, folder: Path) -> None:
    """Have a return that the desk should have refused taken in, so that the stage refuses it."""
    good = Request(
        inspection=INSPECTION,
        kind="fieldwork-return",
        pack="0" * 64,
        submitted_on=london_date(context.clock()),
        document=json.dumps(fieldwork()).encode(),
        table=as_csv(hidden_in(case_rows())),
    )
    rows = [row | {"case_type": canary_of(EVIDENCE, "type")} for row in hidden_in(case_rows(), "refusedbystage")]
    sent = write(folder / "stage", CASE_AUDIT, json.dumps(fieldwork()).encode(), as_csv(rows))
    submit(dataclasses.replace(context, examine=lambda _: examine(good)), INSPECTION, sent, FORMS["fieldwork"], LEAD)
    wait_for(INSPECTION, State.AWAITING_FIELDWORK)
    last = open_read_only().ledger.history(INSPECTION).recorded[-1].entry
    assert (last.kind, last.actor.person) == (Kind.FIELDWORK_REJECTED, "ncpi")


@dataclasses.dataclass(frozen=True)
class Lived:
    """What the tests look at."""

    stack: Stack
    refused: int
    """How many returns the desk refused."""


@pytest.fixture(scope="module")
def lived(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Send broken and good returns full of canaries through a whole life."""
    folder = tmp_path_factory.mktemp("canaries")
    context = open_desk()
    open_inspection(context, INSPECTION, MANAGER)
    refused = 0
    for form, document, rows, table, drafted, published in (
        ("fieldwork", fieldwork(), case_rows(), CASE_AUDIT, State.REPORT_DRAFTED, State.AWAITING_REVIEW),
        ("review", revisit(), progress_rows(), PROGRESS, State.REVIEW_DRAFTED, State.COMPLETE),
    ):
        refused += refuse_all(context, folder, form, document, hidden_in(rows))
        if form == "fieldwork":
            have_a_stage_refuse(context, folder)
        good = as_csv(hidden_in(rows), table.column_names)
        sent = write(folder / form, table, json.dumps(hidden_in_document(document, form)).encode(), good)
        submit(context, INSPECTION, sent, FORMS[form], LEAD)
        wait_for(INSPECTION, drafted)
        assert not [one for one in leaks_in_public(TEXT) if one.startswith(f"{CANARY}{TEXT}{form}")], (
            "nothing is public before it is approved"
        )
        document_of_draft = latest_draft(context.stores.ledger.history(INSPECTION)).entry.document
        assert document_of_draft is not None
        approve(context, INSPECTION, document_of_draft.sha256, HMI_REPORT)
        wait_for(INSPECTION, published)
    return Lived(stack, refused)


def objects_in(bucket: Bucket, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    client = client_for(Duty.AUDITOR)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket.value, Prefix=prefix):
        for one in page.get("Contents", []):
            yield one["Key"], client.get_object(Bucket=bucket.value, Key=one["Key"])["Body"].read()


def leaks_in_public(kinds: str, *suffixes: str) -> set[str]:
    """Name what stands in the public objects, in those with a suffix alone if any is given; of PDFs, in their text."""
    found: set[str] = set()
    for key, data in objects_in(Bucket.PUBLIC):
        if not suffixes or key.endswith(suffixes):
            text = _text_of(data).encode() if key.endswith(".pdf") else b""
            found |= leaks_in(data, kinds) | leaks_in(text, kinds)
    return found


def evidence_sent() -> set[str]:
    """Name every canary that stands in a table that was taken in, and every date and reference."""
    tables = hidden_in(case_rows()), hidden_in(case_rows(), "refusedbystage"), hidden_in(progress_rows())
    return {
        one for rows in tables for row in rows for cell in row.values() for one in leaks_in(cell.encode(), EVIDENCE)
    }


def test_each_broken_return_was_refused(lived: Lived) -> None:
    assert lived.refused == len(CASE_AUDIT.columns) + len(PROGRESS.columns) + 2 * 15
    rejections = open_read_only().ledger.history(INSPECTION).count(Kind.FIELDWORK_REJECTED)
    assert rejections == len(CASE_AUDIT.columns) + 15 + 1


def test_the_canaries_are_where_they_may_be(lived: Lived) -> None:
    """A leak test that looks for what is nowhere could not fail."""
    stored = [data for _, data in objects_in(Bucket.PRIVATE, f"artefacts/{INSPECTION}/")]
    with_evidence = [data for data in stored if leaks_in(data, EVIDENCE)]
    assert len(with_evidence) == 3  # the three tables that were taken in, and nothing that was made of them
    sent = evidence_sent()
    assert len(sent) == 12 * 4 + 12 + 2 * 2
    assert set().union(*(leaks_in(data, EVIDENCE) for data in stored)) >= sent
    assert set().union(*(leaks_in(data, REFUSED) for data in stored)) == set(), "what the desk refuses it does not keep"


def test_the_search_sees_through_pages_line_ends_and_base64() -> None:
    found = canary_of(EVIDENCE, "rationale7")
    broken = "zq<b>can</b>ary\u00ad&shy;eratio-\n nale7qz"
    assert found in leaks_in(broken.encode())
    for before in range(3):
        assert leaks_in(base64.b64encode(b"x" * before + found.encode() + b" and more"))
    for text in ("CA-9703", "2014-05-03", "20140503", "3 May 2014"):
        assert leaks_in(text.encode(), EVIDENCE) == {text}
    assert leaks_in(f"{canary_of(TEXT, 'finding')} 4d5ca-97-0011 ca-97013f".encode(), EVIDENCE) == set()
    assert leaks_in(b"4d20140503a 0.20140503 120140503 201405031", EVIDENCE) == set()


def test_what_is_meant_for_the_public_is_there_and_nothing_else(lived: Lived) -> None:
    assert leaks_in_public(EVIDENCE + PEOPLE + REFUSED) == set()
    for suffix in (".html", ".pdf", ".json"):
        seen = leaks_in_public(TEXT, suffix)
        for form in ("fieldwork", "review"):
            assert canary_of(TEXT, form, "findings0text") in seen, suffix


def test_nothing_but_account_names_in_the_ledger(lived: Lived) -> None:
    entries = dict(objects_in(Bucket.LEDGER))
    for key, data in entries.items():
        assert leaks_in(data, EVIDENCE + REFUSED + TEXT) == set(), key
    assert set().union(*(leaks_in(data) for data in entries.values())) == {
        LEADING,
        OTHER,
    }


def test_nothing_in_prefects_database(lived: Lived) -> None:
    """Runs, parameters, states, logs, events, artifacts: every cell of every table."""
    looked_at = 0
    with_inspection = set()
    for path in lived.stack.data.rglob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                for row in database.execute(f'select * from "{table}"'):
                    looked_at += 1
                    cells = repr(row).encode()
                    assert leaks_in(cells) == set(), f"{path.name}: {table}"
                    if INSPECTION.encode() in cells:
                        with_inspection.add(table)
    assert looked_at > 100
    assert with_inspection >= {"flow_run", "flow_run_state", "artifact", "events"}


@pytest.mark.parametrize("what", ["flow_runs", "task_runs", "artifacts", "logs"])
def test_nothing_in_what_prefect_answers(lived: Lived, what: str) -> None:
    """Parameters, states, tags, names, logs, artifacts, as anybody with the shared login reads them."""
    answers: list[str] = []
    while True:
        body = {"limit": _PAGE, "offset": _PAGE * len(answers)}
        answer = ask_prefect("POST", f"/{what}/filter", body).raise_for_status()
        answers.append(answer.text)
        if len(answer.json()) < _PAGE:
            break
    assert leaks_in("".join(answers).encode()) == set()
    if what in {"flow_runs", "artifacts"}:
        assert INSPECTION in "".join(answers)


def test_nothing_in_any_event(lived: Lived) -> None:
    body = {"filter": {"event": {"prefix": ["inspection."]}}, "limit": 50}
    answer = ask_prefect("POST", "/events/filter", body).raise_for_status().json()
    events = list(answer["events"])
    while answer["next_page"]:
        page = answer["next_page"].removeprefix(str(read_settings().prefect_api_url))
        answer = ask_prefect("GET", page).raise_for_status().json()
        events += answer["events"]
    about_it = [event for event in events if event["resource"]["prefect.resource.id"] == f"inspection.{INSPECTION}"]
    assert {event["event"] for event in about_it} >= {Kind.FIELDWORK_REJECTED.event, Kind.REVIEW_PUBLISHED.event}
    assert leaks_in(json.dumps(events).encode()) == set()


def test_nothing_in_any_file_but_those_of_the_s3_server(lived: Lived) -> None:
    """Logs, Prefect's files with what SQLite has not cleared yet, the record of what runs, the connection file."""
    paths = [
        path
        for path in lived.stack.data.rglob("*")
        if path.is_file() and not path.is_relative_to(lived.stack.data / "s3")
    ]
    assert {path.name for path in paths} >= {"serve.log", "prefect.log", "seaweedfs.log", "stack.json", CONNECTION_FILE}
    for path in paths:
        assert leaks_in(path.read_bytes()) == set(), path.name
    assert INSPECTION in (lived.stack.data / "logs" / "serve.log").read_text()


def test_nothing_is_left_of_a_check() -> None:
    """The processes that check returns work in a folder of their own; what is left there is the socket."""
    left = []
    for folder in Path(tempfile.gettempdir()).glob("ncpi-check-*"):
        left += [name for _, _, names in os.walk(folder) for name in names if name != "socket"]
    assert left == []


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (["audit", "show", INSPECTION], EVIDENCE + REFUSED + TEXT),
        (["audit", "show", INSPECTION, "--format", "csv"], EVIDENCE + REFUSED + TEXT),
        (["audit", "show", INSPECTION, "--format", "json"], EVIDENCE + REFUSED + TEXT),
        # It quotes the published recommendations, findings and concerns that are still open.
        (["audit", "report", INSPECTION], EVIDENCE + REFUSED),
        (["audit", "report", INSPECTION, "--format", "json"], EVIDENCE + REFUSED),
        (["status"], EVERYTHING),
        (["status", INSPECTION], EVERYTHING),
        (["status", INSPECTION, "--json"], EVERYTHING),
        (["audit", "verify", INSPECTION], EVERYTHING),
        (["audit", "verify", INSPECTION, "--json"], EVERYTHING),
        (["show", INSPECTION, "follow-up/due-dates.ics"], EVIDENCE + REFUSED + PEOPLE),
        (["show", INSPECTION, "follow-up/plan.json"], EVIDENCE + REFUSED + PEOPLE),
        (["show", INSPECTION, "rejection.json"], EVERYTHING),
        (["show", INSPECTION, "initial-report/report.json"], EVIDENCE + REFUSED + PEOPLE),
        (["show", INSPECTION, "initial-report/report.html"], EVIDENCE + REFUSED + PEOPLE),
        (["show", INSPECTION, "review/press-notice.html"], EVIDENCE + REFUSED + PEOPLE),
    ],
)
def test_nothing_in_what_the_desk_shows(
    lived: Lived, words: list[str], kinds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An inspector reads the trail, drafts, what to fix and the plan.
    sign_in_as(monkeypatch, "rhian.morgan", Role.INSPECTOR)
    result = CliRunner().invoke(program, words)
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes
    assert leaks_in(result.stdout_bytes + result.stderr_bytes, kinds) == set()


def test_nothing_in_the_tables_of_the_audit_report(
    lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(monkeypatch, "rhian.morgan", Role.INSPECTOR)
    words = ["audit", "report", INSPECTION, "--format", "csv", "-o", str(tmp_path / "tables")]
    result = CliRunner().invoke(program, words)
    assert result.exit_code == 0, result.output
    tables = list((tmp_path / "tables").iterdir())
    assert tables
    for table in tables:
        assert leaks_in(table.read_bytes(), EVIDENCE + REFUSED) == set(), table.name


def test_the_export_of_the_audit_is_whole(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in_as(monkeypatch, "meera.shah", Role.MANAGEMENT)
    rows = list(
        csv.reader(io.StringIO(CliRunner().invoke(program, ["audit", "show", INSPECTION, "--format", "csv"]).output))
    )
    assert len(rows) == 1 + len(open_read_only().ledger.history(INSPECTION).recorded)


def test_no_case_table_can_be_shown(lived: Lived) -> None:
    names = json.loads(CliRunner().invoke(program, ["status", INSPECTION, "--json"]).stdout)[0]["artefacts"]
    assert "follow-up/due-dates.ics" in names
    assert not [name for name in names if name.endswith(".csv")]
