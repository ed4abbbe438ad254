"""The trace: every thread's spans, with their frames, in a file that Perfetto opens; nothing where none is wanted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from live_style.cli import main
from live_style.errors import SinkError
from live_style.telemetry import trace as tracing
from live_style.telemetry.trace import Trace
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.telemetry.trace import write_trace
from live_style.threads.worker import Worker

QUICK = ["run", "--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu", "--camera", "demo"]


def busy(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def spans(path: Path) -> list[dict[str, Any]]:
    events = json.loads(path.read_text(encoding="utf-8"))
    threads = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    return [{**e, "thread": threads[e["tid"]]} for e in events if e["ph"] == "X"]


def test_spans_keep_thread_frame_and_times(tmp_path):
    trace = Trace()

    def work(stopping: threading.Event) -> None:
        of_frame(7)
        with span("paint"):
            with span("network"):
                busy(0.02)
            time.sleep(0.02)

    with trace.current():
        worker = Worker("painter", work)
        worker.start()
        assert worker.stop()
        with span("present"):
            pass
    write_trace(tmp_path / "t.json", trace)
    network, paint, present = spans(tmp_path / "t.json")
    assert [e["name"] for e in (network, paint, present)] == ["network", "paint", "present"]
    assert network["thread"] == paint["thread"] == "painter" and present["thread"] == "MainThread"
    assert paint["args"] == {"frame": 7} and present["args"] == {}
    assert paint["ts"] <= network["ts"] and network["ts"] + network["dur"] <= paint["ts"] + paint["dur"]
    assert 20_000 <= network["tdur"] <= network["dur"] + 1000
    assert paint["dur"] >= 40_000
    spent = trace.cpu_ms(1)
    assert list(spent)[0] == "network" and spent["network"] >= 20
    assert spent["paint"] < 15, "sleep and what is within it are left out"


def test_where_none_is_wanted_a_span_is_nearly_free():
    began = time.thread_time()
    for _ in range(100_000):
        with span("paint"):
            pass
    assert time.thread_time() - began < 0.3  # 3 microseconds each; a frame has fifteen
    assert tracing.cpu_ms(1) == {}


def test_a_trace_is_cheap_and_bounded():
    trace = Trace()
    with trace.current():
        began = time.thread_time()
        for _ in range(tracing.MOST // 4):
            with span("paint"):
                pass
        assert time.thread_time() - began < tracing.MOST / 4 * 30e-6
        for _ in range(tracing.MOST):
            trace.events.append(trace.events[0])
        with span("last"):
            pass
    assert len(trace.events) == tracing.MOST
    assert trace.events[-1].name == "last"


def test_a_span_that_fails_is_kept_too():
    trace = Trace()
    with trace.current(), pytest.raises(ValueError), span("paint"):
        raise ValueError
    assert [event.name for event in trace.events] == ["paint"]


def test_where_it_cannot_be_written_is_said_and_nothing_is_left(tmp_path):
    with pytest.raises(SinkError, match="the trace .* cannot be written"):
        write_trace(tmp_path / "none" / "t.json", Trace())
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(SinkError):
        write_trace(tmp_path / "folder.json", Trace())
    assert [path.name for path in tmp_path.iterdir()] == ["folder.json"]


def test_a_show_tells_where_its_milliseconds_went(tmp_path):
    trace, report = tmp_path / "t.json", tmp_path / "r.json"
    assert main([*QUICK, "--headless", "--frames", "20", "--record", str(tmp_path / "out.mp4"),
                 "--trace", str(trace), "--report", str(report)]) == 0
    found = spans(trace)
    threads = {e["name"]: e["thread"] for e in found}
    assert {"capture", "fit", "shrink", "network", "steady", "detail", "paint", "publish", "write",
            "present"} <= set(threads)
    assert threads["capture"] == threads["fit"] == "capture" and threads["network"] == "painter"
    assert threads["write"].startswith("feed recording") and threads["present"] == "MainThread"
    frames = {e["args"].get("frame") for e in found if e["name"] == "network"}
    assert len(frames) >= 20
    spent = json.loads(report.read_text())["cpu_ms"]
    assert spent["network"] > 0 and set(spent) == set(threads)


def test_a_report_tells_what_a_frame_costs_its_host_without_a_trace_too(tmp_path):
    began = time.process_time()
    assert main([*QUICK, "--headless", "--frames", "40", "--report", str(tmp_path / "r.json")]) == 0
    whole = 1000 * (time.process_time() - began) / 40
    report = json.loads((tmp_path / "r.json").read_text())
    spent = report["cpu_ms"]
    assert {"capture", "shrink", "network", "steady", "detail", "hands", "present", "wait"} <= set(spent)
    assert report["host_ms"] == pytest.approx(sum(spent.values()) - spent["network"] - spent["capture"], abs=0.002)
    assert 0 < report["host_ms"] < whole


def test_the_sums_are_of_all_spans_not_only_of_those_that_are_kept():
    trace = Trace(most=2)
    with trace.current():
        for _ in range(10):
            with span("paint"):
                busy(0.002)
    assert len(trace.events) == 2
    assert trace.cpu_ms(1)["paint"] >= 20
    assert trace.cpu_ms(10)["paint"] < 20


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_ctrl_c_keeps_it(tmp_path):
    trace, out = tmp_path / "t.json", tmp_path / "out.mp4"
    show = subprocess.Popen([sys.executable, "-W", "error", "-m", "live_style", *QUICK, "--headless",
                             "--trace", str(trace), "--record", str(out)], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size > 20_000):
        assert time.monotonic() < deadline and show.poll() is None
        time.sleep(0.1)
    show.send_signal(signal.SIGINT)
    _, errors = show.communicate(timeout=20)
    assert show.returncode == 0, errors
    assert any(e["name"] == "network" for e in spans(trace))
