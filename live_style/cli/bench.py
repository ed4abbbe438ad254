"""`live-style bench`: how fast this computer paints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click

from live_style.cli.options import Checked
from live_style.cli.output.lines import styled
from live_style.cli.output.lines import wrapped
from live_style.diagnostics import benchmark as measuring
from live_style.diagnostics import cuda_sweep as sweeping
from live_style.diagnostics.benchmark import BenchRow
from live_style.diagnostics.compare import Comparison
from live_style.diagnostics.compare import duels
from live_style.diagnostics.cuda_sweep import Sweep
from live_style.frame import Size
from live_style.inference import model_files
from live_style.inference.providers import PROVIDERS
from live_style.inference.providers import Wanted
from live_style.system import paths

COLUMNS = (("", "model", 8), ("", "net size", 10), ("network", "ms", 9), ("", "p95", 6), ("", "fading", 7),
           ("show", "fps", 8), ("", "fading", 7), ("", "age ms", 7), ("", "p95", 6))
"""Group, name and width. Network: one run alone; show: a camera, and how old its frames are when painted."""


@click.command()
@click.option("--model", type=click.Choice(model_files.MODELS), help="Measure only this network.  [default: all]")
@click.option("--net-size", type=Checked("net_size", "WxH|auto"), metavar="WxH|auto",
              help="Measure only this size.  [default: auto and some others]")
@click.option("--provider", type=click.Choice(("auto", *PROVIDERS)), default="auto", show_default=True,
              help="What runs the network.")
@click.option("--seconds", type=click.FloatRange(0.2, 600.0), default=2.0, show_default=True,
              help="How long to measure each of the four parts of a row; with --sweep, each row.")
@click.option("--sweep", is_flag=True,
              help="Instead, measure the networks at 360, 720 and 1080 lines with each CUDA option.")
@click.option("--against", metavar="FILE", type=click.Path(path_type=Path),
              help="Compare with another image network (an ONNX file), in alternating runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
@click.option("--share", is_flag=True, help="Print one row of a Markdown table for this computer.")
@click.pass_context
def bench(ctx: click.Context, model: str | None, net_size: Size | None, provider: str, seconds: float,
          sweep: bool, against: Path | None, as_json: bool, share: bool) -> None:
    """Measure how fast this computer paints: the network alone, and a whole show of the demo scene."""
    folder, wanted = paths.models_folder(), cast(Wanted, provider)
    said = ctx.get_parameter_source("net_size") is not click.core.ParameterSource.DEFAULT
    sizes: tuple[Size | None, ...] = (net_size,) if said or share else ()
    names = (model,) if model else model_files.available(folder)
    if sweep:
        if against or share:
            raise click.UsageError("--sweep cannot be combined with --against or --share")
        _sweep(sweeping.sweep(folder, names, (net_size,) if net_size else (), wanted, seconds), as_json)
        return
    if not names or share and not model:
        names = (measuring.chosen(folder, wanted).model,)
    if against:
        _against(duels(folder, names, against, net_size, wanted, seconds), against.name, as_json)
        return
    rows: list[BenchRow] = []
    for row in measuring.measure(folder, names, sizes, wanted, seconds, _progress):
        if not rows and not as_json and not share:
            _head(row)
        rows.append(row)
        if not as_json and not share:
            click.echo(_line(row))
    about = measuring.machine()
    if as_json:
        click.echo(json.dumps({"machine": about, "rows": [row.facts() for row in rows]}, indent=2))
    elif share:
        click.echo(measuring.HEADER, err=True)
        for row in rows:
            click.echo(measuring.markdown(row, about))


def _sweep(found: Sweep, as_json: bool) -> None:
    """Print rows as they are measured; JSON, if asked for, comes last and alone on standard output."""
    about = measuring.machine()
    click.echo(f"{about['processor']}, {about['cores']} threads, {about['system']}, live-style {about['version']}",
               err=as_json)
    click.echo(f"{sweeping.about(found)}\n\n{sweeping.HEADER}", err=as_json)
    cells = []
    for cell in found.cells(_progress):
        cells.append(cell)
        click.echo(sweeping.markdown(cell), err=as_json)
    if as_json:
        click.echo(json.dumps({"machine": about, "on": sweeping.about(found),
                               "cells": [cell.facts() for cell in cells]}, indent=2))


def _against(found: Iterable[Comparison], rival: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"machine": measuring.machine(), "against": rival,
                               "duels": [duel.facts() for duel in found]}, indent=2))
        return
    for duel in found:
        click.echo(wrapped(f"{duel.model} on {duel.provider} at {duel.net_size}: {duel.ours.p50:.1f} ms; {rival}: "
                           f"{duel.theirs.p50:.1f} ms; {duel.model} is {duel.ratio:.2f} times as fast", 2, 0))


def _progress(what: str) -> None:
    click.echo(f"measuring {what} ...", err=True)


def _head(row: BenchRow) -> None:
    about = measuring.machine()
    click.echo(wrapped(f"{about['processor']}, {about['cores']} threads; painting on {row.provider} ({row.device}); "
                       f"show {about['show']} at {about['fps']:g} fps; * the size that a show would use") + "\n")
    for part in (0, 1):
        click.echo(styled("".join(str(column[part]).rjust(column[2]) for column in COLUMNS), bold=True))


def _line(row: BenchRow) -> str:
    network, pipeline = row.network.ms, row.pipeline.ms
    cells = (row.model, row.net_size + "* "[not row.automatic], f"{network.p50:.1f}", f"{network.p95:.1f}",
             f"{row.network_fading.ms.p50:.1f}", f"{row.pipeline.fps:.1f}", f"{row.pipeline_fading.fps:.1f}",
             f"{pipeline.p50:.0f}", f"{pipeline.p95:.0f}")
    return "".join(cell.rjust(column[2]) for cell, column in zip(cells, COLUMNS, strict=True))
