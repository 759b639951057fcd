"""overlap-lowered: the loss is an overlap or a similarity itself, so that training makes it small.

What it checks
    In the source of the program: what backward is called on has a term that is called IoU, GIoU, Dice, SSIM or PSNR, is
    added with the sign + and is not 1 minus it. Terms are followed through variables; what a function of the file
    returns decides, and what is called a loss is left aside.

Why it hurts
    Training drives boxes, masks or images away from their targets. The loss falls, which is what everybody looks at.

Example
    loss = giou(boxes, targets).mean()

Instead
    loss = (1 - giou(boxes, targets)).mean()

When it is a false alarm
    A function that gives 1 minus the overlap, under the name of the overlap, from another file.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas, unwrapped
from goodfit.checks.engine.own_source import called, last_name, of_kind, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

GAIN = lazy_pattern(
    r"(?i)(^|_)([bgdcesm]?_?ious?|jaccard|dice|dsc|(ms_?)?ssim|psnr|f1_?score|soft_?dice|soft_?iou|generalized_?box_?iou)"
    r"(_?(coef\w*|scores?|index|metric|value|map|fn|func|torch|batch))*$|^(bbox|box|mask|mean|calc|compute|get)_?"
    r"(overlaps|[gdc]?iou|dice|ssim)$|(_|^)(dice|ssim|iou)_(coef\w*|score|index)$"
)
NO_GAIN = lazy_pattern(r"(?i)loss|crit|dist|error|penal|neg")
WEIGHT = lazy_pattern(r"(?i)weight|lamb|(^|_)lam(_|\d|$)|alpha|beta|gamma|coef|ratio|scale|(^|_)w(_|\d|$)")
STEPS = 8


class OverlapLowered(SourceRule):
    code, level = "GF586", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)iou|dice|dsc|ssim|psnr|jaccard|f1_?score")
    what = "{name} is added to the loss as it is: training makes it small"
    fix = "Take 1 minus it: loss = 1 - iou"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return lowered(tree)


def lowered(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Overlaps and similarities that a loss adds, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            loss = _loss_of(node)
            if loss is not None:
                yield from _gains(tree, loss, scope, 1, STEPS)


def _loss_of(node: ast.AST) -> ast.expr | None:
    """What backward is called on, also by way of scaler.scale(loss)."""
    if called(node) != "backward" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    return owner.args[0] if called(owner) == "scale" and isinstance(owner, ast.Call) and owner.args else owner


def _gains(tree: ast.Module, node: ast.expr, scope: Formulas, sign: int, steps: int) -> Iterator[tuple[str, int]]:
    if steps <= 0:
        return
    inner = unwrapped(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _gains(tree, node.left, scope, sign, steps - 1)
        yield from _gains(tree, node.right, scope, sign if isinstance(node.op, ast.Add) else -sign, steps - 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _gains(tree, node.operand, scope, -sign, steps - 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [each for each in (node.left, node.right) if not _is_weight(each)]
        if len(sides) == 1:
            turned = any(isinstance(each, ast.UnaryOp) for each in (node.left, node.right) if each is not sides[0])
            yield from _gains(tree, sides[0], scope, -sign if turned else sign, steps - 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _gains(tree, node.left, scope, sign, steps - 1)
    elif inner is not None:
        yield from _gains(tree, inner, scope, sign, steps - 1)
    elif isinstance(node, ast.Name | ast.Attribute):
        value = scope.value(node)
        if value is not node:
            yield from _gains(tree, value, scope, sign, steps - 1)
    elif isinstance(node, ast.Call) and sign > 0 and _is_gain(tree, node):
        yield ast.unparse(node), node.lineno


def _is_weight(node: ast.expr) -> bool:
    text = ast.unparse(node).lstrip("-")
    return isinstance(node, ast.Constant) or bool(WEIGHT.search(text)) or text.isupper() or text[:1].isdigit()


def _is_gain(tree: ast.Module, call: ast.Call) -> bool:
    """By its name, and where the file says what it is, by that."""
    name = called(call)
    made = [
        called(node.value)
        for node in of_kind(tree, ast.Assign)
        if any(last_name(target) == name for target in node.targets) and isinstance(node.value, ast.Call)
    ]
    is_named = GAIN.search(name) and not NO_GAIN.search(name)
    is_made = len(made) == 1 and GAIN.search(made[0]) and not NO_GAIN.search(made[0])
    if not is_named and not is_made:
        return False
    functions = [each for each in of_kind(tree, ast.FunctionDef) if each.name == name]
    if len(functions) == 1:
        return not _gives_loss(functions[0])
    if any(NO_GAIN.search(each) for each in made):
        return False
    forwards = [
        each
        for owner in of_kind(tree, ast.ClassDef)
        if owner.name in made
        for each in owner.body
        if isinstance(each, ast.FunctionDef) and each.name == "forward"
    ]
    return not any(_gives_loss(each) for each in forwards)


def _gives_loss(function: ast.FunctionDef) -> bool:
    """Whether a function returns 1 minus something, something with its sign turned, or what is called a loss."""
    scope = Formulas(function.body)
    nodes = [node for part in function.body for node in within(part)]
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    if not returned:
        return True
    for value in returned:
        text = ast.unparse(value)
        inner = scope.bare(value)
        is_rest = (
            isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub) and isinstance(inner.left, ast.Constant)
        )
        is_turned = isinstance(inner, ast.UnaryOp) or text.startswith("-")
        if is_rest or is_turned or NO_GAIN.search(text) or isinstance(value, ast.Tuple | ast.Dict | ast.IfExp):
            return True
        if re.search(r"(?<![\w.])1(\.0?)? - (?!.*ratio)", ast.unparse(inner).split("/")[0]):
            return True
    return False
