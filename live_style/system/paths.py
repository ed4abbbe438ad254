"""Paths: the included files, the user's folders, and new files in them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import platformdirs

from live_style.errors import SinkError

APP = "live-style"


def models_folder() -> Path:
    """The folder of the included networks."""
    return _shipped("models")


def styles_folder() -> Path:
    """The folder of the included styles."""
    return _shipped("styles")


def config_file() -> Path:
    """The user's config.toml, which may not exist."""
    return _own("config", platformdirs.user_config_path) / "config.toml"


def midi_file() -> Path:
    """The user's MIDI bindings; the file may not exist."""
    return config_file().with_name("midi.json")


def user_styles_folder() -> Path:
    """The folder of the user's styles; new files there become styles during a show."""
    return _own("data", platformdirs.user_data_path) / "styles"


def cache_folder() -> Path:
    """The cache, which can be deleted: predictions, previews, engines."""
    return _own("cache", platformdirs.user_cache_path)


def state_folder() -> Path:
    """The folder for what the program remembers."""
    return _own("state", platformdirs.user_state_path)


def log_folder() -> Path:
    """The folder of crash files."""
    return _own("log", platformdirs.user_log_path)


def recordings_folder() -> Path:
    """The folder of recordings without a given name."""
    return _seen("videos", platformdirs.user_videos_path)


def snapshots_folder() -> Path:
    """The folder of snapshots."""
    return _seen("pictures", platformdirs.user_pictures_path)


def remembered_camera() -> str | None:
    """The name of the camera that was used last."""
    try:
        name = _camera_file().read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return name or None


def remember_camera(name: str) -> None:
    """Save the name of a camera for the next start, if the file can be written."""
    file = _camera_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name + "\n", encoding="utf-8")
    except (OSError, ValueError):
        pass


def fresh_path(folder: Path, suffix: str, now: datetime, taken: Collection[Path] = ()) -> Path:
    """A free name such as "live-style 2026-11-23 20.15.07.mp4" in the folder, which is created if missing.

    `suffix` with its dot; `taken` are names whose files may not be there yet. Raises SinkError when the folder cannot
    be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SinkError(f"the folder {folder} cannot be created: {e.strerror or e}",
                        "Choose another folder.") from e
    # Dots between the numbers, because Windows allows no colon in a name.
    stem = f"live-style {now:%Y-%m-%d %H.%M.%S}"
    names = itertools.chain([stem], (f"{stem} ({n})" for n in itertools.count(2)))
    paths = (folder / (name + suffix) for name in names)
    return next(path for path in paths if path not in taken and not path.exists())


def _camera_file() -> Path:
    return state_folder() / "camera.txt"


def _shipped(name: str) -> Path:
    """In a wheel they are in live_style/data, in a checkout (editable or not) next to live_style."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "data" / name
    return inside if inside.is_dir() else package.parent / name


def _own(name: str, default: Callable[..., Path]) -> Path:
    home = os.environ.get("LIVE_STYLE_HOME")
    return Path(home).expanduser() / name if home else default(APP, appauthor=False)


def _seen(name: str, default: Callable[[], Path]) -> Path:
    home = os.environ.get("LIVE_STYLE_HOME")
    return Path(home).expanduser() / name if home else default() / APP
