"""The report: what a show did, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from live_style import __version__
from live_style.errors import SinkError
from live_style.frame import size_text
from live_style.pipeline.session import LiveSession
from live_style.pipeline.session_stats import SessionStats
from live_style.redact import without_secrets
from live_style.system.atomic_file import write_whole
from live_style.telemetry import trace


def facts_of(session: LiveSession, stats: SessionStats) -> dict[str, object]:
    """Everything that was counted and measured; times in milliseconds unless the name says seconds."""
    source, capture, painter = session.source.info(), session.capture, session.painter
    return {
        "version": __version__,
        "frames": {
            "captured": capture.meter.count,
            "stylized": painter.fresh,
            "shown": stats.latency.count,
            "dropped": capture.frames.dropped,
            "skipped": painter.skipped,
        },
        **stats.facts(),
        # While the output was unwatched, a picture was painted now and then.
        "rested_seconds": round(capture.rested, 1),
        "late": late(stats, source.fps_claimed),
        "stages_ms": {
            "fit": capture.meter.spread().p50,
            "stylize": painter.network.spread().p50,
            "present": stats.present.spread().p50,
        },
        # Of one core and for one frame: all that is done around the network and the source, and what each part takes.
        "host_ms": trace.host_ms(spent := trace.cpu_ms(stats.latency.count)),
        "cpu_ms": spent,
        "size": size_text(session.size),
        **asdict(painter.stylizer.info()),
        **(session.adaptive.facts() if session.adaptive else {}),
        "camera": asdict(source),
        "outputs": [{"output": name, **asdict(sink)} for name, sink in session.outputs.infos],
        "reconnects": capture.reconnects,
        "failures": [{"cause": e.cause, "cure": e.cure} for e in session.outputs.failures],
    }


def late(stats: SessionStats, fps: float | None) -> float | None:
    """The share of late frames: the wait for each was more than one and a half times as long as planned."""
    if fps is None or fps <= 0:
        return None
    return round(stats.paces.share_above(1500.0 / fps), 4)


def write_report(path: Path, facts: dict[str, object]) -> None:
    """Write it without secrets, completely or not at all; raises SinkError."""
    text = without_secrets(json.dumps(facts, indent=2, ensure_ascii=False))
    try:
        write_whole(path, f"{text}\n".encode())
    except OSError as e:
        raise SinkError(f"the report {path} cannot be written: {e.strerror}",
                        "Choose an existing folder of your own with free space.") from e
