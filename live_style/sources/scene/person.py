"""The person of the demo scene: sprites for what is soft, outlines for the eyes and the mouth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from live_style.imaging.geometry import Box
from live_style.sources.scene.sheet import Points
from live_style.sources.scene.sheet import SpriteSheet
from live_style.sources.scene.sheet import oval
from live_style.sources.scene.sheet import ramp
from live_style.sources.scene.sheet import ribbon
from live_style.sources.scene.sheet import smooth

NECK = (712.0, 452.0)
"""Where the head turns."""
FACE = smooth((627, 250), (648, 186), (712, 164), (776, 186), (797, 250), (793, 310), (776, 358), (746, 398),
              (712, 411), (678, 398), (648, 358), (631, 310))
Outlines = tuple[tuple[Points, str], ...]
"""Shapes and their colours, from back to front."""


def torso(scale: float) -> SpriteSheet:
    """Shoulders in a knitted pullover, with the neck."""
    sheet = SpriteSheet(Box(420, 330, 590, 410), scale)
    body = smooth((432, 760), (446, 660), (488, 574), (560, 530), (640, 500), (712, 494), (784, 500),
                  (866, 530),
                  (938, 574), (982, 660), (998, 760), (712, 800))
    sheet.fill(body, ramp((450, 560), (980, 700), "#ffd06a", "#f0a63a", "#cf7a2a", "#93481f"))
    _knit(sheet, body)
    for shape, color, share in (
        (smooth((470, 740), (520, 640), (560, 600), (548, 680), (540, 760)), "#7a3714", 0.45),
        (smooth((884, 600), (930, 660), (950, 760), (880, 760), (872, 680)), "#5c2612", 0.5),
        (smooth((470, 600), (540, 548), (640, 512), (600, 560), (520, 620)), "#fff0b8", 0.42),
        (smooth((600, 520), (712, 590), (826, 520), (800, 560), (712, 630), (624, 560)), "#7a3714", 0.4),
        (smooth((985, 640), (950, 580), (880, 540), (930, 590), (960, 650)), "#ffd9a0", 0.5),
    ):
        sheet.fill(shape, color, soft=14 if share < 0.5 else 7, opacity=share, within=body)
    sheet.fill(smooth((640, 380), (784, 380), (800, 470), (780, 512), (712, 540), (644, 512), (624, 470)),
               "#24101c")
    neck = smooth((674, 336), (750, 336), (756, 440), (786, 498), (712, 548), (638, 498), (668, 440))
    sheet.fill(neck, ramp((650, 0), (780, 0), "#f2b48c", "#d98b66", "#a95f4a"))
    sheet.fill(smooth((640, 380), (784, 380), (776, 440), (720, 470), (652, 430)), "#7d3b34", soft=9,
               opacity=0.62,
               within=neck)
    collar = smooth((630, 486), (654, 500), (712, 540), (770, 500), (796, 486), (812, 520), (772, 560),
                    (712, 582),
                    (652, 560), (612, 520))
    sheet.fill(collar, ramp((620, 0), (810, 0), "#ffd883", "#eda640", "#b7651f"))
    for i in range(27):
        a = np.pi * (0.03 + 0.94 * i / 26)
        inner = (712 - 72 * np.cos(a), 494 + 44 * np.sin(a))
        outer = (712 - 97 * np.cos(a), 506 + 70 * np.sin(a))
        sheet.fill(ribbon([inner, outer], 3.0), "#8a4617", opacity=0.5, within=collar)
    sheet.brush(21, 0.014, across=1.2, along=1.2)
    return sheet


def _knit(sheet: SpriteSheet, body: Points) -> None:
    for row in range(22):
        for column in range(44):
            x, y = 426 + column * 13.4, 498 + row * 12.0 + abs(column - 21.5) ** 1.6 * 0.35
            color, share = ("#fff0bc", 0.20) if (column + row) % 2 else ("#7a3714", 0.16)
            stitch = [(x - 6, y - 6), (x, y + 2), (x + 6, y - 6), (x + 6, y - 1), (x, y + 8), (x - 6, y - 1)]
            sheet.fill(np.array(stitch), color, opacity=share, within=body)


def head(scale: float) -> SpriteSheet:
    """Hair and face without its features, lit by the window from the left and by the lamp on the right."""
    sheet = SpriteSheet(Box(530, 100, 364, 540), scale)
    _long_hair(sheet)
    sheet.fill(FACE, ramp((640, 230), (800, 330), "#ffd9b3", "#f7bd94", "#e09a76", "#b8705a"))
    sheet.fill(oval(670, 346, 26, 17), "#f0705e", soft=9, opacity=0.45, within=FACE)
    sheet.fill(oval(756, 346, 25, 17), "#d85a50", soft=9, opacity=0.42, within=FACE)
    sheet.fill(smooth((776, 200), (806, 240), (806, 330), (776, 390), (712, 420), (750, 376), (772, 310)),
               "#7a3a3e",
               soft=12, opacity=0.5, within=FACE)
    sheet.fill(smooth((628, 240), (640, 230), (643, 320), (670, 384), (650, 372), (630, 310)), "#fff4dc",
               soft=6,
               opacity=0.65, within=FACE)
    sheet.fill(smooth((640, 236), (700, 214), (784, 232), (780, 180), (712, 160), (644, 180)), "#7a3830",
               soft=9,
               opacity=0.5, within=FACE)
    sheet.fill(oval(712, 403, 30, 7), "#a4523f", soft=6, opacity=0.3, within=FACE)
    _fringe(sheet)
    return sheet


def _long_hair(sheet: SpriteSheet) -> None:
    """The hair around the face, down over the shoulders in waves."""
    shape = smooth((712, 112), (784, 126), (836, 186), (852, 270), (848, 340), (866, 400), (878, 460),
                   (858, 520),
                   (872, 570), (846, 626), (812, 600), (796, 545), (808, 490), (780, 440), (764, 396), (712,
                                                                                                        380),
                   (660, 396), (644, 440), (616, 490), (630, 545), (612, 606), (576, 630), (552, 574), (566,
                                                                                                        520),
                   (546, 460), (560, 400), (576, 340), (572, 270), (588, 186), (640, 126))
    sheet.fill(shape, ramp((560, 0), (870, 0), "#a5542f", "#6a2f25", "#3a1a26", "#33172a"))
    chance = np.random.default_rng(5)
    for i in range(90):
        side, out, wave = (-1 if i % 2 else 1), chance.uniform(0.0, 1.0), chance.uniform(-5, 5)
        xs = (8, 78 + 34 * out, 86 + 52 * out, 76 + 56 * out, 62 + 98 * out, 100 + 50 * out, 90 + 66 * out,
              118 + 26 * out)
        ys = (116, 160 + 40 * (1 - out), 260, 350, 450, 515, 570, 618)
        points = [(712 + side * x + (wave if k > 1 else 0), float(y)) for k, (x, y) in enumerate(zip(xs, ys))]
        light = ("#f0a062" if i % 3 else "#d47a48") if side < 0 else "#9a4c34"
        sheet.fill(ribbon(points, chance.uniform(2, 6)), light if chance.uniform() < 0.55 else "#260e1a",
                   soft=0.8, opacity=0.4, within=shape)
    for side, depth in ((-1, 0.5), (1, 0.6)):
        under = [(712 + side * x, y) for x, y in ((84, 350.0), (62, 400), (74, 450), (102, 500), (90, 560))]
        sheet.fill(ribbon(under, 30), "#1c0c16", soft=8, opacity=depth, within=shape)
    sheet.fill(ribbon([(842, 220), (852, 300), (850, 350), (876, 440), (860, 520), (868, 580)], 8), "#ffb868",
               soft=3.5,
               opacity=0.65, within=shape)
    sheet.fill(ribbon([(576, 250), (574, 340), (556, 410), (552, 470), (566, 530), (556, 590)], 10),
               "#ffd0a0", soft=5,
               opacity=0.5, within=shape)


def _fringe(sheet: SpriteSheet) -> None:
    """The hair before the forehead, parted and swept to both sides."""
    left = smooth((752, 114), (690, 108), (626, 134), (586, 200), (574, 290), (578, 360), (570, 430),
                  (562, 500),
                  (588, 440), (608, 390), (622, 346), (632, 290), (652, 244), (690, 210), (734, 188), (758,
                                                                                                       156))
    right = smooth((744, 112), (796, 124), (838, 180), (852, 270), (848, 350), (860, 430), (868, 500),
                   (838, 440),
                   (816, 390), (804, 346), (798, 290), (792, 250), (778, 214), (754, 176))
    chance = np.random.default_rng(9)
    for shape, side, paint in ((right, 1, ramp((760, 130), (850, 300), "#6d2f27", "#431c22", "#351628")),
                               (left, -1, ramp((590, 140), (740, 300), "#b8623a", "#8a4029", "#5a2624"))):
        sheet.fill(shape, paint)
        for i in range(64):
            out, wave = chance.uniform(0.0, 1.0), chance.uniform(-4, 4)
            root = (748.0 + 8 * (1 - out), 112 + 50 * (1 - out))
            if side < 0:
                points = [root, (712 - 42 * out, 192 - 72 * out), (650 - 50 * out, 242 - 66 * out),
                          (630 - 50 * out + wave, 306.0), (604 - 24 * out, 400.0), (566.0, 496.0)]
            else:
                points = [root, (770 + 44 * out, 196 - 62 * out), (796 + 46 * out, 252 - 50 * out),
                          (802 + 44 * out + wave, 312.0), (824 + 24 * out, 400.0), (864.0, 496.0)]
            tint = ("#f5a968" if side < 0 else "#a4543a") if chance.uniform() < 0.55 else "#32121a"
            sheet.fill(ribbon(points, chance.uniform(1.5, 5)), tint, soft=0.6, opacity=0.36, within=shape)
    sheet.fill(smooth((604, 210), (640, 148), (700, 124), (664, 152), (628, 214), (610, 270)), "#ffcb90",
               soft=7,
               opacity=0.5, within=left)
    sheet.fill(ribbon([(826, 170), (846, 230), (850, 300), (848, 350)], 7), "#f2a860", soft=3.5, opacity=0.6,
               within=right)
    sheet.fill(ribbon([(742, 186), (694, 208), (654, 244), (636, 290), (626, 346)], 6), "#4a1a1a", soft=3,
               opacity=0.5,
               within=left)


def features(scale: float) -> SpriteSheet:
    """Nose and eye sockets: they slide over the face when the head turns."""
    sheet = SpriteSheet(Box(636, 240, 152, 150), scale)
    for x in (674, 752):
        sheet.fill(oval(x, 287, 27, 16), "#a4574a", soft=7, opacity=0.45)
        sheet.fill(oval(x, 304, 20, 8), "#ffe2c4", soft=5, opacity=0.25)
    sheet.fill(smooth((716, 276), (726, 316), (736, 340), (724, 350), (716, 330)), "#9a4a40", soft=5,
               opacity=0.5)
    sheet.fill(ribbon([(708, 272), (708, 310), (708, 334)], 9), "#fff0d8", soft=3, opacity=0.5)
    sheet.fill(oval(710, 337, 6, 5), "#fff4e0", soft=2.5, opacity=0.7)
    sheet.fill(ribbon([(696, 343), (705, 350), (714, 352), (724, 350), (733, 342)], 4.5), "#8d3f38", soft=1.2,
               opacity=0.6)
    sheet.fill(oval(713, 362, 4, 5), "#a4523f", soft=3, opacity=0.3)
    return sheet


@lru_cache(maxsize=512)
def eye(x: float, opened: float, gaze: float) -> Outlines:
    """One eye in the resting face; `opened` 0..1, `gaze` -1 (left)..1."""
    y, mirror = 291.0, 1 if x > 712 else -1
    lift = 13.0 * opened
    upper = [(x - 22.5, y + 2), (x - 12, y - lift * 0.8), (x + 2 * mirror, y - lift),
             (x + 12, y - lift * 0.78),
             (x + 22.5, y + 1)]
    lower = [(x + 12.0, y + 7 * opened + 2), (x, y + 9 * opened + 2), (x - 12, y + 7 * opened + 2)]
    brow = [(x - 25.0 + 2 * mirror, y - 24), (x - 10, y - 33), (x + 9, y - 33), (x + 25 + 2 * mirror, y - 24)]
    crease = [(x - 19.0, y - 9 - 4 * opened), (x, y - 12 - 6 * opened), (x + 19, y - 9 - 4 * opened)]
    parts = [(ribbon(brow, 7.5, 0.8), "#55251f"), (ribbon(crease, 1.8), "#a4574a")]
    if opened > 0.15:
        white, cx = smooth(*upper, *lower, steps=6), x + 4.5 * gaze
        parts += [(white, "#fff4e8"), (_cut(oval(cx, y - 1.5, 11.8, 12.3), white), "#2f6b5c"),
                  (_cut(oval(cx, y + 1, 9.2, 8.3), white),
                   "#57ad8a"), (_cut(oval(cx, y - 1.5, 5.4, 5.8), white), "#101a20"),
                  (_cut(oval(cx - 4.5, y - 5, 3.2, 3.2), white),
                   "#ffffff"), (_cut(oval(cx + 4, y + 4, 1.5, 1.5), white), "#c8ecd8"),
                  (ribbon([(x - 20, y + 3), *lower[::-1], (x + 20, y + 3)], 1.8), "#94493f")]
    return (*parts, (ribbon([(x - 24.5, y + 3), *upper[1:4], (x + 24.5, y + 2)], 6.0, 0.75), "#2a1218"))


def _cut(shape: Points, lens: Points) -> Points:
    """A round shape kept inside the lids: each point is pulled up or down to the lens at its x."""
    ends = int(lens[:, 0].argmax())
    upper, lower = lens[:ends + 1], np.concatenate([lens[ends:], lens[:1]])[::-1]
    x, y = shape[:, 0], shape[:, 1]
    top, low = np.interp(x, upper[:, 0], upper[:, 1]), np.interp(x, lower[:, 0], lower[:, 1])
    return np.stack([x, np.clip(y, top, np.maximum(top, low))], 1)


@lru_cache(maxsize=512)
def mouth(smile: float, opened: float) -> Outlines:
    """The mouth in the resting face; `smile` and `opened` 0..1."""
    x, y = 712.0, 376.0
    w, up, gap = 26 + 7 * smile, 2 + 7 * smile, 9 * opened
    left, right = (x - w, y - up), (x + w, y - up)
    seam = [(x - 14, y), (x, y + 2), (x + 14, y)]
    upper = smooth(left, (x - 11, y - 5.5), (x, y - 3.5), (x + 11, y - 5.5), right, *seam[::-1], steps=6)
    lower = smooth(left, *((sx, sy + gap) for sx, sy in seam), right, (x + 15, y + 7 + gap),
                   (x, y + 11 + gap),
                   (x - 15, y + 7 + gap), steps=6)
    parts = []
    if opened > 0.02:
        teeth = smooth((x - 17, y - 1), (x, y + 1), (x + 17, y - 1), (x + 12, y + gap * 0.6),
                       (x, y + gap * 0.7),
                       (x - 12, y + gap * 0.6), steps=6)
        inside = smooth(left, *seam, right, (x + 13, y + 4 + gap), (x, y + 5 + gap), (x - 13, y + 4 + gap),
                        steps=6)
        parts = [(inside, "#5a1720"), (teeth, "#fff4e6")]
    shine = ribbon([(x - 9, y + 6 + gap), (x, y + 7.5 + gap), (x + 8, y + 6 + gap)], 2.4)
    return (*parts, (lower, "#d4525a"), (upper, "#b23a48"), (shine, "#f59a96"),
            (ribbon([left, *seam, right], 2.2, 0.5), "#6d1f2a"))
