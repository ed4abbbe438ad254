"""Who may play by the page: those of its own address, who know the PIN where there is one."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

WRONG = 5
"""Wrong PINs after which nobody is let in for a while, whoever gave them."""
LOCKED = 60.0
"""Seconds of that while: 300 guesses an hour at a million PINs."""
MOST_TOKENS = 64
LONGEST = 64
"""Letters of a PIN or a token that are looked at."""


class Answer(NamedTuple):
    """What becomes of a PIN."""

    token: str = ""
    """Lets in from now on; "" for a wrong one."""
    wait: float = 0.0
    """Seconds until another PIN is looked at."""


class Guard:
    """Keeps the PIN and the tokens of those who gave it. One thread only; time is passed in."""

    def __init__(self, pin: str) -> None:
        """`pin`: "" lets everybody in."""
        self._pin = pin
        self._wrong, self._until = 0, 0.0
        self._tokens: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether no PIN is asked for."""
        return not self._pin

    def enter(self, pin: str, now: float) -> Answer:
        """A token for the right PIN."""
        if now < self._until:
            return Answer(wait=self._until - now)
        if _same(pin, self._pin):
            self._wrong = 0
            token = secrets.token_urlsafe(16)
            self._tokens = (*self._tokens, token)[-MOST_TOKENS:]
            return Answer(token)
        self._wrong += 1
        if self._wrong >= WRONG:
            self._wrong, self._until = 0, now + LOCKED
        return Answer(wait=max(0.0, self._until - now))

    def knows(self, token: str) -> bool:
        """Whether this token was given for the right PIN, or none is asked for."""
        return self.open or any([_same(token, one) for one in self._tokens])


def new_pin() -> str:
    """Six digits that nobody can guess."""
    return f"{secrets.randbelow(10 ** 6):06d}"


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given[:LONGEST].encode("utf-8", "replace"), kept.encode())


def own_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header is an address, or a name of this machine: another site's name that was made to lead here
    is none."""
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
    """Whether a page of ours asks: browsers name the page that opens a WebSocket."""
    return origin == f"http://{host}"
