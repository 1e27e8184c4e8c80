"""What a provider's token endpoint may answer; a real provider is in tests/live/test_identity_provider.py."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from authlib.oauth2 import OAuth2Client

from desk.people.provider import _code_in, _exchange
from schemas.errors import RefusedError

ANSWER = "http://127.0.0.1:1/?code=the-code&state=the-state"


def exchange(status: int, body: Any, sent: list[httpx.Request] | None = None) -> str:
    def answer(request: httpx.Request) -> httpx.Response:
        if sent is not None:
            sent.append(request)
        return (
            httpx.Response(status, json=body) if not isinstance(body, bytes) else httpx.Response(status, content=body)
        )

    http = httpx.Client(transport=httpx.MockTransport(answer))
    client = OAuth2Client(http, "the-client", redirect_uri="http://127.0.0.1:1/", code_challenge_method="S256")
    return _exchange(client, "https://provider.invalid/token", "the-code", "v" * 48)


def test_the_code_is_exchanged_once_with_the_verifier_and_no_secret() -> None:
    sent: list[httpx.Request] = []
    assert exchange(200, {"id_token": "a.b.c", "token_type": "Bearer", "access_token": "t"}, sent) == "a.b.c"
    (request,) = sent
    form = dict(httpx.QueryParams(request.content.decode()))
    assert form["code"] == "the-code"
    assert form["code_verifier"] == "v" * 48
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == "http://127.0.0.1:1/"
    assert form["client_id"] == "the-client"
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"id_token": "a.b.c", "expires_in": [1]}),
        (200, b'{"id_token": "a.b.c", "expires_in": Infinity}'),
        (200, {"id_token": "a" * 8_001}),
        (200, {"access_token": "t"}),
        (200, [1]),
        (200, b"<p>Hello</p>"),
        (400, {"id_token": "a.b.c"}),
        (302, {"id_token": "a.b.c"}),
        (400, {"error": "invalid_grant", "error_description": "secret words"}),
    ],
)
def test_anything_else_is_refused_without_its_words(status: int, body: Any) -> None:
    with pytest.raises(RefusedError, match=r"^identity provider: expected a") as refused:
        exchange(status, body)
    assert "secret words" not in str(refused.value)


def test_an_answer_for_another_login_and_one_with_a_token_bring_no_code() -> None:
    assert _code_in(ANSWER, "the-state", "https://provider.invalid") == "the-code"
    with pytest.raises(RefusedError):
        _code_in(ANSWER, "another-state", "https://provider.invalid")
    with pytest.raises(RefusedError, match="expected a code"):
        _code_in("http://127.0.0.1:1/?state=the-state#id_token=a.b.c", "the-state", "https://provider.invalid")
