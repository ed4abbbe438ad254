"""The recipes for other programs: each message and key on the page, and each program, does what the page says."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from live_style.control.keys import KEYS
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.remote.osc import OscServer
from live_style.settings import RunSettings

builder = pytest.importorskip("pythonosc.osc_message_builder", reason="python-osc is not installed")
aiohttp = pytest.importorskip("aiohttp", reason="aiohttp, which serves the remote page, is not installed")

from live_style.remote.page.server import PageServer  # noqa: E402 - it needs aiohttp

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "recipes.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL) + (DOCS / "remote.md").read_text(encoding="utf-8")
NO_OSC = {"/ws"}


class Sent(NamedTuple):
    """A message of a recipe."""

    address: str
    values: tuple[float | str, ...]


def number(word: str) -> float | str:
    try:
        return float(word) if "." in word else int(word)
    except ValueError:
        return word


def messages() -> list[Sent]:
    """In backticks, and in the code for TouchDesigner."""
    found = [shlex.split(text) for text in re.findall(r"`(/[a-z][^`]*)`", PROSE) if text not in NO_OSC]
    sent = [Sent(address, tuple(map(number, values))) for address, *values in found if "PORT" not in values]
    return sent + [Sent(address, tuple(json.loads(values.replace("'", '"'))))
                   for address, values in re.findall(r"sendOSC\('([^']+)', (\[.*\])\)", PAGE)]


def block(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[-1]


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def door(console: Console) -> Iterator[OscServer]:
    door = OscServer(console, "127.0.0.1", 0)
    door.start()
    yield door
    door.close()


def taken(console: Console, count: int = 1) -> list[Action]:
    found: list[Action] = []
    end = time.monotonic() + 20.0
    while len(found) < count:
        found += console.take()
        lines = console.lines()
        assert not lines and time.monotonic() < end, (lines, found)
        time.sleep(0.002)
    return found


def send(door: OscServer, sent: Sent) -> None:
    """As other programs do: python-osc writes it."""
    message = builder.OscMessageBuilder(sent.address)
    for value in sent.values:
        message.add_arg(value)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.sendto(message.build().dgram, ("127.0.0.1", door.port))


def test_the_ports_of_the_recipes_are_those_of_the_program() -> None:
    ports = {RunSettings().osc_port, RunSettings().remote_port, 4455, 7000, 9000, 12321}  # the others' own
    assert {int(word) for word in re.findall(r"\b\d{4,5}\b", PAGE)} == ports


def test_each_message_of_the_recipes_is_understood(door: OscServer, console: Console) -> None:
    all_ = messages()
    assert len(all_) > 40
    for sent in all_:
        send(door, sent)
        if sent.address not in ("/state", "/subscribe"):
            action = taken(console)[0]
            assert action.value is None or sent.values, sent
            if sent.values and action.command.takes.name == "LEVEL":
                assert action.value in sent.values or action.value == pytest.approx(sent.values[0]), sent
    send(door, Sent("/style/next", ()))
    taken(console)


def test_the_state_comes_as_the_recipes_say(door: OscServer, console: Console) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        far.settimeout(20.0)
        console.tell({"black": 1.0})
        send(door, Sent("/subscribe", (far.getsockname()[1],)))
        assert far.recv(200) == b"/black\0\0,f\0\0?\x80\0\0"


def test_each_key_of_the_recipes_does_what_it_says() -> None:
    table = PAGE.partition("| key | does |")[2].partition("\n\n")[0]
    rows = re.findall(r"\| `([^`]+)` \| ([^|]+) \|", table)
    assert len(rows) == 9
    for key, does in rows:
        action = KEYS.action(key)
        words = set(re.findall(r"[a-z0-9]+", does)) - {"the", "of", "picture", "1"}
        row = next(row for row in KEYS.rows if row.action == action)
        assert words & set(re.findall(r"[a-z]+", f"{row.help} {row.name}")), (key, row.help)


def test_each_json_message_plays(console: Console) -> None:
    door = PageServer(console, "127.0.0.1", 0)
    door.start()

    async def scene() -> None:
        async with (aiohttp.ClientSession() as session,
                    session.ws_connect(f"{door.address}/ws", headers={"Origin": door.address}) as ws):
            for line in block("json").splitlines():
                await ws.send_str(line)
            await asyncio.to_thread(lambda: played.extend(taken(console, 4)))

    played: list[Action] = []
    asyncio.run(scene())
    door.close()
    assert set(played) == {Action(Command.NEXT), Action(Command.STYLE, cut=True, name="Lady Macbeth"),
                           Action(Command.STRENGTH, value=0.5), Action(Command.BLACK, value=1.0)}


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_scenes_of_obs_change_the_look(door: OscServer, console: Console, tmp_path: Path) -> None:
    """Against a server that speaks as obs-websocket 5 does: Hello, Identify with the password, Identified, events."""
    script = tmp_path / "scenes.py"
    script.write_text(block("python"))
    identified: list[dict[str, object]] = []

    async def obs(request: aiohttp.web.Request) -> aiohttp.web.WebSocketResponse:
        ws = aiohttp.web.WebSocketResponse(protocols=["obswebsocket.json"])
        await ws.prepare(request)
        await ws.send_json({"op": 0, "d": {"obsWebSocketVersion": "5.5.0", "rpcVersion": 1, "authentication": {
            "challenge": "abc", "salt": "xyz"}}})
        identified.append(await ws.receive_json())
        await ws.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        for name in ("Another", "Music"):
            await ws.send_json({"op": 5, "d": {"eventType": "CurrentProgramSceneChanged", "eventIntent": 4,
                                               "eventData": {"sceneName": name, "sceneUuid": "0"}}})
        await asyncio.to_thread(lambda: played.extend(taken(console, 3)))
        await ws.close()
        return ws

    async def scene() -> None:
        app = aiohttp.web.Application()
        app.router.add_get("/", obs)
        runner = aiohttp.web.AppRunner(app)
        await runner.setup()
        site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        program = await asyncio.create_subprocess_exec(
            sys.executable, str(script), env=os.environ | {"OBS_URL": f"ws://127.0.0.1:{port}",
                                                           "OBS_PASSWORD": "secret", "OSC_PORT": str(door.port)})
        assert await asyncio.wait_for(program.wait(), 60.0) == 0
        await runner.cleanup()

    played: list[Action] = []
    asyncio.run(scene())
    assert played == [Action(Command.BYPASS, value=0.0), Action(Command.BLACK, value=0.0),
                      Action(Command.STYLE, name="Neon")]
    assert identified == [{"op": 1, "d": {"rpcVersion": 1, "eventSubscriptions": 4,
                                          "authentication": digest(digest("secretxyz") + "abc")}}]


HARNESS = """
public class CPH
{
    public static bool TryGetArg<T>(string name, out T value)
    {
        value = (T)(object)"Lady Macbeth";
        return name == "rawInput";
    }
    public static void Main() { System.Environment.Exit(new CPHInline().Execute() ? 0 : 1); }
}
"""


def test_the_code_for_streamer_bot_plays_a_style(door: OscServer, console: Console, tmp_path: Path) -> None:
    if not shutil.which("mcs") or not shutil.which("mono"):
        pytest.skip("needs mcs and mono (apt-get install mono-mcs mono-runtime)")
    code = block("csharp")
    assert ", 9010)" in code
    (tmp_path / "style.cs").write_text(code.replace(", 9010)", f", {door.port})") + HARNESS)
    subprocess.run(["mcs", "-out:style.exe", "style.cs"], cwd=tmp_path, check=True, timeout=120)
    subprocess.run(["mono", "style.exe"], cwd=tmp_path, check=True, timeout=120)
    assert taken(console) == [Action(Command.STYLE, name="Lady Macbeth")]
