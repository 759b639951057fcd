"""regrouped-otherwise: what was flattened as (V, B) is taken apart as (B, V), and rows of different groups are mixed.

What it checks
    Without gradients, a net gets rows that are a view of a tensor (V, B, ...), such as V views of B rows, flattened to
    (V * B, ...). What it gives for these V * B rows is viewed as (B, V, ...), and V is not B.

Why it hurts
    The first group holds the first rows of the first view, and not all views of the first row. Averaged over such a
    group, predictions of different rows are mixed, and scores are near chance though the net is good.

Example
    views = torch.stack([x, x.flip(-1)]); net(views.flatten(0, 1)).view(len(x), 2, -1).mean(1)

Instead
    views = torch.stack([x, x.flip(-1)]); net(views.flatten(0, 1)).view(2, len(x), -1).mean(0)

When it is a false alarm
    None is known.

Cost
    The sizes of what a net is given and of what is viewed.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import NetCall, Reshape
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class RegroupedOtherwise(LiveRule):
    code, level = "GF637", Level.WARNING

    def start(self) -> None:
        self.groups: tuple[int, int] | None = None  # of the rows that a net got last
        self.is_known = False

    def on_call(self, event: NetCall) -> None:
        self.groups = None
        if not event.inputs or not event.outputs:
            return
        x = event.inputs[0]
        whole = x._base
        if whole is None or whole.dim() != x.dim() + 1 or x.numel() != whole.numel() or x.dim() < 2:
            return
        first, second = whole.shape[:2]
        is_flat = first * second == len(x) and tuple(whole.shape[2:]) == tuple(x.shape[1:]) and x.is_contiguous()
        if is_flat and len(event.outputs[0]) == len(x) and first != second and min(first, second) > 1:
            self.groups = first, second

    def on_reshape(self, event: Reshape) -> Iterator[Finding]:
        groups = self.groups
        if groups is None or self.is_known or event.before.dim() > 2 or event.after.dim() < 2:
            return
        if len(event.before) == groups[0] * groups[1] and tuple(event.after.shape[:2]) == groups[::-1]:
            self.is_known = True
            first, second = groups
            yield self.finding(
                f"rows were flattened as ({first}, {second}, ...), and what the net gives for them is viewed as "
                f"({second}, {first}, ...): each group holds rows of several",
                f"View it as it was: .view({first}, {second}, -1)",
            )
