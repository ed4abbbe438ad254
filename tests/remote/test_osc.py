"""OSC through a real UDP socket, spoken to by another program's library; and datagrams of every kind of nonsense."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from live_style.control.surface import FROM_AFAR
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import action_of
from live_style.errors import RemoteError
from live_style.errors import SettingsError
from live_style.remote.osc import ADDRESSES
from live_style.remote.osc import AT_ONCE
from live_style.remote.osc import BREATH
from live_style.remote.osc import KEPT
from live_style.remote.osc import OscServer
from live_style.remote.osc_format import OscError
from live_style.remote.osc_format import read
from live_style.remote.osc_format import write
from tests.support.clock import Clock


def message(address: str, *values: object) -> bytes:
    """As python-osc writes it."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)  # type: ignore[arg-type]
    return bytes(builder.build().dgram)


class Far:
    """The other side: a socket of its own on loopback."""

    def __init__(self, door: OscServer, console: Console) -> None:
        self.console = console
        self._door = ("127.0.0.1", door.port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self.port = self._socket.getsockname()[1]
        self.heard: dict[str, object] = {}
        self.taken: list[Action] = []

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._door)

    def until(self, done: Callable[[], bool]) -> None:
        """Listen until something is so, 10 s at most."""
        end = time.monotonic() + 10.0
        while not done():
            assert time.monotonic() < end, (self.heard, self.taken)
            self.taken += self.console.take()
            try:
                answer = OscMessage(self._socket.recv(8192))
                self.heard[answer.address] = answer.params[0]
            except TimeoutError:
                pass

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def far(clock: Clock) -> Iterator[Far]:
    console = Console()
    # Its clock is a tick on at each look: what is due at once is done at once.
    door = OscServer(console, "127.0.0.1", 0, lambda: (setattr(clock, "now", clock.now + 0.05), clock.now)[1])
    door.start()
    far = Far(door, console)
    yield far
    far.close()
    door.close()


def test_messages_play_the_console(far: Far) -> None:
    far.send(message("/style/next"))
    far.send(message("/style/select", "Neon"))
    far.until(lambda: len(far.taken) >= 2)  # of two styles in one frame only the newest counts
    far.send(message("/style/cut", 3))
    far.send(message("/strength", 0.25))
    far.send(message("/map", 0.125, 0.75))
    far.send(message("/black", True))
    far.until(lambda: len(far.taken) >= 7)
    assert far.taken == [
        Action(Command.NEXT), Action(Command.STYLE, name="Neon"), Action(Command.STYLE, 3, cut=True),
        Action(Command.STRENGTH, value=0.25), Action(Command.MAP_X, value=0.125), Action(Command.MAP_Y, value=0.75),
        Action(Command.BLACK, value=1.0)]


def test_a_button_that_is_let_go_and_a_bundle(far: Far) -> None:
    bundle = OscBundleBuilder(IMMEDIATELY)
    for value in (1.0, 0.0):
        bundle.add_content(OscMessage(message("/snapshot", value)))
    bundle.add_content(OscMessage(message("/fade", 2)))
    far.send(bundle.build().dgram)
    far.until(lambda: len(far.taken) >= 2)
    assert [action.command for action in far.taken] == [Command.SNAPSHOT, Command.FADE]


def test_the_state_is_answered_on_request(far: Far) -> None:
    far.console.tell({"strength": 0.5, "title": "Neon", "tempo": None, "map-x": 0.25})
    far.send(message("/state"))
    far.until(lambda: len(far.heard) >= 3)
    assert far.heard == {"/strength": 0.5, "/title": "Neon", "/map/x": 0.25}


def test_subscribers_hear_what_changes_and_only_that(far: Far, clock: Clock) -> None:
    far.console.tell({"strength": 0.5, "title": "Neon"})
    far.send(message("/subscribe", far.port))
    far.until(lambda: len(far.heard) >= 2)
    far.heard.clear()
    far.console.tell({"strength": 0.75, "title": "Neon"})
    far.until(lambda: bool(far.heard))
    assert far.heard == {"/strength": 0.75}
    clock.now += KEPT
    far.console.tell({"strength": 1.0, "title": "Iris"})
    far.send(message("/nowhere"))  # messages before this one have been read
    far.until(lambda: bool(far.console.lines()))
    assert far.heard == {"/strength": 0.75}, "a subscription ends"


