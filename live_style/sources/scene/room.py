"""The room of the demo scene: what stands still, and the few things that stir in it."""

from __future__ import annotations

import numpy as np

from live_style.imaging.geometry import Box
from live_style.sources.scene.sheet import SpriteSheet
from live_style.sources.scene.sheet import glow
from live_style.sources.scene.sheet import oval
from live_style.sources.scene.sheet import quad
from live_style.sources.scene.sheet import ramp
from live_style.sources.scene.sheet import ribbon
from live_style.sources.scene.sheet import smooth

WINDOW = Box(96, 64, 370, 420)
"""The glass."""


def backdrop(box: Box, scale: float) -> SpriteSheet:
    """Wall, view, lamp, shelf and pictures."""
    sheet = SpriteSheet(box, scale)
    everything = quad(box.x, box.y, box.width, box.height)
    sheet.fill(everything, glow((1040, 250), 950, "#4f8a83", "#2f6b6c", "#1f4f58", "#163c49"))
    _wallpaper(sheet)
    _view(sheet)
    _frame(sheet)
    _picture(sheet)
    sheet.fill(quad(-10, 16, 620, 9), ramp((0, 16), (0, 25), "#f0c76a", "#7c4f22"))
    _shelf(sheet)
    sheet.brush(7, 0.016, across=7, along=1.6)
    sheet.brush(8, 0.012, across=1.0, along=1.0)
    sheet.fill(oval(1085, 280, 330, 300), glow((1085, 280), 330, "#ffd58a", "#f0b060"), soft=70, opacity=0.32)
    return sheet


def _wallpaper(sheet: SpriteSheet) -> None:
    for row in range(-1, 10):
        for column in range(-4, 22):
            x, y = column * 74 + (row % 2) * 37, row * 84 + 20
            for turn in (-38, 0, 38):
                lean = np.radians(turn)
                sheet.fill(oval(x + 15 * np.sin(lean), y - 15 * np.cos(lean), 4.2, 13, turn), "#8fc0ae",
                           opacity=0.13)
            sheet.fill(ribbon([(x, y - 2), (x + 1, y + 12), (x - 1, y + 26)], 2.6), "#8fc0ae", opacity=0.13)


def _view(sheet: SpriteSheet) -> None:
    """The window without its bars: sky, sun, far hills, lake, trees."""
    x, y, width, height = WINDOW
    glass = quad(*WINDOW)
    sheet.fill(quad(x - 30, y - 26, width + 60, height + 62), "#0e2a33", soft=12, opacity=0.55)
    sheet.fill(quad(x - 22, y - 22, width + 44, height + 44),
               ramp((x, y), (x + width, y), "#f3e3c8", "#c9ad8a"))
    sheet.fill(glass, ramp((x, y), (x + 60, y + 300), "#3d5aa8", "#7d78c4", "#d98fb0", "#ffb37e", "#ffe0a0"))
    sheet.fill(oval(x + 215, y + 232, 130, 120), glow((x + 215, y + 232), 130, "#fff3c4", "#ffc98a"), soft=32,
               opacity=0.75, within=glass)
    sheet.fill(oval(x + 215, y + 232, 41, 41), glow((x + 205, y + 220), 60, "#fffdf0", "#ffe9a8"),
               within=glass)
    far = smooth((40, 700), (40, 330), (110, 292), (170, 318), (235, 268), (300, 310), (352, 286), (420, 322),
                 (500, 280), (560, 330), (560, 700))
    sheet.fill(far, ramp((0, 270), (0, 400), "#9a7fb8", "#d8a3ac"), within=glass)
    middle = smooth((40, 720), (40, 362), (130, 330), (215, 362), (290, 338), (380, 356), (470, 318),
                    (580, 370),
                    (580, 720))
    sheet.fill(middle, ramp((0, 320), (0, 420), "#5d6fa0", "#8a8fb0"), within=glass)
    lake = quad(x, 378, width, 120)
    sheet.fill(lake, ramp((0, 378), (0, 484), "#f2b390", "#8d7fb2", "#425a92"), within=glass)
    for i in range(26):
        cx = x + 215 + (i * 37 % 61 - 30) * (0.4 + i / 16)
        sheet.fill(oval(cx, 381 + i * 3.4, 10 + i * 0.8, 1.1), "#fff0c0", opacity=0.75 - i * 0.022,
                   within=glass)
    near = smooth((40, 760), (40, 428), (120, 418), (190, 444), (250, 462), (330, 470), (400, 448),
                  (470, 424),
                  (580, 430), (580, 760))
    sheet.fill(near, ramp((0, 420), (0, 490), "#3d7a5c", "#1d4a47"), within=glass)
    for cx, base, tall in ((118, 432, 74), (142, 440, 52), (164, 446, 60), (421, 452, 58), (445, 444, 84)):
        for part in range(4):
            top, half = base - tall * (0.25 + 0.25 * part), tall * (0.24 - 0.045 * part)
            tier = np.array([(cx - half, top + tall * 0.27), (cx, top - tall * 0.12),
                             (cx + half, top + tall * 0.27)])
            sheet.fill(tier, ramp((cx - half, top), (cx + half, top), "#2f6a58", "#173f42"), within=glass)


