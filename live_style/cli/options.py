"""Flags of `live-style run`, each with its variable and its key in config.toml, and flags that commands share."""

from __future__ import annotations

import functools
import math
import os
import re
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import NamedTuple

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from live_style import settings
from live_style.errors import SettingsError
from live_style.inference.model_files import FORMER
from live_style.inference.model_files import MODELS
from live_style.inference.providers import PROVIDERS
from live_style.look import REAL
from live_style.look import Look
from live_style.settings import PartLook
from live_style.settings import RunSettings
from live_style.sources import devices
from live_style.style import MAX_TEXT
from live_style.style import Style
from live_style.style import tidy
from live_style.system import paths


def completed_styles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of styles for shell completion, from file names: reading the files would take too long."""
    files = (file for folder in (paths.styles_folder(), paths.user_styles_folder()) for file in folder.glob("*.json"))
    return [CompletionItem(slug) for slug in sorted({file.stem for file in files}) if slug.startswith(incomplete)]


def _completed_cameras(incomplete: str) -> list[CompletionItem]:
    names = [*(camera.name for camera in devices.list_cameras()), "demo"]
    return [CompletionItem(name) for name in names if name.casefold().startswith(incomplete.casefold())]


class Checked(click.ParamType[Any]):
    """A value that `settings` checks; errors name the flag or the variable."""

    def __init__(self, field: str, shown: str) -> None:
        self.name = shown
        self._field, self._parse = field, settings.PARSERS[field]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        if self._field in ("style", "person", "room"):
            return completed_styles(ctx, param, incomplete)
        if self._field == "camera":
            return _completed_cameras(incomplete) or [CompletionItem(incomplete, type="file")]
        if self.name in ("DIR", "FILE"):
            return [CompletionItem(incomplete, type=self.name.lower())]
        words = (word for word in self.name.split("|") if word.islower())
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            parsed = self._parse(value)
            if parsed is not None and FORMER.get(value) == parsed:
                click.echo(f"live-style: the model {value} is now {parsed}", err=True)
            return parsed
        except SettingsError as e:
            assert isinstance(param, click.Option) and ctx is not None and param.name is not None
            by_variable = ctx.get_parameter_source(param.name) is ParameterSource.ENVIRONMENT
            raise SettingsError(f"{param.envvar if by_variable else param.opts[0]}: {e.cause}", e.cure) from e


def _value(flag: str, shown: str, help: str, absent: str | None = None) -> Callable[..., Any]:
    """`absent`: what a flag means that no value follows; None: one must."""
    field = flag.removeprefix("--").replace("-", "_")
    default = _default(getattr(RunSettings(), field))
    help += f"  [default: {default}]" if default else ""
    optional: dict[str, Any] = {} if absent is None else {"is_flag": False, "flag_value": absent}
    shown = shown if absent is None else f"[{shown}]"
    return click.option(flag, type=Checked(field, shown), metavar=shown, envvar=_variable(field), help=help, **optional)


def _switch(flag: str, help: str) -> Callable[..., Any]:
    field = flag.removeprefix("--").replace("-", "_")
    return click.option(f"{flag}/--no-{flag[2:]}", envvar=_variable(field), default=None, help=help)


def _variable(field: str) -> str:
    return f"LIVE_STYLE_{field.upper()}"


def _default(value: object) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value or "")


FLAGS = (
    _value("--camera", "CAMERA", "A camera's number or part of its name, a device path, a video file, an address, or "
                                 "demo."),
    _value("--size", "WxH", "Size of the output."),
    _value("--fps", "RATE", "Frame rate to request from the camera."),
    _value("--fit", "crop|letterbox", "How to fit a picture of a different shape."),
    _value("--style", "NAME", "The style to start with."),
    _value("--styles", "DIR", "Folder of your own styles and pictures; new files there become styles during the show."),
    _value("--person", "STYLE[:STRENGTH]|real", "Start with two looks: this one for the person."),
    _value("--room", "STYLE[:STRENGTH]|real", "Start with two looks: this one for the room behind the person."),
    _value("--fade", "SECONDS", "Duration of a crossfade between styles."),
    _value("--setlist", "FILE", 'Cues to play with G and Shift+G: lines like "0:10 Water Lilies in 2s".'),
    _value("--drift", "SECONDS", "Drift from style to style automatically, spending this long on each."),
    _value("--strength", "0..1", "Strength of the style: 0 is the real picture, 1 the full style."),
    _switch("--preserve-color", "Keep the picture's own colours."),
    _value("--smooth", "0..1", "How strongly to reduce flicker in still areas of the picture; 0 turns it off."),
    _switch("--mirror", "Mirror the window, but not the output.  [default: mirror]"),
    _switch("--vcam", "Send the output to the virtual camera."),
    _value("--vcam-device", "DEVICE", "Which virtual camera to use if there are several."),
    _value("--record", "FILE", "Record the output to a video file."),
    _value("--recordings", "DIR", "Folder for recordings started with the key R."),
    _value("--record-sound", "MICROPHONE", "Add a microphone's sound to recordings and streams: the default one, or "
                                           "one given by part of its name.", absent="default"),
    _value("--beat", "MICROPHONE", "Follow the beat of the music: style changes wait for it. Uses the default "
                                   "microphone, or one given by part of its name.", absent="default"),
    _value("--pulse", "0..1", "How much the strength and the drift move with the beat."),
    _switch("--quick-pulse", "Allow three or more pulses a second, which can harm people with epilepsy."),
    _value("--stream", "URL", "Send the output over the network: rtmp://HOST/APP/KEY, or udp://HOST:PORT."),
    _value("--model", "|".join(("auto", *MODELS)), "The network; auto: the best one that keeps up.  [default: auto]"),
    _value("--net-size", "WxH|auto", "Size at which the network works; auto: the largest that keeps up.  "
                                     "[default: auto]"),
    _value("--prefer", "smooth|sharp", "What to keep on a slow or busy computer: smooth keeps every frame, with "
                                       "less detail; sharp keeps the detail, at 24 or 20 frames a second."),
    _value("--provider", "|".join(("auto", *PROVIDERS)), "What runs the network."),
    _value("--midi", "NAME", "Use a MIDI controller, given by part of its name; see `live-style midi`."),
    _switch("--osc", "Listen for OSC messages: /style/next, /strength 0.5, /black 1 and so on."),
    _value("--osc-host", "ADDRESS", "Address to listen on for OSC; 0.0.0.0 also accepts other devices."),
    _value("--osc-port", "PORT", "UDP port for OSC."),
    _switch("--remote", "Serve a web page that controls the show from a phone or another browser."),
    _value("--remote-host", "ADDRESS", "Address to serve the page on; 0.0.0.0 also accepts other devices, with a PIN."),
    _value("--remote-port", "PORT", "Port of the page."),
    _switch("--remote-picture", "Show the painting on the page, small, a few times a second."),
    _switch("--fullscreen", "Start in fullscreen."),
    _value("--output-window", "MONITOR", "Open a second window for a projector, with only the painting, on the "
                                         "monitor with this number, or on the second (auto).", absent="auto"),
    _switch("--headless", "Run without a window."),
    _value("--frames", "N", "Stop after this many frames."),
    _value("--seconds", "S", "Stop after this many seconds."),
    _value("--keys", "SCRIPT", 'Press keys at given times, in seconds: "1.0:Right 2.5:3 4:0".'),
    _value("--report", "FILE", "Write measurements to this file at the end, as JSON."),
    _value("--trace", "FILE", "Write a timing trace at the end, for ui.perfetto.dev."),
)


VARIABLES = frozenset({"HOME", *map(str.upper, settings.PARSERS)})
"""The names of all variables, without LIVE_STYLE_."""


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all flags of a show; it is called with one argument, its RunSettings.

    A flag overrides its LIVE_STYLE_* variable, which overrides config.toml, which overrides the default.
    """
    @functools.wraps(command)
    def with_settings(**values: Any) -> Any:
        return command(gather(click.get_current_context(), values))
    return functools.reduce(lambda wrapped, flag: flag(wrapped), reversed(FLAGS), with_settings)


