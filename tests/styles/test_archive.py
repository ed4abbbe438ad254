"""Packs: styles of other people are imported; a broken or malicious file gives one line of error."""

from __future__ import annotations

import io
import json
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from live_style import cli
from live_style.errors import StyleError
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style
from live_style.styles.archive import MAX_STYLES
from live_style.styles.archive import packed
from live_style.styles.archive import read_pack
from live_style.styles.collection import load_collection
from live_style.system import paths

SPACE = "live-style-2"
thorough = examples(deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def a_style(name: str, level: float = 1.0, space: str = SPACE) -> Style:
    return make_style(name, space, np.linspace(-level, level, 100, dtype=np.float32), "A friend", "2026", "of a photo",
                      "CC-BY-4.0")


TWO = packed([a_style("Harbour"), a_style("Évening", 2.0)])
GOOD = dump_style(a_style("Harbour"))


def archive(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of names and contents, as somebody else might make one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return buffer.getvalue()


def put(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def own() -> list[str]:
    """The user's own styles, by their names."""
    return sorted(style.name for style in load_collection([paths.user_styles_folder()], None)[0].styles)


def test_what_is_packed_is_read_again(tmp_path: Path) -> None:
    styles = read_pack(put(tmp_path / "two.zip", TWO))
    assert [style.name for style in styles] == ["Harbour", "Évening"]
    assert [style.slug for style in styles] == ["harbour", "evening"]
    assert packed(styles) == TWO
    np.testing.assert_allclose(styles[1].embedding, a_style("x", 2.0).embedding, atol=1e-4)


def test_a_style_file_is_a_pack_of_one_whatever_its_ending(tmp_path: Path) -> None:
    for name in ("harbour.json", "harbour.style", "harbour"):
        assert [style.name for style in read_pack(put(tmp_path / name, GOOD))] == ["Harbour"]


def test_an_archive_of_a_whole_folder_will_do(tmp_path: Path) -> None:
    data = archive(("styles/", ""), ("styles/a.json", GOOD), ("styles/previews/a.webp", b"RIFF"), ("README.md", "hi"),
                   ("__MACOSX/styles/._a.json", b"\0\5\x16\7"), ("styles/order.txt", "a"))
    assert [style.slug for style in read_pack(put(tmp_path / "x.zip", data))] == ["a"]


def bomb() -> bytes:
    """100 MB of zeros in 100 KB that say that they are ten bytes."""
    data = archive(("a.json", b"0" * 100_000_000))
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", 10) + data[at + 4:]


@pytest.mark.parametrize(("data", "words"), [
    (archive(), "no styles"),
    (archive(("a.txt", GOOD)), "no styles"),
    (archive(("../../a.json", GOOD)), "a path outside its folder"),
    (archive(("a.json", GOOD), ("/etc/x.txt", "x")), "a path outside its folder"),
    (archive(("..\\a.json", GOOD)), "a path outside its folder"),
    (archive(("C:\\a.json", GOOD)), "a path outside its folder"),
    (archive(("a.json", GOOD), ("b.json", "{}")), "b.json is not a style"),
    (archive(("a\x1b[31m.json", "{}")), "a [31m.json is not a style"),
    (archive(("x" * 60_000 + ".json", "{}")), "is not a style"),
    (archive(("a.json", "[" * 60_000)), "nested too deep"),
    (lambda: archive(("a.json", b"0" * 100_000_000)), "larger than 64 KB"),
    (bomb, ""),
    (archive(("a.json", GOOD), method=zipfile.ZIP_LZMA), "unsupported compression"),
    (archive(("a.json", GOOD), method=zipfile.ZIP_BZIP2), "unsupported compression"),
    (lambda: archive(*[(f"{i}.json", "{}") for i in range(MAX_STYLES + 1)]), f"more than {MAX_STYLES}"),
    (lambda: archive(("a.bin", np.random.default_rng(1).bytes(5_000_000)), ("a.json", GOOD)), "larger than 4 MB"),
    (TWO[:-30], "damaged"),
    (TWO[:400] + b"\xff" * 20 + TWO[420:], "damaged"),
    (b"PK", "damaged"),
    (b"", "is not a style"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_no_pack_is_told_at_once(data: bytes | Callable[[], bytes], words: str, tmp_path: Path) -> None:
    odd = put(tmp_path / "odd.zip", data() if callable(data) else data)
    began = time.monotonic()
    with pytest.raises(StyleError) as caught:
        read_pack(odd)
    assert time.monotonic() - began < 2.0
    assert words in caught.value.cause and "odd.zip" in caught.value.cause
    assert caught.value.cure and caught.value.cause.isprintable() and len(caught.value.cause) < 400


def test_an_archive_with_a_password_is_told(tmp_path: Path) -> None:
    data = bytearray(archive(("a.json", GOOD)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(StyleError, match="password|encrypted"):
        read_pack(put(tmp_path / "odd.zip", bytes(data)))


pieces = st.binary(max_size=12)
places_in_it = st.integers(0, len(TWO))
broken = st.builds(lambda a, b, new: TWO[:min(a, b)] + new + TWO[max(a, b):], places_in_it, places_in_it, pieces) | (
    st.builds(lambda a, new: TWO[:a] + new + TWO[a + len(new):], places_in_it, pieces))
letters = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
strange = st.lists(st.tuples(letters | letters.map(lambda text: text + ".json"),
                             st.just(GOOD.encode()) | st.binary(max_size=99)), max_size=4, unique_by=lambda m: m[0])


@thorough
@given(data=broken | pieces.map(lambda end: b"PK" + end) | strange.map(lambda m: archive(*m)))
def test_packs_of_any_bytes(data: bytes, tmp_path: Path) -> None:
    try:
        styles = read_pack(put(tmp_path / "odd.zip", data))
    except StyleError as e:
        assert "odd.zip" in e.cause and e.cause.isprintable() and e.cure
        return
    for style in styles:
        assert style.slug.replace("-", "").isalnum() and style.slug.isascii()
        assert np.isfinite(style.embedding).all()


def test_styles_go_to_a_friend_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "mix", "neon", "tiger", "--name", "Bright Tiger"]) == 0
    capsys.readouterr()
    for names, file, told in ((["bright"], "one.json", "1 style"), (["bright-tiger", "neon"], "two.zip", "2 styles"),
                              (["neon", "Neon"], "one.zip", "1 style")):
        assert cli.main(["styles", "export", *names, "-o", str(tmp_path / file)]) == 0
        assert capsys.readouterr().out == f"{told}: {tmp_path / file}\n"
    monkeypatch.setenv("LIVE_STYLE_HOME", str(tmp_path / "friend"))
    assert cli.main(["styles", "import", str(tmp_path / "two.zip"), str(tmp_path / "one.json")]) == 0
    file = paths.user_styles_folder() / "bright-tiger.json"
    assert capsys.readouterr().out.splitlines() == [f"bright-tiger: {file}", "neon: you already have it",
                                                    "bright-tiger: you already have it"]
    assert file.read_bytes() == (tmp_path / "one.json").read_bytes()
    assert (file.parent / "previews" / "bright-tiger.webp").is_file()
    assert own() == ["Bright Tiger"]


def test_another_style_of_a_name_that_is_taken_gets_a_free_one(tmp_path: Path,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    shipped = (paths.styles_folder() / "neon.json").read_bytes()
    files = [put(tmp_path / f"{i}.json", dump_style(a_style(name, i)))
             for i, name in enumerate(("Neon", "neon", "Harbour"), 1)]
    assert cli.main(["styles", "import", *map(str, files)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("neon-2: ") and lines[0].endswith(
        "(Neon is the name of another style: this one is called Neon 2)")
    assert [line.split(":")[0] for line in lines] == ["neon-2", "neon-3", "harbour"]
    assert own() == ["Harbour", "Neon 2", "neon 3"]
    assert cli.main(["styles", "import", str(files[0])]) == 0
    assert capsys.readouterr().out == "neon-2: you already have it, as Neon 2\n"
    assert (paths.styles_folder() / "neon.json").read_bytes() == shipped
    again = load_collection([paths.user_styles_folder()], None)[0].find("neon 2")
    assert (again.artist, again.licence) == ("A friend", "CC-BY-4.0")


@pytest.mark.parametrize(("bad", "words"), [
    (b"not a style", "is not a style"),
    (dump_style(a_style("Far", space="live-style-9")).encode(),
     'the style "Far" belongs to the style space "live-style-9"'),
    (archive(("../x.json", GOOD)), "a path outside its folder"),
])
def test_with_one_bad_file_nothing_is_taken_in(bad: bytes, words: str, tmp_path: Path,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    good, odd = put(tmp_path / "good.json", GOOD), put(tmp_path / "odd.json", bad)
    assert cli.main(["styles", "import", str(good), str(odd)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and words in err and len(err.splitlines()) == 2
    assert not paths.user_styles_folder().exists()


@pytest.mark.parametrize(("arguments", "words"), [
    (["neon", "-o", "a.txt"], "a.txt is neither .json nor .zip"),
    (["neon", "tiger", "-o", "a.json"], "2 styles cannot be written to one style file, a.json"),
    (["neon", "zzz", "-o", "a.zip"], 'no style matches "zzz"'),
    (["neon", "-o", "there.json"], "there.json already exists"),
    (["neon", "-o", "there.json/a.json"], "there.json/a.json cannot be written"),
])
def test_what_cannot_be_exported_is_told(arguments: list[str], words: str, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "there.json", "mine")
    assert cli.main(["styles", "export", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("there.json", "mine")]


def test_export_overwrites_when_it_is_asked_to(tmp_path: Path) -> None:
    file = put(tmp_path / "neon.json", "mine")
    assert cli.main(["styles", "export", "neon", "-o", str(file), "--overwrite"]) == 0
    assert json.loads(file.read_text())["name"] == "Neon"
