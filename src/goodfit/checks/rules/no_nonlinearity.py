"""no-nonlinearity: two linear layers follow each other with nothing nonlinear between.

What it checks
    In the graph of a loss, the input of a linear or convolution layer is the output of another one, with only views,
    constants and dropout between, and the width between is not smaller than both ends.

Why it hurts
    Two affine maps in a row are one affine map: the second layer costs time and memory, and the net is less deep than
    it looks.

Example
    nn.Sequential(nn.Linear(20, 64), nn.Linear(64, 10))

Instead
    nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 10))

When it is a false alarm
    Low-rank pairs (narrow in the middle), separable convolutions, a transposed convolution that makes a map larger
    before another one, the projection after an attention, a layer whose values the net also returns (an embedding)
    or gives to another head, two parts of a net with a batch norm between, a part that the program also calls by
    itself (an encoder, whose values are used), and a part that leads back to the width of its input in a program that
    detaches values (the predictor of SimSiam) are not reported.

Cost
    A walk through the graph of the first two losses.
"""

from __future__ import annotations

import linecache
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.engine.user_frame import user_frame
from goodfit.checks.engine.where_made import layer_made_at
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

BACKWARDS_EXAMINED = 2
DETACHES = lazy_pattern(r"detach\(|stop_?grad|no_grad\(")
BATCH_NORMS = ("NativeBatchNormBackward", "BatchNormBackward", "CudnnBatchNormBackward")
ATTENTION = ("ScaledDotProduct", "BmmBackward0", "SoftmaxBackward0", "BaddbmmBackward0")


class NoNonlinearity(LiveRule):
    code, level = "GF312", Level.WARNING

    def start(self) -> None:
        self.backwards = 0
        self.outputs: list[Any] = []  # nodes of the nets' outputs since the last backward
        self.called_alone: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: NetCall) -> None:
        if self.backwards < BACKWARDS_EXAMINED:
            self.called_alone.add(event.module)
        if event.grad and self.backwards < BACKWARDS_EXAMINED:
            self.outputs += [out.grad_fn for out in event.outputs if out.grad_fn is not None]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.backwards >= BACKWARDS_EXAMINED:
            return
        self.backwards += 1
        outputs, self.outputs = self.outputs, []
        returned = {id(node) for node in outputs}
        layers = {  # by their weights: which net, and the name in it
            id(weight): (id(net), name)
            for net in self.program.nets
            for name, part in net.named_modules()
            if isinstance(part, (nn.Linear, _ConvNd)) and (weight := own_parameter(part, "weight")) is not None
        }
        for nodes in event.nodes:
            # also by outputs that this loss leaves out, as where each of two heads has a backward of its own
            all_nodes = {id(node): node for each in outputs for node in graph.walk(each)} if len(outputs) > 1 else {}
            all_nodes |= {id(node): node for node in nodes}
            uses = Counter(id(parent) for node in all_nodes.values() for parent in graph.parents(node))
            for node in nodes:
                second_layer = _affine(node)
                between = _before(second_layer[1]) if second_layer and second_layer[1] is not None else None
                first_layer = _affine(between)
                if (
                    second_layer is None
                    or first_layer is None
                    or uses[id(between)] > 1
                    or id(between) in returned
                    or _enlarges(between)
                    or _enlarges(node)
                    or not _no_attention(first_layer[1])
                ):
                    continue  # what is used elsewhere too, as in a residual net, is more than an intermediate value
                first, second = first_layer[0], second_layer[0]
                places = layers.get(id(first)), layers.get(id(second))
                if first is second or places[0] is None or places[1] is None or self._ends_a_part(first, second):
                    continue
                if places[0][0] != places[1][0]:
                    continue
                (into, width), (_, out) = _widths(first, between), _widths(second, node)
                if width < min(into, out):
                    continue
                first_name, second_name = places[0][1], places[1][1]
                first_part, second_part = (name.partition(".")[0] for name in (first_name, second_name))
                if first_part != second_part and self._is_asked_alone(first_part):
                    continue
                if _part(first_name) != _part(second_name) and (
                    _is_behind_batch_norm(second_layer[1])
                    or (self._leads_back(places[0][0], second_name, width) and self._detaches())
                ):
                    continue  # a projector, whose output is used by itself, as in SimSiam
                net = next(net for net in self.program.nets if id(net) == places[0][0])
                made = layer_made_at(net, second_name)
                yield self.finding(
                    f"the layers '{first_name}' and '{second_name}' ({tuple(first.shape)}, {tuple(second.shape)}) "
                    f"follow each other with nothing nonlinear between: together they are one affine map",
                    "Put an activation between them, or remove one",
                    file=made.file,
                    line=made.line,
                )
                return

    def _ends_a_part(self, first: Tensor, second: Tensor) -> bool:
        """Whether the program calls a part by itself that has the first layer and not the second."""
        weights = ({id(weight) for weight in part.parameters()} for part in self.called_alone)
        return any(id(first) in own and id(second) not in own for own in weights)

    def _leads_back(self, net_id: int, name: str, width: int) -> bool:
        """Whether the part that a layer begins, ends in as many values as it is given: a predictor."""
        net = next((net for net in self.program.nets if id(net) == net_id), None)
        if net is None or not _part(name):
            return False
        layers = [each for each in net.get_submodule(_part(name)).modules() if isinstance(each, nn.Linear)]
        return len(layers) > 1 and layers[0] is net.get_submodule(name) and layers[-1].out_features == width

    def _detaches(self) -> bool:
        """Whether the file that runs cuts the gradients of some value."""
        return any(DETACHES.search(line) for line in _lines())

    def _is_asked_alone(self, part: str) -> bool:
        """Whether the file that runs calls the first part of a stack by itself, as in features = net[0](x)."""
        return part.isdecimal() and any(f"[{part}](" in line for line in _lines())


