"""Groups of commands: help in full lines, highlighted headings, and suggestions for misspelt commands."""

from __future__ import annotations

import difflib

import click

from live_style.cli.output.lines import styled


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        super().write_heading(styled(heading, bold=True))


class _Context(click.Context):
    formatter_class = _Formatter


class Group(click.Group):
    """A group that shows the whole help of its commands and suggests the right name."""

    context_class = _Context

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        command = self.find(ctx, name)
        if command is not None:
            command.context_class = _Context
        return command

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        return super().get_command(ctx, name)

    def about(self, ctx: click.Context, name: str) -> str:
        """What a command does, in a line."""
        command = self.find(ctx, name)
        return (command.help or "").partition("\n\n")[0] if command else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.about(ctx, name)) for name in self.list_commands(ctx)])

    def resolve_command(self, ctx: click.Context,
                        args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as e:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            if not near or isinstance(e, click.NoSuchOption):
                raise
            raise click.UsageError(f"{e.message} Did you mean {near[0]}?", ctx) from e
