"""The random state of a program: an experiment leaves it as it was, and can begin from it again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def random_state_kept() -> Iterator[Callable[[], None]]:
    """Every generator goes on afterwards as if nothing had been drawn.

    What it gives sets them back to where they were at the beginning: of two runs that are compared, each draws the
    same. Where two runs are to show what chance does, it is not called between them.
    """
    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  # the one that programs share
    of_torch = torch.get_rng_state()
    of_devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []

    def again() -> None:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002  # that of the program
        torch.set_rng_state(of_torch)
        for device, state in enumerate(of_devices):
            torch.cuda.set_rng_state(state, device)

    try:
        yield again
    finally:
        again()
