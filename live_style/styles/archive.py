"""A pack: styles in one file, to share; a style file, or a ZIP archive of style files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from pathlib import PurePosixPath

from live_style.errors import StyleError
from live_style.style import MAX_BYTES
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import parse_style
from live_style.style import tidy

MAX_STYLES = 1000
MAX_PACK = 4_000_000
"""Bytes: a thousand styles have one million."""
_ZIP = b"PK"
_DAY = (1980, 1, 1, 0, 0, 0)
"""A fixed date, the earliest in ZIP archives, so that the same styles give the same file."""
_CURE = "Ask for the file again."


def packed(styles: Sequence[Style]) -> bytes:
    """The archive of styles with different slugs; it can also be unpacked into a styles folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for style in styles:
            member = zipfile.ZipInfo(f"{style.slug}.json", _DAY)
            archive.writestr(member, dump_style(style), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def read_pack(file: Path) -> tuple[Style, ...]:
    """The styles in a style file or an archive, at least one; raises StyleError if any is damaged."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_PACK + 1)
    except OSError as e:
        raise StyleError(f"{file} cannot be read: {e.strerror}", "Check the file's name and permissions.") from e
    if not data.startswith(_ZIP):
        return (parse_style(data, file),)
    try:
        if len(data) > MAX_PACK:
            raise ValueError(f"it is larger than {MAX_PACK // 1_000_000} MB")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(parse_style(_content(archive, member), _name(member)) for member in _members(archive))
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError,
            OverflowError) as e:
        raise StyleError(f"{file.name} is not a pack of styles: {_reason(e)}", _CURE) from e
    except StyleError as e:
        raise StyleError(f"in {file.name}, {e.cause}", _CURE) from e


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The style files in an archive; other files are ignored, but malicious archives are refused."""
    found = []
    for member in archive.infolist():
        path = _path(member)
        if path.is_absolute() or ".." in path.parts or ":" in member.filename:
            raise ValueError(f"it contains a path outside its folder, {member.filename[:60]!r}")
        # macOS adds a file with notes about each file, with the same name.
        if path.suffix.lower() == ".json" and not path.name.startswith(".") and not member.is_dir():
            found.append(member)
    if not found:
        raise ValueError("it contains no styles")
    if len(found) > MAX_STYLES:
        raise ValueError(f"it contains more than {MAX_STYLES} styles")
    return found


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _name(member: zipfile.ZipInfo) -> str:
    """Its file name, made safe to print."""
    return tidy(_path(member).name)[-80:] or "style.json"


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read at most enough to see that a file is too large: its claimed size is not trusted."""
    # Other methods need much memory, which a file can ask for.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{_name(member)} uses an unsupported compression method")
    with archive.open(member) as opened:
        return opened.read(MAX_BYTES + 1)


def _reason(error: Exception) -> str:
    if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError)):
        return "it is damaged or incomplete"
    return str(error)
