"""Files that are none: reading one may never end, or wait for ever."""

from __future__ import annotations

import stat

KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def special_kind(mode: int) -> str | None:
    """What a mode of `os.stat` says it is; None of files and folders."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return next((name for is_kind, name in KINDS if is_kind(mode)), "a special file")
