"""`ncpi people` as people run it, on SeaweedFS: founded, invited, confirmed, enrolled, changed, gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deployments.program import program
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from desk.people.sign_in import sign_in
from schemas.errors import RefusedError, SettingsError
from schemas.people.roles import Role
from storage.s3.client import client_for
from storage.secrets.sealed_keys import SealedKeys
from storage.settings import Bucket, Duty, read_settings
from tests.support.people import PEOPLE
from tests.support.servers.running import pointed_at
from tests.support.tokens import CLIENT, ISSUER, key_set

pytestmark = pytest.mark.live
CANARY = "zqcanary of a passphrase"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """S3 alone: nobody asks Prefect anything. Keys are sealed at a cost that tests can pay."""
    folder = tmp_path_factory.mktemp("people")
    with (
        pytest.MonkeyPatch.context() as patch,
        pointed_at({"PREFECT_API_URL": "http://127.0.0.1:9/api"}),
        Stack(folder, free_ports(), report=print, prepare=create_buckets, serve=False) as running,
        pointed_at(running.environment),
    ):
        patch.setattr("desk.people.registry.SealedKeys", partial(SealedKeys, cost=10))
        yield running


@pytest.fixture(scope="module")
def secrets_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    folder.chmod(0o700)
    return folder


class Desk:
    """Runs commands, each with the passphrase file of whoever acts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(f"{text}\n")
        path.chmod(0o600)
        return path

    def passphrase(self, person: str) -> Path:
        return self.file(person, f"{CANARY} of {person}")

    def run(self, *words: str, person: str, status: int = 0) -> Any:
        said = ["people", *words, "--person", person, "--passphrase-file", str(self.passphrase(person)), "--json"]
        result = CliRunner().invoke(program, said)
        assert result.exit_code == status, result.output
        assert CANARY not in result.output
        return json.loads(result.stdout)

    def welcome(self, person: str, *roles: str, admin: str = "jo.keller") -> str:
        invited = self.run("invite", person, *[part for role in roles for part in ("--role", role)], person=admin)
        if invited["needs_second"]:
            self.run("confirm", person, person="sam.okafor")
        self.run("enrol", "--code-file", str(self.file("code", invited["code"])), person=person)
        code: str = invited["code"]
        return code


@pytest.fixture(scope="module")
def desk(stack: Stack, secrets_of: Path) -> Desk:
    desk = Desk(secrets_of)
    founded = desk.run("found", person="jo.keller")
    assert len(founded["digest"]) == 64
    desk.welcome("sam.okafor", "admin")
    return desk


def test_the_register_is_founded_once(desk: Desk) -> None:
    refused = desk.run("found", person="mallory.mallory", status=3)
    assert "already founded" in refused["message"]


def test_somebody_comes_in_changes_and_goes(desk: Desk) -> None:
    code = desk.welcome("dru.sharpling", "hmi")
    signer = sign_in("dru.sharpling", Role.HMI, passphrase_file=desk.passphrase("dru.sharpling"))
    first_key = signer.sign(b"x").key
    again = desk.run("enrol", "--code-file", str(desk.file("code", code)), person="dru.sharpling", status=3)
    assert "found none" in again["message"]
    wrong = desk.file("wrong", "not the passphrase")
    with pytest.raises(RefusedError, match="does not open"):
        sign_in("dru.sharpling", Role.HMI, passphrase_file=wrong)
    assert signer.is_role_held
    assert not sign_in("dru.sharpling", Role.INSPECTOR, passphrase_file=desk.passphrase("dru.sharpling")).is_role_held
    new = desk.file("new", "another passphrase")
    desk.run("rotate", "--new-passphrase-file", str(new), person="dru.sharpling")
    assert sign_in("dru.sharpling", Role.HMI, passphrase_file=new).sign(b"x").key != first_key
    desk.run("roles", "dru.sharpling", "--role", "moderator", person="jo.keller")
    refused = desk.run("roles", "dru.sharpling", "--role", "hmi", person="jo.keller", status=3)
    assert "to be granted by invitation" in refused["message"]
    desk.run("revoke", "dru.sharpling", "--reason", "leaves the inspectorate", person="sam.okafor")
    with pytest.raises(RefusedError, match="found none"):
        sign_in("dru.sharpling", Role.MODERATOR, passphrase_file=new)
    listed = CliRunner().invoke(program, ["people", "list", "--json"])
    rows = {row["person"]: row for row in json.loads(listed.stdout)["people"]}
    assert rows["dru.sharpling"]["state"] == "revoked"
    assert rows["jo.keller"] == {**rows["jo.keller"], "state": "member", "roles": ["admin"], "signs": "key"}


