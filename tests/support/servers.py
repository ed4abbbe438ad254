"""Network cameras for tests: a server on 127.0.0.1 that sends a file, or JPEG after JPEG for ever."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image as Pillow

LIVE_FPS = 25.0


class Server(ThreadingHTTPServer):
    """Serves /clip (the file, whole, no ranges) and /live (multipart JPEG, brightness = seconds since start x 20)."""

    daemon_threads = True

    def __init__(self, file: Path | None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.file = file
        self.silent = threading.Event()
        """Set: connections stay open, and nothing more comes."""
        self.gone = threading.Event()
        """Set: connections end."""
        self.began = time.perf_counter()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up is no error."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast(Server, self.server)
        if self.path.startswith("/clip") and server.file is not None:
            self._send_file(server.file.read_bytes())
        elif self.path.startswith("/live"):
            self._send_live(server)
        else:
            self.send_error(404)

    def _send_file(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/x-matroska")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_live(self, server: Server) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        while not server.gone.is_set():
            if not server.silent.is_set():
                shade = min(250, int((time.perf_counter() - server.began) * 20))
                data = _jpeg(shade)
                self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data))
                self.wfile.write(data + b"\r\n")
            server.gone.wait(1 / LIVE_FPS)

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests are quiet."""


def _jpeg(shade: int) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(np.full((120, 160, 3), shade, np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


@contextmanager
def serving(file: Path | None = None, port: int = 0) -> Iterator[Server]:
    """A running server; everything it started ends with it."""
    server = Server(file, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()
