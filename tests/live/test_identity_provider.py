from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from desk.people.joining import confirm, invite
from desk.people.loopback import Loopback
from desk.people.provider import Provider
from desk.people.registry import Registry
from desk.people.sign_in import SignInContext
from desk.people.system_keys import confirm_provider, register_provider
from domain.people.id_token import claims_of, fault_of_certificate, nonce_of, thumbprints_of
from domain.people.membership import Login
from domain.people.register import Register
from domain.signing import KeySigner, Signer, public_key_of, sign_entry
from schemas.errors import RefusedError
from schemas.lifecycle.entry import Entry, UnsignedEntry
from schemas.lifecycle.moves import Kind
from schemas.people.register import ProviderRegistered
from schemas.people.roles import Role
from storage.clock import utc_now
from storage.record.register import RegisterStore
from storage.secrets.sealed_keys import SealedKeys
from tests.support.memory import MemoryObjects
from tests.support.people import SECOND_ADMIN, admin, book_of_everybody
from tests.support.servers.identity_provider import CLIENT, Browser, RunningProvider, running_provider
from tests.support.servers.running import free_port
from tests.support.tokens import key_set

pytestmark = pytest.mark.live
PERSON, LOGIN = "new.approver", "d.sharpling"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    with running_provider(tmp_path_factory.mktemp("provider") / "provider.log") as provider:
        yield provider


def desk_of(running: RunningProvider, show: Callable[[str], None]) -> Provider:
    return Provider(httpx.Client(timeout=20), show, running.back_port, waits_seconds=60)


@pytest.fixture(scope="module")
def registry(running: RunningProvider) -> Registry:
    objects = MemoryObjects()
    book_of_everybody().put(objects)
    registry = Registry(RegisterStore(objects), SealedKeys(MemoryObjects(), b"p" * 32, cost=10))
    keys = desk_of(running, lambda _: None).keys_of(running.issuer)
    register_provider(registry, admin(), issuer=running.issuer, client=CLIENT, keys=keys)
    confirm_provider(registry, admin(SECOND_ADMIN), running.issuer, thumbprints_of(keys))
    invite(registry, admin(), PERSON, (Role.HMI,), login=Login(running.issuer, LOGIN))
    confirm(registry, admin(SECOND_ADMIN), PERSON)
    return registry


@pytest.fixture
def register(registry: Registry) -> Register:
    return registry.register.read()


def unwanted() -> Any:
    raise AssertionError


def door(register: Register, provider: Provider) -> SignInContext:
    return SignInContext(register, unwanted, unwanted, lambda: provider)


def log_in(
    register: Register, running: RunningProvider, browser: Browser, *, needs_step_up: bool = True, **changes: Any
) -> Signer:
    provider = replace(desk_of(running, browser.go), **changes)
    try:
        return door(register, provider).signer(PERSON, Role.HMI, needs_step_up=needs_step_up)
    finally:
        browser.wait()


def approval(who: Signer) -> Entry:
    said = {
        "inspection": "kent-2025",
        "seq": 4,
        "id": "report.approved/00000003",
        "kind": Kind.REPORT_APPROVED,
        "at": utc_now(),
        "actor": who.actor,
        "document": None,
        "facts": {},
        "because": None,
        "prev": "1" * 64,
    }
    return sign_entry(UnsignedEntry(**said), who)


def test_a_person_logs_in_and_signs_an_approval(register: Register, running: RunningProvider) -> None:
    browser = Browser(LOGIN)
    signer = log_in(register, running, browser)
    assert (signer.actor.person, signer.actor.assurance) == (PERSON, "identity-provider")
    entry = approval(signer)
    assert register.fault_of(entry) is None
    assert browser.ended_at.startswith(f"http://127.0.0.1:{running.back_port}/callback?code=")
    assert entry.signature.certificate is not None
    claims = claims_of(entry.signature.certificate, register.state.providers[running.issuer].periods[0].value.keys)
    assert isinstance(claims, dict)
    assert claims["nonce"] == nonce_of(entry.signature.key)
    assert claims["sub"] == LOGIN
    assert "iss=" in browser.ended_at


def test_each_login_has_a_key_of_its_own_and_a_token_is_worth_nothing_with_another(
    register: Register, running: RunningProvider
) -> None:
    browser = Browser(LOGIN)
    first, second = (log_in(register, running, browser) for _ in range(2))
    assert isinstance(first, KeySigner)
    assert isinstance(second, KeySigner)
    assert public_key_of(first.key) != public_key_of(second.key)
    stolen = KeySigner(first.actor, second.key, first.certificate)
    assert "the nonce" in (register.fault_of(approval(stolen)) or "")


