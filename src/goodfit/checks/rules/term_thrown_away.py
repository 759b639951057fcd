"""term-thrown-away: the gradients of one term of the loss are zeroed before any optimiser has used them.

What it checks
    One term of a loss that is a sum reaches only parameters that some optimiser holds, but not the one that steps
    next; and their gradients are zeroed before their own optimiser steps. Four times, and never otherwise.

Why it hurts
    The term is computed, is seen in the curve of the loss, and trains nothing: a generator whose adversarial term is
    computed on fake.detach() learns from the other terms alone.

Example
    loss = adversarial(D(fake.detach())) + l1(fake, real)      # generator's step
    loss.backward(); optimizer_g.step()                        # and D's gradients are zeroed before D steps

Instead
    loss = adversarial(D(fake)) + l1(fake, real)

When it is a false alarm
    A term that is added to be shown in the loss, for parameters that are trained elsewhere.

Cost
    A walk of the graph for each term, in the first steps of programs with several optimisers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Step, WatchEnds, Zero
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 4
TERMS_AT_MOST = 12

Key = tuple[Place, int, int, str]


@dataclass
class Term:
    """A term of the last loss of one line.

    Attributes:
        key: the line of the backward pass, which parameters all terms reach, the number of the term, and its node.
        left: ids of the parameters that it reached, whose gradients are still there.
        stepped: whether an optimiser has used the other terms' gradients since.
    """

    key: Key
    left: set[int]
    stepped: bool = False


@dataclass
class Fate:
    """How often the gradients of a term were zeroed unused, and used."""

    thrown_away: int = 0
    used: int = 0


class TermThrownAway(LiveRule):
    code, level = "GF242", Level.WARNING
    yields_to = ("accumulation-dropped",)
    sleepless = (Step, Zero)  # the rules may fall asleep before it is known what becomes of a term

    def start(self) -> None:
        self.terms: list[Term] = []
        self.fates: dict[Key, Fate] = {}

    def before_backward(self, event: BackwardBegins) -> None:
        if len(self.program.optimisers) < 2 or len(event.losses) != 1 or event.inputs_given:
            return
        nodes = list(graph.terms(event.losses[0]))
        if not 2 <= len(nodes) <= TERMS_AT_MOST:
            return
        optimised, place = self.program.optimised(), user_place()
        reached = [{id(leaf) for leaf in graph.leaves(node)} for node in nodes]
        all_of_them = hash(frozenset().union(*reached))
        for number, (node, leaves) in enumerate(zip(nodes, reached, strict=True)):
            if leaves and leaves <= optimised:
                self.terms.append(Term((place, all_of_them, number, str(node.name())), leaves))
        self.terms = self.terms[-2 * TERMS_AT_MOST :]

    def on_step(self, event: Step) -> None:
        if not self.terms:
            return
        params = {id(param) for param in event.params}
        waiting = []
        for term in self.terms:
            if term.left & params:
                self._fate(term).used += 1
            else:
                term.stepped = True
                waiting.append(term)
        self.terms = waiting

    def on_zero(self, event: Zero) -> None:
        if not self.terms:
            return
        params = {id(param) for param in event.params}
        waiting = []
        for term in self.terms:
            if not term.left & params:
                waiting.append(term)
                continue
            term.left -= params
            if term.left:
                waiting.append(term)
            elif term.stepped:
                self._fate(term).thrown_away += 1
        self.terms = waiting

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for key, fate in self.fates.items():
            if fate.thrown_away >= TIMES_AT_LEAST and not fate.used:
                yield self._finding(key)

    def _fate(self, term: Term) -> Fate:
        return self.fates.setdefault(term.key, Fate())

    def _finding(self, key: Key) -> Finding:
        place, _, _, node = key
        return self.finding(
            f"one term of this loss ({node.removesuffix('Backward0')}) reaches no parameter of the optimiser that "
            "steps after it, and the gradients that it gives others are zeroed unused: it trains nothing",
            "Let it depend on what is trained here: no detach() between the net and this term",
            file=place.file,
            line=place.line,
        )
