"""A worker keeps what ended it, and its traceback is in the log."""

from __future__ import annotations

import logging
import threading

import pytest

from live_style.errors import SourceError
from live_style.threads.worker import Worker


def failing(error: Exception) -> Worker:
    def work(stopping: threading.Event) -> None:
        raise error

    worker = Worker("one", work)
    worker.start()
    assert worker.wait(5.0)
    return worker


def test_a_bug_is_kept_and_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    worker = failing(ZeroDivisionError("of ours"))
    with pytest.raises(ZeroDivisionError):
        worker.check()
    record, = caplog.records
    assert (record.levelno, record.threadName) == (logging.ERROR, "one")
    assert "in work" in caplog.text and "ZeroDivisionError: of ours" in caplog.text


def test_what_a_person_can_put_right_is_logged_as_a_line(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SourceError):
        failing(SourceError("the camera is gone", "Plug it in.")).check()
    record, = caplog.records
    assert (record.levelno, record.getMessage(), record.exc_info) == (logging.WARNING, "the camera is gone", None)


def test_it_ends_when_it_is_asked_to_and_tells_when_it_does_not() -> None:
    free = threading.Event()
    worker = Worker("one", lambda stopping: stopping.wait(5.0) and free.wait(5.0) and None)
    assert worker.ended and not worker.started and worker.stop()
    worker.stopping.clear()
    worker.start()
    assert not worker.ended and not worker.wait(0.0)
    assert not worker.stop(patience=0.05), "it hangs"
    free.set()
    assert worker.wait(5.0) and worker.ended
    worker.check()
