"""The stream, into ffmpeg on the other side of a real socket, cut off and back."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.pipeline.outputs import STREAM
from live_style.pipeline.outputs import Outputs
from live_style.redact import without_secrets
from live_style.settings import parse_stream
from live_style.sinks.stream import PAUSES
from live_style.sinks.stream import StreamSink
from tests.support.desktop import need
from tests.support.films import frames_of

SIZE: Size = (128, 96)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Side:
    """The far side: ffmpeg that listens, and keeps what came."""

    def __init__(self, url: str, file: Path) -> None:
        self.file = file
        self._process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-i", url, "-c", "copy", "-f", "matroska", "-flush_packets", "1",
             str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def got(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(20)


class Feeder:
    """Paints red frames at 25 a second into the outputs, as a show does."""

    def __init__(self, url: str) -> None:
        self.told: list[SinkError] = []
        self.outputs = Outputs(SIZE, 25.0)
        self.outputs.start_stream(url, self.told.append)
        self._number = 0
        self.slowest = 0.0

    def until(self, true: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline, what
            image = np.full((SIZE[1], SIZE[0], 3), (200, 60, 10), np.uint8)
            image[:, self._number % SIZE[0]] = 255
            began = time.perf_counter()
            self.outputs.put(Frame(image, self._number, time.perf_counter()))
            self.slowest = max(self.slowest, time.perf_counter() - began)
            self._number += 1
            assert self.outputs.check() == ()
            time.sleep(0.04)


@pytest.fixture
def sides() -> Iterator[list[Side]]:
    need("ffmpeg")
    sides: list[Side] = []
    yield sides
    for side in sides:
        side.end()


def test_the_far_side_plays_what_is_sent_also_after_it_was_cut_off(
        sides: list[Side], tmp_path: Path) -> None:
    port = free_port()
    url = f"udp://localhost:{port}"
    feeder = Feeder(url)
    for take in ("first", "second"):
        side = Side(f"udp://127.0.0.1:{port}", tmp_path / f"{take}.mkv")
        sides.append(side)
        feeder.until(lambda: side.got > 20_000, f"the {take} time nothing comes")  # noqa: B023
        side.end()
        frames = frames_of(side.file)
        assert len(frames) > 5 and frames[0].shape[1::-1] == SIZE
        assert np.abs(np.median(frames[-1].astype(int), axis=(0, 1)) - (200, 60, 10)).max() < 12
    feeder.outputs.close()
    assert feeder.outputs.failures == [] and not feeder.outputs.is_on(STREAM)
    assert feeder.slowest < 0.1, "the painter never waits for the network"


def test_the_pauses_between_attempts_grow_and_only_the_first_failure_is_told() -> None:
    now, told = [100.0], list[SinkError]()
    sink = StreamSink("udp://255.255.255.255:9", told.append, lambda: now[0])
    sink.open(SIZE, 25.0)
    tries = []
    for number in range(80):
        before = sink._failed
        sink.write(Frame(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), number, now[0]))
        if sink._failed > before:
            tries.append(now[0])
        now[0] += 0.5
    assert np.diff(tries).tolist() == list(PAUSES[:len(tries) - 1]) and len(tries) == 6
    assert len(told) == 1 and "cut off" in told[0].cause and told[0].cure
    sink.close()


@pytest.mark.parametrize("url", ["http://host/key", "udp://host", "rtmp://host/live/a-key", "srt://host:1",
                                 "rtmp://", "a-secret-key", "rtmp:/host/live/a-key"])
def test_an_address_that_no_stream_can_go_to_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as e:
        parse_stream(url)
    assert "key" not in e.value.cause and "udp://" in e.value.cure


@pytest.mark.parametrize("url", ["rtmp://live.example.com/app/live_1_key",
                                 "RTMPS://h:443/rtmp2/key?x=1", "rtmp:/h/a/key"])
def test_the_key_of_a_stream_is_a_secret(url: str) -> None:
    clean = without_secrets(f"no route to {url} now")
    assert "key" not in clean and clean.endswith("/... now") and without_secrets(clean) == clean
