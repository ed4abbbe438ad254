"""Sound and subtitles of every kind on their way into a painted film: present and correct, or reported."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from live_style import cli
from live_style.video import tracks
from tests.support.films import ffmpeg
from tests.support.films import packets_of
from tests.support.films import sounds_of

SMALL = ("--model", "fast", "--stroke", "64", "--strength", "0", "-s", "neon")
PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1")
WORDS = "1\n00:00:00,200 --> 00:00:00,900\n<i>Hello</i>\nyou\n\n2\n00:00:00,920 --> 00:00:00,980\nWörld\n"


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def video(source: str, out: str) -> int:
    return cli.main(["video", source, out, *SMALL])


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("source", "codec", "rate", "channels", "outs"), [
    ("in.ts", "aac", 44100, 2, ".mp4 .mkv .mov"), ("in.ts", "mp2", 48000, 2, ".mp4 .mkv"),
    ("in.wmv", "wmav2", 44100, 2, ".mp4 .mkv"), ("in.avi", "adpcm_ms", 22050, 1, ".mp4 .mov"),
    ("in.avi", "pcm_alaw", 8000, 1, ".mp4 .mkv"), ("in.mov", "pcm_s16be", 48000, 2, ".mp4 .mkv .mov"),
    ("in.m2ts", "pcm_bluray", 48000, 2, ".mp4 .mkv .mov"), ("in.vob", "pcm_dvd", 48000, 2, ".mp4 .mkv"),
    ("in.mkv", "libopus", 48000, 2, ".mov .mp4"), ("in.mkv", "libvorbis", 44100, 2, ".mov"),
    ("in.mkv", "ac3", 48000, 6, ".mp4 .mov"), ("in.mkv", "pcm_f32le", 96000, 6, ".mp4 .mov"),
    ("in.flv", "nellymoser", 11025, 1, ".mp4 .mkv"), ("in.asf", "wmav1", 32000, 2, ".mov"),
    ("in.3gp", "aac", 16000, 1, ".mkv"), ("in.avi", "libmp3lame", 44100, 2, ".mov .mkv"),
])
def test_sound(source: str, codec: str, rate: int, channels: int, outs: str,
               capsys: pytest.CaptureFixture[str]) -> None:
    tone = f"sine=440:d=1:r={rate},aformat=channel_layouts={'5.1' if channels == 6 else f'{channels}c'}"
    tone = tone.replace("=1c", "=mono").replace("=2c", "=stereo")
    pictures = ("-c:v", "mpeg2video" if source.endswith("vob") else "mpeg4")
    if source.endswith(("ts", "mkv")):
        pictures = ("-c:v", "libx264", "-bf", "0")
    if source.endswith("flv"):
        pictures = ("-c:v", "flv1")
    ffmpeg(*PICTURES, "-f", "lavfi", "-i", tone, *pictures, "-c:a", codec, "-strict", "-2", source)
    began, lasts, pitch, count = sounds_of(Path(source))[0]
    for out in ("out" + ending for ending in outs.split()):
        assert video(source, out) == 0
        lines = capsys.readouterr().err.splitlines()
        with av.open(out) as container:
            assert len(list(container.decode(video=0))) in (24, 25, 26)
        begins, sounds, tuned, has = sounds_of(Path(out))[0]
        assert begins == pytest.approx(began, abs=0.05) and sounds == pytest.approx(lasts, abs=0.08)
        assert tuned == pytest.approx(pitch, abs=3.0) and has == count
        same = [data for _, _, data in packets_of(Path(source), "audio")] == [
            data for _, _, data in packets_of(Path(out), "audio")]
        assert len(lines) <= 1 and (same or codec == "aac") == (not lines), lines
        assert not lines or lines[0].startswith("live-style: the sound (") and " is converted to " in lines[0]


def test_a_hole_in_the_sound_stays_a_hole() -> None:
    ffmpeg(*PICTURES, "-f", "lavfi", "-i", "sine=440:d=1:r=44100", "-af", "aselect='lt(t,0.3)+gt(t,0.6)'",
           "-c:v", "mpeg4", "-c:a", "ac3_fixed", "in.mkv")
    with av.open("in.mkv") as container:
        times = [float(frame.time or 0) for frame in container.decode(audio=0)]
    assert max(b - a for a, b in zip(times, times[1:], strict=False)) > 0.25
    with av.open("in.mkv") as source, av.open("out.mp4", "w") as target:
        track = tracks.EncodedSound("aac", False, target, source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            target.mux(list(track.feed(packet)) if packet.size else list(track.end()))
    with av.open("out.mp4") as container:
        frames = list(container.decode(audio=0))
    loud = [float(frame.time or 0) for frame in frames if np.abs(frame.to_ndarray()).max() > 0.05]
    assert max(b - a for a, b in zip(loud, loud[1:], strict=False)) == pytest.approx(0.3, abs=0.06)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("codec", "source", "out", "kind"), [
    ("srt", "in.mkv", "out.mp4", "mov_text"), ("ass", "in.mkv", "out.mov", "mov_text"),
    ("webvtt", "in.mkv", "out.mp4", "mov_text"), ("mov_text", "in.mp4", "out.mkv", "srt"),
    ("mov_text", "in.mov", "out.mkv", "srt"), ("mov_text", "in.mp4", "out.mov", "mov_text"),
    ("ass", "in.mkv", "out.mkv", "ssa"), ("srt", "in.mkv", "out.mkv", "srt"),
])
def test_words(codec: str, source: str, out: str, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("words.srt").write_text(WORDS, encoding="utf-8")
    ffmpeg(*PICTURES, "-i", "words.srt", "-map", "0", "-map", "1", "-c:v", "libx264", "-bf", "0", "-c:s", codec,
           "-metadata:s:s:0", "language=deu", source)
    assert video(source, out) == 0
    lines = capsys.readouterr().err.splitlines()
    with av.open(out) as container:
        stream = container.streams.subtitles[0]
        assert stream.codec_context.name == kind
        assert ".mov" in source + out or stream.metadata["language"] == "deu"
    assert (lines == []) == (codec in kind or codec == "ass" and out.endswith("mkv")), lines
    ffmpeg("-i", out, "after.srt")
    times, texts = [], []
    for line in Path("after.srt").read_text(encoding="utf-8").splitlines():
        if "-->" in line:
            hours, minutes, seconds = line.split(" --> ")[0].replace(",", ".").split(":")
            times.append(float(seconds))
        elif line and not line.isdigit():
            texts.append(line)
    assert times == pytest.approx([0.2, 0.92], abs=0.03)
    assert [text.replace("<i>", "").replace("</i>", "") for text in texts] == ["Hello", "you", "Wörld"]


def test_pictures_of_words_are_told_where_they_do_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    """A film with subtitles of Blu-ray's kind: the end of one, which shows nothing, is as good as another."""
    ffmpeg(*PICTURES, "-c:v", "libx264", "-bf", "0", "plain.mkv")
    nothing = bytes.fromhex("16000b0060004010000000000000" "00800000")
    with av.open("plain.mkv") as source, av.open("in.mkv", "w") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        words = target.add_mux_stream("hdmv_pgs_subtitle")
        packet = av.Packet(nothing)
        for one in source.demux():
            if one.size:
                one.stream = copy
                target.mux(one)
        packet.stream, packet.pts, packet.dts, packet.time_base = words, 500, 500, words.time_base
        target.mux(packet)
    assert video("in.mkv", "out.mp4") == 0
    said = capsys.readouterr().err
    assert said == ("live-style: the subtitles (pgssub) are left out: a .mp4 file does not support that kind; "
                    "an .mkv file keeps them\n")
    assert video("in.mkv", "out.mkv") == 0
    assert capsys.readouterr().err == "" and len(packets_of(Path("out.mkv"), "subtitle")) == 1