def _frame(sheet: SpriteSheet) -> None:
    """The window's bars and the sill."""
    x, y, width, height = WINDOW
    wood = ramp((x, y), (x + width, y + height), "#fff2da", "#dcc09a")
    sheet.fill(quad(x + width / 2 - 7, y, 14, height), wood)
    sheet.fill(quad(x + width / 2 + 4, y, 3, height), "#a98862", opacity=0.6)
    sheet.fill(quad(x, y + 138, width, 11), wood)
    sheet.fill(quad(x, y + 146, width, 3), "#a98862", opacity=0.6)
    sheet.fill(quad(x - 44, y + height + 12, width + 88, 30),
               ramp((0, y + height + 12), (0, y + height + 42), "#ffedd0", "#d9b98e", "#a67f5c"))
    sheet.fill(quad(x - 40, y + height + 42, width + 80, 16), "#0c2630", soft=7, opacity=0.5)


def bars(scale: float) -> SpriteSheet:
    """The bars again, as far as the clouds pass behind them."""
    x, y, width, _ = WINDOW
    sheet = SpriteSheet(Box(x, y, width, 220), scale)
    _frame(sheet)
    return sheet


def clouds(scale: float) -> SpriteSheet:
    """A strip of clouds twice as wide as the window; its halves are alike, so that it can drift for ever."""
    x, y, width, _ = WINDOW
    sheet = SpriteSheet(Box(x, y, 2 * width, 220), scale)
    for cx, cy, size in ((60, 66, 1.0), (215, 36, 0.7), (300, 104, 1.1), (130, 172, 0.7)):
        for again in range(-1, 3):
            _cloud(sheet, x + cx + again * width, y + cy, size)
    return sheet


def _cloud(sheet: SpriteSheet, x: float, y: float, size: float) -> None:
    puffs = ((-52, 6, 30, 11), (-22, -6, 32, 20), (14, -10, 36, 24), (46, 4, 36, 13), (0, 8, 70, 9))
    for dx, dy, rx, ry in puffs:
        shape = oval(x + dx * size, y + dy * size, rx * size, ry * size)
        sheet.fill(shape, ramp((0, y - 30 * size), (0, y + 18 * size), "#fff1dc", "#f7b9a8", "#b58cc0"),
                   soft=2.2, opacity=0.82)


def _picture(sheet: SpriteSheet) -> None:
    """A small framed abstract on the wall."""
    sheet.fill(quad(860, 52, 142, 176), "#0d2b35", soft=10, opacity=0.5)
    sheet.fill(quad(852, 44, 140, 172), ramp((852, 44), (992, 216), "#e8b765", "#9a6a34"))
    inner = quad(864, 56, 116, 148)
    sheet.fill(inner, ramp((864, 56), (864, 204), "#f8ead0", "#f1d2ae"))
    sheet.fill(oval(936, 104, 27, 27), "#e4572e", within=inner)
    sheet.fill(smooth((850, 240), (850, 150), (900, 132), (940, 166), (1000, 140), (1000, 240)), "#2e6f8e",
               within=inner)
    sheet.fill(smooth((850, 240), (850, 182), (905, 172), (950, 190), (1000, 176), (1000, 240)), "#f2a65a",
               within=inner)


