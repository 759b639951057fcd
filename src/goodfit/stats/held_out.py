"""How new an item is to a user: whether the pair stands in the rows that a net of choices was fitted and scored on."""

from __future__ import annotations

from enum import IntEnum


class HeldOut(IntEnum):
    """The part of the data in which a user took an item; where there are several, the highest of these."""

    NEW = 0  # in none
    TEST = 1
    VALID = 2
    TRAIN = 3
