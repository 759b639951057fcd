"""map-by-view: a map of channels became rows of pixels by view or reshape, or the other way round.

What it checks
    What a convolution, a pooling or a batch norm gave, (B, C, H, W), was viewed as (B, H * W, C), (B * H * W, C) or
    (B, H, W, C) without a permute; or rows of features that a linear layer, an attention or a layer norm gave,
    (B, H * W, C), were viewed as (B, C, H, W). And what reads them takes features for what they are called: a linear
    layer, a product of matrices, a norm, a convolution, a sum along one dimension, or a factor that is broadcast. Or
    such a map was viewed as steps, (B, H, C * W), (B, W, C * H), (H, B, C * W) or (B * H, C * W), and a recurrent layer
    (an error), a linear one or a layer norm reads them (a warning).

Why it hurts
    view and reshape keep the order of values in memory. After such a view the "features" of a pixel are one channel at
    several pixels: attention over places, positions that are added, codes of a codebook mean nothing. The net learns
    something from it too, and the shapes are right.

Example
    tokens = conv(images).view(B, H * W, C)                    # conv gives (B, C, H, W)
    maps = blocks(tokens).view(B, C, H, W)                     # blocks give (B, H * W, C)
    out, _ = lstm(conv(spectrogram).view(B, T, -1))            # conv gives (B, C, T, F)

Instead
    tokens = conv(images).flatten(2).transpose(1, 2)
    maps = blocks(tokens).transpose(1, 2).reshape(B, C, H, W)
    out, _ = lstm(conv(spectrogram).transpose(1, 2).flatten(2))

When it is a false alarm
    None is known: two maps that are compared value by value are left out, as is what one flat layer gave.

Cost
    A look at the views of a graph in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VIEWS = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0")
PERMUTES = ("PermuteBackward0", "TransposeBackward0", "MovedimBackward0", "TBackward0")
MAKERS_OF_MAPS = ("Convolution", "BatchNorm", "Pool", "Upsample", "PixelShuffle")
MAKERS_OF_ROWS = ("Addmm", "MmBackward", "Bmm", "LayerNorm", "ScaledDotProduct")
READERS = ("Addmm", "MmBackward", "Bmm", "LayerNorm", "BatchNorm", "Convolution", "Cdist", "SoftmaxBackward")
ALONG_ONE = ("SumBackward1", "MeanBackward1", "LinalgVectorNormBackward0", "NormBackward1", "MaxBackward0")
RECURRENT = ("RnnLayer", "CudnnRnn", "PackPaddedSequence")
READERS_OF_STEPS = (*RECURRENT, "Addmm", "MmBackward", "LayerNorm")
STEPS_UP, STEPS_DOWN = 12, 6  # nodes from a view to what made the values, and to what reads them


class MapByView(LiveRule):
    code, level = "GF289", Level.ERROR
    yields_to = ("classes-by-view", "sequence-by-view", "heads-by-view")

    def start(self) -> None:
        self.spoken: set[tuple[Any, ...]] = set()

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named(*VIEWS):
            inputs = graph.parents(node)
            before, after = tuple(graph.shape_of(inputs[0])) if inputs else (), tuple(graph.shape_of(node))
            are_steps = _are_steps(before, after)
            makers = MAKERS_OF_MAPS if are_steps else _makers(before, after)
            place = graph.place_of(node)
            if not makers or (place, after) in self.spoken or place.file is None:
                continue
            if not _is_made_by(inputs[0], makers):
                continue
            if are_steps:
                yield from self._of_steps(node, event.nodes)
                continue
            if not _is_read(node, event.nodes):
                continue
            self.spoken.add((place, after))
            what = (
                "channels are the second dimension" if makers is MAKERS_OF_MAPS else "features are the last dimension"
            )
            yield self.finding(
                f"a view turned {before}, whose {what}, into {after}: values stay where they are, so that channels and "
                "places are mixed",
                "Move the channels first: x.flatten(2).transpose(1, 2) of a map, x.transpose(1, 2).reshape(B, C, H, W) "
                "of rows",
                file=place.file,
                line=place.line,
            )

    def _of_steps(self, node: Any, walks: Sequence[Sequence[Any]]) -> Iterator[Finding]:
        before, after, place = graph.shape_of(graph.parents(node)[0]), graph.shape_of(node), graph.place_of(node)
        is_recurrent = _is_read(node, walks, RECURRENT)
        if not is_recurrent and not _is_read(node, walks, READERS_OF_STEPS):
            return
        self.spoken.add((place, tuple(after)))
        by_height = after[-1] == before[1] * before[3]
        move = "x.transpose(1, 2).flatten(2)" if by_height else "x.permute(0, 3, 1, 2).flatten(2)"
        yield self.finding(
            f"a view turned {tuple(before)}, whose channels are the second dimension, into steps, {tuple(after)}: "
            "values stay where they are, so that each step holds some channels at several steps",
            f"Move the dimension of the steps before the channels first: {move}",
            file=place.file,
            line=place.line,
            level=Level.ERROR if is_recurrent else Level.WARNING,
        )


def _are_steps(before: Sequence[int], after: Sequence[int]) -> bool:
    """Whether a map was viewed as steps of one of its sides, which are not its channels by their number as well."""
    if len(before) != 4 or len(after) not in (2, 3):
        return False
    rows, channels, height, width = before
    for steps, other in ((height, width), (width, height)):
        features = channels * other
        if channels > 1 and steps > 1 and steps not in (channels, features):
            first = steps != rows and rows > 1 and tuple(after) == (steps, rows, features)
            if first or tuple(after) in ((rows, steps, features), (rows * steps, features)):
                return True
    return False


def _makers(before: Sequence[int], after: Sequence[int]) -> tuple[str, ...]:
    """Which layers must have given what was viewed so, for the view to be wrong; none where its sizes are right."""
    if len(before) in (4, 5):  # a map to rows
        rows, channels, places = before[0], before[1], prod(before[2:])
        to_rows = after in ((rows, places, channels), (rows * places, channels), (rows, *before[2:], channels))
        if to_rows and channels > 1 and places > 1 and channels not in (places, before[-1]):
            return MAKERS_OF_MAPS
    if len(before) == 3 and len(after) in (4, 5):
        rows, places, channels = before
        to_map = after[0] == rows and after[1] == channels and prod(after[2:]) == places
        if to_map and channels > 1 and places > 1 and channels not in (places, after[-1]):
            return MAKERS_OF_ROWS
    return ()


def _is_made_by(node: Any, makers: tuple[str, ...]) -> bool:
    """Whether one of some layers gave these values, with nothing in between but what changes them one by one."""
    for _ in range(STEPS_UP):
        name, inputs = node.name(), graph.parents(node)
        if any(maker in name for maker in makers):
            return True
        alike = [each for each in inputs if graph.shape_of(each) == graph.shape_of(node)]
        if name in PERMUTES or not inputs or not (alike or name in VIEWS):
            return False
        node = (alike or inputs)[0]
    return False


def _is_read(view: Any, walks: Sequence[Sequence[Any]], by: tuple[str, ...] = ()) -> bool:
    """Whether something along the way from a view to the loss takes one of its dimensions for features or places.

    Args:
        by: the only layers that do so.
    """
    readers: dict[int, list[Any]] = {}
    for nodes in walks:
        for node in nodes:
            for parent in graph.parents(node):
                readers.setdefault(id(parent), []).append(node)
    here = [view]
    for _ in range(STEPS_DOWN):
        after: list[Any] = []
        for node in here:
            for reader in readers.get(id(node), ()):
                if any(each in reader.name() for each in by or READERS):
                    return True
                if not by and reader.name() in ALONG_ONE:
                    return True
                others = [graph.shape_of(each) for each in graph.parents(reader) if each is not node]
                is_move = reader.name() in graph.MOVES or reader.name() == "CatBackward0"
                if not by and not is_move and any(each != graph.shape_of(node) and each.numel() > 1 for each in others):
                    return True
                if is_move or graph.shape_of(reader) == graph.shape_of(node):
                    after.append(reader)
        here = after
    return False