def _lines() -> list[str]:
    """Of the file that runs."""
    frame = user_frame()
    return [] if frame is None else linecache.getlines(frame.f_code.co_filename)


def _part(name: str) -> str:
    """The part of a net that a layer belongs to, by its name; "" of those that are numbered, as in a stack."""
    part = name.partition(".")[0] if "." in name else ""
    return "" if part.isdigit() else part


def _is_behind_batch_norm(node: Any) -> bool:
    return bool(graph.behind(node).name().startswith(BATCH_NORMS))


def _affine(node: Any) -> tuple[Tensor, Any] | None:
    """The weight of an affine layer and the node of its input; None for other operations."""
    if node is None:
        return None
    name, inputs = node.name(), [parent for parent, _ in node.next_functions]
    if name in ("AddmmBackward0", "MmBackward0") and len(inputs) >= 2:
        weight = _leaf(inputs[-1])
        return (weight, inputs[-2]) if weight is not None else None
    if name == "ConvolutionBackward0" and len(inputs) >= 2 and getattr(node, "_saved_groups", 1) == 1:
        weight = _leaf(inputs[1])
        return (weight, inputs[0]) if weight is not None else None
    return None


def _widths(weight: Tensor, node: Any) -> tuple[int, int]:
    """How many columns or channels a layer takes, and how many it gives; a transposed convolution has them turned."""
    out, into = weight.shape[:2]
    return (out, into) if getattr(node, "_saved_transposed", False) else (into, out)


def _leaf(node: Any) -> Tensor | None:
    for _ in range(3):  # the transpose of a weight
        if node is None:
            return None
        variable = getattr(node, "variable", None)
        if isinstance(variable, Tensor):
            return variable
        before = graph.parents(node)
        node = before[0] if len(before) == 1 and node.name() in ("TBackward0", "TransposeBackward0") else None
    return None


def _before(node: Any) -> Any:
    """Behind views, batch norms, and constant factors, as those of dropout are. A clamp bends, as a ReLU does."""
    for _ in range(20):
        node = graph.behind(node, stop=(*graph.CLAMPS, "MaskedFillBackward0"))
        before = graph.parents(node)
        if node.name() in ("MulBackward0", "NativeDropoutBackward0") and len(before) == 1:
            node = before[0]
        elif node.name().startswith(BATCH_NORMS) and before:
            node = before[0]  # a factor and an offset for each column, the same for all rows
        else:
            return node
    return node


def _enlarges(node: Any) -> bool:
    """Whether it is a transposed convolution with a stride: it interpolates, and what follows it smooths that."""
    return bool(getattr(node, "_saved_transposed", False)) and max(getattr(node, "_saved_stride", (1,))) > 1


def _no_attention(node: Any) -> bool:
    """Whether the first layer's own input is not the result of an attention."""
    return node is None or not _before(node).name().startswith(ATTENTION)
