"""The settings panel: settings that are changed while the show runs, by keys or mouse, and saved only on request."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from live_style.frame import Image
from live_style.frame import Size
from live_style.settings import RunSettings
from live_style.ui.panels.settings import Board
from live_style.ui.panels.settings import SettingLine
from live_style.ui.panels.settings import settings_hit
from live_style.ui.panels.strip import Tile

STEPS = {"Up": -1, "Down": 1, "Tab": 1, "Shift+Tab": -1}


class Choice(NamedTuple):
    """A value that a setting can have."""

    text: str
    value: object


@dataclass(frozen=True)
class Row:
    """A setting that can be changed while the show runs."""

    field: str
    """Of RunSettings."""
    label: str
    hint: str
    choices: Callable[[], Sequence[Choice]]
    apply: Callable[[RunSettings], str | None]
    """Makes the change, and returns a line to say; raises LiveStyleError, and then nothing has changed."""
    read: Callable[[], object] | None = None
    """The value in the show, where a key can change it too; None: only this panel does."""


class CameraViews(NamedTuple):
    """What the cameras see, by the value of their choice; a picture is another object when it is new."""

    taken: Mapping[object, Image]
    current: object
    """The value of the camera in use."""


class SettingsPanel:
    """Keeps which line is in focus and what was changed; main thread only. The first row is that of the cameras."""

    def __init__(self, settings: RunSettings, rows: Sequence[Row], pictures: Callable[[bool], CameraViews],
                 save: Callable[[Mapping[str, object]], Path]) -> None:
        """`pictures`: gives those of the cameras; it takes whether the panel is open. `save` raises SettingsError."""
        self.settings, self._saved = settings, settings
        self.shown = False
        """Whether it is open; the main thread opens and closes it."""
        self._rows, self._pictures, self._save = tuple(rows), pictures, save
        self._at = self._tile = 0
        self._tiles: dict[str, Tile] = {}
        self._board: Board | None = None

    def close(self) -> None:
        """Close it, at the end of the show too."""
        self.shown = False
        self.look("")

    def press(self, key: str) -> str | None:
        """A line to say after a key, "" for none; None if the key is not for the panel. Raises LiveStyleError."""
        if key in STEPS:
            self._at = (self._at + STEPS[key]) % (len(self._rows) + 1)
            return ""
        if key in ("Left", "Right"):
            return self._turn(self._at, -1 if key == "Left" else 1)
        return self._enter() if key in ("Enter", "Space") else None

    def click(self, size: Size, x: int, y: int) -> str:
        """A line to say after a click, "" for none. Raises LiveStyleError."""
        hit = settings_hit(self._board, size, x, y) if self._board else None
        if hit is None:
            return ""
        self._at = hit.line
        if hit.tile is not None:
            self._tile = hit.tile
            return self._enter()
        if hit.line == len(self._rows):
            return self._enter()
        return self._turn(hit.line, hit.side) if hit.side else ""

    def take_folder(self, folder: Path) -> bool:
        """Choose a folder that was dropped on the window; whether it was taken. Raises LiveStyleError."""
        row = next(row for row in self._rows if row.field == "recordings")
        if self.shown and folder.is_dir():
            self._change(row, folder)
            return True
        return False

    def look(self, closing: str) -> Board | None:
        """What to show; the same object as before while nothing changed. None: it is closed, and costs nothing."""
        if not self.shown:
            if self._tiles:
                self._pictures(False)
                self._tiles = {}
            return None
        cameras, pictures = self._rows[0].choices(), self._pictures(True)
        self._tiles = {str(choice.value): self._pictured(choice, pictures.taken.get(choice.value))
                       for choice in cameras}
        values = [choice.value for choice in cameras]
        current = values.index(pictures.current) if pictures.current in values else -1
        hint = self._rows[self._at].hint if self._at < len(self._rows) else "Enter: save them for the next start"
        board = Board((*map(self._line, self._rows), self._saving()), self._at, tuple(self._tiles.values()),
                      min(self._tile, max(0, len(values) - 1)), current, hint, closing)
        self._board = self._board if board == self._board else board
        return self._board

    def _pictured(self, choice: Choice, picture: Image | None) -> Tile:
        known = self._tiles.get(str(choice.value))
        picture = picture if picture is not None or known is None else known.preview
        return known if known and known.preview is picture and known.name == choice.text else Tile(choice.text, picture)

    def _line(self, row: Row) -> SettingLine:
        value = self._value(row)
        text = next((choice.text for choice in row.choices() if choice.value == value), "" if value is None
                    else str(value))
        return SettingLine(row.label, text, row.field in self._changes)

    def _saving(self) -> SettingLine:
        count = len(self._changes)
        words = f"Save {count} change{'s' * (count != 1)} to config.toml" if count else "Nothing to save"
        return SettingLine(words, "", count > 0, pressed=True)

    def _value(self, row: Row) -> object:
        return row.read() if row.read else getattr(self.settings, row.field)

    @property
    def _changes(self) -> dict[str, object]:
        return {row.field: value for row in self._rows
                if (value := self._value(row)) != getattr(self._saved, row.field)}

    def _turn(self, line: int, steps: int) -> str:
        if line == len(self._rows):
            return ""
        row, choices = self._rows[line], self._rows[line].choices()
        if line == 0:
            self._tile = (self._tile + steps) % max(1, len(choices))
            return ""
        values = [choice.value for choice in choices]
        here = values.index(self._value(row)) if self._value(row) in values else -(steps < 0)
        return self._change(row, values[(here + steps) % len(values)]) if values else ""

    def _enter(self) -> str:
        if self._at == len(self._rows):
            return self._keep()
        choices = self._rows[self._at].choices()
        if self._at == 0 and self._tile < len(choices):
            return self._change(self._rows[0], choices[self._tile].value)
        return self._turn(self._at, 1) if self._at else ""

    def _change(self, row: Row, value: object) -> str:
        changed = replace(self.settings, **{row.field: value})  # type: ignore[arg-type]
        line = row.apply(changed)
        self.settings = changed
        return line or ""

    def _keep(self) -> str:
        changes = self._changes
        if not changes:
            return ""
        file = self._save(changes)
        self._saved = replace(self._saved, **changes)  # type: ignore[arg-type]
        return f"settings saved: {file}"
