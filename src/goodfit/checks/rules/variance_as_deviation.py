"""variance-as-deviation: what the loss takes for a variance is the standard deviation of the samples.

What it checks
    The graph of the loss has a sample mean + noise * exp(a * x), the square of the same mean, and exp(b * x) of the
    same x beside it, as the divergence from a standard normal distribution has them. There the variance is exp(b * x),
    so that the sample needs b = 2 * a. Or, in place of exp(b * x), the square of x and the logarithm of that square.

Why it hurts
    The net samples from another distribution than the one whose divergence is in the loss: the bound that is
    maximised is none, and samples from the prior do not look like those of training.

Example
    z = mean + torch.randn_like(mean) * log_variance.exp()

Instead
    z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()

When it is a false alarm
    Another divergence on purpose, which has the same parts.

Cost
    A look at the sums in the graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.gaussian_samples import GaussianSample, exponent_of, gaussian_samples, scaled
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 2
ADDING = frozenset({"AddBackward0", "SubBackward0", "RsubBackward1", "SumBackward0", "SumBackward1", "NegBackward0"})


class VarianceAsDeviation(LiveRule):
    code, level = "GF243", Level.WARNING

    def start(self) -> None:
        self.steps = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for nodes in event.nodes if event.named("ExpBackward0") else ():
            for sample in gaussian_samples(nodes):
                in_loss = _variance_factors(sample, nodes)
                if len(in_loss) > 1 or not _has_square(sample.mean, nodes):
                    continue
                if not in_loss:
                    if _has_log_of_square(sample.exponent, nodes):
                        self.steps += 1
                        if self.steps == STEPS_AT_LEAST:
                            yield self._of_square(sample)
                        return
                    continue
                factor = in_loss.pop()
                if abs(factor - 2 * sample.factor) < 1e-6:
                    continue
                self.steps += 1
                if self.steps == STEPS_AT_LEAST:
                    yield self.finding(
                        f"the samples have the standard deviation exp({number(sample.factor, 3)} x), and the "
                        f"divergence in the loss takes exp({number(factor, 3)} x) as their variance, which would be "
                        f"exp({number(2 * sample.factor, 3)} x)",
                        "Where x is the logarithm of the variance, sample mean + noise * (0.5 * x).exp()",
                    )
                return

    def _of_square(self, sample: GaussianSample) -> Finding:
        return self.finding(
            f"the samples have the standard deviation exp({number(sample.factor, 3)} x), and the divergence in the "
            f"loss takes x squared as their variance, which would be exp({number(2 * sample.factor, 3)} x)",
            "Where x is the logarithm of the variance, 0.5 * (mean ** 2 + x.exp() - x - 1)",
        )


def _variance_factors(sample: GaussianSample, nodes: Sequence[Any]) -> set[float]:
    """Each b of exp(b * x) that is added to something outside of the sample."""
    factors: set[float] = set()
    for node in nodes:
        inputs = graph.parents(node)
        power = exponent_of(node)
        if node is sample.product or (node.name() not in ADDING and power != 2):
            continue
        for each in inputs:
            exponential = graph.behind(each, stop=("AddBackward0",))
            if exponential.name() != "ExpBackward0" or not graph.parents(exponential):
                continue
            factor, exponent = scaled(graph.parents(exponential)[0])
            if exponent is sample.exponent:
                factors.add(2 * factor if power == 2 else factor)
    return factors


def _has_square(mean: Any, nodes: Sequence[Any]) -> bool:
    """Whether the mean is squared."""
    for node in nodes:
        inputs = graph.parents(node)
        is_square = exponent_of(node) == 2 or (node.name() == "MulBackward0" and len(inputs) == 2)
        if is_square and inputs and all(graph.behind(each) is mean for each in inputs):
            return True
    return False


def _has_log_of_square(exponent: Any, nodes: Sequence[Any]) -> bool:
    """Whether a logarithm is taken of the square of what samples have in an exponential."""
    for node in nodes:
        inputs = graph.parents(node) if node.name() == "LogBackward0" else []
        square = graph.behind(inputs[0]) if inputs else None
        if square is not None and exponent_of(square) == 2 and graph.behind(graph.parents(square)[0]) is exponent:
            return True
    return False
