"""Values kept for objects by their identity: for data sets, which may be lists or define ==, and take no weak keys."""

from __future__ import annotations

import weakref
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class IdentityMap(Generic[V]):
    """A dict whose keys are objects themselves, whatever they are equal to.

    An entry goes when its object does; an object that takes no weak references, such as a list, is kept alive.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[object, V]] = {}  # id -> what holds the object, value

    def __contains__(self, key: object) -> bool:
        return id(key) in self._entries

    def get(self, key: object) -> V | None:
        entry = self._entries.get(id(key))
        return None if entry is None else entry[1]

    def __setitem__(self, key: object, value: V) -> None:
        known = self._entries.get(id(key))
        self._entries[id(key)] = (self._holder(key) if known is None else known[0], value)

    def setdefault(self, key: object, value: V) -> V:
        if key not in self:
            self[key] = value
        return self._entries[id(key)][1]

    def _holder(self, key: Any) -> object:
        entries, number = self._entries, id(key)
        try:
            return weakref.ref(key, lambda _: entries.pop(number, None))
        except TypeError:
            return key
