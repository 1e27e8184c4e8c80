"""The group `ncpi people`."""

from __future__ import annotations

import typer

from desk.people import commands, listing, system

people_app = typer.Typer(no_args_is_help=True, help="Who may act, in which roles, with which keys.")
people_app.command("found")(commands.found_command)
people_app.command("invite")(commands.invite_command)
people_app.command("confirm")(commands.confirm_command)
people_app.command("enrol")(commands.enrol_command)
people_app.command("rotate")(commands.rotate_command)
people_app.command("revoke")(commands.revoke_command)
people_app.command("roles")(commands.roles_command)
people_app.command("list")(listing.list_command)
people_app.command("provider")(system.provider_command)
people_app.command("confirm-provider")(system.confirm_provider_command)
people_app.command("service-key")(system.service_key_command)
people_app.command("seal-key")(system.seal_key_command)
