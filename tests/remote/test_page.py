"""The remote page through real sockets: who is let in, what is refused, and that all hands see the same."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import random
import socket
import time
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image as Pillow

from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import ShownStyles
from live_style.errors import RemoteError
from live_style.styles.collection import StyleEntry
from live_style.system import paths
from tests.support.scripted import style

aiohttp = pytest.importorskip("aiohttp", reason="aiohttp, which serves the remote page, is not installed")

from live_style.remote.page.guard import CEILING  # noqa: E402
from live_style.remote.page.guard import LOCKED  # noqa: E402 - it needs aiohttp
from live_style.remote.page.guard import WRONG  # noqa: E402
from live_style.remote.page.guard import Guard  # noqa: E402
from live_style.remote.page.guard import own_host  # noqa: E402
from live_style.remote.page.server import MOST_BAD  # noqa: E402
from live_style.remote.page.pending import MOST as LOBBY  # noqa: E402
from live_style.remote.page.pending import crowded_out  # noqa: E402
from live_style.remote.page.server import MOST_BYTES  # noqa: E402
from live_style.remote.page.server import MOST_HANDS  # noqa: E402
from live_style.remote.page.server import PageServer  # noqa: E402
from tests.support.clock import Clock  # noqa: E402

PREVIEW = next((paths.styles_folder() / "previews").glob("*.webp"))


@contextlib.contextmanager
def served(door: PageServer) -> Iterator[PageServer]:
    door.start()
    yield door
    door.close()


@pytest.fixture
def console() -> Console:
    console = Console()
    entries = (StyleEntry(style("one"), PREVIEW), StyleEntry(style("other")),
               StyleEntry(style("a third"), Path("gone.webp")))
    console.styles = ShownStyles(entries, ((0.1, 0.2), (0.5, 0.5), (0.9, 0.1)))
    return console


@pytest.fixture
def door(console: Console, clock: Clock) -> Iterator[PageServer]:
    with served(PageServer(console, "127.0.0.1", 0, clock=clock)) as door:
        yield door


@pytest.fixture
def far_door(console: Console, clock: Clock) -> Iterator[PageServer]:
    """One for all addresses: it asks for a PIN."""
    with served(PageServer(console, "0.0.0.0", 0, clock=clock)) as door:
        yield door


class Hand:
    """A browser that holds the page."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.state: dict[str, object] = {}
        self.styles: list[dict[str, object]] = []
        self.places: list[tuple[float, float]] = []
        self.controls: list[dict[str, object]] = []
        self.errors: list[str] = []

    async def sees(self, name: str, value: object) -> float:
        """When it sees a value."""
        await self.until(lambda: self.state.get(name) == value)
        return time.monotonic()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10.0):
            while not done():
                told = json.loads((await self.ws.receive_str()))
                self.state |= told.get("state", {})
                self.styles = told.get("styles", self.styles)
                self.places = told.get("places", self.places)
                self.controls = told.get("controls", self.controls)
                self.errors += [told["error"]] if "error" in told else []


