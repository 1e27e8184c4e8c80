"""The Prefect server of the local stack: Prefect's own application, closed to pages of other sites.

Run it as `python -m deployments.serve_prefect`, with Prefect's settings in the environment.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from deployments.os_process import HOST


class OwnPagesOnly:
    """Refuses requests and streams that a page of another site opens.

    A browser names the site of the page with every change and every stream; programs name none. Prefect's own
    protection against forged requests asks its database for a token with each change, which then costs a third more.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] in {"http", "websocket"}:
            origin = Headers(scope=scope).get("origin")
            if origin is not None and origin not in self._origins:
                refusal = PlainTextResponse("Pages of other sites have no access", status_code=HTTPStatus.FORBIDDEN)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def main() -> None:
    """Serve, as `prefect server start` does."""
    server = get_current_settings().server
    own_pages = OwnPagesOnly(create_app(final=True), server.api.cors_allowed_origins.split(","))
    uvicorn.run(
        # A page elsewhere that has its own name lead here would otherwise pass for one of ours.
        TrustedHostMiddleware(own_pages, allowed_hosts=(HOST, "localhost"), www_redirect=False),
        host=HOST,
        port=server.api.port,
        timeout_keep_alive=server.api.keepalive_timeout,
        ws_ping_interval=server.api.websocket_ping_interval,
        ws_ping_timeout=server.api.websocket_ping_timeout,
        log_level=server.logging_level.lower(),
    )


if __name__ == "__main__":
    main()
