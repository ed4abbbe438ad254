"""The mouse over panels and map: a slider or a tile that it holds, and what a click there means."""

from __future__ import annotations

from collections.abc import Callable

from live_style.control.explorer import MapExplorer
from live_style.control.fade import fade_seconds
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.interfaces import Click
from live_style.interfaces import Pointer
from live_style.ui.overlay import Overlay
from live_style.ui.panels.now_playing import Slider

FULL_PAD = "four styles are pinned: right-click one to unpin it"


class Mouse:
    """Keeps what the mouse holds; main thread only."""

    def __init__(self, overlay: Overlay, explorer: MapExplorer, act: Callable[[Action, float], None],
                 mark: Callable[[int, float], None], arrange: Callable[[tuple[str, ...]], None]) -> None:
        """`mark` takes a style that becomes a favourite, or no longer is one; `arrange` an order of all styles."""
        self._overlay, self._explorer, self._act, self._mark, self._arrange = overlay, explorer, act, mark, arrange
        self._slider: Slider | None = None
        self._tile: int | None = None
        """The style in the strip whose tile is held: let go of, it is chosen, or has moved."""

    def click(self, click: Click, now: float) -> str:
        """A button was pressed; returns a line to say, or ""."""
        style = self._overlay.hit(click.x, click.y)
        self._slider = None if click.right else self._overlay.slider(click.x, click.y)
        if self._slider is not None:
            self._slide(self._slider, click.x, now)
        elif self._explorer.open and not click.right:
            self._explorer.click(self._overlay.place(click.x, click.y), now)
        elif self._explorer.open and style is not None:
            return "" if self._explorer.pin(style) else FULL_PAD
        elif style is not None and click.right:
            self._mark(style, now)
        elif style is not None:
            self._tile = style
        elif not click.right:
            self._overlay.arrow(click.x, click.y)
        return ""

    def move(self, pointer: Pointer, now: float) -> None:
        """The pointer was moved, or let go of."""
        tile, self._tile = self._tile, self._tile if pointer.held else None
        self._slider = self._slider if pointer.held else None
        if tile is not None and pointer.held:
            if self._overlay.search is None:
                self._overlay.carry(tile, pointer.x, pointer.y)
        elif tile is not None:
            self._let_go(tile, pointer, now)
        elif self._slider is not None:
            self._slide(self._slider, pointer.x, now)
        else:
            self._explorer.point(self._overlay.place(pointer.x, pointer.y), now)

    def _let_go(self, tile: int, pointer: Pointer, now: float) -> None:
        """Where the tile was, its style is chosen; elsewhere it has moved."""
        moved = self._overlay.strip.moving
        self._arrange(self._overlay.strip.put_down())
        self._overlay.look_again()
        if not moved and tile == self._overlay.hit(pointer.x, pointer.y):
            self._overlay.search = None
            self._act(Action(Command.STYLE, tile + 1), now)

    def _slide(self, slider: Slider, x: int, now: float) -> None:
        share = self._overlay.share(slider, x)
        self._act(action_of(Command.STRENGTH, share) if slider == "strength"
                  else action_of(Command.FADE, fade_seconds(share)), now)