def test_a_session_that_the_provider_remembers_is_not_asked_again_unless_it_is_old(
    register: Register, running: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(LOGIN)
    log_in(register, running, browser, needs_step_up=False)
    assert browser.asked_for_password == 1
    log_in(register, running, browser, needs_step_up=False)
    log_in(register, running, browser)
    assert browser.asked_for_password == 1
    # The provider keeps to `max_age`: a second later the same session is too old for an allowance of none.
    monkeypatch.setattr("desk.people.provider.FRESH_SECONDS", 1)
    waiting = httpx.Client()
    until = utc_now() + dt.timedelta(seconds=2)
    while utc_now() < until:
        waiting.get(f"{running.issuer}/.well-known/openid-configuration")
    log_in(register, running, browser)
    assert browser.asked_for_password == 2


def test_a_code_is_worth_nothing_without_the_verifier_and_nothing_twice(tmp_path: Path) -> None:
    verifier = "v" * 43
    with running_provider(tmp_path / "provider.log") as running:
        form = {"grant_type": "authorization_code", "client_id": CLIENT}

        def exchanged(said: str) -> httpx.Response:
            return httpx.post(f"{running.issuer}/oauth/token", data={**form, "code_verifier": said})

        def take_code() -> None:
            browser = Browser(LOGIN)
            with Loopback(running.back_port) as back:
                form["redirect_uri"] = back.address
                asked = {
                    "response_type": "code",
                    "client_id": CLIENT,
                    "redirect_uri": back.address,
                    "scope": "openid",
                    "nonce": secrets.token_hex(16),
                    "code_challenge": create_s256_code_challenge(verifier),
                    "code_challenge_method": "S256",
                }
                browser.go(f"{running.issuer}/oauth/authorize?{urlencode(asked)}")
                form["code"] = parse_qs(urlsplit(back.wait(60)).query)["code"][0]
                browser.wait()

        take_code()
        assert "id_token" in exchanged(verifier).json()
        assert exchanged(verifier).status_code == 400
        take_code()
        assert exchanged("w" * 43).status_code == 400


def test_somebody_else_who_logs_in_does_not_sign_as_the_person(register: Register, running: RunningProvider) -> None:
    with pytest.raises(RefusedError, match="the sub of this login"):
        log_in(register, running, Browser("w.williams"))


def test_nobody_logs_in_with_a_wrong_password_or_without_a_browser(
    register: Register, running: RunningProvider
) -> None:
    with pytest.raises(RefusedError, match="answer of the browser"):
        log_in(register, running, Browser(LOGIN, "not the password"), waits_seconds=3)


def test_an_answer_to_another_login_is_refused(register: Register, running: RunningProvider) -> None:
    back = f"http://127.0.0.1:{running.back_port}/callback"
    for answer, words in (
        ("?code=abc&state=another", "another's"),
        ("?code=abc", "another's"),
        ("?error=access_denied&state={state}", "access_denied"),
        ("?error=<script>&state={state}", "was refused; log in"),
        ("?state={state}", "expected a code"),
        ("?code=abc&state={state}&iss=https://evil.example.org", "another's"),
        ("?code=abc&state={state}", "expected a token"),
    ):
        browser = Browser(LOGIN)

        def show(address: str, answer: str = answer, browser: Browser = browser) -> None:
            state = parse_qs(urlsplit(address).query)["state"][0]
            browser.go(back + answer.format(state=state))

        with pytest.raises(RefusedError, match=words):
            log_in(register, running, browser, show=show)


def test_other_paths_of_the_loopback_address_answer_nothing(register: Register, running: RunningProvider) -> None:
    browser = Browser(LOGIN)
    seen: list[int] = []

    def show(address: str) -> None:
        def look() -> None:
            seen.extend(
                httpx.get(f"http://127.0.0.1:{running.back_port}{path}").status_code for path in ("/", "/callback")
            )
            browser._visit(address)

        thread = threading.Thread(target=look)
        thread.start()
        browser._going = thread

    log_in(register, running, browser, show=show)
    assert seen == [404, 404]


def test_a_way_of_logging_in_that_the_provider_does_not_know_is_refused(
    register: Register, running: RunningProvider
) -> None:
    with pytest.raises(RefusedError, match="acr"):
        log_in(register, running, Browser(LOGIN), acr="phr")
    assert log_in(register, running, Browser(LOGIN), acr="phr", needs_step_up=False)


def test_a_provider_whose_keys_are_not_registered_any_more_is_refused(
    registry: Registry, running: RunningProvider
) -> None:
    register = registry.register.read()
    dated = register.state.providers[running.issuer]
    old = dated.periods[0].value
    other = ProviderRegistered(issuer=old.issuer, client=old.client, keys=key_set())
    provider = desk_of(running, (browser := Browser(LOGIN)).go)
    with pytest.raises(RefusedError, match=r"registered key|did not"):
        provider.log_in(other, Login(running.issuer, LOGIN), needs_step_up=True)
    browser.wait()
    with pytest.raises(RefusedError, match=r"its configuration|its own name"):
        provider.log_in(
            other.model_copy(update={"issuer": running.issuer.replace("127.0.0.1", "localhost")}),
            Login(running.issuer, LOGIN),
            needs_step_up=True,
        )


def test_another_client_is_refused_by_the_token_s_audience(register: Register, running: RunningProvider) -> None:
    dated = register.state.providers[running.issuer]
    provider = desk_of(running, (browser := Browser(LOGIN)).go)
    real = provider.log_in(dated.periods[0].value, Login(running.issuer, LOGIN), needs_step_up=True)
    browser.wait()
    other = dated.periods[0].value.model_copy(update={"client": "another"})
    fault = fault_of_certificate(
        real.certificate,
        other,
        Login(running.issuer, LOGIN),
        public_key_of(real.key),
        utc_now(),
        needs_step_up=True,
    )
    assert fault is not None
    assert "aud" in fault


def test_a_provider_that_is_down_is_said_to_be(register: Register, running: RunningProvider) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    registered = register.state.providers[running.issuer].periods[0].value.model_copy(update={"issuer": dead})
    with pytest.raises(httpx.TransportError):
        desk_of(running, lambda _: None).log_in(registered, Login(dead, LOGIN), needs_step_up=True)
