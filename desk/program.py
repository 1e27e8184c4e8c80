"""The commands of the desk as one program; `deployments/program.py` adds those that run servers."""

from __future__ import annotations

import typer

from desk import (
    accuracy_commands,
    aside_commands,
    audit,
    audit_commands,
    audit_proof,
    commands,
    correction_commands,
    export,
    status,
    sweep,
    verify,
)
from desk.people.program import people_app


def add_commands(program: typer.Typer) -> None:
    """Add the desk's commands to a program."""
    acts = "Acts"
    looks = "Looking"
    program.command("open", rich_help_panel=acts)(commands.open_command)
    program.add_typer(commands.submit_app, name="submit", rich_help_panel=acts)
    program.command("approve", rich_help_panel=acts)(commands.approve_command)
    program.command("return", rich_help_panel=acts)(commands.return_command)
    program.command("moderate", rich_help_panel=acts)(commands.moderate_command)
    program.add_typer(aside_commands.hold_app, name="hold", rich_help_panel=acts)
    program.command("change-due-date", rich_help_panel=acts)(aside_commands.change_due_date_command)
    program.command("receive", rich_help_panel=acts)(aside_commands.receive_command)
    program.command("refer-back", rich_help_panel=acts)(aside_commands.refer_back_command)
    program.add_typer(accuracy_commands.accuracy_app, name="accuracy", rich_help_panel=acts)
    program.command("correct", rich_help_panel=acts)(correction_commands.correct_command)
    program.command("withdraw", rich_help_panel=acts)(correction_commands.withdraw_command)
    program.add_typer(people_app, name="people", rich_help_panel="People")
    program.command("status", rich_help_panel=looks)(status.status_command)
    program.add_typer(_audit(), name="audit", rich_help_panel=looks)
    program.command("show", rich_help_panel=looks)(audit.show_command)
    program.command("sweep", rich_help_panel="Running")(sweep.sweep_command)


def _audit() -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="Audit: the trail, and what proves it.")
    group.command("show")(audit.trail_command)
    group.command("report")(audit_commands.report_command)
    group.command("verify")(verify.verify_command)
    group.command("export")(export.export_command)
    group.command("notes")(audit_proof.notes_command)
    group.command("prove")(audit_proof.prove_command)
    group.command("check-proof")(audit_proof.check_command)
    return group
