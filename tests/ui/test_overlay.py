"""The head-up display: what is over the preview is new when something happened, and else once a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from live_style.control.explorer import MapState
from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.style_map import StyleMap
from live_style.control.style_map import Point
from live_style.interfaces import Layer
from live_style.styles.collection import StyleEntry
from live_style.styles.collection import StyleCollection
from live_style.ui.overlay import Indicators
from live_style.ui.overlay import Measurements
from live_style.ui.overlay import Overlay
from live_style.ui.panels.stats import Stats
from tests.support.scripted import style

SIZE = (1280, 720)


class Rig:
    """A display over a show whose figures are never the same twice."""

    def __init__(self) -> None:
        self.mixer = Mixer((style("a"), style("bb")))
        self.overlay = Overlay(KEYS, StyleCollection(tuple(map(StyleEntry, self.mixer.styles))))
        self.read = 0
        self.recording: int | None = None

    def layers(self, now: float) -> tuple[Layer, ...]:
        return self.overlay.layers(SIZE, self.mixer, now, self.measure)

    def measure(self) -> Measurements:
        self.read += 1
        return Measurements(Stats(dropped=self.read), self.recording, False)


def test_badges_in_several_lines_push_the_map_down() -> None:
    """In a narrow window: no preview is covered, and each is hit where it is seen."""
    size, overlay = (320, 240), Overlay(KEYS, StyleCollection(()))
    style_map = StyleMap.of(np.random.default_rng(0).normal(size=(8, 100)))
    overlay.use(StyleCollection(tuple(StyleEntry(style(f"s{i}"), Path(f"{i}.json")) for i in range(8))))
    chart = MapState(style_map.points, style_map.side, Point(0.5, 0.5), ((0, 1.0),), (), "s0", None)
    mixer = Mixer(tuple(entry.style for entry in overlay.entries))
    signs = Indicators("drift", (True, True), True, True, ("PIN 123456",))
    layers = overlay.layers(size, mixer, 1.0, lambda: Measurements(Stats(), 75, True), chart, signs)
    badges, previews = layers[-7:], layers[:8]
    assert len({badge.y for badge in badges}) > 1
    lowest = max(badge.y + badge.image.shape[0] for badge in badges)
    for place, layer in enumerate(previews):
        assert lowest <= layer.y and layer.y + layer.image.shape[0] <= size[1]
        x, y = layer.x + layer.image.shape[1] // 2, layer.y + layer.image.shape[0] // 2
        assert overlay.hit(x, y) == place


def test_figures_are_read_once_a_second() -> None:
    rig = Rig()
    for frame in range(90):
        rig.layers(100.0 + frame / 30)
    assert rig.read == 3


def test_between_two_readings_every_panel_is_the_same_array() -> None:
    """So that the window converts none of them again."""
    rig = Rig()
    first, second = rig.layers(100.0), rig.layers(100.5)
    assert first and all(a.image is b.image for a, b in zip(first, second, strict=True))


def test_what_a_hand_did_is_seen_in_the_next_frame() -> None:
    rig = Rig()
    before = rig.layers(100.0)
    rig.recording = 0
    assert len(rig.layers(100.03)) == len(before)
    rig.overlay.look_again()
    assert len(rig.layers(100.06)) == len(before) + 1


def test_the_bar_of_a_fade_is_gone_in_the_first_frame_after_it() -> None:
    rig = Rig()
    still = len(rig.layers(100.0))
    rig.mixer = rig.mixer.select(1, 100.0)
    assert len(rig.layers(100.5)) == still + 1, "the bar lies over the panel"
    assert rig.layers(100.6)[-1].image is not rig.layers(100.5)[-1].image, "and moves"
    assert len(rig.layers(101.5)) == still
