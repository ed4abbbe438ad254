"""Hundreds of broken styles, configs and pictures: each ends in a sentence or a right result, never in a traceback."""

from __future__ import annotations

import io
import json
import math
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image as Pillow

from live_style.control.keys import parse_script
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import StyleError
from live_style.frame import Image
from live_style.imaging.read import read_picture
from live_style.look import Vector
from live_style.settings import PARSERS
from live_style.settings import load_config
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style
from live_style.style import parse_style
from live_style.styles.collection import load_collection
from live_style.styles.predict import StyleMaker

# The same examples on every machine; nothing is written next to the tests.
thorough = examples(deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

GOOD = dump_style(make_style("Wave", "live-style-2", np.linspace(-2, 2, 100, dtype=np.float32), artist="Hokusai"))
CONFIG = """# my show
camera = "C920"
size = "1280x720"
fps = 30
fade = 1.5
mirror = true
net-size = "640x360"
keys.freeze = "F5"
[keys.unused]
"""

# A process that has run ONNX Runtime knows no subnormal numbers: it flushes them to zero, for speed.
floats = st.floats(allow_subnormal=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10**400, 10**400) | floats | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5), max_leaves=10)


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """A good file with a piece cut out, doubled or overwritten, or cut off."""
    at, piece = st.integers(0, len(good)), st.binary(max_size=12)
    return st.builds(lambda a, b, new: good[:min(a, b)] + new + good[max(a, b):], at, at, piece) | st.builds(
        lambda a, new: good[:a] + new + good[a + len(new):], at, piece)


def is_a_sentence(error: LiveStyleError) -> None:
    for line in (error.cause, error.cure):
        assert line and line == " ".join(line.split()) and len(line) < 600
        assert line.encode("utf-8") and line.isprintable()


def style_or_sentence(text: str | bytes) -> Style | None:
    try:
        style = parse_style(text, "odd.json")
    except StyleError as e:
        assert "odd.json" in e.cause
        is_a_sentence(e)
        return None
    assert style.embedding.shape == (100,) and np.isfinite(style.embedding).all()
    assert all(isinstance(word, str) and word.isprintable() for word in (style.name, style.artist, style.space))
    return style


@thorough
@given(st.binary(max_size=300) | mutated(GOOD.encode()))
def test_styles_of_any_bytes(data: bytes) -> None:
    style_or_sentence(data)


@thorough
@given(st.fixed_dictionaries({}, optional={
    "format": st.just("live-style/1") | json_values, "name": st.just("Wave") | json_values,
    "artist": json_values, "norms": json_values | st.dictionaries(st.text(max_size=20), st.lists(floats, max_size=30)),
    "space": st.just("live-style-2") | json_values,
    "embedding": json_values | st.lists(floats, min_size=100, max_size=100)
    | st.lists(st.floats(-3, 3, allow_subnormal=False) | st.integers(-3, 3), min_size=99, max_size=101)}))
def test_styles_of_any_json(fields: dict[str, Any]) -> None:
    style = style_or_sentence(json.dumps(fields))
    if style is not None:
        again = parse_style(dump_style(style), "odd.json")
        np.testing.assert_allclose(again.embedding, style.embedding, rtol=1e-4)
        assert not any(isinstance(x, bool) or not math.isfinite(x) for x in fields["embedding"])


@thorough
@given(data=mutated(GOOD.encode()))
def test_a_gallery_with_a_broken_neighbour(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "odd.json").write_bytes(data)
    collection, problems = load_collection([tmp_path], "live-style-2")
    assert collection.styles[0].slug == "good"
    assert len(collection) + len(problems) == 2


def config_or_sentence(data: bytes, folder: Path) -> None:
    file = folder / "config.toml"
    file.write_bytes(data)
    try:
        values = load_config(file)
    except SettingsError as e:
        assert str(file) in e.cause or "config.toml" in e.cause
        is_a_sentence(e)
    else:
        assert set(values) <= {*PARSERS, "key_table"}


@thorough
@given(data=st.binary(max_size=300) | mutated(CONFIG.encode()))
def test_configs_of_any_bytes(data: bytes, tmp_path: Path) -> None:
    config_or_sentence(data, tmp_path)


