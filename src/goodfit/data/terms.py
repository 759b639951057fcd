"""How many words of texts stand behind the values of a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """Words of texts behind the values of a row: its term numbers and their weights, in turn, 0 where there are fewer.

    Attributes:
        count: of all terms.
        lanes: how many values they are.
        places: how many of the row's own numbers, the last ones before the categories, say of the texts what they can.
    """

    count: int
    lanes: int
    places: int
