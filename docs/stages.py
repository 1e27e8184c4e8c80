"""Write docs/stages.md from the tables that the system itself reads; `--check` fails if the page is out of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from docs.generated_page import head, row, write_or_check
from domain.documents.clocks import ACTION_PLAN, POLICING_BODY_RESPONSE, REVISIT
from schemas.dates import in_words
from schemas.documents.tables import ReturnContext, TableSpec
from schemas.lifecycle.acts import ACTS, SeparatedDuty
from schemas.lifecycle.moves import INTERRUPTIONS, MOVES, MOVES_ON_HOLD, OFF_PATH, RESUMPTIONS, SIDE_ENTRIES, State
from schemas.lifecycle.read_rights import READ_RIGHTS
from schemas.lifecycle.stages import STAGES
from schemas.people.roles import Role
from schemas.programme.versions import Grade

_EXAMPLE: Final = ReturnContext(
    rows=76,
    grades=tuple(Grade),
    totals=dict.fromkeys(Grade, 19),
    window_start=dt.date(2015, 2, 1),
    window_end=dt.date(2015, 3, 31),
    recommendations=("REC-2015-01", "REC-2015-02"),
)


def _page() -> Iterator[str]:
    yield from (
        "# Stages, acts and tables",
        "",
        "Generated from `schemas/` and `domain/documents/clocks.py` by `make docs`; do not edit.",
        "",
        *_stages(),
        *_states(),
        *_acts(),
        *_read_rights(),
        *_clocks(),
        "## Tables",
        "",
        "Bounds and counts below are those of an example return.",
        "",
        *(line for stage in STAGES if stage.table for line in _table(stage.table)),
    )


def _stages() -> Iterator[str]:
    yield from ("## Stages", "", *head("stage", "what it does", "started by", "in state", "records", "or", "makes"))
    for stage in STAGES:
        for turn in stage.turns:
            wait = ", after the embargo" if turn.waits_for_embargo else ""
            yield row(
                f"`{stage.name}`",
                stage.summary,
                f"`{turn.wakes_on.event}`",
                f"{turn.state.value}{wait}",
                f"`{turn.records.value}`",
                f"`{turn.rejects.value}`" if turn.rejects else "",
                turn.document,
            )
    yield ""


def _states() -> Iterator[str]:
    names = {state: f"s{number}" for number, state in enumerate(State)}
    yield from ("## Legal moves", "", "```mermaid", "stateDiagram-v2")
    yield from (f'    state "{state.value}" as {name}' for state, name in names.items() if state not in OFF_PATH)
    for state, moves in MOVES.items():
        if state in OFF_PATH:
            continue
        yield from (f"    {names[state]} --> {names[after]}: {kind.value}" for kind, after in moves.items())
    yield from (
        "```",
        "",
        "An interruption leaves this path and returns to the state that it left; a withdrawal does not return.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        '    state "where it stood" as path',
    )
    yield from (f'    state "{state.value}" as {names[state]}' for state in State if state in OFF_PATH)
    yield from (f"    path --> {names[state]}: {kind.value}" for kind, (state, _) in INTERRUPTIONS.items())
    for state in (one for one in State if one in OFF_PATH):
        yield from (f"    {names[state]} --> {names[after]}: {kind.value}" for kind, after in MOVES[state].items())
    yield from (f"    {names[state]} --> path: {kind.value}" for kind, state in RESUMPTIONS.items())
    yield from ("```", "", *head("interruption", "may begin in"))
    yield from (row(f"`{kind.value}`", _states_in_words(states)) for kind, (_, states) in INTERRUPTIONS.items())
    on_hold = " and ".join(f"`{kind.value}`" for kind in MOVES_ON_HOLD)
    yield from (
        "",
        f"On hold {on_hold} may be recorded too, where it may in the state that was left: the hold stays, and",
        "lifting it leads to where the move has led.",
        "",
        "A side entry is recorded where it happens and moves nothing.",
        "",
        *head("side entry", "may be recorded in"),
    )
    yield from (row(f"`{kind.value}`", _states_in_words(states)) for kind, states in SIDE_ENTRIES.items())
    yield ""


def _states_in_words(states: frozenset[State]) -> str:
    return ", ".join(state.value for state in State if state in states)


def _acts() -> Iterator[str]:
    yield from (
        "## Acts of people",
        "",
        *head("act", "what it does", "roles", "not who was", "in states", "records", "refusal"),
    )
    for act in ACTS:
        yield row(
            f"`{act.name}`",
            act.summary,
            ", ".join(role.value for role in act.roles),
            ", ".join(part.value for part in SeparatedDuty if part in act.barred),
            _states_in_words(act.states),
            f"`{act.records.value}`",
            f"`{act.refusal.value}`" if act.refusal else "",
        )
    yield from (
        "",
        "Author, moderator and approver of one inspection are three people. Authors are those who submitted a return",
        "or a correction, or are named in a return as its team; moderators, those who moderated or returned a draft in",
        "that role; approvers, those who approved one. A force liaison acts for their own force only. Admins,",
        "operations and management do none of these acts. A refused act is recorded too, by a kind of its own or as",
        "`act.refused`.",
        "",
    )


def _read_rights() -> Iterator[str]:
    yield from ("## What people read", "", *head("right", "what it is", "roles", "a force liaison"))
    for right in READ_RIGHTS:
        roles = ", ".join(role.value for role in right.roles if role is not Role.FORCE_LIAISON)
        force = "own force" if Role.FORCE_LIAISON in right.roles else ""
        yield row(f"`{right.name}`", right.summary, roles or "anybody", "anybody" if right.is_public else force)
    yield from (
        "",
        "To read what is not public, sign in as for an act. Case tables are shown to nobody. Reading is not recorded.",
        "While a terminal holds keys of the S3 server this guards against mistakes only",
        "([SECURITY.md](../SECURITY.md)).",
        "",
    )


def _clocks() -> Iterator[str]:
    yield from ("## Clocks", "", "Each starts with the publication of the initial report.", "")
    yield from head("rule", "subject", "length", "binds reports from", "in words")
    for rule in (REVISIT, ACTION_PLAN, POLICING_BODY_RESPONSE):
        yield row(
            f"`{rule.name}`",
            rule.subject,
            f"{rule.months} months" if rule.months else f"{rule.days} days after",
            in_words(rule.in_force_from) if rule.in_force_from else "the start",
            rule.text,
        )
    yield row("`recommendation-…`", "recommendation", "3 or 6 months", "the start", "The timescale it was made with")
    yield ""


def _table(table: TableSpec) -> Iterator[str]:
    yield from (f"### {table.name.capitalize()} (`{table.file}`)", "", *head("column", "what it holds", "required"))
    for column in table.columns:
        yield row(f"`{column.name}`", column.description, "yes" if column.is_required else "")
    yield from ("", *head("rule", "expectation", "severity", "what the sender is told"))
    for rule in table.rules(_EXAMPLE):
        yield row(f"`{rule.name}`", rule.expectation, rule.severity.value, rule.message)
    yield ""


if __name__ == "__main__":
    write_or_check("stages.md", _page())
