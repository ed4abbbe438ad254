"""A microphone without hardware: PulseAudio on a socket of its own, whose source reads what the test writes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.desktop import need

RATE = 48000
_SET_PIPE_SIZE = 1031
_PLUGINS = "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so"
STEP = 0.005


class SoundBooth:
    """A room in which `level(now)` says how loud it is at each moment, and a sound server that hears it."""

    name = "booth"

    def __init__(self, folder: Path, level: Callable[[np.ndarray], np.ndarray]) -> None:
        """`level` gives samples of -1..1 for moments of `time.perf_counter()`."""
        need("pulseaudio", "pactl")
        plugin = next(iter(sorted(Path("/").glob(_PLUGINS.lstrip("/")))), None)
        if sys.platform != "linux" or plugin is None:
            pytest.skip("needs ALSA's plugin for PulseAudio (apt-get install libasound2-plugins)")
        self._folder, self._level = folder, level
        config, socket = folder / "asound.conf", folder / "pulse"
        config.write_text(f'pcm_type.pulse {{ lib "{plugin}" }}\n'
                          'pcm.booth { type pulse hint { show on description "Booth" } }\n')
        self.environment = {"PULSE_SERVER": f"unix:{socket}", "PULSE_RUNTIME_PATH": str(folder / "run"),
                            "PULSE_STATE_PATH": str(folder / "state"), "PULSE_COOKIE": str(folder / "cookie"),
                            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{config}"}
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm", "--use-pid-file=no",
             "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"],
            env=os.environ | self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._until(socket.exists)
        self._pipe, self._module = folder / "pipe", ""
        self.plug()
        self._ending = threading.Event()
        self._playing = threading.Thread(target=self._play)
        self._playing.start()

    def plug(self) -> None:
        """Connect the microphone."""
        self._module = self._pactl("load-module", "module-pipe-source", f"file={self._pipe}", "source_name=booth",
                                   f"rate={RATE}", "channels=1", "format=s16le")

    def pull(self) -> None:
        """Disconnect the microphone."""
        self._pactl("unload-module", self._module)

    def close(self) -> None:
        self._ending.set()
        self._playing.join()
        self._server.terminate()
        self._server.wait(10)

    def _pactl(self, *words: str) -> str:
        return subprocess.run(["pactl", *words], env=os.environ | self.environment, check=True, timeout=20,
                              capture_output=True, text=True).stdout.strip()

    def _until(self, true: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline and self._server.poll() is None
            time.sleep(0.01)

    def _play(self) -> None:
        """Write what is heard now; what finds no room was not heard."""
        with contextlib.suppress(OSError):  # a real microphone does not wait for its turn
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -15)
        start, written = time.perf_counter(), 0
        while not self._ending.wait(STEP):
            count = int((time.perf_counter() - start) * RATE) - written
            moments = start + (written + np.arange(count)) / RATE
            data = (self._level(moments) * 32000).astype("<i2").tobytes()
            written += count
            with contextlib.suppress(OSError):
                pipe = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
                try:
                    fcntl.fcntl(pipe, _SET_PIPE_SIZE, 16384)
                    os.write(pipe, data)
                finally:
                    os.close(pipe)
