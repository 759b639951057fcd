"""unsigned-difference: values of an unsigned type are subtracted, and what is below 0 comes out near 255.

What it checks
    The source and the data: a method of a data set subtracts two values that it takes, by indices alone, from arrays or
    tensors that the data set holds as uint8, uint16 or uint32. Or a program subtracts what it has read as such by
    cv2.imread, made so by astype(numpy.uint8), or by numpy.array(Image.open(...)). Nothing is converted between.

Why it hurts
    3 - 5 is 254 in uint8. The difference of two frames is a small number or one near 255, by the noise of the camera,
    and the net is to learn from that.

Example
    diff = (frames[i + 1] - frames[i]).astype(numpy.float32)

Instead
    diff = frames[i + 1].astype(numpy.float32) - frames[i].astype(numpy.float32)

When it is a false alarm
    What is subtracted is never the larger one, as in maximum - minimum.

Cost
    A look at the types of a data set's arrays once; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.events import Epoch, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, scopes, within_body
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

UNSIGNED = {torch.uint8, torch.uint16, torch.uint32}
TYPES = lazy_pattern(r"(^|\.)uint(8|16|32)$")
WORTH_PARSING = lazy_pattern(r"uint(8|16|32)|imread|Image\.open")
WRAPPED_AT_MOST = 8  # a subset of a subset of ...
STEPS_BACK = 8
MOVES = ("copy", "squeeze", "transpose", "permute", "contiguous", "reshape", "flatten", "ravel", "unsqueeze")
ARRAYS = ("array", "asarray")


class UnsignedDifference(LiveRule):
    code, level = "GF540", Level.WARNING

    def start(self) -> None:
        self.loaders: weakref.WeakSet[Any] = weakref.WeakSet()
        self.unsigned: dict[str, set[str]] = {}  # of a data set's class: attributes

    def on_epoch(self, event: Epoch) -> None:
        if event.loader in self.loaders:
            return
        self.loaders.add(event.loader)
        dataset = getattr(event.loader, "dataset", None)
        for _ in range(WRAPPED_AT_MOST):
            attributes = attributes_of(dataset)
            names = {name for name, value in attributes.items() if _is_unsigned(value)}
            if names:
                self.unsigned.setdefault(type(dataset).__name__, set()).update(names)
            dataset = attributes.get("dataset")

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if self.unsigned or source.mentions(WORTH_PARSING):
                for name, line in dict.fromkeys(differences(source.tree, self.unsigned)):
                    yield self.finding(
                        f"{name} subtracts values of an unsigned type: what is below 0 wraps around, and 3 - 5 is 254",
                        "Convert both to float before they are subtracted",
                        file=source.file,
                        line=line,
                    )


def _is_unsigned(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.dtype in UNSIGNED
    return isinstance(value, np.ndarray) and value.dtype.kind == "u" and value.dtype.itemsize <= 4


def differences(tree: ast.Module, unsigned: Mapping[str, set[str]]) -> Iterator[tuple[str, int]]:
    """Differences of two unsigned values, each with its line.

    Args:
        unsigned: of each class the attributes that are of such a type.
    """
    for kind in all_nodes(tree):
        if isinstance(kind, ast.ClassDef) and kind.name in unsigned:
            own = {f"self.{name}" for name in unsigned[kind.name]}
            for method in kind.body:
                if isinstance(method, ast.FunctionDef) and method.name != "__init__":
                    yield from _in_scope(method.body, own)
    for body in scopes(tree):
        yield from _in_scope(body, set())


def _in_scope(body: list[ast.stmt], own: set[str]) -> Iterator[tuple[str, int]]:
    nodes = within_body(body)
    values: dict[str, list[ast.expr]] = {}
    for target, value in given(nodes):
        for each in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            if isinstance(each, ast.Name):
                values.setdefault(each.id, []).append(value)
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            sides = (_root(node.left, values), _root(node.right, values))
            if all(each is not None and _gives_unsigned(each, own) for each in sides):
                yield ast.unparse(node), node.lineno


def _root(node: ast.expr, values: Mapping[str, list[ast.expr]]) -> ast.expr | None:
    """What an expression takes its values of, by indices, views and names that are given one value; None if unsure."""
    for _ in range(STEPS_BACK):
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name) and node.id in values:
            if len(values[node.id]) != 1:
                return None
            node = values[node.id][0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MOVES:
            node = node.func.value
        else:
            return node
    return None


def _gives_unsigned(node: ast.expr, own: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return ast.unparse(node) in own
    name, kinds = called(node), [*node.args, *(each.value for each in node.keywords if each.arg == "dtype")]
    if name == "imread":
        return ast.unparse(node.func).startswith("cv2.")
    if name == "astype":
        return any(_is_type(each) for each in kinds)
    if name in ARRAYS and len(node.args) >= 1:
        return any(map(_is_type, kinds[1:])) or (len(kinds) == 1 and _is_image(node.args[0]))
    return False


def _is_type(node: ast.expr) -> bool:
    text = node.value if isinstance(node, ast.Constant) else ast.unparse(node)
    return isinstance(text, str) and TYPES.search(text) is not None


def _is_image(node: ast.expr) -> bool:
    """Image.open(...), converted to L or RGB perhaps."""
    if isinstance(node, ast.Call) and called(node) == "convert":
        is_bytes = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value in ("L", "RGB")
        return is_bytes and isinstance(node.func, ast.Attribute) and _is_image(node.func.value)
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "Image.open"
