"""What the tests of the show share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paper_camera import paper_cameras
from tests.support.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with paper_cameras():
        stage = Stage(tmp_path)
        yield stage
        stage.close()
