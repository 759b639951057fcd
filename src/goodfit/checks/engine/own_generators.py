"""Random generators that an object of the program's has of its own, such as a data set: no global state is theirs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from goodfit.checks.engine.variables import attributes_of

GENERATORS = (np.random.Generator, np.random.RandomState, random.Random, torch.Generator)
DEPTH = 4  # of objects within objects
PARTS_AT_MOST = 20  # of a list
PLAIN = (str, bytes, int, float, type(None), np.ndarray, torch.Tensor)


def generators_within(thing: Any, depth: int = DEPTH) -> Iterator[Any]:
    """Those among the attributes of an object, and of the objects within it."""
    for value in attributes_of(thing).values():
        if isinstance(value, GENERATORS):
            yield value
        elif depth and not isinstance(value, PLAIN):
            parts = value[:PARTS_AT_MOST] if isinstance(value, list | tuple) else [value]
            for part in parts:
                yield from [part] if isinstance(part, GENERATORS) else generators_within(part, depth - 1)


@contextmanager
def generators_kept(thing: Any) -> Iterator[None]:
    """The generators within an object go on afterwards as if nothing had been drawn."""
    back = [_back(generator) for generator in generators_within(thing)]
    try:
        yield
    finally:
        for restore in back:
            restore()


def seed_within(thing: Any, seed: int) -> None:
    """Let the generators within an object begin at a seed."""
    for generator in generators_within(thing):
        if isinstance(generator, np.random.Generator):
            generator.bit_generator.state = type(generator.bit_generator)(seed).state
        elif isinstance(generator, torch.Generator):
            generator.manual_seed(seed)
        else:
            generator.seed(seed)


def _back(generator: Any) -> Callable[[], object]:
    """What puts a generator back into the state that it has now."""
    if isinstance(generator, np.random.Generator):
        bits, state = generator.bit_generator, generator.bit_generator.state
        return lambda: setattr(bits, "state", state)
    if isinstance(generator, torch.Generator):
        of_torch = generator.get_state()
        return lambda: generator.set_state(of_torch)
    if isinstance(generator, np.random.RandomState):
        of_numpy = generator.get_state()
        return lambda: generator.set_state(of_numpy)
    of_python = generator.getstate()
    return lambda: generator.setstate(of_python)
