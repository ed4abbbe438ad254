"""The command line: `live-style` and its subcommands, each imported only when it is used."""

from __future__ import annotations

import errno
import importlib
import importlib.util
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NamedTuple

import click

from live_style import __version__
from live_style.cli import streams
from live_style.errors import LiveStyleError
from live_style.redact import without_secrets
from live_style.system import paths


class Entry(NamedTuple):
    """Where a subcommand is, and what it does: told here, so that --help imports nothing heavy."""

    module: str
    help: str
    extra: str = ""


COMMANDS = {
    "run": Entry("run", "Paint the camera's picture, in a window and in the virtual camera."),
    "cameras": Entry("cameras", "List the cameras, their names and what they can do."),
    "doctor": Entry("doctor", "Check everything that a show needs, and tell what mends it."),
    "bench": Entry("bench", "Measure how fast this machine paints."),
    "image": Entry("image", "Paint photographs."),
    "video": Entry("video", "Paint a video."),
    "styles": Entry("styles", "List, make, mix and share styles."),
    "keys": Entry("keys", "List the keys."),
    "midi": Entry("midi", "List the MIDI controllers, and bind their parts."),
    "train": Entry("train", "Train the networks.", extra="train"),
    "evaluate": Entry("train", "Measure the networks' pictures.", extra="train"),
}


class Commands(click.Group):
    """A group that knows its commands by name, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if importlib.util.find_spec(_module(entry))]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        command = getattr(importlib.import_module(_module(COMMANDS[name])), name)
        assert isinstance(command, click.Command), name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _module(entry: Entry) -> str:
    return f"{__name__}.{entry.module}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="live-style", message="%(prog)s %(version)s")
def live_style() -> None:
    """Your webcam becomes a living painting."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status: 0 for a wished end, 2 for trouble, 130 for Ctrl-C."""
    streams.prepare()
    status = _run(arguments)
    lost = streams.output_lost()
    return _say(lost, _INTO_A_FILE) if lost and status == 0 else status


def _run(arguments: list[str] | None) -> int:
    try:
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
    except ModuleNotFoundError as e:
        if (e.name or "").partition(".")[0] == "live_style":
            return _bug(e)
        return _say(f"the Python package {e.name} is missing", f"Install it: {_install(e, arguments)}")
    except Exception as e:  # the one net under everything: a bug must not end a show with a wall of text
        return _refused(e) or _bug(e)
    return result if isinstance(result, int) else 0


def _refused(error: BaseException) -> int:
    """What no program can help: told, 2; else 0."""
    lost = streams.output_lost() if isinstance(error, OSError) else ""
    if lost:
        return _say(lost, _INTO_A_FILE)
    one: BaseException | None = error
    while one is not None:
        number = getattr(one, "errno", None)
        if isinstance(one, MemoryError) or number in _NO_MEMORY or any(words in str(one) for words in _NO_MEMORY_SAID):
            return _say("the computer is out of memory", "Close other programs, or work at a smaller size.")
        if isinstance(one, OSError) and number in _NO_DISK:
            where = f": {one.filename}" if one.filename else ""
            return _say(f"{_NO_DISK[number]}{where}", "Free some space, or use another disk.")
        one = one.__cause__ or one.__context__
    return 0


_INTO_A_FILE = "Let it go to a terminal, or to a file on a disk with space left."
_NO_MEMORY = (errno.ENOMEM, errno.EAGAIN)
"""EAGAIN: there is no memory for one more thread."""
_NO_MEMORY_SAID = ("bad_alloc", "failed to map segment", "annot allocate memory", "Failed to allocate memory",
                   "Insufficient memory", "can't start new thread", "cannot create thread")
"""What libraries say that have no error of their own for it."""
_NO_DISK = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk is full",
            errno.EIO: "a disk does not work", errno.EROFS: "a disk may not be written"}


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


def _bug(error: Exception) -> int:
    what = without_secrets(" ".join(f"{type(error).__name__}: {error}".split()))[:200]
    saved = _save(error)
    return _say(f"a bug in live-style {__version__} ended it: {what}",
                f"Please report it with this file: {saved}" if saved else "Please report it.")


def _save(error: Exception) -> Path | None:
    text = (f"live-style {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
            f"arguments: {sys.argv[1:]}\n\n{''.join(traceback.format_exception(error))}")
    for folder in (paths.log_folder(), Path(tempfile.gettempdir())):
        file = folder / time.strftime("crash-%Y%m%d-%H%M%S.txt")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(without_secrets(text), encoding="utf-8", errors="backslashreplace")
            return file
        except OSError:
            continue
    return None
