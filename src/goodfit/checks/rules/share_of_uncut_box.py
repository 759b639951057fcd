"""share-of-uncut-box: CutMix: labels are mixed by the area that the box was to have, and the image's border cuts it.

What it checks
    In the source of the program: the sides of a box come from sqrt(1 - lam), its corners are clipped to the image, and
    lam is used after that, or returned, without having been computed anew from the corners. The box may be made in
    the same function, or in one that is called with lam.

Why it hurts
    A box whose centre is near the border loses up to three quarters of its area. The label then says that a part of the
    other image is there which is not: on average a third of what was meant.

Example
    x1, y1, x2, y2 = rand_bbox(images.shape, lam)
    images[:, :, y1:y2, x1:x2] = images[order, :, y1:y2, x1:x2]
    loss = lam * criterion(out, y) + (1 - lam) * criterion(out, y[order])

Instead
    lam = 1 - (x2 - x1) * (y2 - y1) / (height * width)    # after the corners are known

When it is a false alarm
    None is known: a box whose place is drawn so that it fits is not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

CLIPS = frozenset({"clip", "clamp", "clamp_", "clip_", "maximum", "minimum", "max", "min"})
DRAWS = frozenset({"randint", "integers", "randrange", "uniform", "random", "rand", "choice", "random_sample"})
CORNERS_AT_LEAST = 2
MADE_OF_AT_MOST = 6  # steps from lam to the sides of the box


class Box(NamedTuple):
    """Where a scope makes a box.

    Attributes:
        lam: what its size comes of.
        corners: names of the clipped corners.
        line: of the last of these.
    """

    lam: str
    corners: frozenset[str]
    line: int


class ShareOfUncutBox(SourceRule):
    code, level = "GF566", Level.WARNING
    worth_parsing = lazy_pattern(r"(?s)sqrt\(\s*1(?:\.0*)?\s*-|\(\s*1(?:\.0*)?\s*-[^)\n]*\)\s*\*\*\s*(?:0?\.5|\(1)")
    what = "labels are mixed by {name} as it was drawn; the box is cut at the border, and less of the image is replaced"
    fix = "After the corners are known: {name} = 1 - (x2 - x1) * (y2 - y1) / (height * width)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return uncut(tree)


def uncut(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Shares that are used after the box that they gave was cut, each with the line where the box is made."""
    makers = {}  # functions that make a box of an argument: its name, and place
    for function in of_kind(tree, ast.FunctionDef):
        box = _box(function.body)
        names = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
        if box is not None and box.lam in names:
            makers[function.name] = (box.lam, names.index(box.lam))
    for scope in scopes(tree):
        nodes = within_body(scope)
        own = _box(scope)
        boxes = [own] if own is not None else []
        for target, value in given(nodes):
            if isinstance(value, ast.Call) and called(value) in makers:
                name, at = makers[called(value)]
                by_name = {each.arg: each.value for each in value.keywords}
                lam = by_name.get(name) or (value.args[at] if at < len(value.args) else None)
                if isinstance(lam, ast.Name | ast.Attribute):
                    boxes.append(Box(ast.unparse(lam), frozenset(_texts(target)), value.lineno))
        for box in boxes:
            if box.lam not in box.corners and _is_used_as_drawn(nodes, box):
                yield box.lam, box.line


def _box(scope: Sequence[ast.stmt]) -> Box | None:
    """The box that a scope makes of sqrt(1 - lam), where it is clipped, and drawn without regard to its size."""
    nodes = within_body(scope)
    lam = next((name for node in nodes if (name := _under_root(node))), "")
    if not lam:
        return None
    assigned = list(given(nodes))
    made = {lam}
    for _ in range(MADE_OF_AT_MOST):
        new = {text for target, value in assigned if _reads(value, made) for text in _texts(target)} - made
        if not new:
            break
        made |= new
    clipped = [
        (text, value.lineno)
        for target, value in assigned
        if any(called(node) in CLIPS for node in all_nodes(value)) and _reads(value, made)
        for text in _texts(target)
    ]
    returned = [
        (ast.unparse(each), node.lineno)
        for node in nodes
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
        for each in node.value.elts
        if called(each) in CLIPS and _reads(each, made)
    ]
    clipped += returned
    fits = any(called(node) in DRAWS and _reads_argument(node, made - {lam}) for node in nodes)
    if len(clipped) < CORNERS_AT_LEAST or fits:
        return None
    return Box(lam, frozenset(text for text, _ in clipped), max(line for _, line in clipped))


def _under_root(node: ast.AST) -> str:
    """The name in sqrt(1 - lam) or (1 - lam) ** 0.5; "" of anything else."""
    inner: ast.expr | None = None
    if isinstance(node, ast.Call) and called(node) == "sqrt":
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        inner = node.args[0] if node.args else owner
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) in ("0.5", "1 / 2"):
        inner = node.left
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub) and ast.unparse(inner.left) in ("1", "1.0"):
        return ast.unparse(inner.right) if isinstance(inner.right, ast.Name | ast.Attribute) else ""
    return ""


def _texts(target: ast.expr) -> list[str]:
    elements = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return [ast.unparse(each) for each in elements]


def _reads(node: ast.AST, names: Collection[str]) -> bool:
    return any(isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each) in names for each in all_nodes(node))


def _reads_argument(call: ast.AST, names: Collection[str]) -> bool:
    return isinstance(call, ast.Call) and any(_reads(each, names) for each in call.args)


def _is_used_as_drawn(nodes: Sequence[ast.AST], box: Box) -> bool:
    """Whether lam is read after the box was made, and was not computed of its corners before."""
    corners = set(box.corners)
    assigned = sorted(given(nodes), key=lambda each: each[1].lineno)
    renewed = [each.lineno for each in nodes if isinstance(each, ast.AugAssign) and ast.unparse(each.target) == box.lam]
    for target, value in assigned:
        if value.lineno >= box.line and _reads(value, corners):
            texts = _texts(target)
            if box.lam in texts:
                renewed.append(value.lineno)
            corners |= {text for text in texts if "[" not in text}
    uses = [
        node.lineno
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        if ast.unparse(node) == box.lam and node.lineno > box.line
    ]
    return bool(uses) and not any(line >= box.line for line in renewed)
