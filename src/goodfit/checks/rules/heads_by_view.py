"""heads-by-view: the heads of an attention are split or put together by view, without moving them past the steps.

What it checks
    What attention gave, (N, heads, T, D), is viewed or reshaped as (N, T, heads * D) as it is. Or what a linear layer
    gave, (N, T, heads * D), is viewed as (N, heads, T, D), three times or more, at once or by way of (N, T, heads, D).

Why it hurts
    The order in memory does not change: a row of the result holds several steps of one head, not all heads of one
    step. The net mixes its steps, and where a mask hides the future it shows parts of it.

Example
    y = F.scaled_dot_product_attention(q, k, v); y = y.reshape(n, t, heads * d)

Instead
    y = y.transpose(1, 2).reshape(n, t, heads * d)

When it is a false alarm
    None is known.

Cost
    The shapes of what is viewed, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Reshape
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PRODUCTS = ("UnsafeViewBackward0", "BmmBackward0")  # a product of four dimensions is one of three, viewed
TIMES_AT_LEAST = 2
SPLITS_AT_LEAST = 3  # of queries, keys and values
LINEAR = ("AddmmBackward0", "MmBackward0", "UnsafeViewBackward0", "AddBackward0")


class HeadsByView(LiveRule):
    code, level = "GF118", Level.ERROR

    def start(self) -> None:
        self.times = self.splits = 0

    def on_split(self, event: Reshape) -> Iterator[Finding]:
        before, after = event.before, event.after
        if before.dim() not in (3, 4) or after.dim() != 4 or before.grad_fn is None or not before.is_contiguous():
            return
        rows, steps, width = before.shape[0], before.shape[1], before.shape[2:].numel()
        heads = after.shape[1]
        if (
            (before.dim() == 4 and before.shape[2] != heads)
            or tuple(after.shape) != (rows, heads, steps, width // max(1, heads))
            or heads in (1, steps, width)
            or steps == 1
        ):
            return
        if graph.behind(before.grad_fn).name() in LINEAR:
            self.splits += 1
            if self.splits == SPLITS_AT_LEAST:
                yield self.finding(
                    f"the output of a linear layer {tuple(before.shape)} is viewed as {tuple(after.shape)}: heads and "
                    "steps are mixed",
                    "Split the width first: x.view(n, t, heads, d).transpose(1, 2)",
                )

    def on_reshape(self, event: Reshape) -> Iterator[Finding]:
        before, after = event.before, event.after
        if before.dim() != 4 or after.dim() != 3 or before.grad_fn is None:
            return
        rows, heads, steps, width = before.shape
        name = before.grad_fn.name()
        if not ("ScaledDotProduct" in name or name in PRODUCTS) or heads in (1, steps) or steps == 1:
            return
        if tuple(after.shape) == (rows, steps, heads * width):
            self.times += 1
            if self.times == TIMES_AT_LEAST:
                yield self.finding(
                    f"the output of attention {tuple(before.shape)} is viewed as {tuple(after.shape)}: heads and steps "
                    "are mixed",
                    "Move the heads behind the steps first: y.transpose(1, 2).reshape(...)",
                )
