"""exploration-turned: a random action is taken with the probability 1 - epsilon, and epsilon falls.

What it checks
    In the source of the program: random() > epsilon (or the like) chooses the random action, the other branch the one
    of the net, and epsilon decays.

Why it hurts
    The agent acts by an untrained net at first, and at random when it has learnt: the buffer never sees what the policy
    would do, and returns get worse while the values converge.

Example
    if random.random() > epsilon: return random.randrange(n_actions)

Instead
    if random.random() < epsilon: return random.randrange(n_actions)

When it is a false alarm
    An epsilon that is the probability of the greedy action, and falls.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

EPSILON = lazy_pattern(r"(?i)^eps(ilon)?(_?(greedy|threshold|t|now|cur|current|value))?$|explor(ation|e)_?(rate|prob)")
UNIFORM = frozenset({"random", "rand", "uniform", "random_sample"})
AT_RANDOM = frozenset({"randrange", "randint", "choice", "sample", "integers", "random_action", "multinomial"})
GREEDY = frozenset({"argmax", "max", "topk", "act", "predict", "greedy"})
FALLS = lazy_pattern(r"(?i)decay|anneal|eps\w*_?(end|min|final|stop)|exp\(-|- *\w+ */|\* *0?\.9|max\(")


class ExplorationTurned(SourceRule):
    code, level = "GF583", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)eps|explor")
    what = "{name}: the random action is taken with the probability 1 - epsilon, and epsilon falls"
    fix = "Take the random action where random() < epsilon"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_explorations(tree)


def turned_explorations(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Choices of a random action with the probability 1 - epsilon, each with its line."""
    if not _falls(tree):
        return
    drawn = {
        last_name(target)
        for node in of_kind(tree, ast.Assign)
        if called(node.value) in UNIFORM
        for target in node.targets
    } - {""}
    for block in _blocks(tree):
        for place, node in enumerate(block):
            if isinstance(node, ast.If):
                leaves = isinstance(node.body[-1], ast.Return)
                rest = node.orelse or (block[place + 1 :] if leaves else [])
                yield from _turned(node.test, node.body, rest, drawn)
    for choice in of_kind(tree, ast.IfExp):
        yield from _turned(choice.test, [choice.body], [choice.orelse], drawn)


def _turned(
    test: ast.expr, body: Sequence[ast.AST], rest: Sequence[ast.AST], drawn: set[str]
) -> Iterator[tuple[str, int]]:
    below = _is_below(test, drawn)
    if below is None or not rest:
        return
    explores = body if below else rest
    exploits = rest if below else body
    if _is_greedy(explores) and not _is_random(explores) and _is_random(exploits) and not _is_greedy(exploits):
        yield ast.unparse(test), test.lineno


def _is_below(test: ast.expr, drawn: set[str]) -> bool | None:
    """True of random() < epsilon, False of random() > epsilon, None of others."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left, right, operator = test.left, test.comparators[0], test.ops[0]
    if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return None
    is_less = isinstance(operator, ast.Lt | ast.LtE)
    for one, other, less in ((left, right, is_less), (right, left, not is_less)):
        is_draw = last_name(one) in drawn or any(called(each) in UNIFORM for each in all_nodes(one))
        if EPSILON.search(last_name(other)) and is_draw:
            return less
    return None


def _is_random(nodes: Sequence[ast.AST]) -> bool:
    return any(called(each) in AT_RANDOM for node in nodes for each in all_nodes(node))


def _is_greedy(nodes: Sequence[ast.AST]) -> bool:
    return any(called(each) in GREEDY for node in nodes for each in all_nodes(node))


def _falls(tree: ast.Module) -> bool:
    for node in all_nodes(tree):
        if isinstance(node, ast.AugAssign) and EPSILON.search(last_name(node.target)):
            if isinstance(node.op, ast.Sub | ast.Mult):
                return True
        elif isinstance(node, ast.Assign) and any(EPSILON.search(last_name(each)) for each in node.targets):
            if FALLS.search(ast.unparse(node.value)) and names_in(node.value):
                return True
        elif isinstance(node, ast.Call):
            for argument in [*node.args, *(key.value for key in node.keywords if EPSILON.search(key.arg or ""))]:
                text = ast.unparse(argument)
                if isinstance(argument, ast.Call | ast.BinOp) and called(argument) == "max" and "0." in text:
                    return bool(names_in(argument))
    return False


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in all_nodes(tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block
