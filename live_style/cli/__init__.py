"""The command line: `live-style` and its subcommands, each imported only when it is used."""

from __future__ import annotations

import difflib
import gc
import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import NamedTuple

import click

from live_style import __version__
from live_style.cli.output import streams
from live_style.cli.output.groups import Group
from live_style.cli.output.logs import CrashFiles
from live_style.cli.output.logs import from_outside
from live_style.cli.output.logs import logged_to
from live_style.cli.output.logs import on_standard_error
from live_style.errors import LiveStyleError
from live_style.redact import without_secrets
from live_style.system.process_setup import configure
from live_style.system.signals import interrupts


class Subcommand(NamedTuple):
    """The module of a subcommand, and its one line of help: given here so that --help imports nothing heavy."""

    module: str
    help: str
    extra: str = ""


COMMANDS = {
    "run": Subcommand("run", "Paint what the camera sees, in a window and a virtual camera."),
    "cameras": Subcommand("cameras", "List the cameras and what they offer."),
    "doctor": Subcommand("doctor", "Check what a show needs, and explain how to fix problems."),
    "bench": Subcommand("bench", "Measure how fast this computer paints."),
    "image": Subcommand("image", "Paint photographs."),
    "video": Subcommand("video", "Paint a video."),
    "styles": Subcommand("styles", "List, make, mix and share styles."),
    "keys": Subcommand("keys", "List the keys."),
    "midi": Subcommand("midi", "List MIDI controllers and assign their controls."),
    "train": Subcommand("train", "Train the networks.", extra="train"),
    "evaluate": Subcommand("train", "Measure the quality of networks.", extra="train"),
}

OURS = "LIVE_STYLE_"
"""What the names of our variables begin with."""


class Commands(Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if importlib.util.find_spec(_module(entry))]

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        command = getattr(_loaded(_module(COMMANDS[name])), name)
        assert isinstance(command, click.Command), name
        return command

    def about(self, ctx: click.Context, name: str) -> str:
        return COMMANDS[name].help


def _module(entry: Subcommand) -> str:
    return f"{__name__}.{entry.module}"


def _loaded(name: str) -> ModuleType:
    # What modules make while they load stays: looking for garbage in it takes a 25th of the time and finds none.
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.enable()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="live-style", message="%(prog)s %(version)s")
@click.option("--verbose", is_flag=True, help="Print the log to standard error.")
@click.pass_context
def live_style(ctx: click.Context, verbose: bool) -> None:
    """Your webcam becomes a living painting."""
    if verbose:
        ctx.with_resource(on_standard_error())


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status: 0 for success, 2 for an error, 130 for Ctrl-C."""
    configure()
    streams.prepare()
    crashes = CrashFiles()
    with logged_to(crashes), interrupts() as interrupted:
        status = _run(arguments, crashes, interrupted)
    for file in crashes.untold:
        _say("a part of live-style stopped because of a bug", f"Please report it with this file: {file}")
    lost = streams.output_lost()
    return _say(lost, _INTO_A_FILE) if lost and status == 0 else status


def _tell_strangers() -> None:
    """Warn of variables that live-style does not know: a misspelt one would have no effect."""
    said = {name.removeprefix(OURS) for name in os.environ if name.startswith(OURS)} - {"HOME"}
    # The known names are in a module that is slow to load.
    known = importlib.import_module(f"{__name__}.options").VARIABLES if said else frozenset()
    for name in sorted(said - known):
        near = difflib.get_close_matches(name, known, 1)
        _say(f"unknown variable {OURS}{name}", f"Did you mean {OURS}{near[0]}?" if near else
             f"Variables are named after the flags of `live-style run`: {OURS}FADE for --fade.")


def _run(arguments: list[str] | None, crashes: CrashFiles, interrupted: list[int]) -> int:
    try:
        _tell_strangers()
        result = live_style.main(arguments, prog_name="live-style", standalone_mode=False)
    except LiveStyleError as e:
        return _say(e.cause, e.cure)
    except click.exceptions.NoArgsIsHelpError as e:
        click.echo(e.format_message())
        return 0
    except click.ClickException as e:
        return _say(_variable(e) + e.format_message(), _where_to_look(e))
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as e:
        return 130 if interrupted else _failed(e, arguments, crashes)
    return result if isinstance(result, int) else 0


def _failed(error: Exception, arguments: list[str] | None, crashes: CrashFiles) -> int:
    """Say what went wrong: a bug must not end a show with a wall of text."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] != "live_style":
        return _say(f"the Python package {error.name} is missing", f"Install it: {_install(error, arguments)}")
    lost = streams.output_lost() if isinstance(error, OSError) else ""
    told = (lost, _INTO_A_FILE) if lost else from_outside(error)
    return _say(*told) if told else _bug(error, crashes)


_INTO_A_FILE = "Send it to a terminal, or to a file on a disk with free space."


def _say(cause: str, cure: str) -> int:
    click.echo(without_secrets(f"live-style: {cause}" + (f"\n  {cure}" if cure else "")), err=True)
    return 2


def _variable(error: click.ClickException) -> str:
    """Names the environment variable that a wrong value came from."""
    ctx, param = getattr(error, "ctx", None), getattr(error, "param", None)
    if not isinstance(ctx, click.Context) or not isinstance(param, click.Option) or param.name is None:
        return ""
    by_variable = ctx.get_parameter_source(param.name) is click.core.ParameterSource.ENVIRONMENT
    return f"{param.envvar}: " if by_variable else ""


def _where_to_look(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return f"Try `{ctx.command_path} --help`." if ctx else ""


def _install(error: ModuleNotFoundError, arguments: list[str] | None) -> str:
    name = next(iter(sys.argv[1:] if arguments is None else arguments), "")
    extra = COMMANDS[name].extra if name in COMMANDS else ""
    return f'pip install "live-style[{extra}]"' if extra else "pip install --force-reinstall live-style"


def _bug(error: Exception, crashes: CrashFiles) -> int:
    what = without_secrets(" ".join(f"{type(error).__name__}: {error}".split()))[:200]
    saved = crashes.save(error)
    crashes.untold = [file for file in crashes.untold if file != saved]
    return _say(f"live-style {__version__} stopped because of a bug: {what}",
                f"Please report it with this file: {saved}" if saved else "Please report it.")
