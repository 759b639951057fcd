"""quantiles-exchanged: a net's outputs learn quantiles that are 1 minus those that the program asks for.

What it checks
    The gradient of the loss with respect to each of a net's outputs has two values, one for rows whose target is above
    the output, one for those below, as that of a pinball loss has. They say which quantile the output learns. For all
    outputs, in their order, that is 1 - q for the quantiles of one list of the program, and no list of it has those
    that are learnt. In two passes.

Why it hurts
    The error has the wrong sign: the head of the 10% quantile learns the 90% quantile and the other way round, and an
    interval from the first to the last holds nothing. The loss falls as it should.

Example
    error = prediction - target; loss = torch.maximum(q * error, (q - 1) * error)

Instead
    error = target - prediction; loss = torch.maximum(q * error, (q - 1) * error)

When it is a false alarm
    Heads that are meant to be in the opposite order. Programs that turn a list (reversed, [::-1], flip) are left out.

Cost
    Variables are looked through at the first calls; of programs with a list of quantiles, gradients of the outputs.
"""

from __future__ import annotations

import linecache
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge, get_gradient_edge

from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

NAMED = lazy_pattern(r"quantile|percentile|(^|_)(qs?|taus?)$", re.IGNORECASE)
TURNED = lazy_pattern(r"reversed\(|\[\s*::\s*-1\s*\]|\bflip\(|flipud\(|fliplr\(")
SAME, APART = 1e-3, 0.02  # of quantiles
TWO_VALUES = 1e-3  # relative
PASSES_AT_LEAST = 2
SEARCHES_AT_MOST, SEARCHES_OF_A_NET = 8, 2  # also of the passes: a search costs a millisecond and more
LOOKS_AT_MOST = 200  # passes; until both sides of every head were seen
OUTPUTS_AT_MOST = 64
LISTS = (list, tuple, np.ndarray, Tensor)


class QuantilesExchanged(LiveRule):
    code, level = "GF291", Level.WARNING

    def start(self) -> None:
        self.outputs: list[tuple[GradientEdge, int]] = []  # of the last call since the last pass, with their columns
        self.asked: dict[tuple[float, ...], np.ndarray] = {}  # lists of quantiles of the program
        self.searches: Counter[int] = Counter()  # by net; those at passes under 0
        self.looks, self.passes = 0, 0
        self.over = False

    def on_call(self, event: NetCall) -> None:
        if not event.grad or self.over:
            return
        outputs = [out for out in event.outputs if out.grad_fn is not None and _columns(out)]
        heads = sum(map(_columns, outputs))
        is_asked_for = 2 <= heads <= OUTPUTS_AT_MOST and bool(self._asked(heads, id(event.module)))
        self.outputs = [(get_gradient_edge(out), _columns(out)) for out in outputs] if is_asked_for else []

    def _asked(self, heads: int, searcher: int = 0) -> list[np.ndarray]:
        """Lists of so many quantiles; variables are looked through at the first calls of a net alone."""
        searches = self.searches.total()
        if searches < SEARCHES_AT_MOST and self.searches[searcher] < SEARCHES_OF_A_NET:
            self.searches[searcher] += 1
            self.asked.update({tuple(each): each for each in _quantiles()})
            self.over = searches + 1 == SEARCHES_AT_MOST and not self.asked
        return [each for each in self.asked.values() if len(each) == heads]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        outputs, self.outputs = self.outputs, []
        heads = sum(columns for _, columns in outputs)
        if self.over or heads < 2 or len(event.losses) != 1 or event.losses[0].numel() != 1:
            return
        asked = self._asked(heads)
        self.looks += 1
        self.over = self.looks >= LOOKS_AT_MOST
        learnt = _learnt(event.losses[0], [edge for edge, _ in outputs])
        if learnt is None:
            return
        turned = [each for each in asked if _far(each, learnt) > APART and _far(1 - each, learnt) < SAME]
        if not turned or any(_far(each, learnt) < SAME for each in asked) or _turns_lists():
            self.over = True
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            self.over = True
            wanted, given = (", ".join(number(float(q), 3) for q in each) for each in (turned[0], learnt))
            yield self.finding(
                f"the {heads} outputs are meant for the quantiles {wanted}, and the loss makes them learn {given}: its "
                "error has the wrong sign",
                "error = target - prediction; loss = torch.maximum(q * error, (q - 1) * error)",
            )


def _columns(out: Tensor) -> int:
    """How many outputs there are for each row; 0 of other tensors."""
    if not out.is_floating_point() or not 1 <= out.dim() <= 2:
        return 0
    return 1 if out.dim() == 1 else out.shape[1]


def _far(some: np.ndarray, others: np.ndarray) -> float:
    return float(np.abs(some - others).max())


def _learnt(loss: Tensor, outputs: Sequence[GradientEdge]) -> np.ndarray | None:
    """The quantile that each output learns; None where the loss is no pinball loss, or this batch does not tell."""
    given = torch.autograd.grad(loss, list(outputs), retain_graph=True, allow_unused=True)
    gradients: Sequence[Tensor | None] = given
    learnt = []
    for gradient in gradients:
        if gradient is None:
            return None
        for column in gradient.detach().double().cpu().reshape(len(gradient), -1).T.numpy():
            up, down = -column[column < 0], column[column > 0]  # the output is to rise, to fall
            if not len(up) or not len(down) or any(np.ptp(each) > TWO_VALUES * each.max() for each in (up, down)):
                return None
            learnt.append(up[0] / (up[0] + down[0]))
    return np.array(learnt)


def _quantiles() -> Iterator[np.ndarray]:
    """Lists of quantiles in variables of the functions that are executed, in attributes and in defaults."""
    seen: set[int] = set()  # of a file's own statements, locals and globals are one
    for frame in users_frames():
        for variables in (frame.f_locals, frame.f_globals):
            if id(variables) in seen:
                continue
            seen.add(id(variables))
            for name, value in list(variables.items()):
                yield from _lists(name, value)
                yield from (each for at, inner in _inside(value) for each in _lists(at, inner))


def _inside(value: Any) -> list[tuple[str, Any]]:
    """Attributes of an object with their names, or arguments of a function that have a default."""
    if type(value) is FunctionType:
        defaults = value.__defaults__ or ()
        names = value.__code__.co_varnames[: value.__code__.co_argcount]
        return [*zip(names[len(names) - len(defaults) :], defaults, strict=True), *(value.__kwdefaults__ or {}).items()]
    if type(value) is ModuleType:  # of thousands of names
        return []
    if issubclass(type(value), type):  # what a class says of its objects
        return list(vars(value).items())
    buffers = value._buffers.items() if issubclass(type(value), nn.Module) else ()
    return [*attributes_of(value).items(), *buffers]


def _lists(name: Any, value: Any) -> Iterator[np.ndarray]:
    if not isinstance(value, LISTS) or not isinstance(name, str) or not NAMED.search(name):
        return
    if isinstance(value, Tensor):
        given = value.detach().double().cpu().numpy().ravel() if value.numel() <= OUTPUTS_AT_MOST else np.empty(0)
    else:
        is_numbers = all(isinstance(each, int | float | np.number) for each in value)
        given = np.asarray(value, float) if is_numbers else np.empty(0)
    if given.ndim == 1 and len(given) > 1 and (given > 0).all() and (given < 1).all() and len(set(given)) == len(given):
        yield given


def _turns_lists() -> bool:
    """Whether a file whose functions are executed turns some list, or has no text."""
    texts = ["".join(linecache.getlines(frame.f_code.co_filename)) for frame in users_frames()]
    return any(not text or TURNED.search(text) for text in texts)
