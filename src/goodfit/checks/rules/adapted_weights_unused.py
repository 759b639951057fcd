"""adapted-weights-unused: a meta-learner adapts weights to a task, and asks the ones of before about it.

What it checks
    In the source of the program: a function is called with create_graph=True, and its result is never read; or what is
    made of it in an inner loop, such as weights after a step, is not read behind that loop. Or a function of the
    program takes a step from several weights along gradients that keep their graph, and what it gives is not read
    before its name is given something else.

Why it hurts
    The loss of the query rows does not depend on the adaptation. What is learnt is one net for all tasks at once, and
    not one that adapts in a step.

Example
    fast = [w - lr * g for w, g in zip(weights, grads)]; meta_loss += loss_of(net(x_query, weights), y_query)

Instead
    fast = [w - lr * g for w, g in zip(weights, grads)]; meta_loss += loss_of(net(x_query, fast), y_query)

When it is a false alarm
    Weights that are kept to be looked at in a debugger.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.next_use import is_read
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern


class AdaptedWeightsUnused(SourceRule):
    code, level = "GF295", Level.WARNING
    worth_parsing = lazy_pattern(r"create_graph\s*=\s*True")
    what = (
        "{name} is made of gradients that keep their graph, and is not read afterwards: the weights of before are used"
    )
    fix = "Ask the adapted weights about the query rows"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return adapted_unused(tree)


def adapted_unused(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that are made of such gradients and then not read, each with the line at which it is made."""
    adapting = {node.name: node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef) and _adapts(node)}
    for scope in scopes(tree):
        nodes = within_body(scope)
        names = [node for each in scope for node in all_nodes(each) if isinstance(node, ast.Name)]  # of closures too
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        for target, value in given(nodes):
            if isinstance(target, ast.Name) and target.id not in read and _keeps_graph(value):
                yield target.id, target.lineno
        for statement in nodes:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name, function = statement.targets[0].id, adapting.get(called(statement.value))
                is_known = name not in read and _keeps_graph(statement.value)  # by the lines above
                if function is None or is_known or not _keeps_its_graph(statement.value, function):
                    continue
                if not is_read(scope, statement, name):
                    yield name, statement.lineno
        gradients = {
            target.id for target, value in given(nodes) if isinstance(target, ast.Name) and _keeps_graph(value)
        }
        loops = [node for node in nodes if isinstance(node, ast.For | ast.While)]
        for target, value in given(nodes):
            if not isinstance(target, ast.Name) or target.id in gradients or not names_in(value) & gradients:
                continue
            around = [loop for loop in loops if _lines(loop)[0] <= target.lineno <= _lines(loop)[1]]
            inner = max(around, key=lambda loop: loop.lineno, default=None)
            if inner is None or not _is_set_before(target, inner, around, nodes):
                continue
            end = _lines(inner)[1]
            if not any(_reads(node, target.id) and node.lineno > end for node in names):
                yield target.id, target.lineno


def _keeps_graph(value: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Call)
        and any(each.arg == "create_graph" and ast.unparse(each.value) == "True" for each in node.keywords)
        for node in all_nodes(value)
    )


def _adapts(function: ast.FunctionDef) -> bool:
    """Whether a function computes gradients that may keep their graph, and subtracts multiples of each from weights."""
    names = _flags(function)
    computes = any(
        called(node) == "grad"
        and any(each.arg == "create_graph" and ast.unparse(each.value) in ("True", *names) for each in node.keywords)
        for node in all_nodes(function)
        if isinstance(node, ast.Call)
    )
    return computes and any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _is_product(node.right)
        for each in all_nodes(function)
        if isinstance(each, ast.ListComp | ast.DictComp | ast.GeneratorExp | ast.For)
        for node in all_nodes(each)
    )


def _is_product(value: ast.expr) -> bool:
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult)


def _flags(function: ast.FunctionDef) -> list[str]:
    """Arguments of a function that are True where nothing else is given."""
    given_last = function.args.defaults
    with_default = [*function.args.posonlyargs, *function.args.args][-len(given_last) :] if given_last else []
    pairs = [
        *zip(with_default, given_last, strict=True),
        *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
    ]
    return [name.arg for name, value in pairs if isinstance(value, ast.Constant) and value.value is True]


def _keeps_its_graph(call: ast.expr, function: ast.FunctionDef) -> bool:
    """Whether a call of an adapting function leaves its flags as they are, by name and by place."""
    flags = _flags(function)
    names = [each.arg for each in function.args.args if each.arg != "self"]
    first_flag = min((at for at, name in enumerate(names) if name in flags), default=len(names))
    if not isinstance(call, ast.Call) or sum(not isinstance(each, ast.Starred) for each in call.args) > first_flag:
        return False
    return not any(
        each.arg is None or (each.arg in flags and ast.unparse(each.value) != "True") for each in call.keywords
    )


def _is_set_before(target: ast.Name, inner: ast.AST, around: Sequence[ast.AST], nodes: Sequence[ast.AST]) -> bool:
    """Whether the name begins anew before the innermost loop, within the next one, so that no turn hands it on."""
    outer = [loop for loop in around if loop is not inner]
    start = max((_lines(loop)[0] for loop in outer), default=0)
    return any(
        isinstance(node, ast.Name)
        and node.id == target.id
        and isinstance(node.ctx, ast.Store)
        and start <= node.lineno < _lines(inner)[0]
        for node in nodes
    )


def _lines(node: ast.AST) -> tuple[int, int]:
    first: int = getattr(node, "lineno", 0)
    last: int = getattr(node, "end_lineno", None) or first
    return first, last


def _reads(node: ast.Name, name: str) -> bool:
    return node.id == name and isinstance(node.ctx, ast.Load)