@pytest.mark.parametrize("out", ["out.mp4", "out.mkv"])
def test_sound_that_cannot_be_decoded_is_left_out_and_told(out: str, capsys: pytest.CaptureFixture[str]) -> None:
    ffmpeg(*PICTURES, "-f", "lavfi", "-i", "sine=440:d=1:r=44100", "-c:v", "mpeg4", "-c:a", "sonicls", "-strict", "-2",
           "in.mkv")
    with av.open("in.mkv") as container:
        if container.streams.audio[0].codec_context is not None:
            pytest.skip("this PyAV decodes it")
    assert video("in.mkv", out) == 0
    assert "the sound (of an unknown kind) is left out" in capsys.readouterr().err
    with av.open(out) as container:
        assert not container.streams.audio and len(list(container.decode(video=0))) == 25


@pytest.mark.parametrize("codec", ["pcm_s16be", "pcm_s24le", "pcm_f32le"])
def test_plain_sound_is_converted_for_mp4_which_older_players_play_as_noise(
        codec: str, capsys: pytest.CaptureFixture[str]) -> None:
    ffmpeg(*PICTURES, "-f", "lavfi", "-i", "sine=440:d=1:r=48000", "-c:v", "mpeg4", "-c:a", codec, "in.mov")
    assert video("in.mov", "out.mp4") == 0
    assert f"({codec}) is converted to AAC" in capsys.readouterr().err
    with av.open("out.mp4") as container:
        assert container.streams.audio[0].codec_context.name == "aac"
    assert video("in.mov", "out.mov") == 0 and not capsys.readouterr().err


def test_what_an_edit_list_leaves_out_is_not_heard_in_other_formats() -> None:
    ffmpeg(*PICTURES, "-f", "lavfi", "-i", "sine=440:d=1:r=44100", "-c:v", "libx264", "-g", "25", "-c:a", "aac",
           "whole.mp4")
    ffmpeg("-ss", "0.5", "-i", "whole.mp4", "-c", "copy", "in.mp4")  # from there on, by an edit list
    assert video("in.mp4", "out.mkv") == 0
    began, lasts = sounds_of(Path("in.mp4"))[0][:2]
    begins, sounds = sounds_of(Path("out.mkv"))[0][:2]
    assert begins == pytest.approx(began, abs=0.05) and sounds == pytest.approx(lasts, abs=0.08) and lasts < 0.6


def test_subtitles_that_cannot_be_decoded_are_left_out_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("words.srt").write_text(WORDS, encoding="utf-8")
    ffmpeg(*PICTURES, "-i", "words.srt", "-c:v", "mpeg4", "-c:s", "ttml", "in.mp4")
    assert video("in.mp4", "out.mkv") == 0
    assert "the subtitles (of an unknown kind) are left out" in capsys.readouterr().err