toml_values = st.sampled_from([
    "true", "false", "0", "-1", "30", "1e400", "inf", "nan", "-0.0", "9" * 400, '""', '"x"', '"1280x720"', '"0x0"',
    "[]",
    "[1, 2]", "{}", "{a = 1}", "1979-05-27", "07:32:00", "'C:\\dir'", '"~nobody/x"', '"\\u0000"', '["F5", 3]', '"F5"',
    '"auto"', "[[]]", '"cuda"', '"1.0:Right 2:Left"'])
toml_keys = st.sampled_from([*PARSERS, "keys", "net-size", "vcam-device", "nope", "keys.freeze", "keys.style-3",
                             "keys.x", '"quoted key"', "camera.name", '""'])


@thorough
@given(lines=st.lists(st.tuples(toml_keys, toml_values), max_size=5))
def test_configs_of_any_values(lines: list[tuple[str, str]], tmp_path: Path) -> None:
    config_or_sentence("".join(f"{key} = {value}\n" for key, value in lines).encode(), tmp_path)


@thorough
@given(name=st.sampled_from(sorted(PARSERS)), text=st.text(max_size=30))
def test_flags_of_any_text(name: str, text: str) -> None:
    for parse in (PARSERS[name], parse_script):
        try:
            parse(text)
        except SettingsError as e:
            assert e.cause and e.cure and "\n" not in e.cause


def encoded(form: str, **options: Any) -> bytes:
    rng = np.random.default_rng(7)
    picture = Pillow.fromarray(rng.integers(0, 255, (24, 32, 3), np.uint8))
    if form == "GIF":
        picture = picture.quantize(16)
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


PICTURES = [encoded("JPEG"), encoded("JPEG", progressive=True), encoded("PNG"), encoded("GIF"), encoded("BMP"),
            encoded("TIFF"), encoded("TIFF", compression="tiff_lzw"), encoded("WEBP")]


@thorough
@given(data=st.sampled_from(PICTURES).flatmap(mutated) | st.binary(max_size=200),
       suffix=st.sampled_from([".jpg", ".png", ".webp", ".gif", ".tif"]), shorter=st.sampled_from([None, 4, 512]))
def test_pictures_of_any_bytes(data: bytes, suffix: str, shorter: int | None, tmp_path: Path) -> None:
    file = tmp_path / f"odd{suffix}"
    file.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = read_picture(file, shorter)
        except StyleError as e:
            assert file.name in e.cause
            is_a_sentence(e)
        else:
            assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.flags.c_contiguous


@pytest.mark.sampled(4)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16"])
def test_pictures_of_every_kind_become_styles(mode: str, tmp_path: Path) -> None:
    suffix = {"CMYK": "jpg", "YCbCr": "jpg", "LAB": "tif"}.get(mode, "png")
    for size in ((1, 1), (1, 900), (700, 3), (64, 48)):
        picture = Pillow.new("RGB", size, (200, 100, 50)).convert("RGB" if mode in ("LAB", "I;16") else mode)
        if mode == "LAB":
            picture = Pillow.frombytes("LAB", size, b"\x80\x10\x20" * (size[0] * size[1]))
        if mode == "I;16":
            picture = Pillow.fromarray(np.full((size[1], size[0]), 30000, np.uint16))
        file = tmp_path / f"{size[0]}x{size[1]}.{suffix}"
        picture.save(file)
        assert read_picture(file).shape == (size[1], size[0], 3)
        style = StyleMaker(Mean, "live-style-2", tmp_path).make(file)
        assert np.isfinite(style.embedding).all()


class Mean:
    """A predictor by the mean colour."""

    space = "live-style-2"

    def predict(self, image: Image) -> Vector:
        return np.resize(image.mean(axis=(0, 1)) / 255, 100).astype(np.float32)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    good = encoded("PNG")
    # The size is in the first chunk: 4 bytes of length, "IHDR", 13 of data, 4 of checksum, after 8 of signature.
    header = b"IHDR" + struct.pack(">II", 30000, 30000) + good[24:29]
    file.write_bytes(good[:12] + header + struct.pack(">I", zlib.crc32(header)) + good[33:])
    with pytest.raises(StyleError) as caught:
        read_picture(file, 512)
    is_a_sentence(caught.value)


@pytest.mark.parametrize("lay", [lambda file: file.mkdir(), lambda file: file.touch(), lambda file: None])
def test_what_is_no_file_is_no_picture(lay: Callable[[Path], None], tmp_path: Path) -> None:
    lay(tmp_path / "odd.png")
    with pytest.raises(StyleError) as caught:
        read_picture(tmp_path / "odd.png")
    is_a_sentence(caught.value)
