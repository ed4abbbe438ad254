"""A real Chromium without a screen, played by hand through its DevTools."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from live_style.frame import Size
from tests.support.desktop import need

PATIENCE = 30.0
"""Seconds in which it must answer, or show what is awaited."""
KEYS = {"Enter": (13, "\r"), "Space": (32, " "), "Tab": (9, ""), "ArrowLeft": (37, ""), "ArrowRight": (39, ""),
        "ArrowUp": (38, ""), "ArrowDown": (40, ""), "Home": (36, ""), "End": (35, "")}
"""The codes of keys, and what they type."""


class Browser:
    """One page in a browser of its own."""

    def __init__(self, folder: Path, size: Size = (390, 844), phone: bool = True) -> None:
        need("chromium", "bash")
        read, theirs = os.pipe()
        mine, write = os.pipe()
        flags = ("--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
                 "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
                 f"--user-data-dir={folder}", "about:blank")
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec chromium "$@" 3<&{mine} 4>&{theirs}', "bash", *flags], pass_fds=(mine, theirs),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(mine)
        os.close(theirs)
        self._read, self._write, self._rest, self._number, self._session = read, write, b"", 0, ""
        self.errors: list[str] = []
        """What the page's script did wrong."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Runtime.enable")
        self._ask("Page.enable")
        self._ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1 + phone,
                  mobile=phone)
        self._ask("Emulation.setTouchEmulationEnabled", enabled=phone)
        self._touch = phone

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("Page.navigate", url=url)

    def ask(self, script: str) -> Any:
        """What a script of the page says."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script says yes."""
        end = time.monotonic() + PATIENCE
        while not self.ask(script):
            assert time.monotonic() < end, script
            time.sleep(0.02)

    def tap(self, selector: str) -> None:
        """Touch, or click, the middle of an element."""
        self.until(f"!!document.querySelector({json.dumps(selector)})")
        x, y = self.ask(f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
                        "e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
                        "return [b.left + b.width / 2, b.top + b.height / 2] })()")
        if self._touch:
            self._ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
            self._ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        else:
            for kind in ("mousePressed", "mouseReleased"):
                self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, name: str, shift: bool = False) -> None:
        """Press a key."""
        code, text = KEYS[name]
        fields = {"key": text or name, "code": name, "windowsVirtualKeyCode": code, "modifiers": 8 * shift}
        fields["key"] = {"Enter": "Enter", "Space": " "}.get(name, name)
        self._ask("Input.dispatchKeyEvent", type="keyDown", **fields, **({"text": text} if text else {}))
        self._ask("Input.dispatchKeyEvent", type="keyUp", **fields)

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self._ask("Input.insertText", text=text)

    def picture(self, file: Path) -> None:
        """Keep a screenshot."""
        file.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot")["data"]))

    def spoken(self) -> Sequence[tuple[str, str, dict[str, Any]]]:
        """Role, name and properties of everything that a screen reader meets."""
        nodes = self._ask("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", ""),
                 {one["name"]: one["value"].get("value") for one in node.get("properties", ())})
                for node in nodes if not node["ignored"]]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
        os.close(self._read)
        os.close(self._write)

    def _ask(self, method: str, **fields: object) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": fields, **session}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"]["exception"]["description"])
        assert "error" not in answer, (method, answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._read], [], [], PATIENCE)[0], "the browser does not answer"
            data = os.read(self._read, 1 << 16)
            assert data, "the browser has ended"
            self._rest += data
        line, self._rest = self._rest.split(b"\0", 1)
        told: dict[str, Any] = json.loads(line)
        return told
