"""OSC: plays the control surface by datagrams, and sends the state to subscribers."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType

from live_style.control.surface import FROM_AFAR
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import State
from live_style.control.surface import action_of
from live_style.control.surface import released
from live_style.errors import SettingsError
from live_style.remote.listening import cannot_listen
from live_style.remote.osc_format import Message
from live_style.remote.osc_format import OscError
from live_style.remote.osc_format import Value
from live_style.remote.osc_format import read
from live_style.remote.osc_format import write
from live_style.style import tidy
from live_style.threads.worker import Worker

OWN = {Command.NEXT: "/style/next", Command.PREVIOUS: "/style/previous", Command.STYLE: "/style/select",
       Command.BYPASS: "/real", Command.MAP: "/map/open", Command.MAP_X: "/map/x", Command.MAP_Y: "/map/y",
       Command.PIN: "/pad/pin"}
ADDRESSES: Mapping[Command, str] = MappingProxyType({
    command: OWN.get(command, f"/{command.value}") for command in FROM_AFAR})
"""The address of each command: "/strength", "/style/select"."""
_COMMANDS = {address: command for command, address in ADDRESSES.items()}
CUT = "/style/cut"
"""As /style/select, at once."""
MAP = "/map"
"""Both coordinates of the map in one message."""
TICK = 0.04
"""Seconds between updates for subscribers: 25 a second at most."""
KEPT = 60.0
"""Seconds that a subscription lasts without a message from the subscriber."""
MOST_SUBSCRIBERS = 16
QUIET = 2.0
"""Seconds between two notices about messages that could not be understood."""
MOST_BYTES = 8192
AT_ONCE, BREATH = 16, 0.004
"""Datagrams after which it rests, and for how long: a flood is lost in the socket, and takes nothing from the show."""

Address = tuple[str, int]


class OscServer:
    """A UDP socket that plays a console, in a thread of its own. Raises RemoteError when its port is taken."""

    def __init__(self, console: Console, host: str, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._clock = console, clock
        self._subscribers: dict[Address, float] = {}
        self._sent: State = MappingProxyType({})
        self._said = -QUIET
        try:
            family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
            try:
                self._socket.bind(place)
            except OSError:
                self._socket.close()
                raise
        except (OSError, UnicodeError) as e:
            raise cannot_listen("OSC cannot listen", (host, port), e, "--osc") from e
        self._socket.settimeout(TICK)
        self.port: int = self._socket.getsockname()[1]
        """The port that it listens on; a free one if 0 was given."""
        self._unlisten = console.listen(lambda state: None)  # the state is polled, not pushed
        self._worker = Worker("osc", self._work)

    def start(self) -> None:
        """Begin to listen."""
        self._worker.start()

    def close(self) -> None:
        """End; may be called more than once."""
        self._unlisten()
        self._worker.stop()
        self._socket.close()

    def _work(self, stopping: threading.Event) -> None:
        due, came = 0.0, 0
        while not stopping.is_set():
            with contextlib.suppress(OSError):  # nothing came, or Windows reports that an answer was not received
                data, sender, *_ = self._socket.recvfrom(MOST_BYTES)
                self._datagram(data, sender[:2])
                came += 1
            if came == AT_ONCE:
                came = 0
                stopping.wait(BREATH)
            now = self._clock()
            if now >= due:
                due = now + TICK
                self._tell(now)

    def _datagram(self, data: bytes, sender: Address) -> None:
        try:
            messages = read(data)
        except OscError as e:
            return self._complain(sender, f"not an OSC message: {e}")
        now = self._clock()
        self._subscribers = {place: now + KEPT if place[0] == sender[0] else until
                             for place, until in self._subscribers.items() if now < until}
        for message in messages:
            try:
                self._happen(message, sender)
            except SettingsError as e:
                self._complain(sender, f"{message.address}: {e.cause} {e.cure}")

    def _happen(self, message: Message, sender: Address) -> None:
        address, values = message
        first = values[0] if values else None
        command = _COMMANDS.get(address)
        if command is not None:
            self._put(command, first)
        elif address == CUT:
            self._put(Command.STYLE, first, cut=True)
        elif address == MAP and len(values) == 2:
            for command, value in ((Command.MAP_X, values[0]), (Command.MAP_Y, values[1])):
                self._put(command, value)
        elif address == "/state":
            self._send(self._console.state, sender)
        elif address in ("/subscribe", "/unsubscribe"):
            self._subscribe(address == "/subscribe", sender[0], _port(first, sender[1]))
        else:
            raise SettingsError("unknown address, or wrong values",
                                "`live-style midi list` shows all names.")

    def _put(self, command: Command, told: Value, cut: bool = False) -> None:
        action = action_of(command, told, cut)
        if not released(action):
            self._console.put(action)

    def _subscribe(self, on: bool, host: str, port: int) -> None:
        if not on:
            self._subscribers.pop((host, port), None)
        elif len(self._subscribers) < MOST_SUBSCRIBERS or (host, port) in self._subscribers:
            self._tell(self._clock())  # so that this one gets the whole state once
            self._subscribers[host, port] = self._clock() + KEPT
            self._send(self._sent, (host, port))

    def _tell(self, now: float) -> None:
        """Send changes to all subscribers."""
        state, before = self._console.state, self._sent
        if state is before:
            return
        self._sent = state
        self._subscribers = {place: until for place, until in self._subscribers.items() if now < until}
        changed = {name: value for name, value in state.items() if before.get(name) != value}
        for place in self._subscribers:
            self._send(changed, place)

    def _send(self, state: State, place: Address) -> None:
        for name, value in state.items():
            if value is not None:
                with contextlib.suppress(OSError):  # a subscriber that has gone needs no answer
                    self._socket.sendto(write(_NAMED.get(name, f"/{name}"), (value,)), place)

    def _complain(self, sender: Address, what: str) -> None:
        now = self._clock()
        if now - self._said >= QUIET:
            self._said = now
            self._console.say(tidy(f"OSC from {sender[0]}: {what}")[:200])


_NAMED = {command.value: address for command, address in ADDRESSES.items()}


def _port(told: Value, default: int) -> int:
    if told is None:
        return default
    if isinstance(told, (int, float)) and float(told).is_integer() and 1 <= told <= 65535:
        return int(told)
    raise SettingsError("invalid port", "Send the port that you listen on, 1 to 65535.")
