"""sampled-for-critic: an actor is to raise a critic's value of its samples, which let no gradient through.

What it checks
    sample() of a distribution that has rsample(), and whose parameters need gradients, was called since the last step.
    One term of the loss reaches parameters of the optimiser that steps next, and another one only those of an optimiser
    whose gradients are then zeroed before it steps. In four steps.

Why it hurts
    The value of the action is what the actor should climb. Without a gradient through the action only the other term,
    the entropy, is trained: the policy learns to be random.

Example
    action = torch.tanh(dist.sample()); loss = (alpha * log_prob - critic(state, action)).mean()

Instead
    action = torch.tanh(dist.rsample())

When it is a false alarm
    A term that is shown in the loss alone: detach it.

Cost
    The leaves of the loss's terms, where something was sampled, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Sample, Step, Zero, params_of
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 4
LEAVES_AT_MOST = 2000  # nodes behind a term


@dataclass
class Missed:
    """Of a step: where the sample was drawn, and parameters that alone a term of the loss reached."""

    place: Place
    params: set[int]


class SampledForCritic(LiveRule):
    code, level = "GF236", Level.WARNING
    yields_to = ("sampled-without-gradient",)

    def start(self) -> None:
        self.drawn: Place | None = None
        self.terms: list[set[int]] = []  # of the last loss: parameters that each term reaches
        self.missed: Missed | None = None
        self.steps: dict[Place, int] = {}

    def on_sample(self, event: Sample) -> None:
        distribution = event.distribution
        could = event.grad and distribution.has_rsample and not event.value.requires_grad
        if could and any(tensor.requires_grad for tensor in tensors(distribution)):
            self.drawn = user_place()

    def before_backward(self, event: BackwardBegins) -> None:
        self.terms = []
        if self.drawn is not None and len(self.program.optimisers) > 1 and len(event.losses) == 1:
            for term in graph.terms(event.losses[0]):
                self.terms.append({id(leaf) for leaf in graph.leaves(term, limit=LEAVES_AT_MOST)})

    def on_step(self, event: Step) -> None:
        terms, self.terms = self.terms, []
        params = {id(param) for param in event.params}
        if self.missed is not None and self.missed.params & params:
            self.missed = None  # its gradients are used
        if self.drawn is not None and any(term & params for term in terms):
            others = [term for term in terms if term and not term & params]
            if others:
                self.missed = Missed(self.drawn, set.union(*others))
        self.drawn = None

    def on_zero(self, event: Zero) -> Iterator[Finding]:
        missed = self.missed
        if missed is None or not missed.params & {id(param) for param in event.params}:
            return
        self.missed = None
        if not any({id(param) for param in params_of(each)} & missed.params for each in self.program.optimisers):
            return
        steps = self.steps[missed.place] = self.steps.get(missed.place, 0) + 1
        if steps == STEPS_AT_LEAST:
            yield self.finding(
                "a term of the loss of these samples reaches no parameter that is trained by it: sample() lets no "
                "gradient through",
                "Draw the action with rsample()",
                file=missed.place.file,
                line=missed.place.line,
            )