def play(door: PageServer, scene: Callable[[aiohttp.ClientSession, str], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with aiohttp.ClientSession() as session:
            await scene(session, f"http://127.0.0.1:{door.port}")
    asyncio.run(whole())


def opened(session: aiohttp.ClientSession, url: str,
           origin: str | None = None) -> aiohttp.client._WSRequestContextManager:
    return session.ws_connect(f"{url}/ws", headers={"Origin": url if origin is None else origin})


def taken(console: Console, count: int) -> list[Action]:
    found: list[Action] = []
    end = time.monotonic() + 10.0
    while len(found) < count:
        assert time.monotonic() < end, found
        found += console.take()
    return found


def test_the_page_is_served_and_names_no_other_address(door: PageServer) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        for name in ("", "app.js", "style.css", "icon.svg", "manifest.webmanifest"):
            async with session.get(f"{url}/{name}") as answer:
                text = await answer.text()
                assert answer.status == 200 and len(text) > 200, name
                assert "https://" not in text and text.count("http://") == text.count("http://www.w3.org/"), name
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for name in ("../guard.py", "nothing", "static/app.js", "preview/other", "preview/a-third", "preview/..%2Fx"):
            async with session.get(f"{url}/{name}") as answer:
                assert answer.status == 404, name
        async with session.get(f"{url}/preview/one") as answer:
            assert await answer.read() == PREVIEW.read_bytes() and answer.content_type == "image/webp"
    play(door, scene)


def test_a_hand_plays_and_every_hand_sees_it(door: PageServer, console: Console) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with opened(session, url) as first, opened(session, url) as second:
            hands = Hand(first), Hand(second)
            console.tell({"strength": 0.5, "title": "Neon"})
            for hand in hands:
                await hand.until(lambda: bool(hand.state and hand.places))
                assert [one["name"] for one in hand.styles] == ["one", "other", "a third"]
                assert [one["preview"] for one in hand.styles] == [True, False, True] and len(hand.places) == 3
                assert {one["name"] for one in hand.controls} == {c.value for c in Command if c is not Command.QUIT}
            await first.send_json({"play": "strength", "value": 0.75})
            await first.send_json({"play": "style", "value": 2, "cut": True})
            await second.send_json({"play": "black", "value": 1})
            assert set(await asyncio.to_thread(taken, console, 3)) == {
                Action(Command.STRENGTH, value=0.75), Action(Command.STYLE, 2, cut=True),
                Action(Command.BLACK, value=1.0)}
            for strength in (0.75, 0.5, 0.25):
                console.tell({"strength": strength, "title": "Neon"})
                seen = await asyncio.gather(*(hand.sees("strength", strength) for hand in hands))
                assert abs(seen[0] - seen[1]) < 0.1, "they agree"
    play(door, scene)


def test_the_painting_is_shown_small_and_only_if_the_show_gives_it(console: Console, clock: Clock) -> None:
    console.picture = np.full((720, 1280, 3), (200, 100, 50), np.uint8)

    async def ask(session: aiohttp.ClientSession, url: str, token: str = "") -> tuple[int, bytes]:
        async with session.get(f"{url}/picture", params={"token": token}) as answer:
            return answer.status, await answer.read()

    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        status, data = await ask(session, url)
        image = np.asarray(Pillow.open(io.BytesIO(data)))
        assert status == 200 and image.shape == (180, 320, 3)
        assert np.abs(image.reshape(-1, 3).mean(axis=0) - (200, 100, 50)).max() < 3
        console.picture = np.zeros((720, 1280, 3), np.uint8)
        assert await ask(session, url) == (200, data), "not so soon"
        clock.now += 1.0
        assert (await ask(session, url))[1] != data
    with served(PageServer(console, "127.0.0.1", 0, True, clock)) as door:
        play(door, scene)

    async def refused(session: aiohttp.ClientSession, url: str) -> None:
        assert (await ask(session, url, "no token"))[0] == wanted
    for host, shows, wanted in (("127.0.0.1", False, 404), ("0.0.0.0", True, 403)):
        with served(PageServer(console, host, 0, shows, clock)) as door:
            play(door, refused)


@pytest.mark.parametrize("origin", ["", "https://evil.example", "null", "http://127.0.0.1", "http://localhost:1"])
def test_another_sites_page_is_refused(door: PageServer, origin: str) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as e:
            async with opened(session, url, origin):
                pass
        assert e.value.status == 403
    play(door, scene)


def test_another_sites_name_that_leads_here_is_refused(door: PageServer) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        for host in ("evil.example", f"evil.example:{door.port}", "127.0.0.1.evil.example", "[x"):
            async with session.get(url, headers={"Host": host}) as answer:
                assert answer.status in (400, 421), host
        async with session.get(url, headers={"Host": f"localhost:{door.port}"}) as answer:
            assert answer.status == 200
    play(door, scene)


@pytest.mark.parametrize(("host", "own"), [("127.0.0.1:80", True), ("192.168.1.5", True), ("[::1]:80", True),
                                           ("booth", True), ("booth.evil.example", False), ("", False)])
def test_hosts(host: str, own: bool) -> None:
    assert own_host(host, frozenset({"booth"})) is own


def test_the_right_pin_lets_in_and_its_token_again(far_door: PageServer, console: Console) -> None:
    assert len(far_door.pin) == 6 and far_door.pin.isdigit()

    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with opened(session, url) as ws:
            assert await ws.receive_json() == {"pin": "wanted"}
            await ws.send_json({"play": "black", "value": 1})
            assert await ws.receive_json() == {"pin": "wanted"}, "nobody plays without it"
            await ws.send_json({"pin": far_door.pin})
            token = (await ws.receive_json())["token"]
            await Hand(ws).until(lambda: True)
        async with session.get(f"{url}/preview/one") as answer:
            assert answer.status == 403
        async with session.get(f"{url}/preview/one", params={"token": token}) as answer:
            assert answer.status == 200
        async with opened(session, url) as ws:
            await ws.receive_json()
            await ws.send_json({"token": token})
            await ws.send_json({"play": "black", "value": 1})
            assert await asyncio.to_thread(taken, console, 1) == [Action(Command.BLACK, value=1.0)]
    play(far_door, scene)


def test_five_wrong_pins_lock_an_address_for_a_minute(far_door: PageServer, clock: Clock) -> None:
    wrong = "x" + far_door.pin[1:]

    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with opened(session, url) as first, opened(session, url) as second:
            await first.receive_json()
            await second.receive_json()
            for n in range(WRONG):
                await first.send_json({"pin": wrong})
                assert await first.receive_json() == {"pin": "wrong", "wait": 0 if n < WRONG - 1 else round(LOCKED)}
            await second.send_json({"pin": far_door.pin})  # the right one is not looked at
            assert await second.receive_json() == {"pin": "wrong", "wait": round(LOCKED)}
            clock.now += LOCKED
            await second.send_json({"pin": far_door.pin})
            assert "token" in await second.receive_json()
    play(far_door, scene)


def test_who_guesses_does_not_lock_out_the_owner(far_door: PageServer) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))) as stranger:
            async with opened(stranger, url) as guessing:
                await guessing.receive_json()
                for _ in range(WRONG):
                    await guessing.send_json({"pin": "nonsense"})
                    answer = await guessing.receive_json()
                assert answer["wait"] == round(LOCKED)
        async with opened(session, url) as ws:
            await ws.receive_json()
            await ws.send_json({"pin": far_door.pin})
            assert "token" in await ws.receive_json()
    play(far_door, scene)


