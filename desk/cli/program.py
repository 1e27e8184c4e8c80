"""The commands of the desk as one program; `deployments/program.py` adds those that run servers."""

from __future__ import annotations

from typing import Final

import typer

from desk.cli.lazy import add_command

ACTS: Final = "Acts"
LOOKING: Final = "Look-ups"
RUNNING: Final = "Running"

_COMMANDS: Final = (
    ("open", "path.open_command", ACTS),
    ("approve", "path.approve_command", ACTS),
    ("take-back", "path.take_back_command", ACTS),
    ("return", "path.return_command", ACTS),
    ("moderate", "path.moderate_command", ACTS),
    ("change-due-date", "beside_path.change_due_date_command", ACTS),
    ("receive", "beside_path.receive_command", ACTS),
    ("refer-back", "beside_path.refer_back_command", ACTS),
    ("correct", "corrections.correct_command", ACTS),
    ("withdraw", "corrections.withdraw_command", ACTS),
    ("status", "status.status_command", LOOKING),
    ("show", "trail.show_command", LOOKING),
    ("sweep", "sweep.sweep_command", RUNNING),
)
_GROUPS: Final = (
    (
        "submit",
        "Submit a return: what the team brought back.",
        ACTS,
        {"fieldwork": "path.submit_fieldwork", "review": "path.submit_review"},
    ),
    (
        "hold",
        "Hold: stop an inspection, or all of them, and let them go on.",
        ACTS,
        {"place": "beside_path.place_command", "lift": "beside_path.lift_command"},
    ),
    (
        "accuracy",
        "Factual accuracy: the force checks the facts of a draft.",
        ACTS,
        {
            "open": "accuracy.open_accuracy_command",
            "comment": "accuracy.comment_command",
            "answer": "accuracy.answer_command",
            "read": "accuracy.read_command",
        },
    ),
    (
        "people",
        "Who may act, in which roles, with which keys.",
        "People",
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
        LOOKING,
        {
            "show": "trail.trail_command",
            "report": "audit_report.report_command",
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
    for name, function, panel in _COMMANDS:
        add_command(program, name, f"desk.cli.{function}", panel=panel)
    for name, summary, panel, commands in _GROUPS:
        group = typer.Typer(no_args_is_help=True, help=summary)
        for inner, function in commands.items():
            add_command(group, inner, f"desk.cli.{function}")
        program.add_typer(group, name=name, rich_help_panel=panel)
