"""Names for rows by their content, wherever they lie: for a set of rows, and for each row."""

from __future__ import annotations

import hashlib
from math import prod

import numpy as np
import torch

from goodfit.data.source import Source

NAMED_AT_ONCE = 65_536
VALUES_MARKED_AT_ONCE = 1_000_000  # of eight bytes, and as many for each step of the sum
STEP, TURN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)  # of SplitMix64 (Steele et al. 2014)


def fingerprint(source: Source, rows: np.ndarray | None = None) -> str:
    """16 hexadecimal digits of these rows, or of all: of their content where it is known, else of their keys."""
    digests = source.digests() or source.keys
    count = len(digests) if rows is None else len(rows)
    hashed = hashlib.sha256()
    for start in range(0, count, NAMED_AT_ONCE):  # no list of all
        block = slice(start, start + NAMED_AT_ONCE)
        chosen = digests[block] if rows is None else [digests[row] for row in rows[block]]
        hashed.update((("\n" if start else "") + "\n".join(chosen)).encode(errors="surrogateescape"))
    return hashed.hexdigest()[:16]


def row_marks(source: Source) -> np.ndarray:
    """(N,) int64: equal for rows of equal content, of files or of x as the net takes it; the target does not count.

    Of images the file is meant: its name does not count. Asked for after `learn`, or `prepare` with a run's schema.
    """
    if source.images:
        digests = source.digests() or source.keys
        return np.array([_mark_of(digest) for digest in digests], dtype=np.int64)
    marks = np.empty(len(source), dtype=np.int64)
    at_once = max(1, VALUES_MARKED_AT_ONCE // max(1, prod(source.in_shape)))
    for start in range(0, len(source), at_once):
        rows = torch.arange(start, min(start + at_once, len(source)))
        marks[start : start + len(rows)] = _marks(source.read(rows).numpy())
        source.let_go()
    return marks


def _mark_of(digest: str) -> int:
    hashed = hashlib.blake2b(digest.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(hashed, "little", signed=True)


def _marks(x: np.ndarray) -> np.ndarray:
    """(n,) int64 of rows (n, ...): a sum over the values, each mixed and times a factor of its place."""
    flat = x.reshape(len(x), -1)
    if flat.dtype.kind == "f":
        flat = (flat.astype(np.float32) + np.float32(0)).view(np.uint32)  # one zero
    values = flat.astype(np.uint64)
    with np.errstate(over="ignore"):
        values = (values + np.uint64(1)) * STEP
        values = (values ^ (values >> np.uint64(31))) * TURN
        factors = (np.arange(1, values.shape[1] + 1, dtype=np.uint64) * STEP) | np.uint64(1)
        marks = (values ^ (values >> np.uint64(27))) @ factors
    return np.asarray(marks.view(np.int64))
