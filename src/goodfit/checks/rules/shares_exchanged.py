"""shares-exchanged: inputs are mixed with the share lam, and their labels with 1 - lam.

What it checks
    In the source of the program, in one function: inputs are lam * x + (1 - lam) * x[order], and with the same lam and
    order the labels, or the losses of both labels, are (1 - lam) * y + lam * y[order]; or the other way round. Names
    are followed to what they are set to.

Why it hurts
    The picture that is hardly to be seen gives the label. With lam drawn near 0 or 1, as for small alpha, nearly every
    label is that of another row.

Example
    x = lam * x + (1 - lam) * x[order]
    loss = (1 - lam) * criterion(net(x), y) + lam * criterion(net(x), y[order])

Instead
    loss = lam * criterion(net(x), y) + (1 - lam) * criterion(net(x), y[order])

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from goodfit.checks.engine.formulas import Formulas, factors, formulas, taken_from_one
from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LABELS = lazy_pattern(r"^y(s|b|t|_?a|_?b|\d)?$|^[yt]_|_y$|label|target|^lbl|one_?hot|^t$", re.IGNORECASE)
LOSSES = lazy_pattern(r"loss|criterion|cross_entropy|^ce$|^bce|nll", re.IGNORECASE)


class Mixture(NamedTuple):
    """A sum of a row's own value and a partner's.

    Attributes:
        share: the name of the share, as the source says it.
        order: by which the partner is looked up.
        is_own: whether the share is that of the row's own value.
    """

    share: str
    order: str
    is_own: bool
    of_labels: bool
    line: int


class SharesExchanged(SourceRule):
    code, level = "GF599", Level.WARNING
    worth_parsing = lazy_pattern(r"1(\.0?)?\s*-\s*\w*(lam|ratio|alpha|mix|share|w|l|a)\w*", re.IGNORECASE)
    what = "labels are mixed with {name} where inputs are mixed with one minus it"
    fix = (
        "lam * criterion(out, y) + (1 - lam) * criterion(out, y[order]) where inputs are lam * x + (1 - lam) * x[order]"
    )

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return exchanged(tree)


def exchanged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Shares of labels that are those of the partners, each with its line."""
    for scope in formulas(tree):
        mixtures = [each for node in scope.nodes if (each := _mixture(node, scope)) is not None]
        inputs = {(each.share, each.order): each.is_own for each in mixtures if not each.of_labels}
        for each in mixtures:
            if each.of_labels and inputs.get((each.share, each.order), each.is_own) is not each.is_own:
                yield each.share, each.line


def _mixture(node: ast.AST, scope: Formulas) -> Mixture | None:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    terms = [[each for each, _ in factors(side)] for side in (node.left, node.right)]
    if any(len(each) != 2 for each in terms):
        return None
    for first in terms[0]:
        for second in terms[1]:
            share = _share(first, second, scope)
            if share is None:
                continue
            values = [
                next(each for each in term if each is not weight)
                for term, weight in zip(terms, (first, second), strict=True)
            ]
            partners = [_partner(each, scope) for each in values]
            if (partners[0] is None) == (partners[1] is None):
                continue
            own = 0 if partners[0] is None else 1
            base, order = partners[1 - own] or ("", "")
            if base not in {ast.unparse(each) for each in all_nodes(values[own])}:
                continue
            of_labels = any(LOSSES.search(called(each)) for each in values) or LABELS.search(base.rpartition(".")[2])
            return Mixture(share[0], order, (own == 0) is share[1], bool(of_labels), node.lineno)
    return None


def _share(first: ast.expr, second: ast.expr, scope: Formulas) -> tuple[str, bool] | None:
    """The name of a share, of whose two parts one is a weight and the other one the rest; whether it is the first."""
    for one, other, is_first in ((first, second, True), (second, first, False)):
        rest = taken_from_one(other)
        if rest is None and isinstance(other, ast.Name):
            rest = taken_from_one(scope.value(other))
        if rest is not None and isinstance(one, ast.Name | ast.Attribute) and _base(rest) == _base(one):
            return _base(one), is_first
    return None


def _base(node: ast.expr) -> str:
    """A share without changes of its shape: lam of lam[:, None] and of lam.view(-1, 1)."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return ast.unparse(node)


def _partner(node: ast.expr, scope: Formulas) -> tuple[str, str] | None:
    """Of x[order], of a name of it, or of a loss with it: x and the order; None of others."""
    if isinstance(node, ast.Call) and called(node) != "flip":
        found = [each for argument in node.args if (each := _partner(argument, scope)) is not None]
        return found[0] if len(found) == 1 else None
    value = scope.value(node)
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Name):
        return ast.unparse(value.value), value.slice.id
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and called(value) == "flip":
        return ast.unparse(value.func.value), "flip"
    return None
