"""Sound through a real sound server: in a recording in step with the picture, in a show, and in its beat."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.booth import SoundBooth
from tests.support.music import RATE as MUSIC
from tests.support.music import drums

pytest.importorskip("sounddevice", reason="sounddevice, which listens to microphones, is not installed",
                    exc_type=(ImportError, OSError))

EVERY = 0.6
"""Seconds from one click and flash to the next."""
FPS = 30
QUICK = ["--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu", "--camera", "demo",
         "--headless"]


def clicking(moments: np.ndarray) -> np.ndarray:
    """A click of a hundredth of a second every EVERY."""
    return np.where(moments % EVERY < 0.01, 0.9, 0.0)


@pytest.fixture
def booth(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SoundBooth]:
    booth = SoundBooth(tmp_path, getattr(request, "param", clicking))
    yield booth
    booth.close()


RECORD = """
import sys, time
import numpy as np
from pathlib import Path
from live_style.frame import Frame
from live_style.sinks.recording import RecordingSink
from live_style.sources.microphone import Microphone
from live_style.sources.sound_library import PortAudio

file, seconds, every, fps = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
microphone = Microphone(PortAudio(), "booth", lambda line: print(line, flush=True))
sink = RecordingSink(Path(file), microphone.listen())
microphone.start()
sink.open((160, 96), fps)
start = time.perf_counter() // every * every + every  # so that pictures are taken when it clicks
for number in range(round(seconds * fps)):
    due = start + number / fps
    time.sleep(max(0.0, due - time.perf_counter()))
    bright = due % every < 0.1 or due % every > every - 0.001
    sink.write(Frame(np.full((96, 160, 3), 255 * bright, np.uint8), number, due))
sink.close()
microphone.close()
"""


def recorded(booth: SoundBooth, file: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RECORD, str(file), str(seconds), str(EVERY), str(FPS)],
                            env=os.environ | booth.environment, stdout=subprocess.PIPE, text=True)


def begins(levels: np.ndarray, times: np.ndarray, threshold: float) -> np.ndarray:
    """When it becomes louder, or brighter, than the threshold after a quiet while."""
    loud = times[levels > threshold]
    return loud[np.diff(loud, prepend=-9.0) > EVERY / 3]


def clicks_and_flashes(file: Path) -> tuple[np.ndarray, np.ndarray]:
    with av.open(str(file)) as container:
        frames = [(frame.time, frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    with av.open(str(file)) as container:
        pieces = [(np.abs(piece.to_ndarray()).max(axis=0), piece.time + np.arange(piece.samples) / piece.sample_rate)
                  for piece in container.decode(audio=0)]
    times, lights = np.array(frames).T
    levels, moments = (np.concatenate(one) for one in zip(*pieces, strict=True))
    return begins(levels, moments, 0.3), begins(lights, times, 128.0)


@pytest.mark.parametrize("suffix", [".mp4", pytest.param(".mkv", marks=pytest.mark.long),
                                    pytest.param(".mov", marks=pytest.mark.long)])
def test_a_recording_has_the_sound_within_one_frame_of_its_picture(
        booth: SoundBooth, tmp_path: Path, suffix: str) -> None:
    with recorded(booth, file := tmp_path / f"take{suffix}", 6.0) as process:
        assert process.wait(60) == 0
    clicks, flashes = clicks_and_flashes(file)
    assert len(clicks) >= 7 and len(flashes) >= 9
    apart = np.array([click - flashes[np.abs(flashes - click).argmin()] for click in clicks])
    assert np.abs(apart).max() < 1 / FPS, apart


@pytest.mark.long
def test_a_microphone_that_is_pulled_leaves_silence_and_is_in_step_again_when_it_is_back(
        booth: SoundBooth, tmp_path: Path) -> None:
    with recorded(booth, file := tmp_path / "take.mp4", 14.0) as process:
        assert process.stdout is not None
        time.sleep(4.0)  # it is recorded meanwhile
        booth.pull()
        assert "silence until it is back" in process.stdout.readline()
        time.sleep(2 * EVERY)  # at least one click is missed
        booth.plug()
        assert "is back" in process.stdout.readline()
        assert process.wait(60) == 0
    clicks, flashes = clicks_and_flashes(file)
    assert len(flashes) >= 22, "the picture goes on"
    assert np.diff(clicks).max() > 1.5 * EVERY, "there is silence"
    apart = np.array([click - flashes[np.abs(flashes - click).argmin()] for click in clicks])
    assert np.abs(apart).max() < 1 / FPS and clicks[-1] > 10.0, apart


def test_a_show_records_sound_and_says_what_is_wrong_with_a_name(booth: SoundBooth, tmp_path: Path) -> None:
    def shown(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "live_style", "run", *QUICK, *words], capture_output=True,
                              text=True, env=os.environ | booth.environment, timeout=120)

    done = shown("--record", str(tmp_path / "show.mp4"), "--record-sound", "BOO", "--seconds", "4")
    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "show.mp4")) as container:
        assert abs(container.streams.audio[0].duration * container.streams.audio[0].time_base
                   - container.streams.video[0].duration * container.streams.video[0].time_base) < 0.1
    assert 4 <= len(clicks_and_flashes(tmp_path / "show.mp4")[0]) <= 8
    done = shown("--record", str(tmp_path / "none.mp4"), "--record-sound", "shure", "--seconds", "4")
    assert done.returncode == 2 and 'no microphone matches "shure"' in done.stderr and "booth" in done.stderr
    assert not (tmp_path / "none.mp4").exists()


def _music(bpm: float) -> np.ndarray:
    return drums(bpm, 60.0, 1)[0]


@pytest.mark.parametrize("booth", [lambda moments, track=_music(125.0): track[
    ((moments % 60.0) * MUSIC).astype(int) % len(track)]], indirect=True, ids=["drums"])
def test_a_show_follows_the_beat_of_its_sound(booth: SoundBooth, tmp_path: Path) -> None:
    """The styles change on the beat that the room has by the clock."""
    script = " ".join(f"{8.0 + 0.7 * n:.2f}:Right" for n in range(5))
    run = f"""
import sys
from live_style.cli import main
from live_style.control.mixer import Mixer
kept = Mixer.select
def select(self, position, now, cut=False):
    chosen = kept(self, position, now, cut)
    print("began", chosen.look.began, self.tempo.bpm, flush=True)
    return chosen
Mixer.select = select
sys.exit(main(["run", *{QUICK!r}, "--beat", "booth", "--seconds", "12", "--keys", {script!r}]))
"""
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, timeout=120,
                          env=os.environ | booth.environment)
    assert done.returncode == 0, done.stderr
    began = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("began")]
    assert len(began) == 5
    for at, bpm in began:
        assert float(bpm) == pytest.approx(125.0, rel=0.01)
        off = (float(at) % 60.0 - 0.3 + 0.24) % 0.48 - 0.24
        assert abs(off) < 0.05, began
