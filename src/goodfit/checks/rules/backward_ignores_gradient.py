"""backward-ignores-gradient: an autograd.Function of one's own does not use the gradient that it is given.

What it checks
    The source of the backward of classes that are written in the program: whether it reads any number of the gradients
    that it is given, and not their shape or type alone. Spoken of is one that does not, and that gives gradients other
    than 0 where its own was other than 1.

Why it hurts
    The chain rule multiplies. The layers before get the gradients of another loss: how much the output mattered is
    lost, with its sign. The loss still falls, as the layers behind it learn.

Example
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return (x > 0).to(grad_output.dtype)

Instead
        return grad_output * (x > 0)

When it is a false alarm
    None is known: a loss at the end of the graph, whose gradient is 1, may leave it out, and so may a backward that
    stops gradients.

Cost
    A look at the names of the graph's nodes; for each such function a look at its source, once.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded
from goodfit.checks.engine.own_source import body_of, called, children, parsed
from goodfit.checks.engine.user_frame import is_users, shown
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

FACTS = frozenset(
    {
        "dtype", "device", "shape", "size", "dim", "ndim", "numel", "is_cuda", "layout", "requires_grad", "new_zeros",
        "new_ones", "new_empty", "new_full",
    }
)  # fmt: skip  # of a tensor, that are not its numbers
MADE_LIKE = ("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like")


class BackwardIgnoresGradient(LiveRule):
    code, level = "GF345", Level.ERROR

    def start(self) -> None:
        self.deaf: dict[CodeType, bool] = {}  # of each backward, whether it does not read its gradients
        self.mattered: dict[CodeType, bool] = {}  # where that made a difference, whether it is still to be said

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.of_own_functions:
            code = _code_of_backward(node)
            if code is None:
                continue
            if code not in self.deaf:
                self.deaf[code] = _is_deaf(code)
            if self.deaf[code] and code not in self.mattered:
                node.register_hook(_Listen(self.mattered, code))
        yield from ()

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        for code, unsaid in self.mattered.items():
            if unsaid:
                self.mattered[code] = False
                yield self.finding(
                    f"{code.co_qualname} does not use the gradient that it is given",
                    "Multiply by it, as the chain rule has it: grad_output * ...",
                    file=shown(code.co_filename),
                    line=code.co_firstlineno,
                )


class _Listen:
    """A hook of a node: notes a pass in which it gives gradients, though its own were not 1."""

    def __init__(self, mattered: dict[CodeType, bool], code: CodeType) -> None:
        self.mattered, self.code = mattered, code

    def __call__(self, given_on: Sequence[Tensor | None], given: Sequence[Tensor | None]) -> None:
        gives = any(gradient is not None and bool(gradient.any()) for gradient in given_on)
        if gives and any(gradient is not None and bool((gradient != 1).any()) for gradient in given):
            self.mattered.setdefault(self.code, True)


def _code_of_backward(node: Any) -> CodeType | None:
    """Of the backward of a node's function, where the user has written it."""
    code: CodeType | None = getattr(inspect.unwrap(node._forward_cls.backward), "__code__", None)
    return code if code is not None and is_users(code.co_filename) else None


def _is_deaf(code: CodeType) -> bool:
    """Whether a backward reads nothing of its gradients, or only what kind of tensors they are."""
    body = body_of(parsed("".join(linecache.getlines(code.co_filename))), code)
    taken = code.co_argcount + bool(code.co_flags & inspect.CO_VARARGS)
    gradients = set(code.co_varnames[1:taken])
    return bool(body) and bool(gradients) and not any(_reads(statement, gradients) for statement in body)


def _reads(node: ast.AST, names: set[str]) -> bool:
    """Whether the numbers of one of these are used in a statement or expression."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute) and node.attr in FACTS:
        return not isinstance(node.value, ast.Name) and _reads(node.value, names)
    if called(node) in MADE_LIKE:
        return False
    return any(_reads(child, names) for child in children(node))