def test_many_who_guess_together_meet_a_ceiling() -> None:
    guard, now, checked = Guard("123456"), 0.0, 0
    for step in range(600):
        now = step * 1.0
        for stranger in range(100):
            address = f"10.0.{stranger}.{step % 200}"
            before = guard._wait(address, now)
            guard.enter("000000", address, now)
            checked += before == 0.0
    assert checked <= CEILING * 10, "guesses in ten minutes"
    assert len(guard._wrong) <= 2 * CEILING
    assert not guard.enter("123456", "192.168.1.2", now).token
    assert guard.enter("123456", "192.168.1.2", now + LOCKED).token


@pytest.mark.parametrize(("one", "other", "same"), [
    ("fd00::1", "fd00::2", True), ("fd00:0:0:1::1", "fd00:0:0:2::1", False), ("::ffff:10.0.0.1", "10.0.0.1", True),
    ("10.0.0.1", "10.0.0.2", False), ("fe80::1%eth0", "fe80::2%eth0", True)])
def test_who_counts_as_one_client(one: str, other: str, same: bool) -> None:
    guard = Guard("123456")
    for _ in range(WRONG):
        guard.enter("000000", one, 0.0)
    assert (guard.enter("123456", other, 1.0).token == "") is same


def test_wrong_pins_of_long_ago_are_forgotten_and_the_right_one_wipes_the_slate() -> None:
    guard = Guard("123456")
    for n in range(20):
        assert guard.enter("000000", "10.0.0.1", n * LOCKED / (WRONG - 1)).wait == 0.0, "four a minute are mistakes"
    guard = Guard("123456")
    for _ in range(4):
        for _ in range(WRONG - 1):
            guard.enter("000000", "10.0.0.1", 0.0)
        assert guard.enter("123456", "10.0.0.1", 0.0).token


def test_a_guard_without_a_pin_lets_everybody_in_and_one_with_it_nobody_else() -> None:
    assert Guard("").knows("") and not Guard("123456").knows("")
    guard = Guard("123456")
    for pin in ("", "12345", "1234567", "١٢٣٤٥٦"):
        assert guard.enter(pin, "", 0.0).token == ""
    token = guard.enter("123456", "", 0.0).token
    assert guard.knows(token) and not guard.knows(token[:-1]) and not guard.knows(token + "x")


class Caller(NamedTuple):
    """A connection from somewhere."""

    transport: asyncio.Transport | None


class Line(asyncio.Transport):
    """What leads to an address."""

    def is_closing(self) -> bool:
        return False


def caller(place: str) -> Caller:
    return Caller(Line({"peername": (place, 1)}))


def test_who_holds_most_connections_makes_room() -> None:
    one, others = caller("10.0.0.1"), [caller("10.0.0.2") for _ in range(LOBBY - 1)]
    assert crowded_out([one, *others[:-1], Caller(None)]) is None
    assert crowded_out([one, *others]) is others[0]


