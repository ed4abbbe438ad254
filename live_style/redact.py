"""Removes secrets from addresses, such as the password of a camera, before a text is shown or saved.

All output goes through `without_secrets`: errors, the command line's output, the window's notices, labels, the report
and the crash file. Text is cleaned before it is shortened, or half a secret could stay.
"""

from __future__ import annotations

import re

_SCHEME = r"(?i:\b([a-z][a-z0-9+.-]+:"
_NAMES = (r"pass(?:word|wd|phrase|code)?|pwd|secret|token|auth|(?:api|access|stream)?_?key|sig(?:nature)?|login"
          r"|user(?:name)?")
_RULES = (
    # rtsp://user:secret@host, and what pathlib makes of it; libav, too, goes to the last @ before the path.
    (re.compile(_SCHEME + r"//+)[^\s/?#]*@)"), r"\1"),
    (re.compile(_SCHEME + r"/)[^\s/?#:@]+:[^\s/?#]*@)"), r"\1"),
    # A password with spaces, slashes or question marks: not a valid address, but the error message quotes it.
    (re.compile(_SCHEME + r"//?)[^\s/:@]+:(?!\d+(?:[/?#\s'\"]|$))[^\n@]*@)"), r"\1"),
    # An address without a scheme: admin:secret@host.
    (re.compile(r"()(?<![\w/:])[^\s/:@'\"\\]+:[^\s/:@'\"\\]+@(?=[\w\[])"), r"\1"),
    # rtmp://host/app/the-key-of-a-stream.
    (re.compile(r"(?i:\b(rtmps?:/{1,2}[^\s/]+/[^\s/]+/)(?!\.\.\.(?:[\s'\"]|$))[^\s'\"]+)"), r"\1..."),
    # .../video?password=secret&channel=1, and the /user=admin_password=secret_channel=1 of some cameras.
    (re.compile(rf"(?i:(://[^\s]*?[?&;_/](?:{_NAMES})=)(?!\.\.\.)[^\s&#'\"]*?(?=[\s&;#'\"]|_[a-z]+=|$))"), r"\1..."),
)


def without_secrets(text: str) -> str:
    """The text with users and passwords, tokens and keys taken out of the addresses in it."""
    if ":/" not in text and "@" not in text:
        return text
    for pattern, kept in _RULES:
        while (clean := pattern.sub(kept, text)) != text:
            text = clean
    return text
