"""What somebody can do who rewrites the buckets whole: the operator of the server, with and without stolen keys."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signing import public_key_of
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference, Entry, Fact, genesis_of
from schemas.lifecycle.moves import Kind
from schemas.people.register import Enrolled, Invited, RegisterRecord, Revoked, RolesChanged, Rotated, ServiceRegistered
from schemas.people.roles import Role
from tests.support.archive import (
    ADMIN,
    BOX,
    HMI,
    LEAD,
    LIAISON,
    MANAGER,
    MODERATOR,
    OTHER_HMI,
    SECOND_ADMIN,
    SERVICE,
    Archive,
    key_of,
    note_of,
)
from tests.tamper.state import APPROVED, DRAFTED, WHOLE, State, place, seq_of

THIEF: Final = key_of("mallory")


def read(archive: Archive, key: str) -> dict[str, Any]:
    return json.loads(archive.ledger[key])


def write(archive: Archive, key: str, value: dict[str, Any]) -> None:
    archive.ledger[key] = rfc8785.dumps(value)


def sign_again(entry: dict[str, Any], key: Ed25519PrivateKey) -> None:
    entry.pop("signature", None)
    value = base64.b64encode(key.sign(b"ncpi-entry-v2\n" + rfc8785.dumps(entry))).decode()
    entry["signature"] = {"key": public_key_of(key), "value": value, "certificate": None}


def hash_again(
    archive: Archive, inspection: str, start: int, key_for: Callable[[str], Ed25519PrivateKey] | None = None
) -> None:
    """Fix every link from a place on; sign anew with the keys at hand, or leave the signatures as they were."""
    fixed: dict[str, str] = {}
    for seq in range(len(archive.chain(inspection))):
        key = place(inspection, seq)
        old = digest_of(archive.ledger[key])
        if seq >= start:
            entry = read(archive, key)
            entry["prev"] = digest_of(archive.ledger[place(inspection, seq - 1)]) if seq else genesis_of(inspection)
            entry["because"] = fixed.get(entry["because"], entry["because"])
            if key_for:
                sign_again(entry, key_for(entry["actor"]["person"]))
            write(archive, key, entry)
        fixed[old] = digest_of(archive.ledger[key])


def edit(archive: Archive, inspection: str, where: int, /, **changes: Any) -> None:
    """Alter fields of an entry: `facts__cases=2` alters what `facts` says of `cases`."""
    entry = read(archive, place(inspection, where))
    for path, value in changes.items():
        *folders, name = path.split("__")
        inner = entry
        for folder in folders:
            inner = inner[folder]
        inner[name] = value
    write(archive, place(inspection, where), entry)


def remove(archive: Archive, inspection: str, start: int = 0) -> None:
    for seq in range(start, len(archive.chain(inspection))):
        del archive.ledger[place(inspection, seq)]


def seal_again(archive: Archive, key: Ed25519PrivateKey | None = None) -> None:
    """Make all seals anew; the notes that management was sent stay what they are."""
    notes = list(archive.notes)
    archive.forget_seals()
    archive.seal(key)
    archive.notes = notes


def decide(archive: Archive, inspection: str, kind: Kind, by: str, **given: Any) -> Entry:
    """Decide on the newest draft."""
    seq = seq_of(archive, inspection, Kind.REPORT_DRAFTED)
    draft = read(archive, place(inspection, seq))
    facts = {"decision": "approved", "draft": draft["document"]["sha256"], "embargo": archive.now.isoformat()}
    given = {
        "document": DocumentReference.model_validate(draft["document"]),
        "because": digest_of(archive.ledger[place(inspection, seq)]),
        "facts": facts,
        **given,
    }
    return archive.append(inspection, kind, by, **given)


# Without any key


def entry_edited(state: State) -> None:
    edit(state.archive, WHOLE, 5, facts__embargo="2026-01-01T00:00:00+00:00")


def newest_sealed_entry_edited(state: State) -> None:
    edit(state.archive, WHOLE, 14, facts__files=2)


def edited_and_hashed_again(state: State) -> None:
    edit(state.archive, WHOLE, 2, facts__cases=2)
    hash_again(state.archive, WHOLE, 2)


def approver_exchanged(state: State) -> None:
    edit(state.archive, WHOLE, 5, actor__person=OTHER_HMI)
    hash_again(state.archive, WHOLE, 5)


def backdated_and_hashed_again(state: State) -> None:
    edit(state.archive, WHOLE, 7, at="2026-01-01T00:00:00Z")
    hash_again(state.archive, WHOLE, 7)


def transplanted(state: State) -> None:
    for seq, data in enumerate(state.archive.chain(DRAFTED)):
        state.archive.ledger[place("devon-cornwall-2024", seq)] = data


def two_entries_exchanged(state: State) -> None:
    ledger, (one, other) = state.archive.ledger, (place(WHOLE, 8), place(WHOLE, 9))
    ledger[one], ledger[other] = ledger[other], ledger[one]


def dropped_from_the_middle_and_renumbered(state: State) -> None:
    archive = state.archive
    chain = archive.chain(WHOLE)
    remove(archive, WHOLE, 8)
    for seq, data in enumerate(chain[9:], start=8):
        archive.ledger[place(WHOLE, seq)] = data
        edit(archive, WHOLE, seq, seq=seq)
    hash_again(archive, WHOLE, 8)


def written_in_another_encoding(state: State) -> None:
    key = place(WHOLE, 14)
    state.archive.ledger[key] = json.dumps(read(state.archive, key), indent=1).encode()


def field_added(state: State) -> None:
    edit(state.archive, WHOLE, 14, note="by the operator")


def unsigned_ledger_invented(state: State) -> None:
    # An entry as it was written before acts were signed. Nothing reads this form.
    state.archive.append("devon-cornwall-2024", Kind.OPENED, MANAGER)
    edit(state.archive, "devon-cornwall-2024", 0, version=1, actor__assurance="asserted")
    entry = read(state.archive, place("devon-cornwall-2024", 0))
    del entry["signature"]
    write(state.archive, place("devon-cornwall-2024", 0), entry)


def unsigned_entry_after_signed_ones(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI)
    entry = read(state.archive, place(DRAFTED, 4)) | {"version": 1}
    del entry["signature"]
    entry["actor"]["assurance"] = "asserted"
    write(state.archive, place(DRAFTED, 4), entry)


def asserted_and_signed(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI)
    edit(state.archive, DRAFTED, 4, actor__assurance="asserted")
    entry = read(state.archive, place(DRAFTED, 4))
    sign_again(entry, key_of(HMI))
    write(state.archive, place(DRAFTED, 4), entry)


def signature_taken_off(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI)
    edit(state.archive, DRAFTED, 4, signature=None)


def register_records_exchanged(state: State) -> None:
    ledger = state.archive.ledger
    one, other = "register/00000003.json", "register/00000004.json"
    ledger[one], ledger[other] = ledger[other], ledger[one]


def register_record_removed_and_renumbered(state: State) -> None:
    archive = state.archive
    keys = sorted(key for key in archive.ledger if key.startswith("register/"))
    kept = [archive.ledger.pop(key) for key in keys]
    del kept[3:5]
    for key, data in zip(keys, kept, strict=False):
        archive.ledger[key] = data


def rolled_back(state: State) -> None:
    notes = state.archive.notes
    state.archive = State(state.earlier).copy().archive
    state.archive.notes = notes


def last_seals_dropped_with_what_they_sealed(state: State) -> None:
    remove(state.archive, WHOLE)
    del state.archive.ledger["seal/00000002.json"]
    for part in (state.archive.private, state.archive.public):
        for key in [key for key in part if WHOLE in key or key == "index.html"]:
            del part[key]


# With keys of one's own


def approval_forged_in_a_real_name(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI, key=THIEF)


def ledger_invented(state: State) -> None:
    for name in (MANAGER, LEAD, MODERATOR, HMI, SERVICE):
        state.archive.keys[name] = key_of(f"false {name}")
    state.archive.live("devon-cornwall-2024", 4)


def sealed_again_with_another_key(state: State) -> None:
    edit(state.archive, WHOLE, 2, facts__cases=2)
    hash_again(state.archive, WHOLE, 2, key_of)
    seal_again(state.archive, THIEF)


def register_record_signed_by_nobody_known(state: State) -> None:
    archive = state.archive
    archive.register(RolesChanged(roles=(Role.MANAGEMENT,), force=None), by=ADMIN, subject=LEAD, keys=(THIEF,))


def register_record_signed_again(state: State) -> None:
    archive = state.archive
    key = max(key for key in archive.ledger if key.startswith("register/"))
    record = RegisterRecord.from_bytes(archive.ledger[key])
    body = record.body.model_copy(update={"key": public_key_of(THIEF)})
    record = record.model_copy(update={"body": body})
    statement = record.statement
    signatures = [
        {"key": one.key, "value": base64.b64encode(THIEF.sign(statement)).decode(), "certificate": None}
        for one in record.signatures
    ]
    write(archive, key, {**json.loads(record.to_bytes()), "signatures": signatures})


def everything_made_anew_by_somebody_else(state: State) -> None:
    archive = Archive(keys={name: key_of(f"false {name}") for name in (ADMIN, SECOND_ADMIN, SERVICE, HMI)})
    archive.seal_key = THIEF
    archive.found()
    archive.seal()
    archive.live(DRAFTED, 4)
    archive.seal()
    archive.notes = state.archive.notes
    state.archive = archive


def held_note_forged(state: State) -> None:
    state.archive.notes.append(note_of(state.archive.leaves, THIEF, b"a seal"))


# Signatures of others, used again


def _replayed(state: State, into: str, where: int, /, **changes: Any) -> None:
    """Put the approval of another inspection somewhere, with whatever changes it takes, and its signature."""
    archive = state.archive
    taken = read(archive, place(APPROVED, seq_of(archive, APPROVED, Kind.REPORT_APPROVED)))
    write(archive, place(into, where), {**taken, **changes})


def approval_moved_to_another_inspection(state: State) -> None:
    archive = state.archive
    draft = read(archive, place(DRAFTED, 3))
    head = archive.head(DRAFTED)
    facts = {"decision": "approved", "draft": draft["document"]["sha256"], "embargo": archive.now.isoformat()}
    _replayed(
        state,
        DRAFTED,
        4,
        inspection=DRAFTED,
        seq=4,
        prev=head,
        because=head,
        document=draft["document"],
        facts=facts,
        id="report.approved/00000003",
    )


def approval_moved_to_another_digest(state: State) -> None:
    archive = state.archive
    other = archive.store(APPROVED, b'{"other": "draft"}').model_dump()
    seq = seq_of(archive, APPROVED, Kind.REPORT_APPROVED)
    edit(archive, APPROVED, seq, document=other, facts__draft=other["sha256"])


def approval_moved_to_another_stage(state: State) -> None:
    archive = state.archive
    report = read(archive, place(WHOLE, seq_of(archive, WHOLE, Kind.REPORT_APPROVED)))
    seq = seq_of(archive, WHOLE, Kind.REVIEW_APPROVED)
    edit(archive, WHOLE, seq, signature=report["signature"])
    hash_again(archive, WHOLE, seq + 1)


def approval_moved_to_another_head(state: State) -> None:
    archive = state.archive
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, HMI)
    approval = archive.ledger.pop(place(DRAFTED, 4))
    archive.append(DRAFTED, Kind.CASE_REFERRED_BACK, LEAD, facts={"cases": 1})
    archive.ledger[place(DRAFTED, 5)] = approval
    edit(archive, DRAFTED, 5, seq=5)
    hash_again(archive, DRAFTED, 5)


# With stolen keys, or by people who overstep


def stage_entry_rewritten_with_the_service_key(state: State) -> None:
    edit(state.archive, WHOLE, 14, facts__files=2)
    hash_again(state.archive, WHOLE, 14, key_of)


def inserted_and_renumbered_with_every_key(state: State) -> None:
    archive = state.archive
    chain = archive.chain(WHOLE)
    remove(archive, WHOLE, 9)
    archive.append(WHOLE, Kind.DUE_DATE_CHANGED, MANAGER, facts={"subject": "revisit", "new": "2027-01-01"})
    for seq, data in enumerate(chain[9:], start=10):
        archive.ledger[place(WHOLE, seq)] = data
        edit(archive, WHOLE, seq, seq=seq)
    hash_again(archive, WHOLE, 10, key_of)


def person_signed_for_with_the_service_key(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI, key=key_of(SERVICE))


def published_and_never_approved(state: State) -> None:
    archive = state.archive
    draft = read(archive, place(DRAFTED, 3))["document"]["sha256"]
    archive.append(DRAFTED, Kind.PUBLISHED, facts={"draft": draft, "approver": HMI})


def published_before_the_embargo(state: State) -> None:
    archive = state.archive
    decide(
        archive,
        DRAFTED,
        Kind.REPORT_APPROVED,
        HMI,
        facts={
            "draft": read(archive, place(DRAFTED, 3))["document"]["sha256"],
            "embargo": (archive.now + dt.timedelta(days=3)).isoformat(),
        },
    )
    archive.append(DRAFTED, Kind.PUBLISHED, facts={"draft": read(archive, place(DRAFTED, 4))["facts"]["draft"]})


def approved_without_an_embargo(state: State) -> None:
    draft = read(state.archive, place(DRAFTED, 3))["document"]["sha256"]
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI, facts={"draft": draft})


def approved_by_an_author(state: State) -> None:
    archive = state.archive
    archive.enrol(LEAD, Role.INSPECTOR, Role.HMI, confirmed_by=SECOND_ADMIN)
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, LEAD, role=Role.HMI)


def approved_by_the_moderator(state: State) -> None:
    archive = state.archive
    archive.keys[MODERATOR] = key_of("new key of the moderator")
    archive.enrol(MODERATOR, Role.MODERATOR, Role.HMI, confirmed_by=SECOND_ADMIN)
    decide(archive, DRAFTED, Kind.MODERATED, MODERATOR)
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, MODERATOR, role=Role.HMI)


def accepted_without_what_it_was_checked_against(state: State) -> None:
    archive, inspection = state.archive, "north-wales-2025"
    archive.live(inspection, entries=2)
    archive.append(inspection, Kind.FIELDWORK_RECORDED, document=archive.store(inspection, b"{}"), facts={"cases": 3})
    archive.seal()


def _accepted_with(state: State, validation: Callable[[Archive, str], str]) -> None:
    archive, inspection = state.archive, "north-wales-2025"
    archive.live(inspection, entries=2)
    facts: dict[str, Fact] = {"cases": 3, "validation": validation(archive, inspection)}
    archive.append(inspection, Kind.FIELDWORK_RECORDED, document=archive.store(inspection, b"{}"), facts=facts)
    archive.seal()


def accepted_with_the_check_of_another_table(state: State) -> None:
    _accepted_with(state, lambda archive, inspection: archive.checked(inspection, "progress"))


def accepted_with_the_check_of_another_return(state: State) -> None:
    _accepted_with(state, lambda archive, inspection: archive.checked(inspection, "case audit", pack="0" * 64))


def accepted_with_a_check_that_it_did_not_pass(state: State) -> None:
    _accepted_with(state, lambda archive, inspection: archive.checked(inspection, "case audit", is_met=False))


def accepted_with_a_pack_as_its_check(state: State) -> None:
    _accepted_with(state, lambda archive, inspection: read(archive, place(inspection, 1))["facts"]["pack"])


def act_out_of_its_turn(state: State) -> None:
    state.archive.append(DRAFTED, Kind.FOLLOW_UP_RECORDED)


def admin_approves(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, ADMIN, role=Role.ADMIN)


def admin_approves_as_hmi(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, ADMIN, role=Role.HMI)


def inspector_approves_as_hmi(state: State) -> None:
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, MODERATOR, role=Role.HMI)


def liaison_of_another_force(state: State) -> None:
    state.archive.append(
        WHOLE, Kind.ACTION_PLAN_RECEIVED, LIAISON, facts={"received": "2026-05-01"}
    )  # is of this force
    state.archive.append(DRAFTED, Kind.ACCURACY_COMMENTED, LIAISON, facts={"comments": 0})


def same_id_again(state: State) -> None:
    archive = state.archive
    archive.append(WHOLE, Kind.ACTION_PLAN_RECEIVED, MANAGER, id=read(archive, place(WHOLE, 8))["id"])


def revoked_key_used_on(state: State) -> None:
    state.archive.register(Revoked(reason="left the service"), by=ADMIN, subject=HMI)
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI)


def revoked_key_backdated(state: State) -> None:
    archive = state.archive
    before = archive.now
    archive.register(Revoked(reason="left the service"), by=ADMIN, subject=HMI)
    archive.seal()
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, HMI, at=before)


def revoked_key_backdated_and_sealed(state: State) -> None:
    revoked_key_backdated(state)
    state.archive.seal()


def rotated_key_backdated(state: State) -> None:
    archive = state.archive
    before, old, new = archive.now, key_of(HMI), key_of("new key of the approver")
    archive.register(Rotated(key=public_key_of(new), box=BOX), by=HMI, keys=(old, new))
    archive.seal()
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, HMI, key=old, at=before)


def revoked_key_backdated_in_the_seal_of_the_revocation(state: State) -> None:
    archive = state.archive
    archive.clock()
    before = archive.now
    archive.register(Revoked(reason="left the service"), by=ADMIN, subject=HMI)
    decide(archive, DRAFTED, Kind.REPORT_APPROVED, HMI, at=before)
    archive.seal()


def approval_dated_before_its_draft(state: State) -> None:
    # The key was valid then, and is still.
    submitted = read(state.archive, place(DRAFTED, 1))
    decide(state.archive, DRAFTED, Kind.REPORT_APPROVED, HMI, at=dt.datetime.fromisoformat(submitted["at"]))


def role_that_had_ended_backdated(state: State) -> None:
    archive = state.archive
    archive.clock()
    before = archive.now
    archive.register(RolesChanged(roles=(Role.INSPECTOR,), force=None), by=ADMIN, subject=MODERATOR)
    archive.seal()
    decide(archive, DRAFTED, Kind.MODERATED, MODERATOR, at=before)
    archive.seal()


def key_of_the_stages_that_had_ended_backdated(state: State) -> None:
    archive = state.archive
    archive.clock()
    before, old = archive.now, key_of(SERVICE)
    archive.register(ServiceRegistered(service_key=public_key_of(key_of("a new service"))), by=ADMIN)
    archive.seal()
    archive.append(APPROVED, Kind.PUBLISHED, key=old, at=before)
    archive.seal()


def _set_aside(archive: Archive, inspection: str, *seqs: int) -> None:
    """Let two people in charge set entries aside."""
    digests = tuple(digest_of(archive.ledger[place(inspection, seq)]) for seq in seqs)
    archive.append(inspection, Kind.FOREIGN_NAMED, MANAGER, facts={"entries": digests, "reason": "They say so"})
    naming = archive.head(inspection)
    archive.append(inspection, Kind.FOREIGN_SET_ASIDE, OTHER_HMI, facts={"entries": digests}, because=naming)
    archive.seal()


def genuine_entry_set_aside(state: State) -> None:
    _set_aside(state.archive, DRAFTED, 3)


def entry_sealed_before_its_signer_left_set_aside(state: State) -> None:
    archive = state.archive
    archive.register(Revoked(reason="left the service"), by=ADMIN, subject=HMI)
    archive.seal()
    _set_aside(archive, APPROVED, seq_of(archive, APPROVED, Kind.REPORT_APPROVED))


def dated_long_before_it_came_to_light(state: State) -> None:
    archive = state.archive
    archive.now += dt.timedelta(days=3)
    archive.append(WHOLE, Kind.ACTION_PLAN_RECEIVED, MANAGER)
    archive.seal()
    archive.append(WHOLE, Kind.POLICING_BODY_RESPONDED, MANAGER, at=archive.now - dt.timedelta(days=2))
    archive.seal()


def dated_ahead(state: State) -> None:
    archive = state.archive
    archive.append(WHOLE, Kind.ACTION_PLAN_RECEIVED, MANAGER, at=archive.now + dt.timedelta(days=2))
    archive.seal()


def approver_made_without_a_second_admin(state: State) -> None:
    archive = state.archive
    archive.keys["pal.friend"] = key_of("pal.friend")
    archive.enrol("pal.friend", Role.HMI)


def approver_made_by_a_change_of_roles(state: State) -> None:
    state.archive.register(RolesChanged(roles=(Role.HMI,), force=None), by=ADMIN, subject=MODERATOR)


def invitation_used_twice(state: State) -> None:
    archive = state.archive
    code = key_of("a code")
    body = Invited(
        roles=(Role.MANAGEMENT,),
        force=None,
        until=archive.now + dt.timedelta(days=7),
        code_key=public_key_of(code),
    )
    invitation = archive.register(body, by=ADMIN, subject="pal.friend")
    for name in ("pal.friend", "a second key"):
        key = key_of(name)
        enrolled = Enrolled(invitation=invitation, key=public_key_of(key), box=BOX)
        archive.register(enrolled, by="pal.friend", keys=(key, code))


def seal_that_leaves_an_entry_out(state: State) -> None:
    archive = state.archive
    archive.append(WHOLE, Kind.ACTION_PLAN_RECEIVED, MANAGER)
    archive.append(WHOLE, Kind.POLICING_BODY_RESPONDED, MANAGER)
    archive.sealed.add(place(WHOLE, 15))
    notes = list(archive.notes)
    archive.seal()
    archive.notes = notes


def seal_with_the_note_of_another(state: State) -> None:
    archive = state.archive
    seal = read(archive, "seal/00000002.json")
    write(archive, "seal/00000002.json", {**seal, "note": read(archive, "seal/00000001.json")["note"]})


def _newest_seal(archive: Archive) -> str:
    return max(key for key in archive.ledger if key.startswith("seal/"))


def newest_seal_dated_ten_years_later(state: State) -> None:
    seal = read(state.archive, _newest_seal(state.archive))
    write(state.archive, _newest_seal(state.archive), seal | {"at": seal["at"].replace("2026-", "2036-")})


def newest_seal_dated_fifty_minutes_earlier(state: State) -> None:
    seal = read(state.archive, _newest_seal(state.archive))
    at = dt.datetime.fromisoformat(seal["at"]) - dt.timedelta(minutes=50)
    write(state.archive, _newest_seal(state.archive), seal | {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}"})


def newest_seal_after_another_seal(state: State) -> None:
    archive = state.archive
    seal = read(archive, _newest_seal(archive))
    before = read(archive, f"seal/{seal['n'] - 1:08d}.json")
    write(archive, f"seal/{seal['n'] - 1:08d}.json", before | {"at": before["at"].replace(":00Z", ":01Z")})
    prev = digest_of(archive.ledger[f"seal/{seal['n'] - 1:08d}.json"])
    write(archive, _newest_seal(archive), seal | {"prev": prev})


def newest_seal_signed_twice(state: State) -> None:
    seal = read(state.archive, _newest_seal(state.archive))
    line = seal["note"].rpartition("\n\n")[2]
    write(state.archive, _newest_seal(state.archive), seal | {"note": seal["note"] + line})


def newest_seal_signed_by_somebody_else_too(state: State) -> None:
    archive = state.archive
    seal = read(archive, _newest_seal(archive))
    other = note_of(archive.leaves, THIEF, b"a seal", "elsewhere.invalid/ledger").rpartition("\n\n")[2]
    write(archive, _newest_seal(archive), seal | {"note": seal["note"] + other})


def version_of_a_seal_that_is_true(state: State) -> None:
    seal = read(state.archive, _newest_seal(state.archive))
    write(state.archive, _newest_seal(state.archive), seal | {"version": True})


def number_of_a_seal_that_is_true(state: State) -> None:
    write(state.archive, "seal/00000001.json", read(state.archive, "seal/00000001.json") | {"n": True})


def version_of_a_record_that_is_true(state: State) -> None:
    key = max(key for key in state.archive.ledger if key.startswith("register/"))
    write(state.archive, key, read(state.archive, key) | {"version": True})


def place_of_a_record_that_is_false(state: State) -> None:
    write(state.archive, "register/00000000.json", read(state.archive, "register/00000000.json") | {"seq": False})


def _written_to_the_microsecond(at: str) -> str:
    return at.replace("Z", ".000000Z")


def time_of_an_entry_in_another_form(state: State) -> None:
    archive = state.archive
    archive.append(DRAFTED, Kind.CASE_REFERRED_BACK, LEAD, facts={"cases": 1})
    key = place(DRAFTED, 4)
    entry = read(archive, key)
    entry["at"] = _written_to_the_microsecond(entry["at"])
    sign_again(entry, key_of(LEAD))
    write(archive, key, entry)


def time_of_a_record_in_another_form(state: State) -> None:
    archive = state.archive
    archive.register(Revoked(reason="left the service"), by=ADMIN, subject=LIAISON)
    key = max(key for key in archive.ledger if key.startswith("register/"))
    record = read(archive, key)
    del record["signatures"]
    record["at"] = _written_to_the_microsecond(record["at"])
    value = base64.b64encode(key_of(ADMIN).sign(b"ncpi-register-v1\n" + rfc8785.dumps(record))).decode()
    signature = {"key": public_key_of(key_of(ADMIN)), "value": value, "certificate": None}
    write(archive, key, record | {"signatures": [signature]})


def time_of_a_seal_in_another_form(state: State) -> None:
    seal = read(state.archive, _newest_seal(state.archive))
    write(state.archive, _newest_seal(state.archive), seal | {"at": _written_to_the_microsecond(seal["at"])})


def everything_rewritten_with_every_key(state: State) -> None:
    edit(state.archive, WHOLE, 2, facts__cases=2)
    hash_again(state.archive, WHOLE, 2, key_of)
    seal_again(state.archive)


def inspection_removed_and_sealed_again_with_the_stolen_key(state: State) -> None:
    archive = state.archive
    remove(archive, WHOLE)
    for part in (archive.private, archive.public):
        for key in [key for key in part if WHOLE in key or key == "index.html"]:
            del part[key]
    seal_again(archive)


REWRITTEN: Final[dict[Callable[[State], None], str]] = {
    entry_edited: "chain",
    newest_sealed_entry_edited: "signature",
    edited_and_hashed_again: "signature",
    approver_exchanged: "signature",
    backdated_and_hashed_again: "signature",
    transplanted: "chain",
    two_entries_exchanged: "chain",
    dropped_from_the_middle_and_renumbered: "signature",
    written_in_another_encoding: "chain",
    field_added: "chain",
    unsigned_ledger_invented: "chain",
    unsigned_entry_after_signed_ones: "chain",
    asserted_and_signed: "chain",
    signature_taken_off: "chain",
    register_records_exchanged: "register",
    register_record_removed_and_renumbered: "register",
    rolled_back: "held",
    last_seals_dropped_with_what_they_sealed: "held",
    approval_forged_in_a_real_name: "signature",
    ledger_invented: "signature",
    sealed_again_with_another_key: "seal",
    register_record_signed_by_nobody_known: "register",
    register_record_signed_again: "register",
    everything_made_anew_by_somebody_else: "register",
    held_note_forged: "held",
    approval_moved_to_another_inspection: "signature",
    approval_moved_to_another_digest: "signature",
    approval_moved_to_another_stage: "signature",
    approval_moved_to_another_head: "signature",
    stage_entry_rewritten_with_the_service_key: "seal",
    inserted_and_renumbered_with_every_key: "seal",
    person_signed_for_with_the_service_key: "signature",
    published_and_never_approved: "rule",
    published_before_the_embargo: "rule",
    approved_without_an_embargo: "rule",
    approved_by_an_author: "rule",
    approved_by_the_moderator: "rule",
    accepted_without_what_it_was_checked_against: "rule",
    accepted_with_the_check_of_another_table: "artefact",
    accepted_with_the_check_of_another_return: "artefact",
    accepted_with_a_check_that_it_did_not_pass: "artefact",
    accepted_with_a_pack_as_its_check: "artefact",
    act_out_of_its_turn: "rule",
    admin_approves: "rule",
    admin_approves_as_hmi: "signature",
    inspector_approves_as_hmi: "signature",
    liaison_of_another_force: "signature",
    same_id_again: "chain",
    revoked_key_used_on: "signature",
    revoked_key_backdated: "signature",
    revoked_key_backdated_and_sealed: "signature",
    rotated_key_backdated: "signature",
    revoked_key_backdated_in_the_seal_of_the_revocation: "signature",
    approval_dated_before_its_draft: "rule",
    role_that_had_ended_backdated: "signature",
    key_of_the_stages_that_had_ended_backdated: "signature",
    genuine_entry_set_aside: "rule",
    entry_sealed_before_its_signer_left_set_aside: "rule",
    dated_long_before_it_came_to_light: "seal",
    dated_ahead: "seal",
    approver_made_without_a_second_admin: "register",
    approver_made_by_a_change_of_roles: "register",
    invitation_used_twice: "register",
    seal_that_leaves_an_entry_out: "seal",
    seal_with_the_note_of_another: "seal",
    newest_seal_dated_ten_years_later: "seal",
    newest_seal_dated_fifty_minutes_earlier: "seal",
    newest_seal_after_another_seal: "seal",
    newest_seal_signed_twice: "seal",
    newest_seal_signed_by_somebody_else_too: "seal",
    version_of_a_seal_that_is_true: "seal",
    number_of_a_seal_that_is_true: "seal",
    version_of_a_record_that_is_true: "register",
    place_of_a_record_that_is_false: "register",
    time_of_an_entry_in_another_form: "chain",
    time_of_a_record_in_another_form: "register",
    time_of_a_seal_in_another_form: "seal",
    everything_rewritten_with_every_key: "held",
    inspection_removed_and_sealed_again_with_the_stolen_key: "held",
}
"""Each way, and the layer that must find it."""
