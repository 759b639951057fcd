"""mixed-by-the-other-share: labels of mixed rows have the share of the partner, and the partners theirs.

What it checks
    In the source of the program: rows are mixed as lam * x + (1 - lam) * x[order], and labels, or two losses, as
    (1 - lam) * y + lam * y[order].

Why it hurts
    Where lam is far from a half, rows are taught the label of the row that is hardly in them: the net learns the wrong
    class of most of each batch.

Example
    x = lam * x + (1 - lam) * x[order]; loss = (1 - lam) * ce(net(x), y) + lam * ce(net(x), y[order])

Instead
    x = lam * x + (1 - lam) * x[order]; loss = lam * ce(net(x), y) + (1 - lam) * ce(net(x), y[order])

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from goodfit.checks.engine.formulas import Formulas, factors, formulas, taken_from_one
from goodfit.checks.engine.own_source import called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ANY = "any"
PAIR = lazy_pattern(r"^(.*(?:y|labels?|targets?|t))_?(?:a|b|1|2)$")


class Mixture(NamedTuple):
    """A sum of a thing and its partner.

    Attributes:
        share: what the thing itself is multiplied with: lam, or 1 - lam.
        order: how the partner is taken: [order], .flip(0); ANY where names say no more than a and b.
        place: line and column.
    """

    share: str
    order: str
    place: tuple[int, int]
    name: str


class MixedByTheOtherShare(SourceRule):
    code, level = "GF629", Level.WARNING
    worth_parsing = lazy_pattern(r"1\.?0? - ")
    what = "{name} is mixed with the shares of the rows exchanged"
    fix = "Give both the same: lam * x + (1 - lam) * x[order] and lam * y + (1 - lam) * y[order]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return exchanged(tree)


def exchanged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Mixtures of labels that have the other share than those of rows before them, each with its line."""
    losses: list[Mixture] = []
    rows: list[Mixture] = []
    for scope in formulas(tree):
        own = [mixture for node in scope.nodes if (mixture := _mixture(node, scope)) is not None]
        losses += [each for each in own if each.order == ANY]
        rows += [each for each in own if each.order != ANY]
        for one, other in combinations(sorted(own, key=lambda each: each.place), 2):
            if one.order == other.order and _are_opposite(one, other):
                yield other.name, other.place[0]
    for loss in losses:  # in a function of its own
        if rows and all(_are_opposite(each, loss) for each in rows):
            yield loss.name, loss.place[0]


def _are_opposite(one: Mixture, other: Mixture) -> bool:
    return one.share == f"1 - {other.share}" or other.share == f"1 - {one.share}"


def _mixture(node: ast.AST, scope: Formulas) -> Mixture | None:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    sides = _weighed(node.left, node.right)
    if sides is None:
        return None
    (share, thing), (rest, partner) = sides
    for one, its_share, other, other_share in ((thing, share, partner, rest), (partner, rest, thing, share)):
        order = _partner(one, other, scope)
        is_rest = other_share == f"1 - {its_share}" or its_share == f"1 - {other_share}"
        if order is not None and is_rest:
            return Mixture(its_share, order, (node.lineno, node.col_offset), ast.unparse(one))
    return None


def _weighed(left: ast.expr, right: ast.expr) -> tuple[tuple[str, ast.expr], tuple[str, ast.expr]] | None:
    """The share and the thing of both terms of lam * x + (1 - lam) * z; None of other sums."""
    products = [[factor for factor, _ in factors(side)] for side in (left, right)]
    if [len(each) for each in products] != [2, 2]:
        return None
    for at, product in enumerate(products):
        for place, factor in enumerate(product):
            whole = taken_from_one(factor)
            name = "" if whole is None else ast.unparse(whole)
            places = [ast.unparse(each) for each in products[1 - at]]
            if name and name in places:
                other = products[1 - at][1 - places.index(name)]
                found = (name, other), (f"1 - {name}", product[1 - place])
                return found if at else found[::-1]
    return None


def _partner(one: ast.expr, other: ast.expr, scope: Formulas) -> str | None:
    """How the other is taken from the one: x and x[order]; of two losses by their labels. None where it is not."""
    if isinstance(one, ast.Call) and isinstance(other, ast.Call) and called(one) == called(other) != "":
        both = one.args, other.args
        is_of_one = [len(each) for each in both] == [2, 2] and ast.unparse(both[0][0]) == ast.unparse(both[1][0])
        return _partner(both[0][1], both[1][1], scope) if is_of_one else None
    if isinstance(one, ast.Name) and isinstance(other, ast.Name) and _are_first_and_second(one.id, other.id):
        return ANY
    taken = scope.value(other)
    base = ast.unparse(scope.value(one)) if isinstance(one, ast.Name) else ast.unparse(one)
    bases = {base, ast.unparse(one)}
    if (
        isinstance(taken, ast.Subscript)
        and ast.unparse(taken.value) in bases
        and not isinstance(taken.slice, ast.Slice)
    ):
        first = taken.slice.elts[0] if isinstance(taken.slice, ast.Tuple) else taken.slice
        return ast.unparse(first)
    is_moved = isinstance(taken, ast.Call) and called(taken) in ("flip", "roll")
    owner = taken.func if is_moved and isinstance(taken, ast.Call) else None
    is_of_own = isinstance(owner, ast.Attribute) and ast.unparse(owner.value) in bases
    return called(taken) if is_of_own else None


def _are_first_and_second(one: str, other: str) -> bool:
    """Whether two names are alike but for a and b, or 1 and 2, at their end."""
    is_pair = bool(PAIR.search(one)) and PAIR.sub(r"\1", one) == PAIR.sub(r"\1", other)
    return is_pair and (one[-1] + other[-1]) in ("ab", "12")
