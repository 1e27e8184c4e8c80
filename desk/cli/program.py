"""The commands of the desk as one program; `deployments/program.py` adds those that run servers."""

from __future__ import annotations

import typer

from desk.cli import (
    accuracy,
    audit_report,
    beside_path,
    corrections,
    export,
    path,
    proofs,
    status,
    sweep,
    trail,
    verify,
)
from desk.cli.people_program import people_app


def add_commands(program: typer.Typer) -> None:
    """Add the desk's commands to a program."""
    acts = "Acts"
    looks = "Looking"
    program.command("open", rich_help_panel=acts)(path.open_command)
    program.add_typer(path.submit_app, name="submit", rich_help_panel=acts)
    program.command("approve", rich_help_panel=acts)(path.approve_command)
    program.command("return", rich_help_panel=acts)(path.return_command)
    program.command("moderate", rich_help_panel=acts)(path.moderate_command)
    program.add_typer(beside_path.hold_app, name="hold", rich_help_panel=acts)
    program.command("change-due-date", rich_help_panel=acts)(beside_path.change_due_date_command)
    program.command("receive", rich_help_panel=acts)(beside_path.receive_command)
    program.command("refer-back", rich_help_panel=acts)(beside_path.refer_back_command)
    program.add_typer(accuracy.accuracy_app, name="accuracy", rich_help_panel=acts)
    program.command("correct", rich_help_panel=acts)(corrections.correct_command)
    program.command("withdraw", rich_help_panel=acts)(corrections.withdraw_command)
    program.add_typer(people_app, name="people", rich_help_panel="People")
    program.command("status", rich_help_panel=looks)(status.status_command)
    program.add_typer(_audit(), name="audit", rich_help_panel=looks)
    program.command("show", rich_help_panel=looks)(trail.show_command)
    program.command("sweep", rich_help_panel="Running")(sweep.sweep_command)


def _audit() -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="Audit: the trail, and what proves it.")
    group.command("show")(trail.trail_command)
    group.command("report")(audit_report.report_command)
    group.command("verify")(verify.verify_command)
    group.command("export")(export.export_command)
    group.command("notes")(proofs.notes_command)
    group.command("prove")(proofs.prove_command)
    group.command("check-proof")(proofs.check_command)
    return group
