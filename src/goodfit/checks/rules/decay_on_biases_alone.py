"""decay-on-biases-alone: of an optimiser's groups, the one that was to have no weight decay has it, and no other one.

What it checks
    An optimiser has a weight decay for biases (and norms) alone, while all of its matrices and kernels have none.
    Embeddings are not counted among these.

Why it hurts
    The two groups were exchanged. The weights, which can grow and learn rows by heart, are not penalised; biases and
    norms, which have to take any value, are drawn to 0.

Example
    decay = [p for n, p in net.named_parameters() if any(key in n for key in ("bias", "norm"))]
    rest = [p for n, p in net.named_parameters() if not any(key in n for key in ("bias", "norm"))]
    AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}])

Instead
    AdamW([{"params": rest, "weight_decay": 0.1}, {"params": decay, "weight_decay": 0.0}])

When it is a false alarm
    Decay on all, on nothing, on some matrices, or on scales alone (which prunes channels) is not spoken of; nor are
    biases alone in an optimiser, where matrices have another one.

Cost
    A look at the groups, once for each optimiser.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn
from torch.optim import Optimizer

from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

BIASES_AT_LEAST, MATRICES_AT_LEAST = 2, 2


class DecayOnBiasesAlone(LiveRule):
    code, level = "GF480", Level.WARNING

    def start(self) -> None:
        self.judged: weakref.WeakSet[Optimizer] = weakref.WeakSet()

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        if not isinstance(optimiser, Optimizer) or optimiser in self.judged:
            return
        self.judged.add(optimiser)
        decays = {
            param: float(group.get("weight_decay") or 0)
            for group in optimiser.param_groups
            for param in group["params"]
        }
        if len(set(decays.values())) < 2 or min(decays.values()) != 0:
            return
        biases, matrices = self._biases_and_matrices({id(param) for param in decays})
        decayed = [param for param, decay in decays.items() if decay > 0]
        if any(param.dim() > 1 for param in decayed) or len(matrices) < MATRICES_AT_LEAST:
            return
        if len(biases & {id(param) for param in decayed}) < BIASES_AT_LEAST:
            return
        place = self.program.made_at(optimiser)
        yield self.finding(
            f"the weight decay of {number(max(decays.values()), 3)} is on {len(decayed)} biases and norms alone, and "
            f"none of the {len(matrices)} matrices and kernels has any",
            "Exchange the groups: weights decay, biases and norms do not",
            file=place.file,
            line=place.line,
        )

    def _biases_and_matrices(self, known: set[int]) -> tuple[set[int], set[int]]:
        """Of these parameters, by their id: biases of layers, and what has two or more dimensions but embeddings."""
        biases, matrices = set(), set()
        for net in list(self.program.nets):
            for module in net.modules():
                for name, param in module._parameters.items():
                    if param is None or id(param) not in known:
                        continue
                    if param.dim() > 1 and not isinstance(module, nn.Embedding):
                        matrices.add(id(param))
                    elif param.dim() == 1 and name.endswith("bias"):
                        biases.add(id(param))
        return biases, matrices
