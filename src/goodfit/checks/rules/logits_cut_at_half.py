"""logits-cut-at-half: what a loss takes for logits is compared with 0.5 or the like, as if it were a probability.

What it checks
    The output of a net is given to binary_cross_entropy_with_logits in training, and the output of the same net, as it
    is or put together from several batches, and with values below 0 or above 1, is compared with 0.5, or another of
    0.05, 0.1, ... 0.95, by <, <=, > or >=, and with no other number but 0. Twice. Or scikit-learn scores decisions that
    are such a cut of these logits, twice: all that are yes have logits above all that are no, some of these are
    positive, and one number of the program, to two digits, lies between, and none whose logit does. Or the greatest of
    the logits that cross_entropy is given, and of which some are above 1, are compared with a number from 0.5 to 1, as
    confidences are, twice.

Why it hurts
    A logit of 0.5 is a probability of 0.62: what lies between 0.5 and 0.62 counts as no. Accuracy, F1 and the epoch
    that is kept are those of another cut, the more so the rarer a label is.

Example
    loss = F.binary_cross_entropy_with_logits(net(x), y); predicted = net(x) > 0.5

Instead
    predicted = net(x) > 0                         # or net(x).sigmoid() > 0.5

When it is a false alarm
    A cut of logits that was chosen by another program, and happens to be such a number.

Cost
    The last output of each net is kept until its next one, without its graph; a comparison with numbers is looked at.
    Where scikit-learn scores cuts, the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import math
import weakref
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.checks.engine.as_array import as_array
from goodfit.checks.engine.events import Cut, Loss, NetCall, Score, WatchEnds
from goodfit.checks.engine.own_source import all_nodes
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

CUTS_AT_LEAST = 2
HALF = 0.5
STEPS_OF_ONE = 20  # cuts of probabilities are 0.05, 0.1, ... 0.95
WIDTH_AT_MOST = 0.1  # between a yes and a no, where scikit-learn is given decisions
CUTS_ARE_CHOSEN = lazy_pattern(r"precision_recall_curve|roc_curve|linspace")
OUTPUTS_AT_MOST = 4
VALUES_AT_MOST = 10_000_000


class Output(NamedTuple):
    """One of the outputs of a net's last call."""

    values: Tensor  # without a graph; it shares its memory with the output, which no other tensor takes meanwhile
    version: int  # counts writes into that memory

    def is_same(self, tensor: Tensor) -> bool:
        """Whether a tensor is this output as it was, perhaps in another shape."""
        if not _is_plain(tensor) or tensor.numel() != self.values.numel():
            return False
        return tensor.data_ptr() == self.values.data_ptr() and tensor._version == self.version

    def ends(self, tensor: Tensor) -> bool:
        """Whether the last rows of a tensor, put together from several batches, are this output as it was."""
        values = self.values
        rows = len(values) if values.dim() else 0
        if not rows or not _is_plain(tensor) or tensor.numel() <= values.numel() or values._version != self.version:
            return False
        if not tensor.dim() or tensor[0].numel() * rows != values.numel():
            return False
        return tensor.device == values.device and torch.equal(tensor[-rows:].detach().flatten(), values.flatten())


class Between(NamedTuple):
    """Where decisions cut logits: above the greatest no, up to the smallest yes."""

    no: float
    yes: float
    place: Place


