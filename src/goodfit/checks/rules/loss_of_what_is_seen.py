"""loss-of-what-is-seen: a masked model is trained on the places that it was shown, not on those that were hidden.

What it checks
    In the graph of a loss some places of the input are replaced by a learned token (torch.where, on either side, or
    masked_fill), or the others alone are gathered and encoded; and the
    error of each place is multiplied by 0 exactly at these places, and by 1 at all others, or the others alone are
    indexed. In three passes. Or, in the source of the program: noise of a normal distribution is added to rows, and the
    net's output for the noisy ones is compared with the noisy ones, and nothing with the clean ones.

Why it hurts
    What was shown can be copied. The loss falls to nothing, and the net has not learnt to fill in, or to take away,
    anything.

Example
    h = torch.where(hidden[..., None], mask_token, embedded); loss = (error * (~hidden)).sum() / (~hidden).sum()

Instead
    h = torch.where(hidden[..., None], mask_token, embedded); loss = (error * hidden).sum() / hidden.sum()

When it is a false alarm
    None is known: a loss of all places is not reported.

Cost
    A look at the masks that the graph of the loss keeps, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.noisy_targets import noisy_targets
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PASSES_AT_LEAST = 3
WORTH_PARSING = lazy_pattern(r"(?i)(nois|corrupt|perturb|degrad|damaged|dirty)\w* *=")
NEAREST = 30  # nodes to the loss, among which its weights are looked for
PLACES_AT_LEAST = 16
MOVES_AT_MOST = 6  # from a token to where it is put
HIDING = ("WhereBackward0", "MaskedFillBackward0", "GatherBackward0")


class LossOfWhatIsSeen(LiveRule):
    code, level = "GF256", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for name, line in source.found(noisy_targets):
                    yield self.finding(
                        f"what the net gives for {name} is compared with {name} itself: it learns to keep the noise",
                        "Compare it with the rows before noise was added",
                        file=source.file,
                        line=line,
                    )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST or not event.named(*HIDING):
            return
        for nodes in event.nodes:
            counted = [mask for node in nodes[:NEAREST] if (mask := _counted(node)) is not None]
            hidden = [mask for node in nodes if (mask := _hidden(node)) is not None] if counted else []
            if not any(torch.equal(one, ~other) for one in counted for other in hidden if one.shape == other.shape):
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "the loss counts exactly the places that the net was shown, and none of those that a token was put "
                    "in place of",
                    "Turn the mask of the loss: it is for the hidden places",
                )
            return


def _counted(node: Any) -> Tensor | None:
    """(N, T) which places a loss counts, by a factor of 0 and 1 or by an index."""
    if node.name() == "MulBackward0" and len(graph.parents(node)) == 1:
        factor = node._saved_other if node._saved_other is not None else node._saved_self
        if not isinstance(factor, Tensor) or factor.dim() < 2:
            return None
        mask = _two_dimensional(factor.detach())
        is_mask = mask is not None and bool(((mask == 0) | (mask == 1)).all())
        return _usable(mask.bool()) if is_mask and mask is not None else None
    if node.name() == "IndexBackward0":
        chosen = [each for each in node._saved_indices if each is not None]
        if len(chosen) == 1 and chosen[0].dtype == torch.bool:
            return _usable(_two_dimensional(chosen[0]))
        if len(chosen) == 2 and chosen[0].dim() == 1 and chosen[0].shape == chosen[1].shape:
            shape = graph.shape_of(graph.parents(node)[0])[:2]
            mask = torch.zeros(tuple(shape), dtype=torch.bool)
            mask[chosen[0].cpu(), chosen[1].cpu()] = True
            return _usable(mask)
    return None


def _hidden(node: Any) -> Tensor | None:
    """(N, T) at which places a token stands in the place of the input; a plain number there blanks padding."""
    if node.name() == "WhereBackward0" and len(graph.parents(node)) == 2:
        mask = _usable(_two_dimensional(node._saved_condition))
        tokens = [_is_token(parent) for parent in graph.parents(node)]
        return None if mask is None or tokens[0] == tokens[1] else mask if tokens[0] else ~mask
    if node.name() == "MaskedFillBackward0" and len(graph.shape_of(node)) == 3 and len(graph.parents(node)) == 2:
        return _usable(_two_dimensional(node._saved_mask))
    return _left_out(node) if node.name() == "GatherBackward0" else None


def _is_token(node: Any) -> bool:
    """Whether a value is a parameter as it is, or repeated at each place: what the input gives differs by place."""
    for _ in range(MOVES_AT_MOST):
        if hasattr(node, "variable"):
            return True
        if node.name() not in graph.MOVES or not graph.parents(node):
            return False
        node = graph.parents(node)[0]
    return False


def _left_out(node: Any) -> Tensor | None:
    """(N, T) which places of (N, T, D) are not among those that are gathered."""
    index, places = node._saved_index, graph.shape_of(graph.parents(node)[0]) if graph.parents(node) else ()
    if index.dim() != 3 or len(places) != 3 or node._saved_dim not in (1, -2, 2**64 - 2):
        return None
    gathered = index[..., 0].detach().cpu()
    if gathered.shape[1] >= places[1] or not bool((index == index[..., :1]).all()):
        return None
    mask = torch.ones(len(gathered), places[1], dtype=torch.bool)
    return _usable(mask.scatter_(1, gathered, False))


def _two_dimensional(mask: Tensor) -> Tensor | None:
    while mask.dim() > 2 and mask.shape[-1] == 1:
        mask = mask[..., 0]
    if mask.dim() == 3 and bool((mask == mask[..., :1]).all()):
        mask = mask[..., 0]
    return mask if mask.dim() == 2 else None


def _usable(mask: Tensor | None) -> Tensor | None:
    """On the CPU, where it hides some places and shows some."""
    if mask is None or mask.numel() < PLACES_AT_LEAST or mask.dtype != torch.bool:
        return None
    return mask.detach().cpu() if bool(mask.any()) and not bool(mask.all()) else None
