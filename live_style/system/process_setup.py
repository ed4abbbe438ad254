"""Settings of the command line for its whole process, made before the libraries that read them are loaded.

A library leaves its host as it was, so nothing here happens when live-style is imported. A program whose process is
its own may call `configure` too, as its first step.
"""

from __future__ import annotations

import os

VARIABLES = {
    # Nothing takes over a millisecond of one core at 1280x720, and the others belong to the network: OpenCV's own
    # threads would gain next to nothing, wait for each other by spinning, and hide what they cost from the trace.
    "OPENCV_FOR_THREADS_NUM": "1",
    # A stalled V4L2 driver blocks a read for 10 s by default; 2 s is our own patience.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
    # Media Foundation's hardware transforms make some cameras take minutes to open (opencv issue 17687).
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    # OpenCV prints a warning for every camera index that is not there; we say it better.
    "OPENCV_LOG_LEVEL": "ERROR",
    # SVT-AV1 prints its settings on standard error unless it is to print errors only.
    "SVT_LOG": "1",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    # The window's name in OBS and the task bar; SDL would use the name of the script.
    "SDL_VIDEO_X11_WMCLASS": "live-style",
    "SDL_VIDEO_WAYLAND_WMCLASS": "live-style",
    # Fullscreen is to stay when another program is clicked: the projector's picture is the show.
    "SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS": "0",
}


def configure() -> None:
    """Set the variables that are not set yet."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
