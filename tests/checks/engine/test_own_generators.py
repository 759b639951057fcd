"""Generators that a data set has of its own go on as if nobody had looked."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch

from goodfit.checks.engine.own_generators import generators_kept, generators_within, seed_within


class Holder:
    def __init__(self, thing: Any) -> None:
        self.thing = thing


def draw(generator: Any) -> float:
    if isinstance(generator, torch.Generator):
        return torch.rand(1, generator=generator).item()
    return float(generator.random())


MAKERS = [
    lambda: np.random.default_rng(3),
    lambda: np.random.RandomState(3),  # programs have such ones
    lambda: random.Random(3),
    lambda: torch.Generator().manual_seed(3),
]


@pytest.mark.parametrize("make", MAKERS)
def test_a_generator_draws_what_it_would_have_drawn(make: Any) -> None:
    generator, same = make(), make()
    with generators_kept(Holder([Holder(generator)])):
        draw(generator)
        draw(generator)
    assert draw(generator) == draw(same)


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_makes_two_readings_equal(make: Any) -> None:
    generator = make()
    holder = Holder(generator)
    seed_within(holder, 5)
    first = draw(generator)
    seed_within(holder, 5)
    assert draw(generator) == first


def test_generators_are_found_in_lists_and_objects() -> None:
    first, second = np.random.default_rng(0), random.Random(0)
    assert list(generators_within(Holder([first, Holder(Holder(second))]))) == [first, second]
