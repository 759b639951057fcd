"""boxes-not-corners: the overlap of boxes is computed as if they were corners, and they are centres and sizes.

What it checks
    In the graph of a loss: the larger of two pairs of coordinates and the smaller of two others, as an intersection
    takes them. Of the boxes without a graph, the targets, many have a second corner that is not beyond the first one in
    both directions; nor before it, where the graph does not tell which of both comes first. In three passes. Or, in the
    source: a function of the program that makes corners of boxes, by its name, is never called, and one that computes
    an overlap is; boxes are made of centres and sizes beside each other.

Why it hurts
    An intersection of such numbers is none: the loss falls as boxes reach values that look alike, and says little
    about their overlap.

Example
    loss = (1 - giou(pred, target)).mean()          # both (cx, cy, w, h), and giou takes (x0, y0, x1, y1)

Instead
    loss = (1 - giou(to_corners(pred), to_corners(target))).mean()

When it is a false alarm
    None is known.

Cost
    A look at the graph's nodes of that kind, in the first steps.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.own_source import called, names_in, of_kind
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

CORNERS = lazy_pattern(r"corners|to_?(xyxy|xyxys|ltrb|tlbr)$|2(xyxy|corners)", re.IGNORECASE)
OVERLAP = lazy_pattern(r"iou|overlap|intersection", re.IGNORECASE)
CENTRES = lazy_pattern(r"cent(re|er)|^cx|^cy|^xy$|ctr", re.IGNORECASE)
SIZES = lazy_pattern(r"^wh$|size|^w$|width", re.IGNORECASE)
WORTH_PARSING = lazy_pattern(r"def \w*(corners|xyxy|ltrb|tlbr)\w*\(", re.IGNORECASE)
PASSES_AT_LEAST = 3
ROWS_AT_LEAST = 8
SHARE_AT_LEAST = 0.2  # of the boxes
NODES_AT_MOST = 120


class BoxesNotCorners(LiveRule):
    code, level = "GF270", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for source in self.program.source.files() if self.program.steps else ():
            if source.mentions(WORTH_PARSING):
                for name, line in source.found(corners_never_made):
                    yield self.finding(
                        f"an overlap of boxes is computed, and {name}, which makes corners of centres and sizes, is "
                        "never called",
                        f"Give the overlap {name}(boxes), of both",
                        file=source.file,
                        line=line,
                    )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        largest, smallest = (
            [x for node in event.named(name, nearest=NODES_AT_MOST) if (x := _target_of(node)) is not None]
            for name in ("MaximumBackward0", "MinimumBackward0")
        )
        share = _share_of_no_corners(largest, smallest)
        if share < SHARE_AT_LEAST:
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"an intersection of boxes is computed, and {share:.0%} of the target boxes are no corners: their last "
                "two numbers are not beyond the first two",
                "Turn centres and sizes into corners first: x0 = cx - w / 2, x1 = cx + w / 2",
            )


def corners_never_made(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions for corners of boxes that nothing uses, where overlaps are computed; with the line of an overlap."""
    functions = {each.name for each in of_kind(tree, ast.FunctionDef)}
    makers = {name for name in functions if CORNERS.search(name)}
    used = {node.id for node in of_kind(tree, ast.Name)} | {node.attr for node in of_kind(tree, ast.Attribute)}
    joined = [call for call in of_kind(tree, ast.Call) if called(call) in ("cat", "concatenate", "stack", "hstack")]
    names = [{name for arg in call.args for name in names_in(arg)} for call in joined]
    are_centres = any(any(map(CENTRES.search, each)) and any(map(SIZES.search, each)) for each in names)
    measures = {each.name for each in of_kind(tree, ast.FunctionDef) if OVERLAP.search(each.name) and not _halves(each)}
    overlaps = [call for call in of_kind(tree, ast.Call) if called(call) in measures]
    if makers and not makers & used and are_centres and overlaps:
        yield min(makers), overlaps[0].lineno


def _halves(function: ast.FunctionDef) -> bool:
    """Whether it makes corners by itself: cx - w / 2."""
    halves = [node for node in of_kind(function, ast.BinOp) if isinstance(node.op, ast.Div | ast.Mult)]
    return any(ast.unparse(side) in ("2", "2.0", "0.5") for node in halves for side in (node.left, node.right))


def _target_of(node: Any) -> Tensor | None:
    """(N, 2) the constant side of the larger or the smaller of two points."""
    for at, (parent, _) in enumerate(node.next_functions):
        saved = getattr(node, ("_saved_self", "_saved_other")[at], None)
        if parent is None and isinstance(saved, Tensor) and saved.dim() == 2 and saved.shape[1] == 2:
            return saved.detach() if len(saved) >= ROWS_AT_LEAST else None
    return None


def _share_of_no_corners(largest: list[Tensor], smallest: list[Tensor]) -> float:
    """Of the boxes whose corners these are, the share for which neither can be the first corner."""
    for first in largest:
        for second in smallest:
            if first.shape == second.shape and first.data_ptr() != second.data_ptr():
                beyond, before = ((second - first) * sign >= 0 for sign in (1, -1))
                shares = [float(each.all(1).float().mean()) for each in (beyond, before)]
                order = _order(first, second)
                return 1 - (max(shares) if order is None else shares[order])
    return 0.0


def _order(first: Tensor, second: Tensor) -> int | None:
    """0 where these are the first two columns of boxes and the last two, 1 the other way round; None if unknown."""
    same = first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
    if not same or first.stride() != second.stride() or first.stride() != (4, 1):
        return None
    return {2: 0, -2: 1}.get(int(second.storage_offset()) - int(first.storage_offset()))