def _shelf(sheet: SpriteSheet) -> None:
    sheet.fill(quad(905, 489, 375, 22), "#0d2a33", soft=10, opacity=0.55)
    sheet.fill(quad(900, 470, 400, 22), ramp((0, 470), (0, 492), "#c98f58", "#8d5a36"))
    books = ((922, 96, 24, "#c8553d"), (948, 110, 20, "#f2c14e"), (970, 88, 28, "#3c6e91"),
             (1000, 104, 18, "#efe3cb"),
             (1020, 92, 22, "#7a3b5d"))
    for x, tall, wide, color in books:
        book = quad(x, 470 - tall, wide, tall)
        sheet.fill(book, color)
        sheet.fill(quad(x + wide * 0.62, 470 - tall, wide * 0.4, tall), "#10222c", soft=3, opacity=0.35,
                   within=book)
        for band in (0.16, 0.78):
            sheet.fill(quad(x, 470 - tall * (1 - band), wide, 4), "#fbe6b0", opacity=0.7)
    sheet.fill(oval(1085, 466, 38, 7), ramp((1047, 0), (1123, 0), "#d9a441", "#7c4f22"))
    sheet.fill(ribbon([(1085, 466), (1089, 420), (1081, 380), (1085, 330)], 15, 0.35),
               ramp((1076, 0), (1096, 0), "#f0c76a", "#8a5a28"))
    shade = smooth((1044, 236), (1085, 229), (1126, 236), (1146, 296), (1157, 338), (1085, 350), (1013, 338),
                   (1024, 296))
    sheet.fill(shade, glow((1085, 312), 105, "#fff8dc", "#ffdc8c", "#f2a24e", "#c96a34"))
    for i in range(9):
        top = 1052 + i * 8.25
        sheet.fill(ribbon([(top, 234), (1085 + (top - 1085) * 1.45, 290), (1085 + (top - 1085) * 2.0, 346)],
                          2.4),
                   "#b05a28", opacity=0.25, within=shade)


def curtain(scale: float, left: bool) -> SpriteSheet:
    """One half of the curtain, with its folds."""
    x = 20 if left else 424
    sheet = SpriteSheet(Box(x - 50, 6, 200, 650), scale)
    if left:
        shape = smooth((x - 44, 14), (x + 40, 12), (x + 96, 16), (x + 88, 180), (x + 52, 340), (x + 20, 420),
                       (x + 44, 520), (x + 74, 630), (x + 20, 642), (x - 44, 634), (x - 44, 420),
                       (x - 44, 180), steps=14)
    else:
        shape = smooth((x + 8, 16), (x + 60, 12), (x + 128, 16), (x + 126, 200), (x + 124, 420),
                       (x + 134, 630), (x + 90, 642),
                       (x + 36, 632), (x + 62, 520), (x + 84, 420), (x + 54, 340), (x + 18, 180), steps=14)
    sheet.fill(shape, ramp((x - 20, 0), (x + 130, 200), "#f39a7c", "#e2725b", "#c04e4b"))
    for i, at in enumerate((0.08, 0.24, 0.42, 0.58, 0.76, 0.92)):
        top = x - 16 + at * 108 if left else x + 14 + at * 112
        tie = x - 10 + at * 34 if left else x + 84 + at * 40
        end = x - 18 + at * 86 if left else x + 42 + at * 86
        fold = ribbon([(top, 16), (top * 0.75 + tie * 0.25, 200), (tie, 420), (end * 0.6 + tie * 0.4, 520),
                       (end, 636)],
                      13, 0.4)
        sheet.fill(fold, "#8f2f3d" if i % 2 else "#ffc3a0", soft=4, opacity=0.55, within=shape)
    band = smooth((x - 24, 410), (x + 24, 404), (x + 30, 420), (x + 24, 436), (x - 24, 438)) if left else \
        smooth((x + 76, 404), (x + 134, 410), (x + 134, 438), (x + 76, 436), (x + 72, 420))
    sheet.fill(band, ramp((0, 404), (0, 438), "#ffdf9e", "#d29a3f"))
    sheet.brush(3 if left else 4, 0.03, across=1.5, along=8)
    return sheet


