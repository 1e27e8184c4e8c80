"""The commands of the desk as one program; `deployments/program.py` adds those that run servers."""

from __future__ import annotations

from typing import Final

import typer

from desk.cli.lazy import add_command

OPERATIONS: Final = "Operations"

# By who uses them most; docs/stages.md says who else may.
_COMMANDS: Final = {
    "Everybody": {"status": "status.status_command", "show": "trail.show_command"},
    "Inspectors": {"refer-back": "beside_path.refer_back_command"},
    "Moderators": {"moderate": "path.moderate_command"},
    "HM Inspectors": {
        "approve": "path.approve_command",
        "take-back": "path.take_back_command",
        "return": "path.return_command",
        "withdraw": "corrections.withdraw_command",
    },
    "Press office": {"correct": "corrections.correct_command"},
    "Forces": {"receive": "beside_path.receive_command"},
    "Programme managers": {"open": "path.open_command", "change-due-date": "beside_path.change_due_date_command"},
    OPERATIONS: {"sweep": "sweep.sweep_command"},
}
_GROUPS: Final = (
    (
        "submit",
        "Submit a return: what the team brought back.",
        "Inspectors",
        {"fieldwork": "path.submit_fieldwork", "review": "path.submit_review"},
    ),
    (
        "hold",
        "Hold: stop an inspection, or all of them, and let them go on.",
        "Programme managers",
        {"place": "beside_path.place_command", "lift": "beside_path.lift_command"},
    ),
    (
        "accuracy",
        "Factual accuracy: give a draft to the force, comment on its facts, read the comments.",
        "Forces",
        {
            "open": "accuracy.open_accuracy_command",
            "comment": "accuracy.comment_command",
            "answer": "accuracy.answer_command",
            "read": "accuracy.read_command",
        },
    ),
    (
        "foreign",
        "Entries signed with a key that the register does not know: two people set them aside.",
        "Programme managers",
        {"name": "foreign.name_command", "set-aside": "foreign.set_aside_command"},
    ),
    (
        "people",
        "Who may act, in which roles, with which keys.",
        "Administrators",
        {
            "found": "people.found_command",
            "invite": "people.invite_command",
            "confirm": "people.confirm_command",
            "enrol": "people.enrol_command",
            "rotate": "people.rotate_command",
            "revoke": "people.revoke_command",
            "roles": "people.roles_command",
            "list": "people_list.list_command",
            "provider": "people_system.provider_command",
            "confirm-provider": "people_system.confirm_provider_command",
            "service-key": "people_system.service_key_command",
            "seal-key": "people_system.seal_key_command",
        },
    ),
    (
        "audit",
        "Audit: the trail, and what proves it.",
        "Management",
        {
            "show": "trail.trail_command",
            "report": "audit_report.report_command",
            "reviewed": "trail_review.reviewed_command",
            "verify": "verify.verify_command",
            "export": "export.export_command",
            "notes": "proofs.notes_command",
            "prove": "proofs.prove_command",
            "check-proof": "proofs.check_command",
        },
    ),
)


def add_commands(program: typer.Typer) -> None:
    """Add the desk's commands to a program."""
    for panel, commands in _COMMANDS.items():
        for name, function in commands.items():
            add_command(program, name, f"desk.cli.{function}", panel=panel)
    for name, summary, panel, commands in _GROUPS:
        group = typer.Typer(no_args_is_help=True, help=summary)
        for inner, function in commands.items():
            add_command(group, inner, f"desk.cli.{function}")
        program.add_typer(group, name=name, rich_help_panel=panel)
