"""The remote page's server: the page, and a WebSocket for each client."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Awaitable
from collections.abc import Callable
from functools import partial
from importlib import resources
from types import MappingProxyType
from typing import Any

from aiohttp import WSMsgType
from aiohttp import web

from live_style.control.surface import COMMANDS
from live_style.control.surface import FROM_AFAR
from live_style.control.surface import Console
from live_style.control.surface import ShownStyles
from live_style.control.surface import State
from live_style.control.surface import action_of
from live_style.control.surface import released
from live_style.errors import SettingsError
from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.geometry import scaled_to
from live_style.imaging.opencv import jpeg
from live_style.imaging.opencv import quick_resize
from live_style.remote.listening import cannot_listen
from live_style.remote.page.guard import Guard
from live_style.remote.page.guard import new_pin
from live_style.remote.page.guard import own_host
from live_style.remote.page.guard import own_origin
from live_style.remote.page.pending import crowded_out
from live_style.threads.worker import Worker
from live_style.threads.worker import note

MOST_HANDS = 64
MOST_BYTES = 2048
"""Of a message."""
MOST_BAD = 20
"""Invalid messages after which a client is disconnected."""
PAUSE = 0.01
"""Seconds between two states for one client: the newest wins, so slow clients never fall behind."""
HEARTBEAT = 15.0
TO_ENTER = 120.0
"""Seconds in which a PIN is to be given."""
GLANCE, SMALL = 0.2, 320
"""Seconds between two pictures of the painting, and their longer side."""
TO_LEAVE = 0.05
"""Seconds that connections get to end; a show that closes the page waits for it."""
AT_ONCE = 32
"""Connections that are taken before it is seen whether there is room for them."""
BREATH, KNOCK = 0.001, 0.1
"""Seconds between two messages of one hand, and of one that was not let in: what floods waits in its own socket."""
FILES = MappingProxyType({
    "": ("index.html", "text/html"), "app.js": ("app.js", "text/javascript"), "style.css": ("style.css", "text/css"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
    "manifest.webmanifest": ("manifest.webmanifest", "application/manifest+json")})
HEADERS = MappingProxyType({
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """Serves the page in its own thread. Raises RemoteError if its port is taken.

    On loopback everybody has access; on other addresses a PIN, `pin`, is needed.
    """

    def __init__(self, console: Console, host: str, port: int, picture: bool = False,
                 clock: Callable[[], float] = time.monotonic) -> None:
        """`picture`: whether the page shows the painting."""
        self._console, self._shows, self._clock = console, picture, clock
        self._shot: tuple[Image | None, bytes, float] = None, b"", -GLANCE
        """The painting that was sent last, as a JPEG, and when."""
        self._socket = _bound(host, port)
        place = self._socket.getsockname()
        self.port: int = place[1]
        self.pin = "" if _is_loopback(place[0]) else new_pin()
        self.address = f"http://{_address(place[0])}:{self.port}"
        """Address of the page."""
        self._guard = Guard(self.pin)
        self._names = frozenset({"localhost", *_names()})
        self._files = {name: (_static(file), kind) for name, (file, kind) in FILES.items()}
        self._hands: dict[object, asyncio.Event] = {}
        """Those that were let in, by their connections."""
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: _unexpected(context.get("exception")))
        self._ending = asyncio.Event()
        self._unlisten = console.listen(lambda state: self._wake(self._changed))
        self._worker = Worker("remote page", self._work)

    def start(self) -> None:
        """Begin to serve."""
        self._worker.start()

    def close(self) -> None:
        """End; may be called more than once."""
        self._unlisten()
        self._wake(self._ending.set)
        if self._worker.stop():
            self._loop.close()
        self._socket.close()

    def _wake(self, what: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def _work(self, stopping: threading.Event) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        app = web.Application(middlewares=[self._guarded], client_max_size=MOST_BYTES)
        app.router.add_get("/ws", self._hand)
        app.router.add_get("/preview/{slug}", self._preview)
        app.router.add_get("/picture", self._picture)
        app.router.add_get("/{name:[a-z.]*}", self._file)
        # Requests of strangers are not worth a line in the terminal.
        silent = logging.Logger("live_style.remote", logging.CRITICAL + 1)
        runner = web.AppRunner(app, access_log=None, logger=silent, handle_signals=False, shutdown_timeout=TO_LEAVE)
        await runner.setup()
        assert runner.server is not None
        try:
            listening = await self._loop.create_server(partial(self._greeted, runner.server), sock=self._socket,
                                                       backlog=AT_ONCE)
            await self._ending.wait()
            listening.close()
        finally:
            await runner.cleanup()
            await self._loop.shutdown_default_executor()

    def _greeted(self, server: web.Server) -> asyncio.BaseProtocol:
        """One more connection."""
        stranger = crowded_out([one for one in server.connections if one not in self._hands])
        if stranger is not None and stranger.transport is not None:
            stranger.transport.abort()
        return server()

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not own_host(request.headers.get("Host", ""), self._names):
            return web.Response(status=421, text="This page is not available under that host name.\n")
        try:
            response = await handler(request)
        except web.HTTPException as e:
            response = web.Response(status=e.status, text=f"{e.reason}\n")
        except Exception as e:
            _unexpected(e)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["name"] not in self._files:
            raise web.HTTPNotFound()
        data, kind = self._files[request.match_info["name"]]
        return web.Response(body=data, content_type=kind, charset=None if kind.startswith("image") else "utf-8")

    async def _preview(self, request: web.Request) -> web.Response:
        if not self._guard.knows(request.query.get("token", "")):
            raise web.HTTPForbidden()
        for entry in self._console.styles.entries:
            if entry.style.slug == request.match_info["slug"] and entry.preview:
                try:
                    data = entry.preview.read_bytes()
                except OSError:
                    break
                return web.Response(body=data, content_type=f"image/{entry.preview.suffix[1:].replace('jpg', 'jpeg')}")
        raise web.HTTPNotFound()

    async def _picture(self, request: web.Request) -> web.Response:
        """The painting, small: one for all hands, and only as often as any of them may ask."""
        if not self._guard.knows(request.query.get("token", "")):
            raise web.HTTPForbidden()
        newest, (shown, data, when), now = self._console.picture, self._shot, self._clock()
        if not self._shows or newest is None:
            raise web.HTTPNotFound()
        if newest is not shown and now - when >= GLANCE:
            self._shot = newest, data, now  # so that no other hand makes it meanwhile
            data = await asyncio.to_thread(lambda: jpeg(quick_resize(newest, scaled_to(size_of(newest), SMALL))))
            self._shot = newest, data, now
        return web.Response(body=data, content_type="image/jpeg")

    async def _hand(self, request: web.Request) -> web.StreamResponse:
        if not own_origin(request.headers.get("Origin", ""), request.headers.get("Host", "")):
            raise web.HTTPForbidden()
        ws = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MOST_BYTES, compress=False)
        await ws.prepare(request)
        try:
            if (self._guard.open or await asyncio.wait_for(
                    self._let_in(ws, request.remote or ""), TO_ENTER)) and self._room:
                await self._held(ws, request.protocol)
        except TimeoutError:
            pass  # no PIN came
        finally:
            await ws.close()
        return ws

    @property
    def _room(self) -> bool:
        return len(self._hands) < MOST_HANDS

    async def _held(self, ws: web.WebSocketResponse, connection: object) -> None:
        """Tell a hand how everything stands, and do what it asks for, until it goes."""
        changed = self._hands[connection] = asyncio.Event()
        telling = asyncio.ensure_future(self._tell(ws, changed))
        try:
            await self._listen(ws)
        finally:
            del self._hands[connection]
            telling.cancel()
            for error in await asyncio.gather(telling, return_exceptions=True):
                _unexpected(error)

    async def _let_in(self, ws: web.WebSocketResponse, address: str) -> bool:
        """Ask for the PIN, or the token that was given for it."""
        await ws.send_json({"pin": "wanted"})
        async for message in ws:
            await asyncio.sleep(KNOCK)
            told = _read(message)
            if isinstance(told.get("token"), str) and self._guard.knows(told["token"]):
                return True
            if isinstance(told.get("pin"), str):
                answer = self._guard.enter(told["pin"], address, self._clock())
                if answer.token:
                    await ws.send_json({"token": answer.token})
                    return True
                await ws.send_json({"pin": "wrong", "wait": round(answer.wait)})
            else:
                await ws.send_json({"pin": "wanted"})
        return False

    async def _listen(self, ws: web.WebSocketResponse) -> None:
        bad = 0
        async for message in ws:
            told = _read(message)
            command = COMMANDS.get(str(told.get("play")))
            try:
                if command not in FROM_AFAR:
                    raise SettingsError("there is no control with that name", "Reload the page.")
                action = action_of(command, told.get("value"), told.get("cut") is True)
            except SettingsError as e:
                bad += 1
                if bad > MOST_BAD:
                    return
                await ws.send_json({"error": e.cause[:200]})
                continue
            if not released(action):
                self._console.put(action)
            await asyncio.sleep(BREATH)

    async def _tell(self, ws: web.WebSocketResponse, changed: asyncio.Event) -> None:
        """Send changes of the state to this client."""
        await ws.send_json({"controls": _CONTROLS, "picture": self._shows})
        sent: State = {}
        shown = ShownStyles()
        while not ws.closed:
            state, styles = self._console.state, self._console.styles
            news: dict[str, object] = {
                "state": {name: value for name, value in state.items() if sent.get(name, ...) != value}}
            if styles.entries is not shown.entries:
                news["styles"] = [
                    {"slug": entry.style.slug, "name": entry.style.name, "artist": entry.style.artist,
                     "preview": entry.preview is not None} for entry in styles.entries]
            if styles.places is not shown.places:
                news["places"] = styles.places
            if news["state"] or len(news) > 1:
                await ws.send_json(news)
            sent, shown = state, styles
            await asyncio.sleep(PAUSE)
            await changed.wait()
            changed.clear()

    def _changed(self) -> None:
        for changed in self._hands.values():
            changed.set()


_CONTROLS = [{"name": command.value, "help": command.help, "takes": command.takes.name.lower(),
              "low": command.range.low, "high": command.range.high, "unit": command.range.unit}
             for command in FROM_AFAR]


def _unexpected(error: BaseException | None) -> None:
    """Log what may be a bug; a broken connection is not one."""
    if isinstance(error, Exception) and not isinstance(error, OSError):
        note(error)


def _read(message: Any) -> dict[str, Any]:
    """A message as a table; {} if it is invalid."""
    if message.type is WSMsgType.TEXT:
        try:
            told = json.loads(message.data)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}
    return {}


def _static(file: str) -> bytes:
    return resources.files(__package__).joinpath("static", file).read_bytes()


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family)
    except (OSError, UnicodeError) as e:
        raise cannot_listen("the remote page cannot be served", (host, port), e, "--remote") from e


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


def _address(host: str) -> str:
    """An address that others can type: for 0.0.0.0, the address of this computer in the network."""
    if host in ("0.0.0.0", "::"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            try:
                out.connect(("192.0.2.1", 9))  # nothing is sent
                host = out.getsockname()[0]
            except OSError:
                host = socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _names() -> tuple[str, ...]:
    name = socket.gethostname().lower()
    return name, f"{name.partition('.')[0]}.local"
