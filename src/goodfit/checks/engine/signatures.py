"""Signatures of functions, read once each."""

from __future__ import annotations

import functools
import inspect
from typing import Any


@functools.cache
def signature(function: Any) -> inspect.Signature:
    """As inspect.signature gives it."""
    return inspect.signature(function)
