"""branch-never-taken: a branch stands after another one whose condition holds whenever its own does.

What it checks
    In the source of the program: in a chain of if and elif, of conditions one inside the other's else, or of ifs that
    each return, a name is compared with numbers or texts, and all that one condition lets through was taken by one
    before it. Or two ifs, one right after the other, set the same name, and the second does it whenever the first did.

Why it hurts
    What the branch says never happens. In a schedule of the learning rate that is written so, the first decay is the
    only one.

Example
    if epoch >= 10: lr = 0.01
    elif epoch >= 20: lr = 0.001

Instead
    if epoch >= 20: lr = 0.001
    elif epoch >= 10: lr = 0.01

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.BinOp, ast.operator, ast.expr_context)
MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}
ENDS = (ast.Return, ast.Continue, ast.Break, ast.Raise)

Constants = Mapping[str, object]


class Values(NamedTuple):
    """Values of an expression that a condition lets through: from low to high, or some that it names."""

    of: str
    low: float = -math.inf
    without_low: bool = False
    high: float = math.inf
    without_high: bool = False
    named: frozenset[object] | None = None

    def within(self, other: Values) -> bool:
        """Whether all of these are among the others."""
        if self.of != other.of:
            return False
        if other.named is not None:
            return self.named is not None and self.named <= other.named
        if self.named is not None:
            return all(isinstance(each, int | float) and other._has(each) for each in self.named)
        low = self.low > other.low or (self.low == other.low and self.without_low >= other.without_low)
        return low and (self.high < other.high or (self.high == other.high and self.without_high >= other.without_high))

    def _has(self, value: float) -> bool:
        above = value >= self.low and not (self.without_low and value == self.low)
        return above and value <= self.high and not (self.without_high and value == self.high)

    def both(self, other: Values) -> Values:
        """Of intervals, what lies in both."""
        low = max((self.low, self.without_low), (other.low, other.without_low))
        high = min((self.high, not self.without_high), (other.high, not other.without_high))
        return Values(self.of, *low, high[0], not high[1])


class BranchNeverTaken(SourceRule):
    code, level = "GF561", Level.WARNING
    worth_parsing = lazy_pattern(r"\bif\b[^\n]*(?:[<>]|==|\bin\b)")
    what = "{name}"
    fix = "Ask for the narrowest case first: the largest number first where the sign is >="

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return dead_branches(tree)


def dead_branches(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Conditions that are never asked with success, or whose effect is gone at once, each with its line."""
    constants = _constants(tree)
    later = {id(node.orelse[0]) for node in of_kind(tree, ast.If) if _is_elif(node)}
    later |= {id(node.orelse) for node in of_kind(tree, ast.IfExp)}
    for node in all_nodes(tree):
        if isinstance(node, ast.If | ast.IfExp) and id(node) not in later:
            yield from _dead(_chain(node), constants)
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(body, list):
                yield from _dead_in_row(body, constants)


def _is_elif(node: ast.If) -> bool:
    return len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)


def _chain(node: ast.AST) -> Iterator[ast.expr]:
    """The conditions of if, elif, elif, or of a if b else c if d else e."""
    while isinstance(node, ast.If | ast.IfExp):
        yield node.test
        if isinstance(node, ast.IfExp):
            node = node.orelse
        elif _is_elif(node):
            node = node.orelse[0]
        else:
            return


def _dead(tests: Iterable[ast.expr], constants: Constants) -> Iterator[tuple[str, int]]:
    taken: list[Values] = []
    for test in tests:
        if any(isinstance(each, ast.NamedExpr) for each in all_nodes(test)):
            return
        alternatives = [_asked(each, constants) for each in _alternatives(test)]
        if all(any(each.within(before) for each in asked for before in taken) for asked in alternatives):
            name = ast.unparse(test)
            yield f"the branch of {name} can never run: a condition before it takes all that it asks for", test.lineno
        taken += [_let_through(each, constants) for each in _alternatives(test) if _is_single(each, constants)]


def _dead_in_row(body: Sequence[ast.stmt], constants: Constants) -> Iterator[tuple[str, int]]:
    """Of ifs without else, one right after the other."""
    row: list[ast.If] = []
    for each in [*body, None]:
        if isinstance(each, ast.If) and not each.orelse:
            row.append(each)
            continue
        for ends, run in groupby(row, lambda one: isinstance(one.body[-1], ENDS)):
            if ends:
                yield from _dead((one.test for one in run), constants)
        for one, after in pairwise(row):
            if _sets_again(one, after) and _is_single(after.test, constants):
                asked = _asked(one.test, constants)
                if any(values.within(_let_through(after.test, constants)) for values in asked):
                    name = ast.unparse(one.test)
                    yield (
                        f"what is set where {name} is set anew by the next line, whose condition holds too",
                        one.lineno,
                    )
        row = []


