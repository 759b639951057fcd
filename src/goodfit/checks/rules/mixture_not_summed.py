"""mixture-not-summed: the likelihood of a mixture does not add up its components by their weights.

What it checks
    A loss takes logsumexp of a sum of log-densities and weights. The weights are probabilities, the output of a
    softmax, not their logarithms; or they are normalised over one dimension (log_softmax), and logsumexp runs over
    another: over the rows of the batch. In three passes.

Why it hurts
    The likelihood of a row is log sum_k exp(log w_k + log p_k). With w_k in the place of its logarithm weights differ
    by a factor of e at most, and no component can be switched off; summed over the rows it is enough that one row of a
    batch is near a component.

Example
    loss = -torch.logsumexp(pi.softmax(1) + log_density, 1).mean()

Instead
    loss = -torch.logsumexp(pi.log_softmax(1) + log_density, 1).mean()

When it is a false alarm
    None is known.

Cost
    A look at the logsumexp nodes of a loss's graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 200
SUMS = ("AddBackward0", "SubBackward0")
TERMS_AT_MOST = 12


class MixtureNotSummed(LiveRule):
    code, level = "GF624", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        nodes = event.named("LogsumexpBackward0", nearest=NODES_AT_MOST)
        wrong = next((found for node in nodes if (found := _wrong(node))), None)
        if wrong is None:
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(wrong, "torch.logsumexp(weights.log_softmax(1) + log_density, 1), for each row")


def _wrong(node: Any) -> str | None:
    """What is wrong with a logsumexp; None where nothing is."""
    dims = node._saved_dim
    dim = dims[0] if isinstance(dims, (tuple, list)) and len(dims) == 1 else dims
    terms = list(_terms(graph.parents(node)[0])) if graph.parents(node) else []
    if not isinstance(dim, int) or len(terms) < 2:
        return None
    for term in terms:
        source = graph.behind(term)
        is_of_rows = graph.shape_of(term) == graph.shape_of(source) and graph.parents(source)
        if source.name() == "SoftmaxBackward0":
            return "probabilities of a softmax are added to log-densities before logsumexp: their logarithms were meant"
        if source.name() == "LogSoftmaxBackward0" and is_of_rows and "variable" not in dir(graph.parents(source)[0]):
            size = len(graph.shape_of(source))
            over, weighed = dim % size if dim < 2**62 else dim - 2**64 + size, graph.softmax_dim(source) % size
            if over != weighed and over == 0:
                return (
                    f"weights that sum to 1 over dimension {weighed} are summed up by logsumexp over dimension {over}, "
                    "the rows of the batch"
                )
    return None


def _terms(node: Any) -> Iterator[Any]:
    """The terms of a sum with more than one of them."""
    waiting = [node]
    for _ in range(TERMS_AT_MOST):
        if not waiting:
            return
        here = waiting.pop()
        if here.name() in SUMS and len(graph.parents(here)) > 1:
            waiting += graph.parents(here)
        else:
            yield here