def gather(ctx: click.Context, values: Mapping[str, Any]) -> RunSettings:
    """The settings of config.toml, overridden by variables and flags."""
    said = {name: value for name, value in values.items()
            if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT}
    return RunSettings(**{**settings.load_config(paths.config_file()), **said})


LONGEST = 16383
"""Pixels of the longer side; WebP ends there, and so does the patience of most programs."""


class _Place(click.Path):
    """A path; an address is refused, which pathlib would take for one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and _ADDRESS.match(value) and not os.path.exists(value):
            raise SettingsError(f"{value} is an address, not a file",
                                "Name a file on this computer; `live-style run --camera` also takes addresses.")
        return super().convert(value, param, ctx)


_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
PLACE = _Place(readable=False, path_type=Path)
"""A path that our own code checks, so that its errors have our wording."""


class MixPart(NamedTuple):
    """One style of a mix, as it was typed."""

    style: str
    weight: float


class MixPartType(click.ParamType[Any]):
    """STYLE or STYLE:WEIGHT; a colon without a number after it belongs to the name, as does one in a file's name."""

    name = "style"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return completed_styles(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> MixPart:
        style, colon, text = str(value).rpartition(":")
        try:
            weight = float(text) if colon and style and not os.path.isfile(str(value)) else None
        except ValueError:
            weight = None
        if weight is None:
            return MixPart(str(value), 1.0)
        if not math.isfinite(weight) or weight < 0.0:
            flag = f"{param.opts[0]} " if isinstance(param, click.Option) else ""
            raise SettingsError(f"{flag}{value}: {text} is not a weight",
                                'A weight is a number of at least 0: "Neon:0.5".')
        return MixPart(style, weight)


class StyleText(click.ParamType[Any]):
    """A line of text that a style file can hold."""

    name = "words"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = tidy(str(value))
        assert param is not None
        if len(words) > MAX_TEXT:
            raise SettingsError(f"{param.opts[0]}: the text is longer than {MAX_TEXT} characters", "Shorten it.")
        if value and not words:
            raise SettingsError(f"{param.opts[0]}: the text is empty", "Use visible characters.")
        return words


class Pixels(click.ParamType[Any]):
    """Pixels of the longer side."""

    name = "pixels"

    def __init__(self, low: int, high: int, word: str = "") -> None:
        self._low, self._high, self._word = low, high, word

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value is None or self._word and value == self._word:
            return None
        if str(value).isascii() and str(value).isdigit() and self._low <= int(value) <= self._high:
            return int(value)
        assert param is not None
        also = f", or {self._word}" if self._word else ""
        raise SettingsError(f"{param.opts[0]}: {value} is not a valid size",
                            f"Give the longer side in pixels, from {self._low} to {self._high}{also}.")


_MODELS, _PROVIDERS = "|".join(MODELS), "|".join(("auto", *PROVIDERS))

STYLES = click.option("-s", "--style", "parts", multiple=True, metavar="STYLE[:WEIGHT]", type=MixPartType(),
                      help="A style's name, a style file or any picture. Give several to mix them by weight.")
_PART = "STYLE[:STRENGTH]|real"
PERSON = click.option("--person", type=Checked("person", _PART), metavar=_PART,
                      help="The style of the person, or the real picture; -s or --room then sets the room's style.")
ROOM = click.option("--room", type=Checked("room", _PART), metavar=_PART,
                    help="The style of the room behind the person, or the real picture.")
MODEL = click.option("--model", type=Checked("model", _MODELS), metavar=_MODELS,
                     help="The network.  [default: balanced]")
PROVIDER = click.option("--provider", type=Checked("provider", _PROVIDERS), metavar=_PROVIDERS, default="auto",
                        help="What runs the network.  [default: auto]")
WORDS = StyleText()
INTO = click.option("--into", type=click.Path(file_okay=False, path_type=Path),
                    help="Folder for the new style.  [default: your own styles]")


def part_look(part: PartLook, find: Callable[[str], Style]) -> Look:
    """The look of the person or of the room; `find` finds a style by its name."""
    return find(part.style).look(part.strength) if part.style else REAL


def told(person: PartLook | None, room: PartLook | None) -> list[str]:
    """The looks of person and room as lines of a description."""
    return [f"{name} {part.style or 'real'}:{part.strength:g}"
            for name, part in (("person", person), ("room", room)) if part is not None]
