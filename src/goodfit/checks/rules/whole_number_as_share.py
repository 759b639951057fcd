"""whole-number-as-share: a random whole number is compared with a share such as 0.1.

What it checks
    In the source of the program: what randint or integers draws, here or where a name was set, is compared by < or >
    with a number between 0 and 1 that is not 0.5, or with a name whose default is such a number.

Why it hurts
    A whole number is below 0.1 only where it is 0. Of randint(0, 1) that is every second time: what was to be dropped,
    masked or mirrored in a tenth of the cases is so in half of them.

Example
    prompt = text if random.randint(0, 1) > 0.1 else ""

Instead
    prompt = text if random.random() > 0.1 else ""

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WHOLE = ("randint", "integers", "randrange", "random_integers")
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class WholeNumberAsShare(SourceRule):
    code, level = "GF475", Level.WARNING
    worth_parsing = lazy_pattern(r"\b(randint|integers|randrange|random_integers)\(")
    what = "{name}: a whole number is compared with a share, so that it is not so often true as the share says"
    fix = "Draw a number between 0 and 1: random.random(), torch.rand(())"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return compared_with_shares(tree)


def compared_with_shares(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Comparisons of whole random numbers with shares, each with its line."""
    shares = _shares(tree)
    for scope in scopes(tree):
        nodes = within_body(scope)
        drawn: dict[str, bool] = {}
        for target, value in given(nodes):
            name = ast.unparse(target)
            drawn[name] = drawn.get(name, True) and called(value) in WHOLE
        for node in nodes:
            if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ORDERED):
                continue
            for one, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
                is_whole = called(one) in WHOLE or drawn.get(ast.unparse(one), False)
                if is_whole and _is_share(other, shares):
                    yield ast.unparse(node), node.lineno


def _shares(tree: ast.Module) -> dict[str, bool]:
    """Names that are given shares and nothing else, by defaults and assignments."""
    shares: dict[str, bool] = {}
    for function in of_kind(tree, ast.FunctionDef):
        arguments = function.args.args
        defaults = zip(arguments[len(arguments) - len(function.args.defaults) :], function.args.defaults, strict=True)
        for argument, default in defaults:
            shares[argument.arg] = shares.get(argument.arg, True) and _is_fraction(default)
    for target, value in given(all_nodes(tree)):
        name = last_name(target)
        if name and last_name(value) != name:
            shares[name] = shares.get(name, True) and _is_fraction(value)
    return shares


def _is_share(node: ast.expr, shares: Mapping[str, bool]) -> bool:
    return _is_fraction(node) or shares.get(last_name(node), False)


def _is_fraction(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1 and node.value != 0.5
