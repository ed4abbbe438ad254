"""`live-style midi`: lists controllers, and assigns what their knobs, faders and buttons do."""

from __future__ import annotations

import queue
import time

import click

from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.errors import RemoteError
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import Kind
from live_style.remote.midi.bindings import bound
from live_style.remote.midi.bindings import learned
from live_style.remote.midi.bindings import load
from live_style.remote.midi.bindings import parse_label
from live_style.remote.midi.bindings import save
from live_style.remote.midi.messages import Touch
from live_style.remote.midi.messages import touch_of
from live_style.remote.midi.ports import MidiSystem
from live_style.remote.midi.rtmidi import RtMidi
from live_style.remote.midi.rtmidi import bare
from live_style.system import paths

PATIENCE = 30.0
"""Seconds to wait for a touch."""
STILL = 0.8
"""Seconds without a message after which the hand counts as at rest."""


@click.group()
def midi() -> None:
    """List MIDI controllers and assign their knobs, faders, keys and buttons."""


@midi.command("list")
def list_() -> None:
    """List the connected controllers, their assignments, and the names of everything that can be assigned."""
    kept = load(paths.midi_file())
    try:
        names = tuple(map(bare, RtMidi().names()))
    except RemoteError as e:
        names = ()
        click.echo(f"live-style: {e.cause}\n  {e.cure}", err=True)
    for name in dict.fromkeys((*names, *kept)):
        click.echo(name if name in names else f"{name} (not plugged in)")
        for one in kept.get(name, ()):
            click.echo(f"    {one.label:<14}  {_place(one)}")
    click.echo("\nNames for `live-style midi learn NAME...`:\n")
    for command in Command:
        number = ":1" if command.takes in (ArgumentKind.STYLE, ArgumentKind.NUMBER) else ""
        unit = f" ({command.range.low:g} to {command.range.high:g} {command.range.unit}".rstrip() + ")" \
            if command.takes is ArgumentKind.LEVEL else ""
        click.echo(f"    {command.value + number:<14}  {command.help}{unit}")


@midi.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--midi", "part", default="", metavar="NAME", help="The controller, by part of its name.")
def learn(names: tuple[str, ...], part: str) -> None:
    """Assign controls: touch one for each NAME, such as strength, next or style:1."""
    teach(RtMidi(), names, part)


def teach(system: MidiSystem, names: tuple[str, ...], part: str) -> None:
    """Wait for a touch for each name, and save the assignments."""
    wanted = [(name, *parse_label(name)) for name in names]
    port = next((name for name in system.names() if part.casefold() in name.casefold()), None)
    if port is None:
        raise RemoteError(f'no MIDI controller matches "{part}"' if part else "no MIDI controller was found",
                          "Plug it in; `live-style midi list` shows the connected ones.")
    kept = load(paths.midi_file())
    got: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    connection = system.open(port, got.put)
    try:
        for name, command, number in wanted:
            turn = command.takes is ArgumentKind.LEVEL
            click.echo(f"{name}: {'move its fader, or turn its knob both ways' if turn else 'press its button'} ...")
            one = learned(_touches(got), command, number)
            if one is None:
                click.echo("    no suitable control was touched: nothing was changed", err=True)
                continue
            kept[bare(port)] = bound(kept.get(bare(port), ()), one)
            save(paths.midi_file(), kept)
            click.echo(f"    {_place(one)}")
    finally:
        connection.close()


def _touches(got: queue.SimpleQueue[bytes]) -> list[Touch]:
    """The touches until the hand is at rest."""
    touches: list[Touch] = []
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            touch = touch_of(got.get(timeout=STILL))
        except queue.Empty:
            if touches:
                break
            continue
        if touch is not None:
            touches.append(touch)
    return touches


def _place(one: Binding) -> str:
    kind = "" if one.kind is Kind.BUTTON else f", {one.kind.value}"
    return f"{one.source.kind} {one.source.number}, channel {one.source.channel}{kind}"