class LogitsCutAtHalf(LiveRule):
    code, level = "GF449", Level.WARNING

    def start(self) -> None:
        self.outputs: weakref.WeakKeyDictionary[nn.Module, list[Output]] = weakref.WeakKeyDictionary()
        self.logits: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()  # which outputs
        self.of_classes: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()
        self.confidences: list[Place] = []  # of cuts of the greatest logit of each row
        self.places: list[Place] = []  # of cuts
        self.numbers: set[float] = set()  # that logits were compared with, but for 0
        self.scored: list[Between] = []
        self.given: list[Output] = []  # to the loss, since a net's last call: within a net that computes its own

    def on_call(self, event: NetCall) -> None:
        self.outputs[event.module] = [
            Output(each.detach(), each._version)
            for each in islice(event.outputs, OUTPUTS_AT_MOST)
            if _is_plain(each) and 0 < each.numel() <= VALUES_AT_MOST
        ]
        for at, each in enumerate(self.outputs[event.module]):
            if any(given.is_same(each.values) for given in self.given):
                self.logits.setdefault(event.module, set()).add(at)
        self.given = []

    def on_loss(self, event: Loss) -> None:
        if event.grad and event.name in ("binary_cross_entropy_with_logits", "cross_entropy"):
            known = self.of_classes if event.name == "cross_entropy" else self.logits
            for net, at in self._given_by(event.input):
                known.setdefault(net, set()).add(at)
            is_within = known is self.logits and _is_plain(event.input) and 0 < event.input.numel() <= VALUES_AT_MOST
            self.given = [Output(event.input.detach(), event.input._version)] if is_within else []

    def on_cut(self, event: Cut) -> None:
        if HALF <= event.number < 1 and self._are_greatest(event.tensor) and bool((event.tensor > 1).any()):
            self.confidences.append(user_place())
        for net, at in self._given_by(event.tensor):
            if at not in self.logits.get(net, ()):
                continue
            if event.number:
                self.numbers.add(event.number)
                if bool(((event.tensor < 0) | (event.tensor > 1)).any()):
                    self.places.append(user_place())

    def on_score(self, event: Score) -> None:
        given = event.predictions
        given = as_array(given) if isinstance(given, Tensor) else given
        decisions = np.asarray(given) if isinstance(given, np.ndarray | list) and self.logits else None
        if decisions is None or decisions.dtype.kind not in "biuf" or not np.isin(decisions, (0, 1)).all():
            return
        for net, places in self.logits.items():
            for at, each in enumerate(self.outputs.get(net, ())):
                if at in places and each.version == each.values._version and each.values.numel() <= decisions.size:
                    yes = torch.from_numpy(decisions.reshape(-1)[-each.values.numel() :] == 1)
                    values = each.values.flatten().cpu()
                    if yes.any() and not yes.all() and float(values[~yes].max()) < float(values[yes].min()):
                        self.scored.append(Between(float(values[~yes].max()), float(values[yes].min()), user_place()))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if len(self.confidences) >= CUTS_AT_LEAST:
            yield self.finding(
                "the greatest logit of each row is compared with a number below 1, as if it were a probability",
                "Take the softmax first: net(x).softmax(1).max(1)",
                file=self.confidences[0].file,
                line=self.confidences[0].line,
            )
        found = self._number_of_scores() if len(self.scored) >= CUTS_AT_LEAST else None
        place = self.scored[0].place if found is not None else None
        if len(self.places) >= CUTS_AT_LEAST and len(self.numbers) == 1 and _is_of_probabilities(*self.numbers):
            (found,), place = self.numbers, self.places[0]
        if found is not None and place is not None:
            yield self.finding(
                f"logits, as the loss takes them, are compared with {number(found, 2)}: that is a probability of "
                f"{number(1 / (1 + math.exp(-found)), 2)}",
                f"Compare their sigmoid with {number(found, 2)}, or logits with "
                f"{number(math.log(found / (1 - found)), 2)}",
                file=place.file,
                line=place.line,
            )

    def _number_of_scores(self) -> float | None:
        """The number of the program that all scored decisions cut logits at; None where there is none, or several."""
        no, yes = max(each.no for each in self.scored), min(each.yes for each in self.scored)
        if not 0 < no < yes <= no + WIDTH_AT_MOST:
            return None
        files = self.program.source.files()
        if any(source.mentions(CUTS_ARE_CHOSEN) for source in files):
            return None
        numbers = {
            node.value
            for source in files
            for node in all_nodes(source.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1
        }
        between = [each for each in numbers if no <= each <= yes and _is_of_probabilities(each)]
        is_of_sigmoid = any(no <= math.log(each / (1 - each)) <= yes for each in numbers)
        return between[0] if len(between) == 1 and not is_of_sigmoid else None

    def _are_greatest(self, tensor: Tensor) -> bool:
        """Whether these are the greatest logits, of cross-entropy, of the rows that a net was given last."""
        return any(
            each.values.dim() == 2
            and each.values.shape[:1] == tensor.shape
            and torch.equal(each.values.amax(1), tensor)
            for net, places in self.of_classes.items()
            for at, each in enumerate(self.outputs.get(net, ()))
            if at in places and each.version == each.values._version and each.values.device == tensor.device
        )

    def _given_by(self, tensor: Tensor) -> list[tuple[nn.Module, int]]:
        """The nets that gave these values last, each with the number of the output."""
        return [
            (net, at)
            for net, given in self.outputs.items()
            for at, each in enumerate(given)
            if each.is_same(tensor) or each.ends(tensor)
        ]


def _is_plain(tensor: Tensor) -> bool:
    """Whether a tensor has an address, and counts what is written into it."""
    return tensor.layout is torch.strided and not tensor.is_meta and not tensor.is_inference()


def _is_of_probabilities(cut: float) -> bool:
    """Whether a number is one that probabilities are cut at, to two digits."""
    return 0 < cut < 1 and abs(cut * STEPS_OF_ONE - round(cut * STEPS_OF_ONE)) < 1e-6
