"""sampler-weights-by-class: a weighted sampler has weights for fewer rows than the data set has.

What it checks
    A loader whose WeightedRandomSampler holds fewer weights than its data set has rows is asked for batches.

Why it hurts
    The sampler draws row numbers, one for each weight. With one weight a class it draws the first rows of the data set
    alone, as many as there are classes, again and again; all others are never seen.

Example
    WeightedRandomSampler(class_weights, num_samples=len(data))

Instead
    WeightedRandomSampler(class_weights[labels], num_samples=len(data))      # a weight for each row

When it is a false alarm
    None is known: rows beyond the weights cannot be drawn.

Cost
    Two lengths are compared as an epoch begins.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch.utils.data import WeightedRandomSampler

from goodfit.checks.engine.events import Epoch
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class SamplerWeightsByClass(LiveRule):
    code, level = "GF511", Level.ERROR

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        sampler, data = getattr(event.loader, "sampler", None), event.loader.dataset
        if isinstance(sampler, WeightedRandomSampler) and hasattr(data, "__len__") and len(sampler.weights) < len(data):
            yield self.finding(
                f"WeightedRandomSampler has {len(sampler.weights):,} weights for a data set of {len(data):,} rows: the "
                f"rows from number {len(sampler.weights):,} on are never drawn",
                "Give it a weight for each row: class_weights[labels]",
            )
