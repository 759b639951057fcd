"""What an event is: a small record of one thing that a watched program does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


class Event:
    """Something that the watched program has done, or is about to do."""


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def event(kind: type[Kind]) -> type[Kind]:
    """A data class with nothing but its fields, which type checkers take for frozen.

    A frozen one with comparison takes several times as long: to define it, in every start, and to make one, in every
    call of a module.
    """
    return dataclass(eq=False, repr=False, match_args=False)(kind)
