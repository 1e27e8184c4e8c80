"""`ncpi audit report` over buckets in memory: each form, to a file and to the screen, and what its exit status says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from typer.testing import CliRunner

from deployments.program import program
from schemas.audit.check import LAYERS
from schemas.identifiers import digest_of
from schemas.sealing.seal import Seal
from storage import keys
from tests.support.pages.audit_lives import south_wales, troubled
from tests.support.pages.page_outline import outline_of
from tests.support.reading import serve
from tests.support.world import INSPECTION, World

if TYPE_CHECKING:
    from typer.testing import Result


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = south_wales()
    serve(monkeypatch, world)
    return world


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(program, ["audit", "report", *arguments], env={"COLUMNS": "4000"})
    assert result.exit_code == status, result.output
    return result


def test_a_page_is_written_to_a_file_whose_digest_is_told(world: World, tmp_path: Path) -> None:
    told = run(INSPECTION, "-o", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_bytes()
    assert page.startswith(b"<!DOCTYPE html>")
    assert b"No sign of change. Two checks need papers that you hold; 4 entries are not sealed yet." in page
    assert f"{len(page):,} bytes, SHA-256 " in told.stderr
    assert told.stdout == ""


def test_data_goes_to_the_screen(world: World) -> None:
    made = json.loads(run(INSPECTION, "--json").stdout)
    assert made["inspection"] == INSPECTION
    assert made["seals"]["unsealed"] == 4
    assert made["check"]["faults_in_all"] == 0
    assert json.loads(run(INSPECTION, "--format", "json").stdout)["head"] == made["head"]


def test_tables_are_written_to_a_folder_a_file_each(world: World, tmp_path: Path) -> None:
    assert "-o FOLDER" in run(INSPECTION, "--format", "csv", status=2).output
    run(INSPECTION, "--format", "csv", "-o", str(tmp_path / "tables"))
    run(INSPECTION, "--format", "csv", "-o", str(tmp_path / "tables"))
    head, *rows = (tmp_path / "tables" / "still-open.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == '"what","name","owner","since","due_earliest","due_latest","state","days_overdue","text"'
    assert len(rows) == 9


def test_pages_are_written_to_a_folder_and_link_to_each_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both ways, each to a file that is there and an anchor that it has; what a filter leaves out, on every page."""
    world = troubled()
    serve(monkeypatch, world)
    assert "-o FOLDER" in run("--format", "pages", status=2).output
    assert "name none" in run(INSPECTION, "--format", "pages", "-o", str(tmp_path / "x"), status=2).output
    folder = tmp_path / "programme"
    told = run("--format", "pages", "-o", str(folder), "--since", "2015-11-01", "--by", "rhian.morgan")
    assert "3 pages of inspections beside it" in told.stderr
    outlines = {one.name: outline_of(one.read_bytes()) for one in folder.iterdir()}
    names = {"index.html", "essex-2015.html", "kent-2015.html", f"{INSPECTION}.html"}
    assert set(outlines) == names
    for name, outline in outlines.items():
        others = [one["href"] for one in outline.named("a") if one["href"] and not one["href"].startswith("#")]
        assert {one.partition("#")[0] for one in others} == ({"index.html"} if name != "index.html" else names - {name})
        for other in others:
            file, _, anchor = other.partition("#")
            assert not anchor or anchor in outlines[file].ids
        assert "Shows onlyentries by rhian.morgan" in " ".join(outline.words.split())
    assert "What changed since 1 November 2015" in outlines["kent-2015.html"].words
    # A page that is mailed alone links to no file.
    for alone in (run().stdout, run(INSPECTION).stdout):
        assert not [one["href"] for one in outline_of(alone.encode()).named("a") if (one["href"] or "")[0] != "#"]


def test_an_inspection_that_cannot_be_read_has_no_page_and_no_link(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = troubled()
    serve(monkeypatch, world)
    world.ledger_objects.overwrite(keys.ledger_entry("kent-2015", 1), b"{}", "application/json")
    run("--format", "pages", "-o", str(tmp_path), status=1)
    assert not (tmp_path / "kent-2015.html").exists()
    index = (tmp_path / "index.html").read_text()
    assert "kent-2015" in index
    assert 'href="kent-2015' not in index


def test_what_is_of_one_inspection_is_refused_for_all(world: World) -> None:
    assert "of one inspection" in run("--since", world.history().head, status=2).output
    assert "of one inspection" in run("--sample", "3", status=2).output


def test_a_workbook_is_written_to_a_file_only(world: World, tmp_path: Path) -> None:
    assert "-o FILE" in run(INSPECTION, "--format", "xlsx", status=2).output
    run("--format", "xlsx", "-o", str(tmp_path / "all.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "all.xlsx").read_bytes()))
    assert book["board"]["A2"].value == INSPECTION


def test_what_is_known_from_elsewhere_is_held_against_the_record(world: World, tmp_path: Path) -> None:
    note = tmp_path / "seal-0.txt"
    note.write_text(Seal.from_bytes(world.ledger_objects.read(keys.seal(0))).note)
    register = digest_of(world.ledger_objects.read(keys.register_record(0)))
    known = json.loads(run(INSPECTION, "--json", "--register", register, "--note", str(note)).stdout)
    assert [layer["missing"] for layer in known["check"]["layers"]] == [None] * len(LAYERS)
    unknown = json.loads(run(INSPECTION, "--json").stdout)
    assert {layer["layer"] for layer in unknown["check"]["layers"] if layer["missing"]} == {"register", "held"}
    other = json.loads(run(INSPECTION, "--json", "--register", "0" * 64, status=1).stdout)
    assert {fault["layer"] for fault in other["check"]["faults"]} == {"register"}
    page = run(INSPECTION, "--register", "0" * 64, status=1).stdout
    assert "the digest that you gave is not one this register ever had: check the typing" in page
    assert "The record is not what was written" not in page


def test_verification_can_be_left_out_and_the_report_says_so(world: World) -> None:
    assert "Not verified for this report" in run(INSPECTION, "--without-verification").stdout
    assert json.loads(run("--without-verification", "--json").stdout)["check"] is None


def test_nobody_opened_it(world: World) -> None:
    assert "no such inspection" in run("kent-2025", "--without-verification", status=4).output


def test_a_record_that_was_altered_is_reported_with_status_one(monkeypatch: pytest.MonkeyPatch) -> None:
    world = troubled()
    serve(monkeypatch, world)
    world.ledger_objects.overwrite(keys.ledger_entry("kent-2015", 1), b"{}", "application/json")
    made = json.loads(run("--json", status=1).stdout)
    assert [one["inspection"] for one in made["unreadable"]] == ["kent-2015"]
    assert made["check"]["faults_in_all"] > 0
    assert "The record is not what was written" in run("kent-2015", status=1).stdout
    run(INSPECTION)


def test_seals_that_were_altered_are_reported_with_status_one(world: World) -> None:
    world.ledger_objects.overwrite(keys.seal(0), b"{}", "application/json")
    assert "The seals could not be read" in run(INSPECTION, "--without-verification", status=1).stdout
