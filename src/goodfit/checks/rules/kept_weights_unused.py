"""kept-weights-unused: weights are kept or averaged, and nothing ever reads what they were kept in.

What it checks
    In the source of the program: a variable, or an attribute of self, gets the weights of a net (a state_dict(), a copy
    of one, a copy of a net) where a score was better than the best one, or gets an average of the weights of several
    nets from a function that is called so. No line of the program reads it afterwards, and none saves, loads or hands
    on what lies in it.

Why it hurts
    What is tested, saved and handed on is the last epoch's net, after all that it has unlearnt since the best one; or
    the server's net of a federated round, which never gets what its clients learnt.

Example
    if valid_loss < best: best, best_state = valid_loss, copy.deepcopy(net.state_dict())
    ...
    print(test(net))

Instead
    net.load_state_dict(best_state); print(test(net))

When it is a false alarm
    Weights that are kept to be looked at by hand, in a notebook.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, children, given, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

NET = lazy_pattern(r"(^|[._])(net|model|module|encoder|student|policy|agent|classifier|network)\w*$|^(m|g)$")
AVERAGES = lazy_pattern(
    r"^(fed_?avg|average_(weights?|models?|states?|params)|aggregate(_\w+)?|avg_(weights?|models?|states?)|fed_?average)$",
)
COPIES = ("deepcopy", "copy", "dict", "OrderedDict")
READS_ANY_NAME = ("locals", "vars", "globals", "eval", "exec")


class KeptWeightsUnused(SourceRule):
    code, level = "GF569", Level.WARNING
    worth_parsing = lazy_pattern(r"state_dict\(\)|deepcopy\(|fed_?avg|average_|aggregate|avg_")
    what = "{name} holds weights that were kept for later, and nothing reads it: the net goes on with its last ones"
    fix = "Load them before the net is used: net.load_state_dict({name})"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return unused_weights(tree)


def unused_weights(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Places that weights are kept in and that nothing reads, each with the line."""
    if any(ast.unparse(node.func) in READS_ANY_NAME for node in of_kind(tree, ast.Call)):
        return
    read = {node.id for node in of_kind(tree, ast.Name) if not isinstance(node.ctx, ast.Store)}
    read |= {node.attr for node in of_kind(tree, ast.Attribute) if not isinstance(node.ctx, ast.Store)}
    read |= {ast.unparse(node.target).rpartition(".")[2] for node in of_kind(tree, ast.AugAssign)}
    read |= {node.value for node in of_kind(tree, ast.Constant) if isinstance(node.value, str)}  # getattr, __all__
    classes = of_kind(tree, ast.ClassDef)
    own = {"object", "Module", *(each.name for each in classes)}
    others = {  # attributes that a base class of a library may read
        id(node)
        for each in classes
        if any(last_name(base) not in own for base in each.bases)
        for node in of_kind(each, ast.Attribute)
    }
    better = {id(node) for choice in of_kind(tree, ast.If) if _asks_for_better(choice) for node in _within(choice)}
    for target, value in given(node for node in all_nodes(tree) if isinstance(node, ast.Assign)):
        name = ast.unparse(target)
        is_place = isinstance(target, ast.Name) or name == f"self.{name.removeprefix('self.')}"
        if not is_place or name.rpartition(".")[2] in read or name.startswith("_") or id(target) in others:
            continue
        if AVERAGES.search(called(value).lower()) or (_is_weights(value) and id(target) in better):
            yield name, target.lineno


def _asks_for_better(choice: ast.If) -> bool:
    """Whether a branch is taken where a value is above or below another one: `if loss < best`, `score > self.best`."""
    return any(
        isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        for node in of_kind(choice.test, ast.Compare)
        for operator in node.ops
        if not any(isinstance(each, ast.Constant) for each in [node.left, *node.comparators])
    )


def _within(choice: ast.If) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(choice.body)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)


def _is_weights(value: ast.expr) -> bool:
    """Whether a value is the state of a net, a copy of one, or a copy of a net itself."""
    if called(value) == "state_dict":
        return not isinstance(value, ast.Call) or "optim" not in ast.unparse(value.func).lower()
    if isinstance(value, ast.Call) and called(value) in COPIES and value.args:
        first = value.args[0]
        return _is_weights(first) or (called(value) == "deepcopy" and bool(NET.search(ast.unparse(first))))
    if isinstance(value, ast.DictComp):
        return "state_dict()" in ast.unparse(value.generators[0].iter)
    return False
