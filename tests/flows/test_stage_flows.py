from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.exceptions import ParameterTypeError

from deployments.runner.flow_specs import flow_of
from desk.acts.context import DeskContext, open_desk
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from schemas.errors import ChainBrokenError
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import FIELDWORK, FOLLOW_UP, INITIAL_REPORT, PUBLICATION, REVIEW_PUBLICATION, STAGES
from storage.prefect.api import PrefectServer
from storage.s3.client import client_for
from storage.settings import Bucket, Duty
from tests.support.returns import as_csv, case_rows, fieldwork_return, write_fieldwork, write_review
from tests.support.servers.running import wait_until
from tests.support.stage_flows import ask, decide, history, run
from tests.support.world import LEAD, MANAGER

MADE = {
    "2": ("the checked evidence pack", "the system: initial-report"),
    "3": (
        "the draft: report (HTML, PDF, JSON) and press notice",
        "hmi: approve report; hmi or moderator: return report",
    ),
    "5": ("the publication, which starts the clocks", "the system: follow-up"),
    "6": ("the follow-up plan and its calendar", "inspector: submit review"),
    "8": (
        "the draft: review (HTML, PDF, JSON) and press notice",
        "hmi: approve review; hmi or moderator: return review",
    ),
    "10": ("the publication of the review, in time or late and by how much", "nothing; complete"),
}
"""What the summary of each run says: what was made and what is next, by the entry that it recorded."""
pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def runs_of(inspection: str) -> list[dict[str, object]]:
    return ask("/flow_runs/filter", {"flow_runs": {"name": {"like_": f"{inspection}: "}}})


def test_all_five_in_order_with_names_tags_and_one_summary_each(servers: None, tmp_path: Path) -> None:
    inspection = "south-wales-2015"
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    submit(context, inspection, write_fieldwork(tmp_path / "fieldwork"), FORMS["fieldwork"], LEAD)
    assert run(FIELDWORK, inspection).name == "Checked"
    assert run(INITIAL_REPORT, inspection).name == "Drafted"
    decide(context, inspection)
    assert run(PUBLICATION, inspection).name == "Published"
    assert run(FOLLOW_UP, inspection).name == "Planned"
    submit(context, inspection, write_review(tmp_path / "review"), FORMS["review"], LEAD)
    drafted = run(REVIEW_PUBLICATION, inspection)
    assert (drafted.name, drafted.message) == ("Drafted", "south-wales-2015: review.drafted as entry 8")
    decide(context, inspection)
    published = run(REVIEW_PUBLICATION, inspection)
    assert published.name == "Published"
    assert published.message == "south-wales-2015: review-publication.recorded as entry 10"
    assert history(inspection).state is State.COMPLETE

    runs = runs_of(inspection)
    others: dict[str, list[str]] = {}
    assert sorted(run["name"] for run in runs) == sorted(
        f"{inspection}: {stage.name}" for stage in STAGES for _ in stage.path
    )
    for one in runs:
        stage = str(one["name"]).removeprefix(f"{inspection}: ")
        assert set(one["tags"]) == {"force:south-wales", f"inspection:{inspection}", f"stage:{stage}"}
        assert one["parameters"] == {"inspection_id": inspection}
        tasks = ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [one["id"]]}}})
        (announced,) = [task["state"] for task in tasks if task["name"] == "announce the entry"]
        assert announced["type"] == "COMPLETED"
        left = ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [one["id"]]}}})
        artifacts = {str(artifact["key"]): artifact for artifact in left}
        assert len(artifacts) == len(left)
        first, *_ = str(artifacts.pop(inspection)["data"]).splitlines()
        entry = str(one["state"]["message"]).rpartition(" ")[2]
        made, following = MADE[entry]
        assert first == f"**{inspection}: {stage} recorded {made}, as entry {entry}. Next: {following}.**"
        others[entry] = sorted(artifacts)
    page, pdf, rules = f"{inspection}-page", f"{inspection}-pdf", f"{inspection}-rules"
    assert others == {"2": [rules], "3": [], "5": [page, pdf], "6": [], "8": [rules], "10": [page, pdf]}
    newest = {str(one["key"]): one for one in ask("/artifacts/latest/filter", {})}
    assert "/review/report.html" in str(newest[page]["data"])
    for rule in json.loads(str(newest[rules]["data"])):
        assert set(rule) == {"rule", "severity", "passed", "count", "lines"}
        assert (rule["passed"], rule["count"], rule["lines"]) == ("yes", 0, "")

    again = [run(stage, inspection) for stage in STAGES]
    assert {state.name for state in again} == {"Nothing to do"}
    assert "fieldwork, which recorded fieldwork.recorded as entry 2; it is 'review published'" in str(again[0].message)
    assert {str(one["key"]): one for one in ask("/artifacts/latest/filter", {})}[inspection] == newest[inspection]
    assert len(history(inspection).recorded) == 11


