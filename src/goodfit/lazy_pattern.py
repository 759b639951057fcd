"""Regular expressions that are compiled when they are first used: some hundred of them delay every start otherwise."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As re.compile, which takes half a millisecond: what most runs never ask of most patterns.

    It has all that a pattern has; only the functions of `re` do not take it in a pattern's place.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(text, flags))


class _LazyPattern:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        """What the compiled pattern has by this name, kept: `search` is asked for once."""
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)
        return value
