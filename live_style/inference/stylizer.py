"""The stylizer: runs a network at its size and returns the painting at the size of the frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.frame import size_text
from live_style.imaging.opencv import follow_edges
from live_style.imaging.opencv import quick_resize
from live_style.imaging.opencv import restore_detail
from live_style.imaging.opencv import weigh
from live_style.inference import model_files
from live_style.inference.engine import Network
from live_style.inference.engine import open_network
from live_style.inference.net_size import choose_net_size
from live_style.inference.net_size import ladder
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import Signature
from live_style.inference.person_mask import PersonMask
from live_style.inference.providers import GPUS
from live_style.inference.providers import HALF
from live_style.inference.providers import Provider
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import Wanted
from live_style.inference.temporal_filter import FilterState
from live_style.inference.temporal_filter import NetworkFade
from live_style.inference.temporal_filter import TemporalFilter
from live_style.inference.temporal_filter import share_at_rest
from live_style.inference.tiling import TiledNetwork
from live_style.interfaces import StylizerInfo
from live_style.look import DIMENSIONS
from live_style.look import REAL
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.telemetry.meter import time_of
from live_style.telemetry.trace import span

DETAIL, FROM, WHOLE = 0.4, 3.0, 3.6
"""How much of the detail that is too fine for the network's size is kept at full strength: none if the picture's sides
are up to FROM times the network's, all of it from WHOLE times on. At 256x144 it makes the difference between a face and
a blur; at 640x360 it adds thin second outlines next to the painted ones, and lets a camera's finest noise past the
filter."""
LOAD = 1.5
"""How much longer a frame takes in a show than in a trial on a CPU, where camera, recorder and window share its cores:
1.3 to 1.5 times on two cores."""
TRIAL = Look.of(np.full(DIMENSIONS, 0.1), strength=0.2)
"""A look in the middle of a fade, when a frame takes longest."""
STRENGTHS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.375, 0.5, 0.75, 1.0)
SEEN = (0.0, 0.015, 0.033, 0.055, 0.08, 0.11, 0.2, 0.32, 0.62, 1.0)
"""The visible effect at those strengths of the network, which mixes the picture in by 1 - strength: the mean over 12
styles, fast and balanced, the demo scene and a room, within 0.02."""


Memories = tuple[FilterState | None, ...]
"""The state of a stream of frames: of one look, and if there are two, of the person's, of the room's and of the mask.
None: there was no frame yet."""


def network_strength(strength: float) -> float:
    """The network's strength for a perceived `strength` (0..1), so that 0.5 looks like half of the style.

    Without it a fade to the real picture would take a third of its time for the first half of the way.
    """
    return float(np.interp(strength, SEEN, STRENGTHS))


class OnnxStylizer:
    """Paints with one network at one size of it; made by `open_stylizer`, run by one thread at a time."""

    def __init__(self, session: Network, net_size: Size, choice: ProviderChoice, note: str = "",
                 smooth: float = 0.0) -> None:
        self.net_size = net_size
        self.smooth = smooth
        """0..1: how much still areas are averaged over time; above 0 it must be given one stream of frames only."""
        self.space = session.metadata.get("live_style.space", "")
        """The style space the network was trained in."""
        self.model = session.metadata.get("live_style.model", session.path.stem)
        self.mark = session.metadata.get("live_style.mark", "")
        """Its weights id: styles that were fitted to its weights refer to it."""
        self.provider = choice.provider
        self.why = choice.why
        """One line: the chosen processor, and why."""
        self.cure = choice.cure
        """How to get a better processor; empty if nothing is missing."""
        self.note = note
        """A note about a model or a size that the user did not choose; may be empty."""
        self._session, self._choice = session, choice
        self._temporal_filter = TemporalFilter(share_at_rest(smooth)) if smooth > 0.0 else None
        self._fade = NetworkFade() if smooth > 0.0 else None
        self._parts: _Parts | None = None
        """For two looks; made with the first frame that has them."""
        self.passes = 1
        """How often the network ran for the last picture; 0: it was the real one."""

    def resized(self, size: Size, threads: int | None = None) -> OnnxStylizer:
        """The same network on the same processor, warm at another size."""
        session = open_network(lambda _: self._session.path, self.provider, signature(size), threads)
        return OnnxStylizer(session, size, self._choice, self.note, self.smooth)

    def banded(self, size: Size) -> OnnxStylizer:
        """The same network at a size too large for memory: it goes over the picture strip by strip."""
        network = self._session if isinstance(self._session, TiledNetwork) else TiledNetwork(self._session)
        return OnnxStylizer(network, size, self._choice, self.note, self.smooth)

    def steadied(self, smooth: float) -> OnnxStylizer:
        """The same warm network for one stream of frames, which is averaged over time where it stands still."""
        return OnnxStylizer(self._session, self.net_size, self._choice, self.note, smooth)

    @property
    def memory(self) -> Memories:
        """The state of the stream; another stylizer continues it if it is given to its `recall`."""
        own = None if self._temporal_filter is None else self._temporal_filter.memory
        parts = self._parts
        return (own,) if parts is None else (own, *parts.person.memory, *parts.room.memory, parts.mask.memory)

    def recall(self, memory: Memories) -> None:
        """Continue from a state."""
        own, *more = memory
        if more:
            parts = self._opened_parts()
            parts.person.recall((more[0],))
            parts.room.recall((more[1],))
            parts.mask.memory = more[2]
        if self._temporal_filter is not None:
            self._temporal_filter.memory = own

    def follow(self, other: OnnxStylizer) -> None:
        """Continue the stream of a replaced stylizer: still areas are faded to the new strokes."""
        self._temporal_filter, self._fade = other._temporal_filter, other._fade
        if self._fade is not None:
            self._fade.begin()
        if other._parts is not None:
            self._parts = _Parts(self.steadied(self.smooth), self.steadied(self.smooth), other._parts.mask)
            self._parts.person.follow(other._parts.person)
            self._parts.room.follow(other._parts.room)

    def stylize(self, image: Image, look: Look | TwoLooks) -> Image:
        """A new picture of the same size in that look; strength 0 returns the picture itself, exactly.

        Raises ProviderError when the processor was lost, and ModelError if there are two looks but no person mask.
        """
        if isinstance(look, TwoLooks):
            if not look.person.same(look.room):
                return self._in_two_looks(image, look)
            look = look.person
        self.passes = int(look.strength > 0.0)
        if look.strength <= 0.0:
            return image
        with span("shrink"):
            seen = quick_resize(image, self.net_size)
        steady = seen
        if self._temporal_filter is not None:
            with span("steady"):
                steady = self._temporal_filter.settle(seen, seen)
        with span("network"):
            painted = np.asarray(self._session.run(feeds(steady, look, self.mark))[0], np.uint8)
        if self._fade is not None:
            painted = self._fade.blend(seen, painted)
        if size_of(image) == self.net_size:
            return painted
        # The network mixes the picture in by 1 - strength: the detail that shrinking took comes back by as much.
        kept = DETAIL * float(np.interp(max(size_of(image)) / max(self.net_size), (FROM, WHOLE), (0.0, 1.0)))
        share = 1.0 - (1.0 - kept) * network_strength(look.strength)
        with span("detail"):
            return restore_detail(painted, seen, image, share)

    def _in_two_looks(self, image: Image, looks: TwoLooks) -> Image:
        parts = self._opened_parts()
        with span("mask"):
            mask = parts.mask.find(image)
        person, room = parts.person.stylize(image, looks.person), parts.room.stylize(image, looks.room)
        self.passes = parts.person.passes + parts.room.passes
        with span("parts"):
            return weigh(room, person, follow_edges(mask, image))

    def _opened_parts(self) -> _Parts:
        if self._parts is None:
            mask = PersonMask(model_files.mask(self._session.path.parent), self.smooth > 0.0)
            self._parts = _Parts(self.steadied(self.smooth), self.steadied(self.smooth), mask)
        return self._parts

    def info(self) -> StylizerInfo:
        """Describes what paints, and why."""
        return StylizerInfo(self.model, self.provider, self._choice.device,
                            self._session.metadata.get("live_style.precision", ""),
                            size_text(self.net_size), self.space, self.smooth, self.why, self.note)


class _Parts(NamedTuple):
    """What paints two looks: the network with a temporal filter for each, and what tells them apart."""

    person: OnnxStylizer
    room: OnnxStylizer
    mask: PersonMask


def open_stylizer(folder: Path, output: Size, fps: float, model: str | None = None,
                  net_size: Size | None = None, provider: Wanted = "auto", threads: int | None = None,
                  smooth: float = 0.0) -> OnnxStylizer:
    """A stylizer that is ready, for frames of `output` at `fps`.

    Without `model`: fast on the CPU, balanced on a GPU. Without `net_size`: the largest that keeps up, by a
    trial of up to 0.6 s.
    Raises ModelError, or ProviderError when a named provider does not work.
    """
    notes: dict[Path, str] = {}

    def file_for(kind: Provider) -> Path:
        chosen, note = (model, "") if model else model_files.default_model(folder, gpu=kind in GPUS)
        file = model_files.transformer(folder, chosen, half=kind in HALF)
        notes[file] = note
        return file

    size = net_size or ladder(output)[0]
    session = open_network(file_for, provider, signature(size), threads)
    first = OnnxStylizer(session, size, session.choice, notes[session.path], smooth)
    return first if net_size else _fitted(first, output, fps, threads)


def _fitted(first: OnnxStylizer, output: Size, fps: float, threads: int | None) -> OnnxStylizer:
    """The same network at the largest size that keeps up."""
    opened = {first.net_size: first}
    took = frame_trial(output)

    def measure(size: Size) -> float:
        if size not in opened:
            opened[size] = first.resized(size, threads)
        return took(opened[size])

    # A GPU most often keeps up at the largest size: one trial there settles it.
    start = ladder(output)[-1] if first.provider in GPUS else first.net_size
    size = choose_net_size(measure, output, fps, start)
    return opened.get(size) or first.resized(size, threads)


def frame_trial(output: Size) -> Callable[[OnnxStylizer], float]:
    """Measures the seconds for a whole frame of `output` in a show: the median of a short trial."""
    picture = np.random.default_rng(0).integers(0, 256, (output[1], output[0], 3), np.uint8)

    def measure(stylizer: OnnxStylizer) -> float:
        # Three runs where they are short; one that took 0.1 s says enough.
        took = time_of(lambda: stylizer.stylize(picture, TRIAL), least=1, seconds=0.1, most=3)
        return took * (1.0 if stylizer.provider in GPUS else LOAD)

    return measure


def feeds(seen: Image, look: Look, mark: str = "") -> dict[str, Array]:
    """The inputs of the network with that weights id, for a picture of its size in a look."""
    strength = network_strength(look.strength)
    return {"frame": seen[np.newaxis], "style": look.embedding[np.newaxis],
            "norms": look.fitted(mark)[np.newaxis], "strength": np.array([strength], np.float32),
            "color": np.array([look.color], np.float32)}


def signature(size: Size) -> Signature:
    """The inputs and outputs of a network at a size."""
    width, height = size
    sample = feeds(np.zeros((height, width, 3), np.uint8), REAL)
    return Signature(sample, "stylized", {"width": width, "height": height})
