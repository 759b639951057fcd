"""logits-are-probabilities: probabilities are given where logits are expected, or logits where probabilities are.

What it checks
    A distribution (Categorical, OneHotCategorical, Bernoulli and their like) gets `logits` that come from a softmax or
    a sigmoid, as the graph shows, or whose rows are probabilities in three calls; or `probs` of log-probabilities (all
    negative), or with negative values. kl_div with log_target=True gets probabilities. poisson_nll_loss, which takes
    the logarithm of the rate unless log_input=False is given, gets an exponential, a softplus or a ReLU. A softmax is
    taken of a softmax over the same dimension; or a sigmoid of a softmax or sigmoid, or of one class of it.

Why it hurts
    A policy of softmax(softmax(x)) is nearly uniform, however sure the net is: with two actions no probability is above
    0.73. Log-probabilities taken as probabilities turn preferences upside down: the least likely becomes the most
    likely.

Example
    probs = torch.softmax(policy(state), -1)
    action = Categorical(logits=probs).sample()

Instead
    action = Categorical(probs=probs).sample()
    action = Categorical(logits=policy(state)).sample()

When it is a false alarm
    None is known.

Cost
    A look at graph nodes, and at the sums of rows where the graph is hidden, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss, NewDistribution
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number

OF_CLASSES = ("Categorical", "OneHotCategorical", "OneHotCategoricalStraightThrough", "RelaxedOneHotCategorical",
              "Multinomial")  # fmt: skip
OF_TWO = ("Bernoulli", "RelaxedBernoulli", "Geometric", "Binomial", "NegativeBinomial")
RATES = {"ExpBackward0": "an exponential", "SoftplusBackward0": "a softplus", "ReluBackward0": "a ReLU"}
CALLS_AT_LEAST = 3  # with rows that sum to 1, where no softmax is seen
SUM_TOLERANCE = 1e-3
NODES_AT_MOST = 60  # behind the loss: further inside, two softmaxes are the net's own


class LogitsAreProbabilities(LiveRule):
    code, level = "GF217", Level.ERROR

    def start(self) -> None:
        self.calls: dict[Place, int] = {}
        self.squashed = False

    def on_distribution(self, event: NewDistribution) -> Iterator[Finding]:
        if event.kind not in OF_CLASSES + OF_TWO:
            return
        logits, probs = event.params.get("logits"), event.params.get("probs")
        if logits is not None and logits.numel():
            yield from self._of_logits(event.kind, logits)
        if probs is not None and probs.numel() and probs.is_floating_point():
            lowest, highest = float(probs.min()), float(probs.max())
            if lowest < 0:
                what = (
                    "log-probabilities (none is above 0)" if highest <= 0 else f"values as low as {number(lowest, 3)}"
                )
                yield self.finding(
                    f"the probs of {event.kind} are {what}: the probabilities that it makes of them are wrong",
                    "Give these values as logits=, or their softmax as probs=",
                )

    def _of_logits(self, kind: str, logits: Tensor) -> Iterator[Finding]:
        node = graph.source(logits)
        name = node.name() if node is not None else ""
        expected = ("SoftmaxBackward0",) if kind in OF_CLASSES else ("SoftmaxBackward0", "SigmoidBackward0")
        what = None
        if name in expected:
            what = f"come from a {name.removesuffix('Backward0').lower()}"
        elif kind in OF_CLASSES and logits.dim() and logits.shape[-1] > 1 and _is_distribution(logits):
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] >= CALLS_AT_LEAST:
                what = f"are probabilities (rows sum to 1) in {counted(self.calls[place], 'call')}"
        if what is not None:
            yield self.finding(
                f"the logits of {kind} {what}: it normalises them once more, and no probability comes near 0 or 1",
                f"Write {kind}(probs=...), or give it the output before the softmax or sigmoid",
            )

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name == "poisson_nll_loss" and event.options.get("log_input"):
            node = graph.source(event.input)
            what = RATES.get(node.name()) if node is not None else None
            if what is not None:
                yield self.finding(
                    f"the input of poisson_nll_loss comes from {what}, and it takes the exponential itself",
                    "Give it the output before that, or pass log_input=False",
                )
        if event.name == "kl_div" and event.options.get("log_target") and event.target.dim() > 1:
            target = event.target.detach()
            if target.is_floating_point() and target.numel() and _is_distribution(target):
                yield self.finding(
                    "the target of kl_div holds probabilities (rows sum to 1), and log_target=True expects their "
                    "logarithms",
                    "Remove log_target=True, or give log_softmax as target",
                )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("SoftmaxBackward0", nearest=NODES_AT_MOST):
            if not (inputs := graph.parents(node)):
                continue
            inner = graph.behind(inputs[0])
            if inner.name() != "SoftmaxBackward0" or graph.shape_of(inner) != graph.shape_of(node):
                continue
            dims = len(graph.shape_of(node))
            if graph.softmax_dim(inner) % dims != graph.softmax_dim(node) % dims:
                continue
            place = graph.place_of(node)
            yield self.finding(
                "softmax is taken of a softmax: what it gives is nearly uniform, however sure the net is",
                "Take it once: remove one of the two, often the one inside of the net",
                file=place.file,
                line=place.line,
            )
            return
        for node in event.named("SigmoidBackward0", nearest=NODES_AT_MOST):
            inputs = graph.parents(node)
            name = graph.behind(inputs[0]).name() if inputs else ""
            if name in ("SoftmaxBackward0", "SigmoidBackward0") and not self.squashed:
                self.squashed = True
                what, place = name.removesuffix("Backward0").lower(), graph.place_of(node)
                yield self.finding(
                    f"a sigmoid is taken of a {what}: what it gives lies between 0.5 and 0.73, whatever the net says",
                    "Take one of the two: remove the sigmoid",
                    file=place.file,
                    line=place.line,
                )
                return


def _is_distribution(values: Tensor) -> bool:
    """Whether no value is negative and the last dimension sums to 1."""
    rows = values.detach().float()
    return bool(rows.min() >= 0) and bool(((rows.sum(-1) - 1).abs() < SUM_TOLERANCE).all())
