"""mean-over-deviation: of a value's mean the share of the deviation is taken, where the difference was meant.

What it checks
    In the source of the program: x - x.mean() / x.std(), x - mean / std, or x - x.min() / (x.max() - x.min()). A
    quotient binds closer than a difference.

Why it hurts
    The division is done first: x is moved by a number, and neither its mean is 0 nor its spread 1. Advantages keep
    their scale, so that the rate of the policy follows the rewards; inputs are as large as before.

Example
    advantages = advantages - advantages.mean() / (advantages.std() + 1e-8)

Instead
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called, last_name
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

KINDS = (("mean", "std"), ("mean", "var"), ("median", "std"), ("min", "max"))
KEEPS = ("unsqueeze", "view", "reshape", "clamp", "clamp_min", "sqrt", "to", "astype", "item", "expand_as", "maximum")
NAMES = {
    "mean": lazy_pattern(r"(?i)(^|_)(mean|mu|avg)s?$"),
    "std": lazy_pattern(r"(?i)(^|_)(std|sigma|stddev|sd)s?$"),
}


class MeanOverDeviation(SourceRule):
    code, level = "GF671", Level.WARNING
    worth_parsing = lazy_pattern(r"mean|mu\b|min")
    what = "{name} takes the quotient from the value: the division is done before the difference"
    fix = "Set brackets: (x - mean) / std"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return without_brackets(tree)


def without_brackets(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Such differences, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
                continue
            ratio = node.right
            if not (isinstance(ratio, ast.BinOp) and isinstance(ratio.op, ast.Div)):
                continue
            if any(
                _is_part(scope, ratio.left, node.left, first) and _has(scope, ratio.right, node.left, second)
                for first, second in KINDS
            ):
                yield ast.unparse(node), node.lineno


def _is_part(scope: Formulas, node: ast.expr, of: ast.expr, kind: str) -> bool:
    """Whether it is the mean (or another such number) of the value, or called so."""
    names: re.Pattern[str] | None = NAMES.get(kind)
    is_called_so = bool(names and names.search(last_name(node))) and not (names and names.search(last_name(of)))
    for _ in range(4):
        node = scope.value(node)
        if not isinstance(node, ast.Call):
            break
        if called(node) == kind:
            return is_called_so or ast.unparse(of) in (ast.unparse(each) for each in _asked(node))
        if called(node) not in KEEPS or not isinstance(node.func, ast.Attribute):
            break
        is_library = isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "np") and node.args
        node = node.args[0] if is_library else node.func.value
    return is_called_so


def _asked(call: ast.Call) -> Iterator[ast.expr]:
    """x of x.mean() and of torch.mean(x)."""
    if isinstance(call.func, ast.Attribute):
        yield call.func.value
    yield from call.args[:1]


def _has(scope: Formulas, node: ast.expr, of: ast.expr, kind: str) -> bool:
    """Whether a sum, a root or a call in the denominator holds such a number."""
    if isinstance(node, ast.BinOp):
        return _has(scope, node.left, of, kind) or _has(scope, node.right, of, kind)
    if isinstance(node, ast.Call) and called(node) in (*KEEPS, "max") and kind != "max":
        inner = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        return any(_has(scope, each, of, kind) for each in inner) or _is_part(scope, node, of, kind)
    return _is_part(scope, node, of, kind)
