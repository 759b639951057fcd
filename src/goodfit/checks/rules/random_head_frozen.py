"""random-head-frozen: the last layer is new and random, and was frozen with the trained ones before it.

What it checks
    In three passes the layer nearest to the loss is a linear one that needs no gradient, whose values are still those
    of its initialisation (uniform within 1 / sqrt(inputs), or normal with a deviation of 0.02 and a bias of 0), and
    that no optimiser has moved and no state was loaded into. Other frozen parameters of the same net were trained or
    loaded before, and something else of it is trained now, such as adapters.

Why it hurts
    A recipe that freezes all but the adapters freezes the new classifier, too. The adapters have to bend what the net
    knows towards random directions; it learns, slowly and less, and the saved adapter is of no use beside another head.

Example
    model = Classifier(pretrained, classes=12); freeze(model); add_lora(model)

Instead
    model.classifier.requires_grad_(True); in PEFT: modules_to_save=["classifier"]

When it is a false alarm
    A head that is random on purpose, such as a fixed simplex: those have other values.

Cost
    A look at the nodes nearest to the loss, in the first steps; a list of the parameters that optimisers have moved.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import BackwardBegins, Step, Weights
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 12  # from the loss to its last layer
VALUES_AT_LEAST = 64
NEAR = 0.1  # of the variance that an initialisation has
HUGGING_FACE = 0.02  # the deviation of its initialisation


class RandomHeadFrozen(LiveRule):
    code, level = "GF592", Level.WARNING
    sleepless = (Weights,)
    yields_to = ("loss-detached", "adapter-not-optimised")

    def start(self) -> None:
        self.known: dict[int, weakref.ref[Tensor]] = {}  # parameters that were trained or loaded, by id
        self.passes = 0

    def on_step(self, event: Step) -> None:
        for param in event.params:
            if id(param) not in self.known and param.grad is not None:
                self.known[id(param)] = weakref.ref(param)

    def on_weights(self, event: Weights) -> None:
        if event.action == "load_state_dict" and event.module is not None and event.state:
            for name, param in event.module.named_parameters():
                if name in event.state:
                    self.known[id(param)] = weakref.ref(param)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST or not self.known:
            return
        nodes = event.named("AddmmBackward0", nearest=NODES_AT_MOST)
        try:
            weight = nodes[0]._saved_mat2 if nodes else None
        except RuntimeError:  # freed by an earlier backward
            return
        head = self._frozen_head(weight) if isinstance(weight, Tensor) else None
        self.passes = self.passes + 1 if head is not None else 0
        if head is not None and self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"the last layer, Linear({head.in_features}, {head.out_features}), is frozen with the random values of "
                "its initialisation, beside layers that were trained before",
                'Train it too: classifier.requires_grad_(True); in PEFT modules_to_save=["classifier"]',
            )

    def _frozen_head(self, weight: Tensor) -> nn.Linear | None:
        for net in list(self.program.nets):
            modules = [module for module in net.modules() if isinstance(module, nn.Linear)]
            head = next((each for each in modules if _lies_at(each, weight)), None)
            own = None if head is None else _weight(head)
            if head is None or own is None or own.requires_grad or self._is_known(own) or not _is_new(head, own):
                continue
            if any(not param.requires_grad and self._is_known(param) for param in net.parameters()):
                return head
        return None

    def _is_known(self, param: Tensor) -> bool:
        known = self.known.get(id(param))
        return known is not None and known() is param


def _weight(layer: nn.Linear) -> Tensor | None:
    own = own_parameter(layer, "weight")
    return None if own is None or is_lazy(own) else own


def _lies_at(layer: nn.Linear, weight: Tensor) -> bool:
    own = _weight(layer)
    return own is not None and own.data_ptr() == weight.data_ptr()


def _is_new(layer: nn.Linear, weight: Tensor) -> bool:
    """Whether a layer has the values of nn.Linear's initialisation, or of those of Hugging Face."""
    weight, own = weight.detach().float(), own_parameter(layer, "bias")
    bias = None if own is None else own.detach().float()
    if weight.numel() < VALUES_AT_LEAST or weight.is_meta:
        return False
    limit, variance = 1 / math.sqrt(layer.in_features), float(weight.var())
    largest = max(float(each.abs().max()) for each in (weight, bias) if each is not None)
    uniform = largest <= limit * (1 + 1e-5) and abs(3 * variance / limit**2 - 1) < NEAR
    normal = abs(variance / HUGGING_FACE**2 - 1) < NEAR and (bias is None or not bool(bias.any()))
    return uniform or normal
