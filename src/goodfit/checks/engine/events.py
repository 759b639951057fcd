"""What the watcher tells the rules: one small record for each thing that a program does.

A rule listens to an event by naming its class in the annotation of a method (engine/dispatch.py).
"""

from __future__ import annotations

from goodfit.checks.engine.event import Event
from goodfit.checks.engine.events_data import Batch, Epoch, Fit, Inverse, Score, Split, Transform
from goodfit.checks.engine.events_forward import (
    AlongWidth,
    Attention,
    Averaged,
    Call,
    Compare,
    Cut,
    Drawn,
    Dropout,
    EqualTo,
    Loaded,
    LogProb,
    Loss,
    NetCall,
    NewDistribution,
    Noise,
    OtherLoss,
    Pairwise,
    Read,
    Reshape,
    Residual,
    Sample,
    TopK,
    Weights,
    Write,
    memory_of,
    residual,
)
from goodfit.checks.engine.events_training import (
    Autocast,
    Backward,
    BackwardBegins,
    BackwardEnded,
    Clip,
    InputGradients,
    NewOptimiser,
    OptimiserLoaded,
    Scaler,
    Schedule,
    Seeded,
    Step,
    StepBegins,
    Zero,
    params_of,
)

__all__ = [
    "EVENTS",
    "AlongWidth",
    "Attention",
    "Autocast",
    "Averaged",
    "Backward",
    "BackwardBegins",
    "BackwardEnded",
    "Batch",
    "Call",
    "Clip",
    "Compare",
    "Cut",
    "Drawn",
    "Dropout",
    "Epoch",
    "EqualTo",
    "Event",
    "Fit",
    "InputGradients",
    "Inverse",
    "Loaded",
    "LogProb",
    "Loss",
    "NetCall",
    "NewDistribution",
    "NewOptimiser",
    "Noise",
    "OptimiserLoaded",
    "OtherLoss",
    "Pairwise",
    "Read",
    "Reshape",
    "Residual",
    "Sample",
    "Scaler",
    "Schedule",
    "Score",
    "Seeded",
    "Split",
    "Step",
    "StepBegins",
    "TopK",
    "Transform",
    "WatchEnds",
    "Weights",
    "Write",
    "Zero",
    "memory_of",
    "params_of",
    "residual",
]


class WatchEnds(Event):
    """The watch is over: the last chance to speak."""


EVENTS: tuple[type[Event], ...] = tuple(Event.__subclasses__())
