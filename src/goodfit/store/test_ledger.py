"""The test ledger: every look at test rows is counted and written down."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from goodfit.errors import RunError, disk_error
from goodfit.store.files import write_text


class TestLedger:
    """Counts the scorings of test data, for each set of rows apart (a set is known by its fingerprint).

    Choices made between looks turn test rows into validation rows: from the second look on, the report says how many.
    """

    __test__ = False  # pytest: not a test class

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger

    def all_looks(self) -> Counter[str]:
        """How often each set of rows has been scored; 0 of any other."""
        return Counter(self._read())

    def looks(self, fingerprint: str) -> int:
        return self._read().get(fingerprint, 0)

    def look(self, fingerprint: str) -> int:
        """Count one look and return how many there have been, this one included; two processes count two."""
        with self._locked():
            seen = self._read()
            seen[fingerprint] = seen.get(fingerprint, 0) + 1
            write_text(self._ledger, json.dumps(seen, indent=1) + "\n")
        return seen[fingerprint]

    def begin(self, fingerprint: str | None, earlier: Mapping[str, int] | None = None) -> None:
        """Write the ledger of a run that is about to be kept: one more look at these test rows, or none.

        A fit that is killed before its result stands, and resumed, has looked once: nobody saw the first scores.

        Args:
            earlier: looks of the run that it was trained on from.
        """
        seen = dict(earlier or {})
        if fingerprint is not None:
            seen[fingerprint] = seen.get(fingerprint, 0) + 1
        write_text(self._ledger, json.dumps(seen, indent=1) + "\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else counts meanwhile."""
        from filelock import FileLock

        path = self._ledger.with_name(f".{self._ledger.name}.lock")
        lock = FileLock(path)
        try:
            lock.acquire()
        except OSError as error:
            raise disk_error(error, path) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            lock.release()

    def _read(self) -> dict[str, int]:
        try:
            if self._ledger.exists() and not self._ledger.is_file():  # a pipe or a device would be read for ever
                raise OSError("not a file")
            return msgspec.json.decode(self._ledger.read_bytes(), type=dict[str, int])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
            raise RunError(
                "damaged: it does not hold how often test rows were scored",
                where=self._ledger,
                fix="Remove it, and the count starts anew; or take a copy of the run",
            ) from error
