"""What the first of several processes has written, as the others see it: on other machines perhaps late, or never."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from goodfit.errors import ProcessError

SECONDS_TO_BE_SEEN = 75.0  # NFS may show a folder as it was up to 60 s ago (acdirmax)
LOOK_EVERY = 0.2
LENGTH_OF_HEADER = 8  # bytes of a safetensors file; its header holds a checksum of the rest
HEADER_AT_MOST = 2**30


def mark(path: Path) -> str | None:
    """What tells this file from those that were there before under its name; None: there is none."""
    try:
        with path.open("rb") as file:
            begin = file.read(LENGTH_OF_HEADER)
            rest = -1 if path.suffix == ".json" else min(int.from_bytes(begin, "little"), HEADER_AT_MOST)
            return hashlib.blake2b(begin + file.read(rest), digest_size=16).hexdigest()
    except OSError:  # ESTALE as well: it is opened by its name again
        return None


def wait_to_see(path: Path, expected: str, rank: int, patience: float = SECONDS_TO_BE_SEEN) -> None:
    """Wait until this process sees the file that the first one has written.

    Args:
        expected: its mark.
        rank: of this process.

    Raises:
        ProcessError: it sees none, or an older one.
    """
    end = time.monotonic() + patience
    while (seen := mark(path)) != expected:
        if time.monotonic() > end:
            what = "does not see this file, which" if seen is None else "sees an older file here than"
            raise ProcessError(
                f"process {rank} {what} the first process has written", where=path,
                fix="Give --out a folder that all machines share, under the same name",
            )  # fmt: skip
        time.sleep(LOOK_EVERY)
