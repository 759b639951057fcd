"""bootstrap-counted-twice: a sum of advantages begins with the value of the last state, which its first term has.

What it checks
    In the source of the program: a loop that runs backwards over time makes a difference of a reward, a next value and
    the value of now, and adds the discounted sum of before to it; both the next value and that sum begin, before the
    loop, with the same value.

Why it hurts
    The value of the last state is in the first difference already. With it as the first sum too, all advantages of the
    window are moved by it, the more the later they are, unless the episode ends there.

Example
    carry = following = last_value
    for t in reversed(range(T)):
        delta = rewards[t] + gamma * following - values[t]
        carry = delta + gamma * lam * carry

Instead
    carry, following = 0.0, last_value

When it is a false alarm
    None is known: returns, which have no value of now taken from them, do begin with it.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, given, last_name, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

VALUES = lazy_pattern(r"(?i)^(v|vs|vals?|values?|baselines?|v_\w+|state_values?|value_preds?)$")


class BootstrapCountedTwice(SourceRule):
    code, level = "GF679", Level.WARNING
    worth_parsing = lazy_pattern(r"reversed\(|, -1, -1\)")
    what = "{name} begins with the value of the last state, which the first difference has too"
    fix = "Begin the sum of advantages with 0"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return counted_twice(tree)


def counted_twice(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Sums that begin with the value that is the first next one, each with its line."""
    for scope in formulas(tree):
        for loop in (node for node in scope.nodes if isinstance(node, ast.For)):
            text = ast.unparse(loop.iter)
            if "reversed(" not in text and "-1, -1)" not in text:
                continue
            inside = {
                target.id: value
                for target, value in given(node for part in loop.body for node in all_nodes(part))
                if isinstance(target, ast.Name)
            }
            for carry, value in inside.items():
                difference = _difference(value, carry, inside)
                begins = _before(scope, carry, loop)
                if difference is None or begins is None or not isinstance(begins, ast.Name | ast.Attribute):
                    continue
                for name in names_in(difference) - {carry}:
                    first = _before(scope, name, loop)
                    if name in inside and first is not None and ast.unparse(first) == ast.unparse(begins):
                        yield carry, begins.lineno


def _difference(value: ast.expr, carry: str, inside: dict[str, ast.expr]) -> ast.expr | None:
    """delta of carry = delta + factor * carry, where a value of now is taken from it."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return None
    for delta, rest in ((value.left, value.right), (value.right, value.left)):
        if carry in names_in(rest) and carry not in names_in(delta):
            delta = inside.get(delta.id, delta) if isinstance(delta, ast.Name) else delta
            taken = delta.right if isinstance(delta, ast.BinOp) and isinstance(delta.op, ast.Sub) else None
            if isinstance(taken, ast.Subscript):
                taken = taken.value
            if taken is not None and VALUES.search(last_name(taken)):
                return delta
    return None


def _before(scope: Formulas, name: str, loop: ast.For) -> ast.expr | None:
    """What a name is set to last before the loop."""
    ways = [each for each in scope.values.get(name, []) if each.lineno < loop.lineno]
    return ways[-1] if ways else None
