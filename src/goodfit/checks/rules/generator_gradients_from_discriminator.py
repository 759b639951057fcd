"""generator-gradients-from-discriminator: the discriminator's loss sends gradients into the generator.

What it checks
    A backward reaches two nets with an optimiser each, only one of the two steps, and after another backward the other
    one steps with the gradients of both losses. In three rounds. Where the gradients are zeroed between, and the second
    backward reaches both nets as well, only time is lost: a notice.

Why it hurts
    The generator's step is partly made by the loss that it should raise: the two gradients work against each other.

Example
    d_loss = criterion(D(fake), zeros) + criterion(D(real), ones)
    d_loss.backward(); d_optimizer.step()
    g_loss = criterion(D(fake), ones)
    g_loss.backward(); g_optimizer.step()

Instead
    d_loss = criterion(D(fake.detach()), zeros) + criterion(D(real), ones)
    ... and g_optimizer.zero_grad() before g_loss.backward()

When it is a false alarm
    Two nets that are meant to be trained by both losses, and one of which is moved between.

Cost
    The leaves of each backward, where there are two optimisers, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Step, Zero, params_of
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROUNDS_AT_LEAST = 3


@dataclass(eq=False)
class Pass:
    """A backward: the line, optimisers of whose parameters it reached some, those that stepped right after it."""

    place: Place
    reached: set[int]
    stepped: set[int] = field(default_factory=set)


class GeneratorGradientsFromDiscriminator(LiveRule):
    code, level = "GF318", Level.WARNING
    yields_to = ("gradients-not-zeroed",)

    def start(self) -> None:
        self.passes: dict[int, list[Pass]] = {}  # by optimiser: backwards since its gradients were zeroed or used
        self.zeroed: dict[int, list[Pass]] = {}  # the same, thrown away since its last step
        self.last: Pass | None = None
        self.rounds: dict[tuple[Place, bool], int] = {}
        self.reported = False  # once: the other loss reaches both nets by right

    def before_backward(self, event: BackwardBegins) -> None:
        """Gradients that were set to None by hand, or to zeros, are zeroed too."""
        for number, params in self._nets().items():
            if self.passes.get(number) and not any(_has_gradient(param) for param in params):
                self._throw_away(number)

    def after_backward(self, event: BackwardEnded) -> None:
        nets = self._nets()
        if len(nets) < 2:
            return
        leaves = {id(leaf) for leaf in event.leaves}
        reached = {number for number, params in nets.items() if any(id(param) in leaves for param in params)}
        self.last = Pass(user_place(), reached)
        for number in reached:
            self.passes.setdefault(number, []).append(self.last)

    def on_zero(self, event: Zero) -> None:
        if not self.passes:
            return
        params = {id(param) for param in event.params}
        for number, held in self._nets().items():
            if self.passes.get(number) and {id(param) for param in held} <= params:
                self._throw_away(number)

    def _nets(self) -> dict[int, list[Tensor]]:
        """The parameters of each optimiser; one that is written around another, as SAM is, is the same as that."""
        every = [params_of(optimiser) for optimiser in self.program.optimisers]
        return {_number(params): params for params in every}

    def _throw_away(self, number: int) -> None:
        self.zeroed.setdefault(number, []).extend(self.passes.pop(number, []))

    def on_step(self, event: Step) -> Iterator[Finding]:
        number, last = _number(event.params), self.last
        used, zeroed = self.passes.pop(number, []), self.zeroed.pop(number, [])
        if last is None:
            return
        last.stepped.add(number)
        for earlier, wasted in [*((each, False) for each in used), *((each, True) for each in zeroed)]:
            others = earlier.stepped & (last.reached if wasted else earlier.reached)
            if earlier is last or number in earlier.stepped or not others & earlier.reached:
                continue
            key = (earlier.place, wasted)
            self.rounds[key] = self.rounds.get(key, 0) + 1
            if self.rounds[key] == ROUNDS_AT_LEAST and not self.reported:
                self.reported = True
                yield self._finding(earlier.place, wasted)

    def _finding(self, place: Place, wasted: bool) -> Finding:
        if wasted:
            what = "gradients that are thrown away flow into a second net, whose optimiser does not step after it"
        else:
            what = "the gradients of this loss stay in a second net, and are part of its next step with another loss"
        return self.finding(
            f"{what}: the input from that net is not detached",
            "Detach it: D(fake.detach()); and zero the gradients of a net right before its own backward",
            file=place.file,
            line=place.line,
            level=Level.NOTICE if wasted else None,
        )


def _has_gradient(param: Tensor) -> bool:
    gradient = param.grad
    return gradient is not None and (gradient.is_sparse or bool(gradient.any()))


def _number(params: Sequence[Tensor]) -> int:
    """The same for optimisers of the same parameters."""
    return hash(frozenset(id(param) for param in params))
