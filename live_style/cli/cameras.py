"""`live-style cameras`: lists the cameras, what they offer and what they really deliver."""

from __future__ import annotations

import json
import sys
import time

import click

from live_style.errors import SourceError
from live_style.sources.camera import CameraSource
from live_style.sources.devices import Camera
from live_style.sources.devices import list_cameras
from live_style.system import v4l2

MEASURED_SECONDS = 3.0
SIZE, FPS = (1280, 720), 30.0
"""What a show asks for by default."""


@click.command()
@click.option("--modes", is_flag=True, help="List the sizes and frame rates that each camera offers.")
@click.option("--measure", is_flag=True, help="Open each camera for three seconds and count its frames.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def cameras(modes: bool, measure: bool, as_json: bool) -> None:
    """List the cameras with the number, name and path that --camera accepts."""
    found = list_cameras()
    facts = [_facts(camera, modes, measure) for camera in found]
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    elif not found:
        click.echo("no camera was found\n  Plug one in, or play the demo scene: live-style run --camera demo")
    else:
        width = max(len(camera.name) for camera in found)
        for camera, known in zip(found, facts):
            click.echo(f"{camera.number:>3}  {camera.name:<{width}}  {camera.path}".rstrip())
            _tell_more(known, modes)


def _facts(camera: Camera, modes: bool, measure: bool) -> dict[str, object]:
    facts: dict[str, object] = dict(camera._asdict())
    if modes:
        facts["modes"] = [mode._asdict() for mode in v4l2.modes(camera.path)] if sys.platform == "linux" else None
    if measure:
        facts["measured"] = _measured(camera)
    return facts


def _measured(camera: Camera) -> dict[str, object]:
    source = CameraSource(camera, SIZE, FPS)
    try:
        source.open()
        end = time.perf_counter() + MEASURED_SECONDS
        while time.perf_counter() < end:
            source.read()
        info = source.info()
        return {"size": info.size, "format": info.format, "fps_claimed": info.fps_claimed,
                "fps_measured": info.fps_measured, "dark_seconds": info.dark_seconds}
    except SourceError as e:
        return {"error": e.cause, "cure": e.cure}
    finally:
        source.close()


def _tell_more(facts: dict[str, object], modes: bool) -> None:
    measured = facts.get("measured")
    if isinstance(measured, dict):
        if "error" in measured:
            click.echo(f"     {measured['error']}\n     {measured['cure']}")
        else:
            width, height = measured["size"]
            dark = ", but the picture is black" if measured["dark_seconds"] else ""
            click.echo(f"     {width}x{height} {measured['format']}: {measured['fps_measured']} frames a second, "
                       f"{measured['fps_claimed']} claimed{dark}")
    offered = facts.get("modes")
    if isinstance(offered, list):
        for mode in offered:
            click.echo(f"     {mode['width']}x{mode['height']} {mode['format']} up to {mode['fps']:g} a second")
    elif modes:
        click.echo("     this system does not list the camera's modes")
