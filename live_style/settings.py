"""The settings of a show, from flags, LIVE_STYLE_* variables and config.toml; every value is checked here."""

from __future__ import annotations

import difflib
import json
import math
import re
import tomllib
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from typing import Literal
from typing import NamedTuple
from urllib.parse import urlsplit

from live_style.adaptive.levels import Prefer
from live_style.control.keys import KEYS
from live_style.control.keys import KeyPress
from live_style.control.keys import KeyTable
from live_style.control.keys import parse_script
from live_style.control.keys import remap
from live_style.errors import SettingsError
from live_style.frame import Size
from live_style.inference.model_files import FORMER
from live_style.inference.model_files import MODELS
from live_style.inference.providers import PROVIDERS
from live_style.inference.providers import Wanted
from live_style.redact import without_secrets
from live_style.system.atomic_file import write_whole

MAX_CONFIG_BYTES = 100_000


class PartLook(NamedTuple):
    """The look of the person or of the room behind, as typed."""

    style: str
    """Its name; "": the real picture."""
    strength: float = 1.0


def parse_text(value: object) -> str:
    """Text that is not empty; a whole number is read as its digits (`camera = 0`)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise SettingsError(f"{_shown(value)} is not text", 'Write text in quotes, like "C920".')
    return value.strip()


def parse_path(value: object) -> Path:
    """A path; `~` is the home folder."""
    try:
        return Path(parse_text(value)).expanduser()
    except RuntimeError as e:
        raise SettingsError(f"{_shown(value)}: that home folder does not exist", "Write the full path.") from e


def parse_folder(value: object) -> Path:
    """The path of a folder, which need not exist yet."""
    path = parse_path(value)
    if path.exists() and not path.is_dir():
        raise SettingsError(f"{path} is a file, but a folder is needed",
                            f"Give the folder that contains it: {path.absolute().parent}")
    return path


def parse_switch(value: object) -> bool:
    """On or off."""
    if not isinstance(value, bool):
        raise SettingsError(f"{_shown(value)} is neither true nor false", "Write true or false, without quotes.")
    return value


def parse_size(value: object) -> Size:
    """The size of the show: even numbers from 64x64 to 7680x4320."""
    size = _size(value)
    if size[0] % 2 or size[1] % 2:
        raise SettingsError(f"{_shown(value)} has an odd number of pixels on a side, "
                            "which cameras and videos do not support",
                            f"Use even numbers, like {size[0] // 2 * 2}x{size[1] // 2 * 2}.")
    return size


def parse_model(value: object) -> str | None:
    """The network, or None for auto; a model of an earlier version means its successor."""
    name = choice("auto", *MODELS, *FORMER)(value)
    return None if name == "auto" else FORMER.get(name, name)


def parse_net_size(value: object) -> Size | None:
    """The size at which the network sees the picture: multiples of 8, or None for auto."""
    if isinstance(value, str) and value.strip().lower() == "auto":
        return None
    size = _size(value)
    if size[0] % 8 or size[1] % 8:
        raise SettingsError(f"the network cannot work at {_shown(value)}: its sides must be multiples of 8",
                            f"Use {size[0] // 8 * 8}x{size[1] // 8 * 8}.")
    return size


def _size(value: object) -> Size:
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"\s*([0-9]{1,5})\s*[xX×*]\s*([0-9]{1,5})\s*", text)
    if not match:
        raise SettingsError(f"{_shown(value)} is not a size", "Write width x height, like 1280x720.")
    width, height = int(match[1]), int(match[2])
    if not (64 <= width <= 7680 and 64 <= height <= 4320):
        raise SettingsError(f"{width}x{height} is out of range", "Use 64x64 to 7680x4320, like 1280x720.")
    return width, height


def number(low: float, high: float, unit: str = "") -> Callable[[object], float]:
    """A parser of numbers from `low` to `high`."""
    def parse(value: object) -> float:
        cure = f"Use a number from {low:.15g} to {high:.15g}{unit and ' ' + unit}."
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise SettingsError(f"{_shown(value)} is not a number", cure)
        try:
            result = float(value)
        except (ValueError, OverflowError) as e:
            raise SettingsError(f"{_shown(value)} is not a number", cure) from e
        if not (math.isfinite(result) and low <= result <= high):
            raise SettingsError(f"{_shown(value)} is out of range", cure)
        return result
    return parse


def parse_count(value: object) -> int:
    """A whole number of at least 1."""
    result = number(1, 1e9)(value)
    if result != int(result):
        raise SettingsError(f"{_shown(value)} is not a whole number", "Use a whole number, like 300.")
    return int(result)


def parse_port(value: object) -> int:
    """A network port."""
    result = number(1, 65535)(value)
    if result != int(result):
        raise SettingsError(f"{_shown(value)} is not a port", "Use a whole number, like 9010.")
    return int(result)


def parse_stream(value: object) -> str:
    """An address that a stream can go to."""
    url = parse_text(value)
    try:
        parts = urlsplit(url)
        place = parts.path + parts.query + parts.fragment
        good = bool(parts.hostname) and parts.port != 0 and (
            parts.scheme == "udp" and bool(parts.port) and not place
            or parts.scheme in ("rtmp", "rtmps") and bool(parts.path.strip("/")))
    except ValueError:  # such a port or address does not exist
        good = False
    if not good or re.search(r"\s", url):
        # Not the address itself: it may hold a key.
        raise SettingsError("that is not an address for a stream",
                            "Give one like rtmp://HOST/APP/KEY or udp://HOST:PORT.")
    return parts.scheme + url[len(parts.scheme):]


def parse_part(value: object) -> PartLook:
    """The look of the person or of the room: "Neon", "Neon:0.5" for half of its strength, or "real"."""
    text = parse_text(value)
    if text.lower() == "real":
        return PartLook("", 0.0)
    style, colon, strength = text.rpartition(":")
    if not colon or not style or not re.fullmatch(r"[-\d.]+", strength):
        return PartLook(text)
    return PartLook(style, number(0, 1)(strength))


def parse_monitor(value: object) -> int:
    """The number of a monitor, from 1; 0 for auto."""
    return 0 if isinstance(value, str) and value.strip().lower() == "auto" else parse_count(value)


def choice(*names: str) -> Callable[[object], str]:
    """A parser of one word from a list."""
    def parse(value: object) -> str:
        if isinstance(value, str) and value.strip().lower() in names:
            return value.strip().lower()
        near = did_you_mean(value, names)
        raise SettingsError(f"{_shown(value)} is not one of {', '.join(names)}", near or f"Use {names[0]}.")
    return parse


def parse_presses(value: object) -> tuple[KeyPress, ...]:
    """Key presses with their seconds: "1.0:Right 2.5:3 4:0"."""
    if not isinstance(value, str):
        raise SettingsError(f"{_shown(value)} is not a list of key presses", 'Write "seconds:key seconds:key".')
    return parse_script(value)


def _setting(default: Any, parse: Callable[[object], Any]) -> Any:
    return field(default=default, metadata={"parse": parse})


@dataclass(frozen=True)
class RunSettings:
    """Every setting of `live-style run`; each field is the flag of that name, with its default and its check."""

    camera: str | None = _setting(None, parse_text)
    size: Size = _setting((1280, 720), parse_size)
    fps: float = _setting(30.0, number(1, 240))
    fit: Literal["crop", "letterbox"] = _setting("crop", choice("crop", "letterbox"))
    style: str | None = _setting(None, parse_text)
    styles: Path | None = _setting(None, parse_folder)
    person: PartLook | None = _setting(None, parse_part)
    """The look of the person, if it is not that of the room."""
    room: PartLook | None = _setting(None, parse_part)
    fade: float = _setting(1.0, number(0, 60, "seconds"))
    strength: float = _setting(1.0, number(0, 1))
    preserve_color: bool = _setting(False, parse_switch)
    setlist: Path | None = _setting(None, parse_path)
    drift: float | None = _setting(None, number(0.5, 3600, "seconds"))
    """Seconds from style to style of a drift that begins at the start; None: no drift."""
    smooth: float = _setting(0.9, number(0, 1))
    """How much still areas are averaged over time; 0: not at all."""
    mirror: bool = _setting(True, parse_switch)
    vcam: bool = _setting(False, parse_switch)
    vcam_device: str | None = _setting(None, parse_text)
    record: Path | None = _setting(None, parse_path)
    record_sound: str | None = _setting(None, parse_text)
    """Part of the name of the microphone whose sound recordings and streams have."""
    beat: str | None = _setting(None, parse_text)
    """Part of the name of the microphone whose beat the show follows."""
    pulse: float = _setting(0.0, number(0, 1))
    quick_pulse: bool = _setting(False, parse_switch)
    recordings: Path | None = _setting(None, parse_folder)
    """The folder of recordings without a given name; None: the user's folder of videos."""
    stream: str | None = _setting(None, parse_stream)
    model: str | None = _setting(None, parse_model)
    """None: the best that the processor keeps up with."""
    net_size: Size | None = _setting(None, parse_net_size)
    """None: chosen for the machine (auto)."""
    prefer: Prefer = _setting("smooth", choice("smooth", "sharp"))
    """What to keep if the processor is too slow for both: the frame rate or the picture."""
    provider: Wanted = _setting("auto", choice("auto", *PROVIDERS))
    midi: str | None = _setting(None, parse_text)
    osc: bool = _setting(False, parse_switch)
    osc_host: str = _setting("127.0.0.1", parse_text)
    osc_port: int = _setting(9010, parse_port)
    remote: bool = _setting(False, parse_switch)
    remote_host: str = _setting("127.0.0.1", parse_text)
    remote_port: int = _setting(8765, parse_port)
    remote_picture: bool = _setting(False, parse_switch)
    fullscreen: bool = _setting(False, parse_switch)
    output_window: int | None = _setting(None, parse_monitor)
    """The monitor of the output window, from 1; 0: the second, if there is one; None: no such window."""
    headless: bool = _setting(False, parse_switch)
    frames: int | None = _setting(None, parse_count)
    seconds: float | None = _setting(None, number(0.1, 1e7, "seconds"))
    keys: tuple[KeyPress, ...] = _setting((), parse_presses)
    report: Path | None = _setting(None, parse_path)
    trace: Path | None = _setting(None, parse_path)
    key_table: KeyTable = KEYS
    """What each key does, with the remaps of the table [keys] in config.toml."""


PARSERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {one.name: one.metadata["parse"] for one in fields(RunSettings) if one.metadata})
"""Parses a text (flag, variable) or a TOML value for each field of RunSettings; raises SettingsError."""


def load_config(path: Path) -> dict[str, Any]:
    """The fields of RunSettings in config.toml, {} without it; raises SettingsError that names the line."""
    text = _read(path)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, OverflowError) as e:
        raise SettingsError(f"{path} is not valid TOML: {e or 'it is nested too deeply'}",
                            "Fix that line, or move the file away to use the defaults.") from e
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{path}{_line(text, key)}"
        if key == "keys":
            values["key_table"] = _table(value, path, text)
            continue
        parse = PARSERS.get(key.replace("-", "_"))
        if parse is None:
            names = ["keys", *(name.replace("_", "-") for name in PARSERS)]
            cure = did_you_mean(key, names) or "Settings are named after the flags of `live-style run`."
            raise SettingsError(f"{where}: unknown setting {_shown(key)}", cure)
        try:
            values[key.replace("-", "_")] = parse(value)
        except SettingsError as e:
            raise SettingsError(f"{where}: {key}: {e.cause}", e.cure) from e
    return values


def save_config(path: Path, values: Mapping[str, object]) -> None:
    """Write fields of RunSettings to config.toml; every other line of it stays. None: its line goes.

    Raises SettingsError.
    """
    load_config(path)  # what is faulty already is not made worse
    lines = _read(path).splitlines()
    top = next((i for i, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    head, rest = lines[:top], lines[top:]
    while head and not head[-1].strip():
        head.pop()
    for name, value in values.items():
        key = name.replace("_", "-")
        line = [] if value is None else [f"{key} = {_toml(value)}"]
        old = re.compile(rf"\s*[\"']?{'[-_]'.join(name.split('_'))}[\"']?\s*=")
        there = next((i for i, text in enumerate(head) if old.match(text)), len(head))
        head[there:there + 1] = line
    text = "\n".join([*head, *([""] if head and rest else []), *rest]) + "\n"
    try:
        write_whole(path, text.encode())
    except OSError as e:
        raise SettingsError(f"{path} cannot be written: {e.strerror}", "Check the folder and its permissions.") from e


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f'"{"x".join(map(str, value))}"'
    return json.dumps(value if isinstance(value, (bool, int, float)) else str(value), ensure_ascii=False)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CONFIG_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as e:
        raise SettingsError(f"{path} cannot be read: {e.strerror}", "Check its permissions.") from e
    if len(data) > MAX_CONFIG_BYTES:
        raise SettingsError(f"{path} is larger than {MAX_CONFIG_BYTES} bytes", "Move it away: it is not a config file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data[:e.start].count(b"\n") + 1
        raise SettingsError(f"{path} line {line} is not UTF-8 text", "Save the file again as UTF-8.") from e


def _table(value: object, path: Path, text: str) -> KeyTable:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}{_line(text, 'keys')}: keys must be a table of commands and their keys",
                            'Write a line [keys], and below it lines like freeze = "F5".')
    try:
        return remap(KEYS, value)
    except SettingsError as e:
        raise SettingsError(f"{path}{_line(text, 'keys')}: {e.cause}", e.cure) from e


def _line(text: str, key: str) -> str:
    """" line 3", the line of a key in a TOML text; "" if it cannot be found."""
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[\]=.]")
    lines = (n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line))
    return next((f" line {n}" for n in lines), "")


def did_you_mean(word: object, names: tuple[str, ...] | list[str]) -> str:
    """A suggestion of the most similar name; "" if none is similar."""
    near = difflib.get_close_matches(str(word)[:100].casefold(), [name.casefold() for name in names], 1, 0.6)
    return f"Did you mean {next(name for name in names if name.casefold() == near[0])}?" if near else ""


def _shown(value: object) -> str:
    text = without_secrets(repr(value) if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else text[:57] + "..."
