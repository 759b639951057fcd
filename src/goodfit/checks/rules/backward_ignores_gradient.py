"""backward-ignores-gradient: an autograd.Function of one's own does not use the gradient that it is given.

What it checks
    The source of the backward of classes that are written in the program: whether each of the gradients that it returns
    is made of the numbers of those that it is given, and not of their shape or type alone. Spoken of is one that is
    not, and that is other than 0 where its own was other than 1.

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
    stops gradients. One that calls backward itself is left alone.

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
from goodfit.checks.engine.own_source import all_nodes, body_of, called, children, names_in, parsed, within
from goodfit.checks.engine.user_frame import is_users, shown
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

FACTS = frozenset(
    {
        "dtype", "device", "shape", "size", "dim", "ndim", "numel", "is_cuda", "layout", "requires_grad", "new_zeros",
        "new_ones", "new_empty", "new_full",
    }
)  # fmt: skip  # of a tensor, that are not its numbers
CARRIES_ON = ("backward",)
MADE_LIKE = ("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like")


class BackwardIgnoresGradient(LiveRule):
    code, level = "GF345", Level.ERROR

    def start(self) -> None:
        self.deaf: dict[CodeType, set[int]] = {}  # of each backward, which of its outputs read no gradient
        self.mattered: dict[CodeType, bool] = {}  # where that made a difference, whether it is still to be said

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.of_own_functions:
            code = _code_of_backward(node)
            if code is None:
                continue
            if code not in self.deaf:
                self.deaf[code] = _deaf_outputs(code)
            if self.deaf[code] and code not in self.mattered:
                node.register_hook(_Listen(self.mattered, code, self.deaf[code]))
        yield from ()

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        for code, unsaid in self.mattered.items():
            if unsaid:
                self.mattered[code] = False
                yield self.finding(
                    f"{code.co_qualname} gives a gradient that does not use the one that it is given",
                    "Multiply by it, as the chain rule has it: grad_output * ...",
                    file=shown(code.co_filename),
                    line=code.co_firstlineno,
                )


class _Listen:
    """A hook of a node: notes a pass in which deaf outputs are other than 0, though its own gradient was not 1."""

    def __init__(self, mattered: dict[CodeType, bool], code: CodeType, deaf: set[int]) -> None:
        self.mattered, self.code, self.deaf = mattered, code, deaf

    def __call__(self, given_on: Sequence[Tensor | None], given: Sequence[Tensor | None]) -> None:
        of_deaf = [gradient for at, gradient in enumerate(given_on) if at in self.deaf and gradient is not None]
        gives = any(bool(gradient.any()) for gradient in of_deaf)
        if gives and any(gradient is not None and bool((gradient != 1).any()) for gradient in given):
            self.mattered.setdefault(self.code, True)


def _code_of_backward(node: Any) -> CodeType | None:
    """Of the backward of a node's function, where the user has written it."""
    code: CodeType | None = getattr(inspect.unwrap(node._forward_cls.backward), "__code__", None)
    return code if code is not None and is_users(code.co_filename) else None


def _deaf_outputs(code: CodeType) -> set[int]:
    """Places of what a backward returns that are made of nothing but other things than the gradients' numbers."""
    body = body_of(parsed("".join(linecache.getlines(code.co_filename))), code)
    taken = code.co_argcount + bool(code.co_flags & inspect.CO_VARARGS)
    nodes = [node for statement in body for node in within(statement)]
    if any(called(node) in CARRIES_ON for node in nodes):
        return set()  # what it is given goes through another graph, into .grad
    reading = _reading(nodes, set(code.co_varnames[1:taken]))
    deaf: list[set[int]] = []
    for node in nodes:
        if isinstance(node, ast.Return) and node.value is not None:
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            if any(isinstance(part, ast.Starred) for part in parts):
                return set()
            deaf.append({at for at, part in enumerate(parts) if not _reads(part, reading)})
    return set.intersection(*deaf) if deaf else set()


def _reading(nodes: Sequence[ast.AST], names: set[str]) -> set[str]:
    """Names whose values depend on the numbers of some of these, by assignments and by what is written into them."""
    while True:
        more = set(names)
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if _reads(node.value, names):
                    more |= {name for target in targets for name in names_in(target)}
            elif isinstance(node, ast.For | ast.With | ast.If | ast.While) and _reads(_head(node), names):
                more |= {each.id for each in all_nodes(node) if isinstance(each, ast.Name) and _is_stored(each)}
            elif isinstance(node, ast.Expr) and _reads(node, names):
                more |= names_in(node)  # such as out.add_(gradient), or a kernel that is given what it writes to
        if more == names:
            return names
        names = more


def _head(node: ast.For | ast.With | ast.If | ast.While) -> ast.AST:
    """What a loop goes over, or what is asked."""
    if isinstance(node, ast.For):
        return node.iter
    return node.items[0].context_expr if isinstance(node, ast.With) else node.test


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _reads(node: ast.AST, names: set[str]) -> bool:
    """Whether the numbers of one of these are used in a statement or expression."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute) and node.attr in FACTS:
        return not isinstance(node.value, ast.Name) and _reads(node.value, names)
    if called(node) in MADE_LIKE:
        return False
    return any(_reads(child, names) for child in children(node))