def test_out_of_order_leaves_nothing(servers: None) -> None:
    inspection = "essex-2015"
    open_inspection(open_desk(), inspection, MANAGER)
    for stage in STAGES:
        assert run(stage, inspection).name == "Nothing to do"
    assert len(history(inspection).recorded) == 1
    assert run(PUBLICATION, "kent-2031").name == "Nothing to do"
    assert history("kent-2031").recorded == ()


def test_a_return_that_slipped_past_the_desk_is_rejected_in_red_and_can_be_mended(
    servers: None, tmp_path: Path
) -> None:
    inspection = "durham-2015"
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    lenient = DeskContext(context.stores, context.announcer, _passes, context.clock)
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "return.json").write_text(json.dumps(fieldwork_return(inspection)))
    (folder / "cases.csv").write_bytes(as_csv(case_rows(row_3={"inspector_grade": "superb"})))
    submit(lenient, inspection, folder, FORMS["fieldwork"], LEAD)

    ended = run(FIELDWORK, inspection)
    assert (ended.type.value, ended.name) == ("FAILED", "Rejected")
    assert "rhian.morgan must fix and submit it again" in str(ended.message)
    rejected = history(inspection).recorded[-1].entry
    assert rejected.kind is Kind.FIELDWORK_REJECTED
    assert any("inspector_grade-known" in line for line in rejected.facts["list"])
    newest = {str(one["key"]): one for one in ask("/artifacts/latest/filter", {})}
    assert str(newest[inspection]["data"]).startswith(
        f"**{inspection}: fieldwork rejected the return, 1 problem to fix. Next: rhian.morgan: fix and submit"
    )
    broken = [row for row in json.loads(str(newest[f"{inspection}-rules"]["data"])) if row["passed"] == "no"]
    assert {"rule": "inspector_grade-known", "severity": "critical", "passed": "no", "count": 1, "lines": "5"} in broken
    assert "superb" not in str(newest)

    submit(context, inspection, write_fieldwork(tmp_path / "fixed", inspection), FORMS["fieldwork"], LEAD)
    assert run(FIELDWORK, inspection).name == "Checked"


def _passes(request):
    """Answer as a desk would that does not check: with the evidence of another, valid return."""
    from evidence.checker_client import examine_in_child  # noqa: PLC0415

    valid = request.model_copy(update={"table": as_csv(case_rows())})
    return examine_in_child(valid)


def test_a_broken_ledger_fails_once_says_so_and_is_not_retried(servers: None) -> None:
    inspection = "suffolk-2015"
    open_inspection(open_desk(), inspection, MANAGER)
    client_for(Duty.LEDGER).put_object(
        Bucket=Bucket.LEDGER.value, Key=f"ledger/{inspection}/00000000.json", Body=b'{"forged":true}'
    )
    ended = run(FIELDWORK, inspection)
    assert ended.is_failed()
    with pytest.raises(ChainBrokenError, match=f"{inspection} entry 1: expected"):
        ended.result()
    (one,) = runs_of(inspection)
    tasks = ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [one["id"]]}}})
    assert tasks == []
    assert one["run_count"] == 1


@pytest.mark.parametrize("wrong", ["../../etc/passwd", "Kent-2015", "kent-2015\n", "{{ 7*7 }}", "kent-15"])
def test_a_parameter_that_is_no_inspection_id_never_reaches_the_stage(servers: None, wrong: str) -> None:
    with pytest.raises(ParameterTypeError):
        flow_of(PUBLICATION)(wrong)


def test_an_event_that_was_lost_is_red_and_the_entry_is_recorded_all_the_same(
    servers: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = "dorset-2015"
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    submit(context, inspection, write_fieldwork(tmp_path / "fieldwork", inspection), FORMS["fieldwork"], LEAD)
    monkeypatch.setattr(PrefectServer, "announce", lambda *_: False)
    assert run(FIELDWORK, inspection).name == "Checked"
    (one,) = runs_of(inspection)
    of_run = {"flow_runs": {"id": {"any_": [one["id"]]}}}
    (announced,) = [task for task in ask("/task_runs/filter", of_run) if task["name"] == "announce the entry"]
    assert announced["state"]["type"] == "FAILED"
    assert announced["run_count"] == 1
    assert "entry 2 is recorded and its event was lost" in announced["state"]["message"]
    logs: list[str] = []

    def is_logged() -> bool:
        logs[:] = [
            str(line["message"]) for line in ask("/logs/filter", {"logs": {"flow_run_id": {"any_": [one["id"]]}}})
        ]
        return any(line.startswith("next:") for line in logs)

    wait_until(is_logged, "the log of the run", 30)
    assert "turn of fieldwork: woken by fieldwork-return.submitted, to record fieldwork.recorded" in logs
    assert f"recorded entry 2, fieldwork.recorded, digest {history(inspection).head}" in logs
    assert "next: the system: initial-report" in logs
    assert any("the event was lost" in line for line in logs)
