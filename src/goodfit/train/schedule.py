"""Learning-rate schedules: the share of the peak rate at a fraction of the run."""

from __future__ import annotations

import math
from collections.abc import Callable

from goodfit.errors import UsageError

Schedule = Callable[[float], float]  # fraction done, 0..1 -> share of the peak learning rate


def one_cycle(done: float, warm_up: float = 0.25, start: float = 0.04) -> float:
    """Up along half a cosine, then down to almost zero along another (Smith and Topin 2018, "Super-convergence")."""
    if done < warm_up:
        return start + (1 - start) * (1 - math.cos(math.pi * done / warm_up)) / 2
    return max(1e-5, (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up))) / 2)


def cosine(done: float, warm_up: float = 0.03) -> float:
    """A short straight warm-up, then half a cosine down (Loshchilov and Hutter 2017, "SGDR", one cycle)."""
    return one_cycle(done, warm_up=warm_up, start=0.0)


def linear(done: float, warm_up: float = 0.05) -> float:
    """A short straight warm-up, then straight down to zero."""
    return done / warm_up if done < warm_up else (1 - done) / (1 - warm_up)


def steps(done: float) -> float:
    """Full rate, a tenth from half of the run on, a hundredth from three quarters on (He et al. 2016, section 4.2)."""
    return 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01


def constant(done: float) -> float:
    """Always the peak rate."""
    return 1.0


SCHEDULES: dict[str, Schedule] = {
    "one-cycle": one_cycle,
    "cosine": cosine,
    "linear": linear,
    "steps": steps,
    "constant": constant,
}


def schedule(name: str) -> Schedule:
    if name not in SCHEDULES:
        raise UsageError(f"the schedule '{name}' is not known", fix=f"Choose one of {', '.join(SCHEDULES)}")
    return SCHEDULES[name]