def test_a_provider_and_keys_are_registered(desk: Desk) -> None:
    keys = desk.file("keys.json", key_set())
    said = desk.run("provider", ISSUER, "--client", CLIENT, "--keys", str(keys), person="jo.keller")
    assert len(said["thumbprints"]) == 1
    assert said["needs_second"]
    confirm = ("confirm-provider", ISSUER, "--key")
    refused = desk.run(*confirm, "another", person="sam.okafor", status=3)
    assert "exactly the registered keys" in refused["message"]
    desk.run(*confirm, said["thumbprints"][0], person="sam.okafor")
    invited = desk.run("invite", "new.person", "--role", "inspector", "--login", ISSUER, "sub-1", person="jo.keller")
    assert invited["code"] is None
    refused = desk.run("service-key", person="jo.keller", status=3)
    assert "expected a new key" in refused["message"]
    assert desk.run("seal-key", person="jo.keller")["record"]["body"]["kind"] == "seal-key-registered"


def test_people_read_it_in_words(desk: Desk) -> None:
    said = ["people", "invite", "gwyn.rees", "--role", "force-liaison", "--force", "south-wales"]
    said += ["--person", "jo.keller", "--passphrase-file", str(desk.passphrase("jo.keller"))]
    result = CliRunner().invoke(program, said)
    assert result.exit_code == 0, result.output
    assert "gwyn.rees: invited, record" in result.output
    assert "one-time code, shown only now: " in result.output
    listed = CliRunner().invoke(program, ["people", "list"])
    words = "gwyn.rees: invited, waits for its code to be used; force-liaison for south-wales; signs by key; until"
    assert words in listed.output
    assert "jo.keller: member; admin; signs by key; since" in listed.output


WRONG = [
    (("invite", "x"), "not an account name"),
    (("invite", "new.person", "--role", "service"), "not a role"),
    (("invite", "new.person", "--role", "force-liaison", "--force", "atlantis"), "not one of the 43"),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_wrong_input_is_refused_before_anything_is_done(words: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(program, ["people", *words, "--person", "jo.keller"])
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_a_passphrase_comes_from_a_private_file_or_a_terminal(desk: Desk) -> None:
    file = desk.passphrase("jo.keller")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        sign_in("jo.keller", Role.ADMIN, passphrase_file=file)
    for text in ("", "\n", "two\nlines\n", "x" * 2_000):
        file = desk.file("odd", "")
        file.write_text(text)
        with pytest.raises(SettingsError, match="one line"):
            sign_in("jo.keller", Role.ADMIN, passphrase_file=file)
    with pytest.raises(SettingsError, match="no such file"):
        sign_in("jo.keller", Role.ADMIN, passphrase_file=desk.folder / "none")
    with pytest.raises(SettingsError, match="expected a terminal"):
        sign_in("jo.keller", Role.ADMIN)


def test_neither_bucket_nor_data_folder_holds_what_opens_a_key(desk: Desk, stack: Stack) -> None:
    for person in PEOPLE:
        assert CANARY not in person
    client = client_for(Duty.AUDITOR, read_settings())
    stored = b""
    for bucket in (Bucket.LEDGER, Bucket.PRIVATE):
        for found in client.list_objects_v2(Bucket=bucket.value).get("Contents", []):
            stored += client.get_object(Bucket=bucket.value, Key=found["Key"])["Body"].read()
    assert b"enrolled" in stored
    pepper = stack.environment["NCPI_PEPPER"]
    assert CANARY.encode() not in stored
    assert pepper.encode() not in stored
    assert bytes.fromhex(pepper) not in stored
    for file in stack.data.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert CANARY.encode() not in data
            assert (pepper.encode() in data) == (file.name in ("pepper", "connection.env")), file