@pytest.mark.parametrize(("data", "words"), [
    (message("/strength", "full"), "/strength: strength cannot take 'full'"),
    (message("/style/select"), "style cannot take None"),
    (message("/nowhere"), "/nowhere: unknown address"),
    (b"hello", "not an OSC message"), (b"", "not an OSC message"), (message("/map", 0.5), "/map"),
    (message("/subscribe", 70000), "invalid port"), (message("/\x1b[31m"), "OSC from 127.0.0.1: / [31m"),
])
def test_what_is_wrong_is_one_line(far: Far, data: bytes, words: str) -> None:
    far.send(data)
    lines: list[str] = []
    far.until(lambda: bool(lines.extend(far.console.lines()) or lines))
    assert len(lines) == 1 and words in lines[0] and lines[0].isprintable()
    assert far.taken == []


def test_thousands_of_malformed_datagrams_change_nothing(far: Far) -> None:
    dice = random.Random(27)
    good = [message("/nothing", 0.5), message("/nothing/select", "Neon"), b"#bundle\0" + bytes(8), b"#bundle\0" * 500]
    for _ in range(3000):
        data = bytearray(dice.choice([*good, dice.randbytes(dice.randrange(64)), b"/" + dice.randbytes(40)]))
        for _ in range(dice.randrange(4)):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
        far.send(bytes(data[:dice.choice([len(data), dice.randrange(len(data) + 1)])]))
    # Datagrams are lost where they come faster than they are read.
    far.until(lambda: bool(far.send(message("/style/next")) or far.taken))
    assert set(far.taken) == {Action(Command.NEXT)}
    assert len(far.console.lines()) <= 64


def test_a_flood_takes_little_of_the_show() -> None:
    class Counting(Console):
        count = 0

        def put(self, action: Action) -> None:
            self.count += 1

    console = Counting()
    door, began = OscServer(console, "127.0.0.1", 0), time.monotonic()
    door.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        while time.monotonic() < began + 0.5 or not console.count:
            far.sendto(message("/style/next"), ("127.0.0.1", door.port))
    taken, seconds = console.count, time.monotonic() - began
    door.close()
    assert 0 < taken <= AT_ONCE * (seconds / BREATH + 1)


def test_a_port_that_is_taken_is_told_with_a_cure(far: Far) -> None:
    with pytest.raises(RemoteError) as e:
        OscServer(Console(), "127.0.0.1", far.port)
    assert str(far.port) in e.value.cause and "--osc-port" in e.value.cure


def test_every_command_has_an_address_of_its_own() -> None:
    assert len(set(ADDRESSES.values())) == len(FROM_AFAR) == len(Command) - 1
    assert Command.QUIT not in ADDRESSES, "who is at the machine ends the show"
    assert ADDRESSES[Command.STRENGTH] == "/strength" and ADDRESSES[Command.STYLE] == "/style/select"


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda data: b"#bundle\0" + bytes(8) + data))
def test_no_datagram_ends_in_anything_but_messages_or_our_error(data: bytes) -> None:
    try:
        messages = read(data)
    except OscError:
        return
    for one in messages:
        for value in one.values:
            try:
                action_of(Command.STRENGTH, value)
            except SettingsError:
                pass


def test_bundles_in_bundles_without_end_are_refused() -> None:
    data = message("/style/next")
    for _ in range(2000):
        data = b"#bundle\0" + bytes(8) + len(data).to_bytes(4, "big") + data
    assert [one.address for one in read(data)] == ["/style/next"]
    with pytest.raises(OscError):
        read(b"#bundle\0" + bytes(8) + (len(data[:12]).to_bytes(4, "big") + message("/a")[:12]) * 100)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False) | st.text(
    st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])), max_size=8))
def test_what_we_write_is_what_others_read(values: list[float | str]) -> None:
    data = write("/title", values)
    theirs = OscMessage(data)
    assert (theirs.address, theirs.params) == ("/title", values)
    assert read(data)[0].values == tuple(values)


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1", "x" * 300])
def test_an_address_that_is_not_of_this_computer_is_told_with_a_cure_of_its_own(host: str) -> None:
    with pytest.raises(RemoteError) as e:
        OscServer(Console(), host, 0)
    assert host in e.value.cause and "while" not in e.value.cause
    assert "--osc-host" in e.value.cure and "port" not in e.value.cure