def _sets_again(one: ast.If, after: ast.If) -> bool:
    """Whether both do nothing but set the same name, the second one to a value that does not depend on the first's."""
    first, second = one.body[0], after.body[0]
    if len(one.body) != 1 or len(after.body) != 1:
        return False
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
        return False
    target = ast.unparse(second.targets[0])
    if len(first.targets) + len(second.targets) != 2 or ast.unparse(first.targets[0]) != target:
        return False
    reads = [each for part in (second.value, after.test) for each in all_nodes(part) if isinstance(each, ast.expr)]
    calls = any(isinstance(each, ast.Call) for each in all_nodes(first.value))
    return not calls and isinstance(second.targets[0], ast.Name) and target not in map(ast.unparse, reads)


def _alternatives(test: ast.expr) -> list[ast.expr]:
    """a and b of `a or b`."""
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]


def _is_single(test: ast.expr, constants: Constants) -> bool:
    """Whether a condition asks for the values of one expression and for nothing else."""
    return len(_comparisons(test, constants) or ()) > 0 and len(_asked(test, constants)) == 1


def _let_through(test: ast.expr, constants: Constants) -> Values:
    return _asked(test, constants)[0]


def _asked(test: ast.expr, constants: Constants) -> list[Values]:
    """What a condition asks for: its parts that are known, of which each has to hold; intervals of one as one."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    found: dict[str, Values] = {}
    named: list[Values] = []
    for part in parts:
        for values in _comparisons(part, constants) or ():
            if values.named is not None:
                named.append(values)
            else:
                found[values.of] = found[values.of].both(values) if values.of in found else values
    return [*found.values(), *named]


def _comparisons(test: ast.expr, constants: Constants) -> list[Values] | None:
    """Of `a <= x < b` both; None where there is anything else in it."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        parts = [_comparisons(each, constants) for each in test.values]
        return None if None in parts else [each for part in parts for each in part or ()]
    if not isinstance(test, ast.Compare):
        return None
    sides = [test.left, *test.comparators]
    found = [_values(*each, constants) for each in zip(sides, test.ops, sides[1:], strict=False)]
    return None if None in found else [each for each in found if each is not None]


def _values(left: ast.expr, sign: ast.cmpop, right: ast.expr, constants: Constants) -> Values | None:
    kind, known = type(sign), _constant(right, constants)
    if known is None:
        known, left = _constant(left, constants), right
        kind = MIRRORED.get(kind, ast.NotIn)
    if known is None or not all(isinstance(each, PLAIN) for each in all_nodes(left)) or not names_in(left):
        return None
    of, value = ast.unparse(left), known[0]
    if kind is ast.In and isinstance(value, tuple):
        return Values(of, named=frozenset(value))
    if kind is ast.Eq and isinstance(value, int | float | str):
        return Values(of, named=frozenset([value]))
    if not isinstance(value, int | float):
        return None
    if kind in (ast.Gt, ast.GtE):
        return Values(of, low=value, without_low=kind is ast.Gt)
    return Values(of, high=value, without_high=kind is ast.Lt) if kind in (ast.Lt, ast.LtE) else None


def _constant(node: ast.expr, constants: Constants) -> tuple[object] | None:
    """The value of a literal, or of a name that the file sets once to one."""
    if isinstance(node, ast.Name):
        return (constants[node.id],) if node.id in constants else None
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        return None
    if isinstance(value, list | set | tuple):
        return (tuple(value),) if all(isinstance(each, int | float | str) for each in value) else None
    return (value,)


def _constants(tree: ast.Module) -> dict[str, object]:
    """Numbers that the file sets once, at its top level, by names that nothing else sets."""
    set_at = [each.id for each in of_kind(tree, ast.Name) if isinstance(each.ctx, ast.Store)]
    set_at += [each.arg for each in of_kind(tree, ast.arg)]
    return {
        each.targets[0].id: each.value.value
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and len(each.targets) == 1
        if isinstance(each.value, ast.Constant) and isinstance(each.value.value, int | float)
        if set_at.count(each.targets[0].id) == 1
    }
