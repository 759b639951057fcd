"""A name for a set of rows by their content, wherever they lie."""

from __future__ import annotations

import hashlib

import numpy as np

from goodfit.data.source import Source


def fingerprint(source: Source, rows: np.ndarray | None = None) -> str:
    """16 hexadecimal digits of these rows, or of all: of their content where it is known, else of their keys."""
    digests = source.digests() or source.keys
    chosen = digests if rows is None else [digests[row] for row in rows]
    return hashlib.sha256("\n".join(chosen).encode()).hexdigest()[:16]
