"""ratio-always-one: the ratio of new to old probabilities is 1 in every step, so that clipping it does nothing.

What it checks
    In the graph of the loss, exp(...) is clamped to an interval around 1 and was 1 everywhere, but for rounding, in six
    steps. And most rows that the net is given in them were given to it in an earlier step too, or, of states that come
    again by nature, two passes over several mini-batches had the same ones in another order; or exp gets the difference
    of two equal values that gradients both flow through, so that its own gradient is exactly 0.

Why it hurts
    The ratio of PPO compares the policy with the one that chose the actions. Computed from the policy itself it is 1 in
    the second and every later pass over the same rows as well: nothing keeps the policy near the old one.

Example
    ratio = (log_prob - log_prob.detach()).exp()

Instead
    ratio = (log_prob - old_log_prob).exp()            # kept when the actions were chosen

When it is a false alarm
    None is known: where each row is used once the ratio is 1 by right, and nothing is said.

Cost
    A look at the graph nodes nearest to the loss, and fingerprints of rows where a ratio is clamped, in the first
    steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 6
NODES_AT_MOST = 60
VALUES_AT_LEAST = 4
SHARE_SEEN = 0.5  # of a batch's rows, that an earlier step had
ROWS_KEPT = 20_000
STEPS_OF_PASS = 100
DISTINCT_AT_LEAST = 0.9  # of a batch's rows
ROUNDINGS = 32  # of its type, by which a ratio of equal policies may differ from 1


class RatioAlwaysOne(LiveRule):
    code, level = "GF234", Level.WARNING

    def start(self) -> None:
        self.rows: Tensor | None = None  # of the last call with gradients
        self.same: weakref.ref[Tensor] | None = None  # what the net was given in the last step
        self.known: set[int] = set()  # rows of earlier steps
        self.sums: list[int] = [0]  # of the fingerprints of all rows, after each step
        self.used_again = False  # two passes over the same rows were seen
        self.steps = 0  # with rows that are known, and a ratio of 1
        self.other = False  # a ratio other than 1 was seen

    def on_call(self, event: NetCall) -> None:
        if event.grad and event.inputs and event.inputs[0].dim():
            self.rows = event.inputs[0]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        rows, self.rows = self.rows, None
        if self.other or rows is None:
            return
        clamped = [node for node in event.named("ClampBackward1", nearest=NODES_AT_MOST) if _is_clamped_ratio(node)]
        if not clamped:
            return
        ratio = clamped[0]._saved_self.detach()
        if ratio.numel() < VALUES_AT_LEAST:
            return
        if _has_gradients_on_both_sides(clamped[0]) and _is_one(ratio):
            self.steps += 1
            if self.steps == STEPS_AT_LEAST:
                yield self.finding(
                    f"the ratio that is clamped was 1 in {STEPS_AT_LEAST} steps: both of its log-probabilities "
                    "are the policy's of now, and their gradients cancel",
                    "Compare with the log-probabilities of when the actions were chosen, kept without gradients",
                )
            return
        again, self.same = self.same is not None and self.same() is rows, weakref.ref(rows)
        if not again and not self._were_seen(rows):
            return
        self.other = not _is_one(ratio)
        self.steps += not self.other
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                f"the ratio that is clamped to {clamped[0]._saved_min:g} to {clamped[0]._saved_max:g} was 1 in "
                f"{STEPS_AT_LEAST} steps, though their rows were trained on before: it compares the policy with itself",
                "Keep the log-probabilities when the actions are chosen, and compare with those",
            )

    def _were_seen(self, rows: Tensor) -> bool:
        """Whether most of these rows were there in an earlier step; of states that come again, by whole passes."""
        now = fingerprints(rows.detach()) if rows.dim() > 1 else []
        if not now or len(set(now)) < DISTINCT_AT_LEAST * len(now):
            self.used_again = self.used_again or self._were_two_passes(now)
            return self.used_again
        seen = sum(row in self.known for row in now) >= SHARE_SEEN * len(now)
        if len(self.known) < ROWS_KEPT:
            self.known.update(now)
        return seen

    def _were_two_passes(self, rows: list[int]) -> bool:
        """Whether the last steps had, all together, exactly the rows of as many steps before them."""
        self.sums.append((self.sums[-1] + sum(rows)) % 2**64)
        now = len(self.sums) - 1
        if now < 2 or (self.sums[now] - 2 * self.sums[now - 1] + self.sums[now - 2]) % 2**64 == 0:
            return False  # each step has the same states, for which actions are chosen anew
        return any(
            (self.sums[now] - 2 * self.sums[now - steps] + self.sums[now - 2 * steps]) % 2**64 == 0
            for steps in range(2, min(now // 2, STEPS_OF_PASS) + 1)
        )


def _is_one(ratio: Tensor) -> bool:
    """But for rounding: a net gives a row other last digits in another batch, on some processors."""
    return bool(((ratio - 1).abs() <= ROUNDINGS * torch.finfo(ratio.dtype).eps).all())


def _is_clamped_ratio(node: Any) -> bool:
    """Whether this is exp(...) clamped to an interval around 1."""
    if not node.next_functions or node.next_functions[0][0] is None:
        return False
    low, high = node._saved_min, node._saved_max
    around_one = low is not None and high is not None and 0 < low < 1 < high
    return around_one and bool(node.next_functions[0][0].name() == "ExpBackward0")


def _has_gradients_on_both_sides(clamped: Any) -> bool:
    """Whether exp(...) gets a difference of two values that both have a graph."""
    difference = graph.behind(graph.parents(graph.parents(clamped)[0])[0])
    return difference.name() == "SubBackward0" and len(graph.parents(difference)) == 2
