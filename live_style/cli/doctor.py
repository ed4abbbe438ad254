"""`live-style doctor`: checks what works on this computer, and says how to fix the rest."""

from __future__ import annotations

import json

import click

from live_style import __version__
from live_style.cli.output.lines import styled
from live_style.cli.output.lines import wrapped
from live_style.diagnostics.doctor import Check
from live_style.diagnostics.doctor import State
from live_style.diagnostics.doctor import checks

MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}

BESIDE = 22
"""Columns before the finding."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def doctor(as_json: bool) -> int:
    """Check what a show needs, and explain how to fix problems.

    The exit status is 2 when a show cannot run. A show can run without a camera, a virtual camera, a GPU or a
    screen.
    """
    found = []
    if not as_json:
        click.echo(styled(f"{'':<4}  {'Check':<15} What was found, and how to fix it", bold=True))
    for check in checks():
        found.append(check)
        if not as_json:
            _print(check)
    failed = sum(check.state == "fail" for check in found)
    if as_json:
        click.echo(json.dumps({"version": __version__, "ok": not failed,
                               "checks": [check._asdict() for check in found]}, indent=2))
    else:
        warned = sum(check.state == "warn" for check in found)
        click.echo("\n" + _summary(failed, warned))
    return 2 if failed else 0


def _print(check: Check) -> None:
    mark, color = MARKS[check.state]
    click.echo(f"{styled(mark, fg=color, bold=True)}  {check.name:<15} {wrapped(check.line, BESIDE, BESIDE)}")
    words, run, command = check.cure.partition("un: ")
    if command:
        # Commands are copied and pasted: the shell joins lines that end in a backslash.
        click.echo(wrapped(words + run.strip(), BESIDE))
        click.echo(wrapped(command, BESIDE + 2).replace("\n", " \\\n"))
    elif check.cure:
        click.echo(wrapped(check.cure, BESIDE))


def _summary(failed: int, warned: int) -> str:
    if failed:
        return f"{failed} {'problem prevents' if failed == 1 else 'problems prevent'} a show."
    if warned:
        return f"A show can run, with {warned} {'warning' if warned == 1 else 'warnings'}."
    return "Everything works."