def leaf(scale: float, length: float, seed: int) -> SpriteSheet:
    """A big plant leaf that points up, its stem at (0, 0)."""
    half = length * 0.34
    sheet = SpriteSheet(Box(round(-half - 6), round(-length - 8), round(2 * half + 12), round(length + 14)), scale)
    shape = smooth((0, 0), (-half * 0.75, -length * 0.2), (-half, -length * 0.5),
                   (-half * 0.55, -length * 0.82),
                   (0, -length), (half * 0.55, -length * 0.82), (half, -length * 0.5), (half * 0.75,
                                                                                        -length * 0.2))
    greens = (("#9fd07a", "#3f8f5c", "#1c5b4b"), ("#b8d97c", "#4d9a54", "#1f5f45"),
              ("#7cc48a", "#2f8065", "#174e4c"))
    sheet.fill(shape, ramp((-half, -length), (half, 0), *greens[seed % 3]))
    sheet.fill(smooth((0, 0), (half * 0.75, -length * 0.2), (half, -length * 0.5),
                      (half * 0.55, -length * 0.82),
                      (0, -length), (1, -length * 0.5)), "#0d3d3a", opacity=0.25)
    for k in range(1, 7):
        y = -length * k / 7.6
        for side in (-1, 1):
            sheet.fill(ribbon([(0, y), (side * half * 0.5, y - length * 0.09),
                               (side * half * 0.92, y - length * 0.13)],
                              2.0), "#d9efb0", opacity=0.6, within=shape)
    sheet.fill(ribbon([(0, 2), (0, -length * 0.5), (0, -length * 0.97)], 4.0, 0.6), "#e2f2b8", opacity=0.8)
    sheet.brush(seed, 0.03)
    return sheet


def pot(scale: float) -> SpriteSheet:
    """The plant's pot, in front of its stems."""
    sheet = SpriteSheet(Box(1060, 590, 210, 140), scale)
    body = smooth((1078, 620), (1165, 612), (1252, 620), (1240, 680), (1222, 740), (1108, 740), (1090, 680))
    sheet.fill(body, ramp((1078, 0), (1252, 0), "#f0a878", "#d9764e", "#9a4535", "#6f2f30"))
    for i in range(7):
        cx = 1096 + i * 23
        sheet.fill(np.array([(cx, 660), (cx + 11, 678), (cx, 696), (cx - 11, 678)], np.float64), "#ffe3b0",
                   opacity=0.55,
                   within=body)
    sheet.fill(oval(1165, 622, 92, 15), ramp((1073, 0), (1257, 0), "#ffc79a", "#c9694a", "#8a3f35"))
    sheet.fill(oval(1165, 621, 78, 10), "#33211f")
    sheet.brush(5, 0.035, along=4)
    return sheet


def cat(scale: float) -> SpriteSheet:
    """A cat on the sill that looks out; its tail is apart."""
    sheet = SpriteSheet(Box(280, 360, 90, 140), scale)
    shape = smooth((292, 497), (290, 462), (304, 432), (312, 414), (310, 396), (312, 374), (324, 386),
                   (336, 386),
                   (348, 374), (351, 396), (348, 414), (358, 440), (364, 470), (360, 497))
    sheet.fill(shape, ramp((290, 0), (364, 0), "#4b4258", "#2b2638", "#1d1a2a"))
    sheet.fill(ribbon([(296, 480), (296, 458), (308, 430), (316, 414), (314, 398)], 7), "#ffb98a", soft=2,
               opacity=0.75,
               within=shape)
    sheet.fill(ribbon([(356, 486), (354, 460), (344, 436)], 4), "#8d7fb2", soft=2, opacity=0.6, within=shape)
    sheet.brush(13, 0.05, across=1, along=3)
    return sheet


def tail(scale: float) -> SpriteSheet:
    """The cat's tail, hanging from the sill."""
    sheet = SpriteSheet(Box(336, 476, 70, 110), scale)
    stroke = ribbon([(350, 484), (364, 498), (368, 528), (364, 552), (376, 572)], 13, 0.35)
    sheet.fill(stroke, ramp((350, 0), (380, 0), "#3a3348", "#1d1a2a"))
    return sheet
