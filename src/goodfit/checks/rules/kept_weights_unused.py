"""kept-weights-unused: weights are kept or averaged, and nothing ever reads what they were kept in.

What it checks
    In the source of the program: a variable, or an attribute of self, gets the weights of a net (a state_dict(), a copy
    of one, a copy of a net) where a score was better than the best one, or gets an average of the weights of several
    nets from a function that is called so. No line of the program reads it afterwards, and none saves, loads or hands
    on what lies in it; a method that nothing calls does not count. As a notice: they are saved to a file where a score
    was better, no line loads anything, and after the loop the net is asked for what is called a test.

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
import re
from collections.abc import Collection, Iterator

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import (
    all_nodes,
    called,
    children,
    given,
    last_name,
    of_kind,
    scopes,
    within,
)
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

NET = lazy_pattern(r"(^|[._])(net|model|module|encoder|student|policy|agent|classifier|network)\w*$|^(m|g)$")
AVERAGES = lazy_pattern(
    r"^(fed_?avg|average_(weights?|models?|states?|params)|aggregate(_\w+)?|avg_(weights?|models?|states?)|fed_?average)$",
)
COPIES = ("deepcopy", "copy", "dict", "OrderedDict")
LOADS = lazy_pattern(r"\bload\(|load_state_dict\(|load_file\(|load_model\(|load_weights\(|load_checkpoint\(")
SHOWING = ("print", "format", "len", "append")
SAVES = lazy_pattern(r"\bsave\(")
TEST = lazy_pattern(r"(^|[._])test(_|ing\b|$)", re.IGNORECASE)
READS_ANY_NAME = ("locals", "vars", "globals", "eval", "exec")


class KeptWeightsUnused(SourceRule):
    code, level = "GF569", Level.WARNING
    worth_parsing = lazy_pattern(r"state_dict\(\)|deepcopy\(|fed_?avg|average_|aggregate|avg_")
    what = "{name} holds weights that were kept for later, and nothing reads it: the net goes on with its last ones"
    fix = "Load them before the net is used: net.load_state_dict({name})"

    asks_the_file_alone = False

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return unused_weights(tree, *(source.tree for source in self.program.source.files()))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from super().on_end(event)
        files = self.program.source.files() if self.program.steps else []
        if any(source.mentions(LOADS) for source in files):
            return
        for source in files:
            for name, line in source.found(saved_and_tested) if source.mentions(SAVES) else ():
                yield self.finding(
                    f"the weights of the best epoch are saved, and {name} is of the last epoch's",
                    "Load the best ones before the test: net.load_state_dict(torch.load(path))",
                    file=source.file,
                    line=line,
                    level=Level.NOTICE,
                )


def saved_and_tested(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is called a test after a loop in which weights are saved where they are better, each with its line."""
    for body in scopes(tree):
        for place, loop in enumerate(body):
            if not isinstance(loop, ast.For | ast.While):
                continue
            choices = (node for node in within(loop) if isinstance(node, ast.If) and _asks_for_better(node))
            if not any(called(node) == "save" for choice in choices for node in _within(choice)):
                continue
            for statement in body[place + 1 :]:
                named = statement.targets if isinstance(statement, ast.Assign) else []
                calls = [node for node in within(statement) if isinstance(node, ast.Call)]
                asked = [
                    call
                    for call in calls
                    if called(call) not in SHOWING
                    and any(TEST.search(ast.unparse(each)) for each in [call.func, *call.args, *named])
                ]
                if asked:
                    yield f"{ast.unparse(asked[0].func)}(...)", asked[0].lineno
                    return


def unused_weights(tree: ast.Module, *others: ast.Module) -> Iterator[tuple[str, int]]:
    """Places that weights are kept in and that nothing reads, each with the line; methods that nothing calls read none.

    Args:
        others: files of the program.
    """
    if any(isinstance(node.func, ast.Name) and node.func.id in READS_ANY_NAME for node in of_kind(tree, ast.Call)):
        return
    classes = of_kind(tree, ast.ClassDef)
    own = {"object", "Module", *(each.name for each in classes)}
    inherited = {  # attributes that a base class of a library may read
        id(node)
        for each in classes
        if any(last_name(base) not in own for base in each.bases)
        for node in of_kind(each, ast.Attribute)
    }
    better = {id(node) for choice in of_kind(tree, ast.If) if _asks_for_better(choice) for node in _within(choice)}
    kept = []
    for target, value in given(node for node in all_nodes(tree) if isinstance(node, ast.Assign)):
        is_kept = AVERAGES.search(called(value).lower()) or (id(target) in better and _is_weights(value))
        if is_kept and id(target) not in inherited:
            name = ast.unparse(target)
            is_place = isinstance(target, ast.Name) or name == f"self.{name.removeprefix('self.')}"
            if is_place and not name.startswith("_"):
                kept.append((name, target.lineno))
    if kept:
        read = _read_in(tree, others)
        yield from ((name, line) for name, line in kept if name.rpartition(".")[2] not in read)


def _read_in(tree: ast.Module, others: Collection[ast.Module]) -> set[str]:
    """What is read in the files of a program, without what methods of one file read that no file calls."""
    known = _names_read(tree).union(*(_names_read(each) for each in others))
    idle = {id(node) for each in of_kind(tree, ast.ClassDef) for node in _in_idle_methods(each, known)}
    here = {name for node in all_nodes(tree) if id(node) not in idle for name in _read(node)}
    return here.union(*(_names_read(each) for each in others if each is not tree))


def _names_read(tree: ast.Module) -> set[str]:
    """Kept with the tree, which each file that keeps weights asks for."""
    known: set[str] | None = vars(tree).get("_names_read")
    if known is None:
        known = vars(tree)["_names_read"] = {name for node in all_nodes(tree) for name in _read(node)}
    return known


def _read(node: ast.AST) -> list[str]:
    """The name that a node reads, of a variable or an attribute, or as a text (getattr, __all__)."""
    if isinstance(node, ast.AugAssign):
        return [last_name(node.target)]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    is_read = isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Store)
    return [last_name(node)] if is_read else []


def _in_idle_methods(owner: ast.ClassDef, known: Collection[str]) -> Iterator[ast.AST]:
    """The nodes of methods of a class without a base whose names stand nowhere in the program: `known` has all."""
    if owner.bases or owner.decorator_list:
        return
    for method in owner.body:
        is_plain = isinstance(method, ast.FunctionDef) and not method.decorator_list
        if not is_plain or not isinstance(method, ast.FunctionDef) or method.name.startswith("__"):
            continue
        if method.name not in known:
            yield from all_nodes(method)


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