def test_those_who_connect_and_ask_nothing_displace_nobody(far_door: PageServer, console: Console) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with opened(session, url) as ws:
            await ws.send_json({"pin": far_door.pin})
            hand = Hand(ws)
            await hand.until(lambda: bool(hand.controls))
            with contextlib.ExitStack() as stack:
                silent = [stack.enter_context(await asyncio.to_thread(
                    socket.create_connection, ("127.0.0.1", far_door.port))) for _ in range(3 * LOBBY)]
                for one in silent[:LOBBY]:
                    await asyncio.to_thread(one.recv, 1)  # it ends: the oldest have made room
                async with session.get(url) as answer:
                    assert answer.status == 200
                await ws.send_json({"play": "next"})
                assert await asyncio.to_thread(taken, console, 1) == [Action(Command.NEXT)]
    play(far_door, scene)


def test_those_who_wait_for_a_pin_take_no_place_of_a_hand(far_door: PageServer) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(MOST_HANDS):
                await stack.enter_async_context(opened(session, url))
            ws = await stack.enter_async_context(opened(session, url))
            await ws.receive_json()
            await ws.send_json({"pin": far_door.pin})
            assert "token" in await ws.receive_json()
    play(far_door, scene)


def test_messages_that_are_too_large_are_refused(door: PageServer, console: Console) -> None:
    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with opened(session, url) as ws:
            await ws.send_str(json.dumps({"play": "style", "value": "x" * MOST_BYTES}))
            async with asyncio.timeout(10.0):
                while not (await ws.receive()).type == aiohttp.WSMsgType.CLOSE:
                    pass
            assert ws.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    play(door, scene)
    assert console.take() == ()


def test_a_thousand_malformed_messages_change_nothing_and_nobody_falls(door: PageServer, console: Console) -> None:
    dice = random.Random(27)
    kinds: list[Callable[[], str]] = [
        lambda: dice.randbytes(40).decode("latin-1"), lambda: "[" * 900, lambda: json.dumps({"play": dice.random()}),
        lambda: json.dumps({"play": "strength", "value": dice.choice(["x", None, [], {}, "1"])}),
        lambda: '{"play": "strength", "value": NaN}', lambda: '{"play": "strength", "value": 1e999}',
        lambda: json.dumps({"play": "quit"}), lambda: json.dumps({"play": "style", "value": dice.choice([0, -1, 1.5])}),
        lambda: '{"play": "strength", "value": ' + "9" * 900 + "}",
        lambda: "null", lambda: "", lambda: json.dumps({"token": "x"}), lambda: '{"play": "style", "value": true, "x": '
    ]

    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        sent = 0
        while sent < 1000:
            async with opened(session, url) as ws:
                for _ in range(MOST_BAD + 1):
                    sent += 1
                    if ws.closed:
                        break
                    data = dice.choice(kinds)()
                    await (ws.send_bytes(data.encode()) if dice.random() < 0.2 else ws.send_str(data))
        async with opened(session, url) as ws:
            await ws.send_json({"play": "next"})
            assert await asyncio.to_thread(taken, console, 1) == [Action(Command.NEXT)]
    play(door, scene)


def test_bytes_that_are_no_http_are_no_matter(door: PageServer, capfd: pytest.CaptureFixture[str]) -> None:
    dice = random.Random(28)
    for n in range(200):
        with socket.create_connection(("127.0.0.1", door.port)) as far:
            far.sendall(dice.choice([b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"", b"GET /ws HTTP/1.1\r\n"])
                        + dice.randbytes(dice.randrange(200)) + b"\r\n\r\n")

    async def scene(session: aiohttp.ClientSession, url: str) -> None:
        async with session.get(url) as answer:
            assert answer.status == 200
    play(door, scene)
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_told_with_a_cure(door: PageServer) -> None:
    with pytest.raises(RemoteError) as e:
        PageServer(Console(), "127.0.0.1", door.port)
    assert str(door.port) in e.value.cause and "--remote-port" in e.value.cure


def test_a_door_that_was_never_started_can_be_closed(console: Console) -> None:
    PageServer(console, "127.0.0.1", 0).close()


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1", "x" * 300])
def test_an_address_that_is_not_of_this_computer_is_told_with_a_cure_of_its_own(host: str) -> None:
    with pytest.raises(RemoteError) as e:
        PageServer(Console(), host, 0)
    assert host in e.value.cause and "while" not in e.value.cause
    assert "--remote-host" in e.value.cure and "port" not in e.value.cure
