"""The style watcher: during a show, makes styles from files that are dropped on the window or into a folder."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from live_style.errors import LiveStyleError
from live_style.errors import StyleError
from live_style.frame import Image
from live_style.imaging.read import SUFFIXES
from live_style.imaging.read import read_picture
from live_style.imaging.write import write_preview
from live_style.look import Look
from live_style.style import Style
from live_style.style import dump_style
from live_style.styles.archive import read_pack
from live_style.styles.collection import FAVOURITES
from live_style.styles.collection import ORDER
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.collection import check_space
from live_style.styles.collection import in_order
from live_style.styles.collection import load_entry
from live_style.styles.collection import numbered
from live_style.styles.mixing import mixed_style
from live_style.styles.predict import StyleMaker
from live_style.styles.user_folder import FileStamp
from live_style.styles.user_folder import put_free
from live_style.styles.user_folder import same_content
from live_style.styles.user_folder import stamps
from live_style.system.atomic_file import write_whole
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.threads.worker import note

POLL = 0.25
"""Seconds between scans of the folder: a scan costs 0.1 ms, and two equal ones show that a file is complete."""


class StyleNotice(NamedTuple):
    """A notice for the person at the show."""

    text: str
    cure: str = ""
    slug: str = ""
    """The new style, if any."""


class KnownFile(NamedTuple):
    """A file that was read; without an entry it was reported as unusable."""

    stamp: FileStamp
    entry: StyleEntry | None


class StyleWatcher:
    """Watches a folder of styles and pictures, and publishes a new StyleCollection after each change.

    `shipped` styles come first and stay; `paint` makes missing previews. All methods except `learn` and `close` are
    quick, for the main thread; a thread does the work.
    """

    def __init__(self, folder: Path, shipped: StyleCollection, maker: StyleMaker, space: str, cache: Path,
                 paint: Callable[[Look], Image] | None = None) -> None:
        self._folder, self._shipped, self._maker, self._space = folder, shipped, maker, space
        self._cache, self._paint = cache, paint
        self._known: dict[str, KnownFile] = {}
        self._growing: dict[str, FileStamp] = {}
        self._said: set[str] = set()
        self._made: list[str] = []
        """The files of `keep` and `see`, the newest last."""
        self._blank: set[str] = set()
        self._news: Slot[StyleCollection] = Slot()
        self._notices: queue.SimpleQueue[StyleNotice] = queue.SimpleQueue()
        self._wishes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake, self._again = threading.Event(), threading.Event()
        self._worker = Worker("style watcher", self._run)
        self.collection = shipped
        """The newest collection."""

    def learn(self, patience: float = 1.0) -> None:
        """Load the folder at once; after `patience` seconds the rest is left for later."""
        deadline = time.monotonic() + patience
        for name, stamp in stamps(self._folder).items():
            if time.monotonic() < deadline:
                self._load(name, stamp)
        self._publish()

    def start(self) -> None:
        """Start to watch."""
        self._worker.start()

    def close(self) -> None:
        """Stop the thread after the current picture."""
        self._worker.stopping.set()
        self._wake.set()
        self._worker.stop()

    def take(self) -> StyleCollection | None:
        """The newest collection, once; None if nothing changed."""
        return self._news.take(0.0)

    def notices(self) -> list[StyleNotice]:
        """The notices since the last call."""
        said = []
        while not self._notices.empty():
            said.append(self._notices.get())
        return said

    def reload(self) -> None:
        """Read the folder again, with files that could not be used."""
        self._again.set()
        self._wake.set()

    def add(self, path: Path) -> None:
        """Add a picture or a style file: it is copied to the folder under a free name and becomes a style."""
        self._needs(lambda: self._take_in(path))

    def keep(self, parts: Sequence[tuple[Style, float]], name: str) -> None:
        """Save a mix of two or more styles as a new one named `name` or, if that is taken, "`name` 2"."""
        self._needs(lambda: self._shelve(mixed_style(parts, self._free(name))))

    def see(self, image: Image, name: str) -> None:
        """Make a style from an RGB picture; only its numbers are kept."""
        self._needs(lambda: self._shelve(self._maker.look_at(image, self._free(name), "made from a camera's picture")))

    def undo(self) -> None:
        """Remove the newest style that `keep` or `see` made in this show."""
        self._needs(self._unmake)

    def arrange(self, slugs: Sequence[str]) -> None:
        """Save the order of all styles."""
        self._needs(lambda: self._write(ORDER, slugs))

    def favour(self, slugs: Iterable[str]) -> None:
        """Save the favourites."""
        self._needs(lambda: self._write(FAVOURITES, sorted(slugs)))

    def _needs(self, work: Callable[[], None]) -> None:
        self._wishes.put(work)
        self._wake.set()

    def _run(self, stopping: threading.Event) -> None:
        self._guarded(self._maker.prepare)
        while not stopping.is_set():
            self._guarded(self._step)
            self._wake.wait(POLL)
            self._wake.clear()

    def _guarded(self, work: Callable[[], None]) -> None:
        """No content of a file may end the watcher, and with it all later drops."""
        try:
            work()
        except LiveStyleError as e:
            self._notices.put(StyleNotice(e.cause, e.cure))
        except Exception as e:
            note(e)
            self._once(f"a bug in the style watcher: {type(e).__name__}: {e}")

    def _step(self) -> None:
        again = self._again.is_set()
        if again:
            self._again.clear()
            self._known = {name: known for name, known in self._known.items() if known.entry}
        while not self._wishes.empty():
            self._guarded(self._wishes.get())
        self._look()
        if again:
            self._notices.put(StyleNotice(f"{len(self.collection)} style{'s' * (len(self.collection) != 1)}"))
        self._preview_one()

    def _look(self) -> None:
        """Load new files that have stopped growing; remove styles whose files are gone."""
        there = stamps(self._folder)
        gone = [name for name in self._known if name not in there]
        whole = {name: stamp for name, stamp in there.items() if self._growing.get(name) == stamp}
        self._growing = there
        for name in gone:
            del self._known[name]
        if gone:
            self._publish()
        for name, stamp in whole.items():
            known = self._known.get(name)
            if (known is None or known.stamp != stamp) and not self._worker.stopping.is_set():
                self._load(name, stamp)
                self._publish()
                if known is None or known.entry is None:
                    self._announce(name)

    def _load(self, name: str, stamp: FileStamp) -> None:
        entry = None
        try:
            entry = self._entry(self._folder / name)
        except LiveStyleError as e:
            self._notices.put(StyleNotice(e.cause, e.cure))
        self._known[name] = KnownFile(stamp, entry)

    def _entry(self, file: Path) -> StyleEntry:
        if file.suffix.lower() == ".json":
            return load_entry(file, self._space)
        return StyleEntry(self._maker.make(file))

    def _publish(self) -> None:
        entries = [known.entry for _, known in sorted(self._known.items()) if known.entry]
        shown = [entry._replace(preview=self._preview(entry)) for entry in entries]
        whole, renamed = self._shipped.joined(in_order(self._folder, shown))
        self.collection = whole.arranged(self._folder)
        for line in renamed:
            self._once(line)
        if len(self.collection):
            self._news.put(self.collection)

    def _announce(self, name: str, word: str = "new style") -> None:
        """Give notice of a new style, by its name in the collection."""
        entry = self._known[name].entry
        for style in self.collection.styles if entry else ():
            if entry and style.embedding is entry.style.embedding:
                self._notices.put(StyleNotice(f"{word}: {style.name}", slug=style.slug))

    def _take_in(self, path: Path) -> None:
        """Copy a dropped file only if it is valid, so that the user's folder stays clean."""
        if path.suffix.lower() == ".zip":
            self._unpack(path)
            return
        if path.suffix.lower() not in SUFFIXES | {".json"}:
            raise StyleError(f"{path.name} is neither a picture nor a style",
                             "Drop a JPEG, PNG or WebP picture, a style's .json file or a pack's .zip.")
        self._entry(path)
        twin = next((name for name in self._known if same_content(path, self._folder / name)), None)
        if twin:
            self._announce(twin, "you already have this style")
            return
        self._announce(self._placed(path, path.name))

    def _unpack(self, path: Path) -> None:
        """Add the new styles of a pack, under free names."""
        styles = read_pack(path)
        for style in styles:
            check_space(style, self._space)
        known = {style.embedding.tobytes() for style in self.collection.styles}
        new = {style.embedding.tobytes(): style for style in styles if style.embedding.tobytes() not in known}
        placed = [self._placed(dump_style(replace(style, name=self._free(style.name))).encode(), f"{style.slug}.json")
                  for style in new.values()]
        if placed:
            self._announce(placed[0],
                           f"{len(placed)} new styles from {path.name}, starting with" if len(placed) > 1 else
                           f"new style from {path.name}")
        else:
            self._notices.put(StyleNotice(f"you already have all styles in {path.name}"))

    def _shelve(self, style: Style) -> None:
        self._made.append(self._placed(dump_style(style).encode(), f"{style.slug}.json"))
        self._announce(self._made[-1])

    def _unmake(self) -> None:
        while self._made:
            name = self._made.pop()
            known = self._known.pop(name, None)
            if known is not None and known.entry is not None:
                try:
                    (self._folder / name).unlink(missing_ok=True)
                except OSError as e:
                    raise StyleError(f"{name} cannot be removed: {e.strerror}", "Check its permissions.") from e
                self._publish()
                self._notices.put(StyleNotice(f"removed: {known.entry.style.name}"))
                return
        raise StyleError("no style has been made in this show",
                         "Only styles made with a key in this show can be removed here.")

    def _write(self, name: str, slugs: Iterable[str]) -> None:
        try:
            write_whole(self._folder / name, "".join(f"{slug}\n" for slug in slugs).encode())
        except OSError as e:
            raise StyleError(f"{self._folder / name} cannot be written: {e.strerror}",
                             "Check the folder and its permissions.") from e
        self._publish()

    def _free(self, name: str) -> str:
        """The name, or a similar free one."""
        taken = {style.name.casefold() for style in self.collection.styles}
        return next(free for free in numbered(name, " ") if free.casefold() not in taken)

    def _placed(self, source: Path | bytes, wanted: str) -> str:
        """The name of a new file in the folder, loaded already."""
        name = put_free(source, wanted, self._folder)
        self._growing = stamps(self._folder)
        self._load(name, self._growing[name])
        self._publish()
        return name

    def _preview(self, entry: StyleEntry) -> Path | None:
        made = entry.preview or self._preview_file(entry)
        return made if made.is_file() else None

    def _preview_file(self, entry: StyleEntry) -> Path:
        name = hashlib.sha256(entry.style.embedding.tobytes()).hexdigest()[:32]
        return self._cache / "previews" / f"{name}.webp"

    def _preview_one(self) -> None:
        """Make one missing preview at each step, so that a drop never waits for all of them."""
        for name, (_, entry) in self._known.items():
            if entry is None or name in self._blank or self._preview(entry):
                continue
            try:
                write_preview(self._preview_file(entry), self._shown(entry, self._folder / name))
                self._publish()
            except LiveStyleError:
                # A style without a preview still works.
                self._blank.add(name)
            self._wake.set()
            return

    def _shown(self, entry: StyleEntry, file: Path) -> Image:
        if self._paint is not None:
            return self._paint(entry.style.look())
        return read_picture(file, 256)

    def _once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self._notices.put(StyleNotice(line))
