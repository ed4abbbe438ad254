"""The remote page in a real Chromium, on a phone and on a desk: touched, typed, looked at and read aloud."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import ShownStyles
from live_style.styles.collection import load_collection
from live_style.system import paths
from tests.support.browser import Browser

pytest.importorskip("aiohttp", reason="aiohttp, which serves the remote page, is not installed")

from live_style.remote.page.server import PageServer  # noqa: E402 - it needs aiohttp

SCREENS = os.environ.get("SCREENSHOTS")
"""A folder where the screenshots are kept, to be looked at."""
STATE = MappingProxyType({
    "style": 1.0, "title": "Fishing Boats on the Beach", "artist": "Vincent van Gogh", "strength": 0.8, "fade": 2.0,
    "upcoming": "Death and the Landsknecht", "preview": 1.0, "two-looks": 1.0, "hand": 1.0, "cue": 1.0, "bypass": 0.0,
    "cue-next": "2: Neon + Lady Macbeth in 3s", "color": 0.0,
    "person-strength": 1.0, "room-strength": 0.5, "pulse": 0.25, "map-x": 0.4, "map-y": 0.7, "panels": 1.0,
    "pins": "", "record": 1.0, "led": "drift", "tempo": 121.5})
SIZES = {"phone": (390, 844), "lying phone": (844, 390), "desk": (1440, 900)}


@pytest.fixture(scope="module", params=["phone", *(pytest.param(name, marks=pytest.mark.long)
                                                   for name in ("lying phone", "desk"))])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    phone = request.param != "desk"
    browser = Browser(tmp_path_factory.mktemp("chromium"), SIZES[request.param], phone)
    yield browser
    browser.close()


@pytest.fixture
def console() -> Console:
    console, entries = Console(), load_collection((paths.styles_folder(),), None)[0].entries
    console.tell(STATE, ShownStyles(entries, tuple((i % 8 / 8, i // 8 / 8) for i in range(len(entries)))))
    return console


@pytest.fixture
def door(console: Console) -> Iterator[PageServer]:
    door = PageServer(console, "127.0.0.1", 0)
    door.start()
    yield door
    door.close()


@pytest.fixture
def page(browser: Browser, door: PageServer) -> Iterator[Browser]:
    browser.open(door.address)
    browser.until("document.querySelectorAll('.tile').length > 60 && document.querySelector('#link.on') !== null")
    yield browser
    browser.open("about:blank")
    assert browser.errors == []


def taken(console: Console) -> Action:
    end = time.monotonic() + 10.0
    while not (actions := console.take()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return actions[-1]


def tabs(page: Browser) -> tuple[str, ...]:
    """The pages that must be chosen to be seen: none on a desk."""
    seen = page.ask("getComputedStyle(document.querySelector('#tabs')).display") != "none"
    return ("styles", "faders", "map") if seen else ()


CUT = """Array.from(document.querySelectorAll('button, #levels em, #levels output')).filter(e => e.offsetParent
  && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) && !e.closest('#tiles'))
  .map(e => e.textContent).join()"""


def test_nothing_is_cut_and_every_part_is_there(page: Browser, request: pytest.FixtureRequest) -> None:
    for tab in tabs(page) or ("",):
        if tab:
            page.tap(f"#tabs [data-tab={tab}]")
        if SCREENS:
            time.sleep(0.5)
            page.picture(Path(SCREENS) / f"{request.node.callspec.params['browser']} {tab}.png")
        assert page.ask("document.documentElement.scrollWidth <= innerWidth"), tab
        assert page.ask(CUT) == "", tab
    for shown in ("#cues", "#ahead", "#panic"):
        assert page.ask(f"document.querySelector('{shown}').offsetHeight > 0"), shown


def test_a_hand_touches_everything_that_is_large(page: Browser, console: Console) -> None:
    page.tap(".tile:nth-child(3)")
    assert taken(console) == Action(Command.STYLE, 3)
    page.tap("#how [data-how=cut]")
    page.tap(".tile:nth-child(2)")
    assert taken(console) == Action(Command.STYLE, 2, cut=True)
    for name, command in (("black", Command.BLACK), ("freeze", Command.FREEZE), ("bypass", Command.BYPASS)):
        page.tap(f"#panic [data-play={name}]")
        assert taken(console) == Action(command, value=1.0)
    page.tap("#ahead [data-play=take]")
    assert taken(console) == Action(Command.TAKE)
    page.tap("#hand [data-hand='2']")
    assert taken(console) == Action(Command.HAND), "once: from you to the room"
    page.tap("#cues [data-play=cue-go]")
    assert taken(console) == Action(Command.CUE_GO)


def test_what_changes_is_shown_and_an_error_is_said(page: Browser, console: Console) -> None:
    console.tell({**STATE, "title": "Neon", "preview": 0.0, "black": 1.0, "strength": 0.25})
    page.until("document.querySelector('#now-title').textContent === 'Neon'")
    assert page.ask("document.querySelector('#ahead').hidden")
    assert page.ask("document.querySelector('#panic [data-play=black]').getAttribute('aria-pressed')") == "true"
    assert page.ask("document.querySelector('#level-strength').getAttribute('aria-valuetext')") == "25 %"
    page.ask("send({play: 'strength', value: 'x'})")
    page.until("document.querySelector('#said').textContent.includes('strength cannot take')")


def test_the_painting_is_seen_where_the_show_gives_it(browser: Browser, console: Console) -> None:
    console.picture = np.full((360, 640, 3), (200, 100, 50), np.uint8)
    door = PageServer(console, "127.0.0.1", 0, picture=True)
    door.start()
    try:
        browser.open(door.address)
        browser.until("document.querySelector('#now-picture')?.src.includes('picture?') "
                      "&& document.querySelector('#now-picture').naturalWidth === 320")
        before = browser.ask("glances")
        browser.until(f"glances > {before} + 2")
    finally:
        browser.open("about:blank")
        door.close()
    assert browser.errors == []


def focused(page: Browser) -> str:
    return str(page.ask("(e => e === document.body ? '' : e.getAttribute('aria-label') || e.textContent)"
                        "(document.activeElement)"))


def tab_to(page: Browser, wanted: str) -> int:
    """How often Tab was pressed until something had the focus."""
    for presses in range(1, 60):
        page.key("Tab")
        if wanted in focused(page):
            return presses
    raise AssertionError(f"{wanted} is not reached")


def test_keys_alone_play_it(page: Browser, console: Console) -> None:
    page.ask("document.activeElement.blur()")
    tab_to(page, load_collection((paths.styles_folder(),), None)[0].styles[0].name)
    page.key("ArrowRight")
    page.key("ArrowRight")
    page.key("Enter")
    assert taken(console) == Action(Command.STYLE, 3)
    page.key("ArrowDown")
    page.key("End")
    page.key("Home")
    page.key("Space")
    assert taken(console) == Action(Command.STYLE, 1)
    if tabs(page):
        assert tab_to(page, "Black") < 10, "not behind all styles"
        page.key("Enter")
        assert taken(console) == Action(Command.BLACK, value=1.0)
        tab_to(page, "Styles")
        page.key("ArrowRight")
        page.until("document.body.dataset.tab === 'faders'")
    tab_to(page, "Strength")
    before = page.ask("Number(document.activeElement.value)")
    page.key("ArrowLeft")
    assert taken(console).value == pytest.approx(Command.STRENGTH.range.at(before - 0.02), abs=0.002)


def test_it_reads_well_aloud(page: Browser) -> None:
    for tab in tabs(page) or ("",):
        if tab:
            page.tap(f"#tabs [data-tab={tab}]")
        spoken = page.spoken()
        named = [(role, name) for role, name, _ in spoken
                 if role in ("button", "slider", "tab", "radio", "searchbox", "region", "tabpanel", "img")]
        assert all(name.strip() for _, name in named), [role for role, name in named if not name.strip()]
        assert len(set(named)) == len(named), "no two of a kind sound the same"
        live = [name for _, name, more in spoken if more.get("live") == "polite"]
        assert len(live) >= 3, "title, connection, messages"
        for words in page.ask("Array.from(document.querySelectorAll('#levels input')).map(e => e.ariaValueText)"):
            assert words.endswith((" %", " s", " bpm")), words
    if tabs(page):
        assert ("tab", "Map", True) in [(role, name, more.get("selected")) for role, name, more in page.spoken()]


def test_the_pin_is_asked_for_and_lets_in(browser: Browser, console: Console) -> None:
    door = PageServer(console, "0.0.0.0", 0)
    door.start()
    try:
        browser.open(f"http://127.0.0.1:{door.port}")
        browser.until("document.querySelector('#pin') !== null && !document.querySelector('#pin').hidden")
        browser.until("document.activeElement.id === 'digits'")
        browser.type("000000" if door.pin != "000000" else "000001")
        browser.key("Enter")
        browser.until("document.querySelector('#pin-words').textContent === 'Wrong PIN.'")
        if SCREENS:
            browser.picture(Path(SCREENS) / f"pin {browser.ask('innerWidth')}.png")
        browser.type(door.pin)
        browser.key("Enter")
        browser.until("document.querySelector('#pin').hidden && document.querySelector('#link.on') !== null")
        browser.until("document.querySelector('.tile img').complete")
        assert browser.ask("document.querySelector('.tile img').naturalWidth > 0"), "pictures come with the token"
    finally:
        browser.open("about:blank")
        door.close()
    assert browser.errors == []
