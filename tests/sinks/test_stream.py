"""The stream, into ffmpeg on the other side of a real socket, cut off and back."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from live_style.errors import SettingsError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.pipeline.outputs import STREAM
from live_style.pipeline.outputs import Outputs
from live_style.redact import without_secrets
from live_style.settings import parse_stream
from live_style.sinks import stream as sinks_stream
from live_style.sinks.stream import PAUSES
from live_style.sinks.stream import STEADY
from live_style.sinks.stream import StreamSink
from live_style.video import stream
from tests.support.desktop import need
from tests.support.films import frames_of
from tests.support.films import packets_of

SIZE: Size = (128, 96)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Side:
    """The far side: ffmpeg that listens, and keeps what came."""

    def __init__(self, url: str, file: Path) -> None:
        self.file = file
        listen = ["-listen", "1"] if url.startswith("rtmp") else []
        self._process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-analyzeduration", "3000000", *listen, "-i", url, "-c", "copy",
             "-f", "matroska", "-flush_packets", "1", str(file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def got(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(20)


class Feeder:
    """Paints red frames at 25 a second into the outputs, as a show does."""

    def __init__(self, url: str) -> None:
        self.said: list[str] = []
        self.outputs = Outputs(SIZE, 25.0)
        self.outputs.start_stream(url, self.said.append)
        self._number = 0
        self.slowest = 0.0

    def until(self, true: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline, (what, self.said)
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


@pytest.mark.sampled(1)
@pytest.mark.parametrize("form", ["udp://127.0.0.1:{}", "rtmp://127.0.0.1:{}/live/a-key"])
def test_the_far_side_plays_what_is_sent_also_after_it_was_cut_off(
        sides: list[Side], tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('code of a folder that the user is in')\n")
    url = form.format(free_port())
    feeder = Feeder(url)
    for take in ("first", "second"):
        side = Side(url, tmp_path / f"{take}.mkv")
        sides.append(side)
        feeder.until(lambda: side.got > 6_000, f"the {take} time nothing comes")  # noqa: B023
        side.end()
        frames = frames_of(side.file)
        assert len(frames) > 5 and frames[0].shape[1::-1] == SIZE
        assert np.abs(np.median(frames[-1].astype(int), axis=(0, 1)) - (200, 60, 10)).max() < 12
        if url.startswith("rtmp"):
            assert packets_of(side.file, "audio"), "services want sound"
    feeder.outputs.close()
    assert feeder.outputs.failures == [] and not feeder.outputs.is_on(STREAM)
    assert feeder.slowest < 0.1, "the painter never waits for the network"
    assert "a-key" not in " ".join(feeder.said)
    if url.startswith("rtmp"):
        assert "interrupted" in feeder.said[0] and "is back" in " ".join(feeder.said)


class Silence:
    """A server that accepts connections and says nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtmp://127.0.0.1:{self.socket.getsockname()[1]}/live/a-secret-key"


@pytest.fixture
def silence() -> Iterator[Silence]:
    silence = Silence()
    yield silence
    silence.socket.close()


def processes_of(word: str) -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if word in " ".join(one.cmdline())]


def test_a_far_side_that_hangs_holds_up_nothing_and_its_key_is_seen_nowhere(silence: Silence) -> None:
    feeder = Feeder(silence.url)
    feeder.until(lambda: processes_of(stream.__name__), "no process")
    process, = processes_of(stream.__name__)
    assert "a-secret-key" not in " ".join([*process.cmdline(), *process.environ().values()])
    feeder.until(lambda: any(one.status == "ESTABLISHED" for one in process.net_connections()), "it does not connect")
    for _ in range(10):
        feeder.until(iter([False, True]).__next__, "")
    began = time.monotonic()
    feeder.outputs.close()
    assert time.monotonic() - began < 5.0 and feeder.outputs.failures == [] and feeder.said == []
    assert not process.is_running(), "it was killed"


@pytest.mark.long
def test_a_process_that_hangs_ends_itself_and_another_one_tries_again(silence: Silence) -> None:
    feeder = Feeder(silence.url)
    feeder.until(lambda: feeder.said, "nothing is said")
    assert "does not answer" in feeder.said[0] and "key" not in feeder.said[0]
    feeder.until(lambda: processes_of(stream.__name__), "it is not tried again")
    feeder.outputs.close()
    assert not processes_of(stream.__name__)


def test_the_pauses_between_attempts_grow_and_only_the_first_failure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the process's door: what ends at once, and, the seventh time, only after a while."""
    now, said, tries = [100.0], list[str](), list[float]()

    class Dead:
        reason, sent = "connection refused", 0

        def __init__(self, target: stream.StreamTarget) -> None:
            tries.append(now[0])

        @property
        def ended(self) -> bool:
            return len(tries) != 7 or now[0] - tries[-1] > STEADY

        def put(self, frame: Frame, sound: object) -> None:
            pass

        def close(self) -> None:
            pass

    monkeypatch.setattr(sinks_stream, "_FarSide", Dead)
    sink = StreamSink("rtmp://host/app/key", said.append, clock=lambda: now[0])
    sink.open(SIZE, 25.0)
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for number in range(1700):
        sink.write(Frame(image, number, now[0]))
        now[0] += 0.05
    pauses = np.diff(tries)
    assert pauses[:6] == pytest.approx(PAUSES[:6], abs=0.2) and len(said) == 1
    assert pauses[6] == pytest.approx(STEADY + PAUSES[0], abs=0.2), "after a good connection they are short again"
    sink.close()


@pytest.mark.parametrize("url", ["http://host/key", "udp://host", "srt://host:1", "rtmp://host", "rtmp://host/",
                                 "rtmp://", "a-secret-key", "rtmp:/host/live/a-key", "rtmp://host/live/a key",
                                 "udp://host:99999", "udp://host:0", "rtmp://:1935/live/a-key", "rtmp://[::1/a/key"])
def test_an_address_that_no_stream_can_go_to_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as e:
        parse_stream(url)
    assert "key" not in e.value.cause and "rtmp://" in e.value.cure


@pytest.mark.parametrize("url", ["udp://host:1234", "rtmp://live.example.com/app/live_1_key",
                                 "rtmps://h:443/rtmp2/key?x=1", "udp://[::1]:1234", "rtmp://me:word@host/app/key#1",
                                 "RTMP://host/App/Key"])
def test_an_address_that_a_stream_can_go_to(url: str) -> None:
    assert parse_stream(url) == url.replace("RTMP", "rtmp")


@pytest.mark.parametrize("url", ["rtmp://live.example.com/app/live_1_key",
                                 "RTMPS://h:443/rtmp2/key?x=1", "rtmp:/h/a/key"])
def test_the_key_of_a_stream_is_a_secret(url: str) -> None:
    clean = without_secrets(f"no route to {url} now")
    assert "key" not in clean and clean.endswith("/... now") and without_secrets(clean) == clean
