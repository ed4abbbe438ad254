"""Access to the remote page: only from its own address, and with the PIN if there is one."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

WRONG = 5
"""Wrong PINs from one address after which its PINs are refused for a while."""
CEILING = 25
"""Wrong PINs from all addresses in such a while after which all PINs are refused: many guess together."""
LOCKED = 60.0
"""Seconds of that while: at most 1500 guesses an hour at a million PINs."""
MOST_TOKENS = 64
LONGEST = 64
"""The most characters of a PIN or a token that are compared."""


class Answer(NamedTuple):
    """The result of checking a PIN."""

    token: str = ""
    """A token that gives access from now on; "" for a wrong PIN."""
    wait: float = 0.0
    """Seconds until another PIN is checked."""


class Guard:
    """Keeps the PIN and the tokens that were given for it. One thread only; time is an argument."""

    def __init__(self, pin: str) -> None:
        """`pin`: "" gives access to everybody."""
        self._pin = pin
        self._wrong: tuple[tuple[str, float], ...] = ()
        """The latest wrong PINs: from where, and when."""
        self._tokens: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether no PIN is asked for."""
        return not self._pin

    def enter(self, pin: str, address: str, now: float) -> Answer:
        """A token for the right PIN."""
        place = _network(address)
        wait = self._wait(place, now)
        if wait > 0.0:
            return Answer(wait=wait)
        if _same(pin, self._pin):
            self._wrong = tuple(one for one in self._wrong if one[0] != place)
            token = secrets.token_urlsafe(16)
            self._tokens = (*self._tokens, token)[-MOST_TOKENS:]
            return Answer(token)
        self._wrong = (*((where, when) for where, when in self._wrong if now - when < 2.0 * LOCKED), (place, now))
        return Answer(wait=self._wait(place, now))

    def _wait(self, place: str, now: float) -> float:
        """Seconds until a PIN from there is checked."""
        own = [when for where, when in self._wrong if where == place][-WRONG:]
        all_, wait = [when for _, when in self._wrong if now - when < LOCKED], 0.0
        if len(own) == WRONG and own[-1] - own[0] < LOCKED:
            wait = own[-1] + LOCKED - now
        if len(all_) >= CEILING:
            wait = max(wait, all_[-CEILING] + LOCKED - now)
        return max(0.0, wait)

    def knows(self, token: str) -> bool:
        """Whether this token was given for the right PIN, or none is asked for."""
        return self.open or any([_same(token, one) for one in self._tokens])


def _network(address: str) -> str:
    """What counts as one client: an address, of IPv6 the network of one customer."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def new_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10 ** 6):06d}"


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given[:LONGEST].encode("utf-8", "replace"), kept.encode())


def own_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header is an address, or a name of this computer, not another site's name that resolves to it."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names
    return True


def own_origin(origin: str, host: str) -> bool:
    """Whether the request comes from our own page: browsers send the origin of a WebSocket."""
    return origin == f"http://{host}"
