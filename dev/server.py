"""Serves everything on one address: the website, the API through the gateway, the desk."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Generator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import uvicorn

from dev import desk_page
from dev.desk import Desk, NotFoundError
from dev.gateway import Answer, Gateway, Receive, Send, read_body, send_answer
from dev.places import LOOPBACK
from dev.site import Pages

_DESK_BODY_LIMIT = 1024 * 1024


class Site:
    """The ASGI application of the local cloud."""

    def __init__(self, gateway: Gateway, desk: Desk, pages: Pages | None = None) -> None:
        """Serve `gateway` under `/api/`, `desk` under `/desk`, and `pages` at every other address."""
        self._gateway = gateway
        self._desk = desk
        self._pages = pages
        self._executor = ThreadPoolExecutor(8, "desk")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith("/api/") or path == "/api":
            await self._gateway(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if path == "/desk" or path.startswith("/desk/"):
            body = await read_body(receive, _DESK_BODY_LIMIT)
            answer = await asyncio.get_running_loop().run_in_executor(
                self._executor, self._answer, scope, headers, body
            )
            await send_answer(send, answer)
            return
        if self._pages is not None:
            await read_body(receive, _DESK_BODY_LIMIT)
            await send_answer(send, self._pages.answer(scope["method"], path, headers.get("accept-encoding", "")))
            return
        if path in {"", "/"}:
            await send_answer(send, Answer(302, [("location", "/desk")]))
            return
        await send_answer(send, Answer.json(404, {"message": "Not Found"}))

    def _answer(self, scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes | None) -> Answer:
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if host not in {LOOPBACK, "localhost"}:
            return Answer.json(421, {"message": "the desk answers to loopback only"})
        path = scope["path"].rstrip("/") or "/"
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        if body is None:
            return Answer.json(413, {"message": "Request Entity Too Large"})
        if scope["method"] == "POST":
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                return Answer.json(403, {"message": "the desk takes orders from its own page only"})
            if path == "/desk":
                return self._desk.act(body)
        elif scope["method"] not in {"GET", "HEAD"}:
            return Answer.json(405, {"message": "Method Not Allowed"}, [("allow", "GET, POST")])
        match path:
            case "/desk":
                return self._desk.page()
            case "/desk/routines":
                return self._desk.routines_page()
            case "/desk/desk.css":
                return Answer(200, [("content-type", "text/css; charset=utf-8")], desk_page.STYLE.encode())
            case "/desk/desk.js":
                return Answer(200, [("content-type", "text/javascript; charset=utf-8")], desk_page.SCRIPT.encode())
            case _ if path.startswith("/desk/api/"):
                return self._api(scope["method"], path.removeprefix("/desk/api/"), query, body)
            case _:
                return Answer.json(404, {"message": "Not Found"})

    def _api(self, method: str, name: str, query: Mapping[str, str], body: bytes) -> Answer:
        try:
            found = self._desk.post(name, body) if method == "POST" else self._desk.get(name, query)
        except NotFoundError:
            return Answer.json(404, {"message": "Not Found"})
        except ValueError as error:
            return Answer.json(400, {"message": str(error)})
        return Answer(
            200,
            [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-store")],
            json.dumps(found, ensure_ascii=False, indent=1, default=str).encode(),
        )


class Server(uvicorn.Server):
    """Uvicorn without its own handling of signals: whoever runs it decides when it stops."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the signals alone."""
        yield


def server(site: Site, port: int) -> Server:
    """Give the server for `site` on loopback."""
    return Server(
        uvicorn.Config(
            site,  # pyright: ignore[reportArgumentType]
            host=LOOPBACK,
            port=port,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
            backlog=512,
        )
    )


def listener(port: int) -> socket.socket:
    """Take the port; `OSError` when somebody else has it."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((LOOPBACK, port))
    except OSError:
        found.close()
        raise
    return found
