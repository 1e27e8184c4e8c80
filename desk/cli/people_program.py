"""The group `ncpi people`."""

from __future__ import annotations

import typer

from desk.cli import people, people_list, people_system

people_app = typer.Typer(no_args_is_help=True, help="Who may act, in which roles, with which keys.")
people_app.command("found")(people.found_command)
people_app.command("invite")(people.invite_command)
people_app.command("confirm")(people.confirm_command)
people_app.command("enrol")(people.enrol_command)
people_app.command("rotate")(people.rotate_command)
people_app.command("revoke")(people.revoke_command)
people_app.command("roles")(people.roles_command)
people_app.command("list")(people_list.list_command)
people_app.command("provider")(people_system.provider_command)
people_app.command("confirm-provider")(people_system.confirm_provider_command)
people_app.command("service-key")(people_system.service_key_command)
people_app.command("seal-key")(people_system.seal_key_command)
