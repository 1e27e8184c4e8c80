"""Every broken return is refused at the desk: all problems at once, exit status 2, an entry, no stage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deployments.demo.demonstration import EXAMPLES
from deployments.demo.prefect_runs import stage_runs
from deployments.program import program
from deployments.stack.stack import Stack
from desk.acts.context import open_read_only
from schemas.lifecycle.moves import Kind, State
from storage.settings import read_settings
from tests.support.servers.running import state_of, wait_for
from tests.support.servers.stack_people import sign_in_without_asking

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]
LEAD = ["--person", "rhian.morgan", "--role", "inspector"]


@pytest.fixture(scope="module", autouse=True)
def _signed_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        sign_in_without_asking(patch)
        yield


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(program, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def awaiting_fieldwork(stack: Stack) -> str:
    """Open an inspection of the force that the broken returns are about."""
    inspection = "south-wales-2016"
    manager = ["--person", "pat.howells", "--role", "programme-manager"]
    assert run("open", "south-wales", "--year", "2016", *manager)[0] == 0
    assert state_of(inspection) is State.AWAITING_FIELDWORK
    return inspection


def refused(inspection: str, form: str, folder: Path) -> dict[str, object]:
    """Submit a return that must be refused, and give the refusal."""
    before = len(open_read_only().ledger.history(inspection).recorded)
    status, output = run("submit", form, folder, "--inspection", inspection, "--json", *LEAD)
    assert status == 2, output
    answer = json.loads(output)
    history = open_read_only().ledger.history(inspection)
    assert len(history.recorded) == before + 1
    entry = history.recorded[-1].entry
    assert entry.kind is (Kind.FIELDWORK_REJECTED if form == "fieldwork" else Kind.REVIEW_REJECTED)
    assert entry.facts["problems"] == len(answer["problems"])
    assert entry.facts["sender"] == "rhian.morgan"
    return answer


@pytest.mark.parametrize(
    "name",
    [
        "01-table-missing",
        "03-table-is-a-workbook",
        "05-windows-1252",
        "07-nul-byte",
        "22-inspection-id-climbs",
        "47-case-twice",
    ],
)
def test_rubbish_is_refused_recorded_and_starts_nothing(awaiting_fieldwork: str, name: str) -> None:
    folder = EXAMPLES / "broken" / name
    expected = json.loads((folder / "expected.json").read_text())
    answer = refused(awaiting_fieldwork, "fieldwork", folder)
    found = [(one["rule"], one["file"], one["line"], one["column"]) for one in answer["problems"]]
    assert tuple(expected[part] for part in ("rule", "file", "line", "column")) in found
    assert stage_runs(read_settings(), awaiting_fieldwork) == ()
    assert state_of(awaiting_fieldwork) is State.AWAITING_FIELDWORK


def test_a_table_of_200_megabytes_is_refused_unread(awaiting_fieldwork: str, tmp_path: Path) -> None:
    (tmp_path / "return.json").write_bytes((EXAMPLES / "broken/base/fieldwork/return.json").read_bytes())
    with (tmp_path / "cases.csv").open("wb") as table:
        table.truncate(200_000_000)
    answer = refused(awaiting_fieldwork, "fieldwork", tmp_path)
    assert [(one["rule"], one["file"]) for one in answer["problems"]] == [("file-too-large", "cases.csv")]


@pytest.mark.parametrize("inspection", ["../../etc/passwd", "south-wales-2016\n", "South Wales 2016", "a/b", "x" * 300])
def test_path_tricks_in_ids_are_refused(stack: Stack, inspection: str) -> None:
    folder = EXAMPLES / "broken/base/fieldwork"
    status, output = run("submit", "fieldwork", folder, "--inspection", inspection, *LEAD)
    assert status == 2
    assert "not an inspection id" in output
    assert run("status", inspection)[0] == 2


def test_links_out_of_the_folder_are_not_followed(awaiting_fieldwork: str, tmp_path: Path) -> None:
    (tmp_path / "return.json").write_bytes((EXAMPLES / "broken/base/fieldwork/return.json").read_bytes())
    (tmp_path / "cases.csv").symlink_to(EXAMPLES / "south_wales/fieldwork/cases.csv")
    answer = refused(awaiting_fieldwork, "fieldwork", tmp_path)
    assert [one["rule"] for one in answer["problems"]] == ["file-missing"]


def test_the_board_says_who_must_mend_what_and_a_mended_return_goes_on(awaiting_fieldwork: str, tmp_path: Path) -> None:
    refused(awaiting_fieldwork, "fieldwork", EXAMPLES / "broken/47-case-twice")
    _, output = run("status", awaiting_fieldwork, "--json")
    here = json.loads(output)[0]
    assert here["next"] == "rhian.morgan: fix and submit fieldwork"
    assert "problems to fix" in here["incident"]
    assert "case_reference-unique" in run("status", awaiting_fieldwork, *LEAD)[1]
    fixed = tmp_path / "fixed"
    fixed.mkdir()
    text = (EXAMPLES / "broken/base/fieldwork/return.json").read_text().replace("south-wales-2015", awaiting_fieldwork)
    (fixed / "return.json").write_text(text)
    (fixed / "cases.csv").write_bytes((EXAMPLES / "broken/base/fieldwork/cases.csv").read_bytes())
    status, output = run("submit", "fieldwork", fixed, "--json", *LEAD)
    assert status == 0, output
    wait_for(awaiting_fieldwork, State.REPORT_DRAFTED)


def test_an_inspection_that_was_never_opened_takes_in_nothing(stack: Stack) -> None:
    status, output = run("submit", "fieldwork", EXAMPLES / "broken/base/fieldwork", "--inspection", "essex-2031", *LEAD)
    assert status == 4
    assert "no such inspection" in output
    assert open_read_only().ledger.history("essex-2031").recorded == ()
