"""A real identity provider (Canaille) as a process of its own, and a person with a browser who logs in there.

Run as `python -m tests.support.servers.identity_provider PORT REDIRECT`, it serves one client and three people from
memory. That memory answers a question for one code with any code of the client: a test that leaves one
untaken needs a provider of its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from deployments.os_process import HOST
from tests.support.servers.running import free_port, http

CLIENT: Final = "ncpi-desk"
PASSWORD: Final = "a password of theirs"
LOGINS: Final = ("d.sharpling", "w.williams", "r.davies")
_READY_SECONDS: Final = 60


class RunningProvider:
    """Where a provider listens, and the port to which it redirects browsers."""

    def __init__(self, port: int, back_port: int) -> None:
        self.issuer = f"http://{HOST}:{port}"
        self.back_port = back_port


@contextmanager
def running_provider(log: Path) -> Iterator[RunningProvider]:
    """Start a provider, wait until it answers, and end it after the block."""
    provider = RunningProvider(free_port(), free_port())
    port = str(urlsplit(provider.issuer).port)
    command = [sys.executable, "-m", "tests.support.servers.identity_provider", port, str(provider.back_port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(provider, process, log)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _wait(provider: RunningProvider, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http().get(f"{provider.issuer}/.well-known/openid-configuration").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


class Browser:
    """A person's browser with its cookies; going to an address does not wait for the answer."""

    def __init__(self, login: str, password: str = PASSWORD) -> None:
        self.login, self.password = login, password
        self.http = httpx.Client(follow_redirects=True, timeout=30)
        self.asked_for_password = 0
        self.most_tries = 3
        self.ended_at = ""
        self._going: threading.Thread | None = None

    def go(self, address: str) -> None:
        self._going = threading.Thread(target=self._visit, args=(address,))
        self._going.start()

    def wait(self) -> None:
        assert self._going is not None
        self._going.join(60)

    def _visit(self, address: str) -> None:
        page = self.http.get(address)
        while page.url.path != "/callback" and (fields := _fields_of(page.text)):
            if "login" in fields:
                fields["login"] = self.login
            if "password" in fields:
                self.asked_for_password += 1
                fields["password"] = self.password
                if self.asked_for_password > self.most_tries:
                    break
            page = self.http.post(page.url, data=fields)
        self.ended_at = str(page.url)


def _fields_of(page: str) -> dict[str, str]:
    form = next((one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if "csrf_token" in one), "")
    tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    return {tag["name"]: tag.get("value", "") for tag in tags if "name" in tag}


def serve(port: int, back_port: int) -> None:
    """Serve until this process is ended."""
    # Only the process of the provider loads its library.
    # ruff: noqa: PLC0415
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from werkzeug.serving import make_server

    app = create_app(
        {
            "SECRET_KEY": "a secret of this test",
            "SERVER_NAME": f"{HOST}:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "SMTP": None, "LOGGING": None},
            "CANAILLE_OIDC": {},
        }
    )
    with app.app_context():
        for login in LOGINS:
            user = models.User(
                formatted_name=login,
                family_name=login,
                user_name=login,
                emails=[f"{login}@example.org"],
                password=PASSWORD,
            )
            Backend.instance.save(user)
        client = models.Client(
            client_id=CLIENT,
            client_name="The desk",
            client_uri=f"http://{HOST}",
            redirect_uris=[f"http://{HOST}:{back_port}/callback"],
            token_endpoint_auth_method="none",
            id_token_signed_response_alg="RS256",
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid"],
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    make_server(HOST, port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
