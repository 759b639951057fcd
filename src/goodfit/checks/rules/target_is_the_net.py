"""target-is-the-net: the target net becomes the trained net itself, not a copy of it.

What it checks
    The source: a net that is called a target, teacher, reference or average is assigned the net whose parameters an
    optimiser holds (target = net), is called or handed on itself, and nothing copies the other net there; or a loop
    over the parameters of both gives one the data of the other (t.data = p.data), which is the same memory.

Why it hurts
    From there on the target moves with each step of the net: what is to be approached runs away, values grow without
    bound or collapse, and a consistency term is 0. Nothing is copied any more, as both are one object.

Example
    if step % 100 == 0: self.target_net = self.net

Instead
    if step % 100 == 0: self.target_net.load_state_dict(self.net.state_dict())

When it is a false alarm
    A program that can be asked to do without a target net, and then gives its net that name.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OPTIMISER = lazy_pattern(r"^(Adam\w*|NAdam|RAdam|SGD|RMSprop|Adagrad|Adadelta|ASGD|Rprop|LBFGS|Muon)$")
TARGET = lazy_pattern(
    r"(^|_)(targets?|tgt|targ|ema|teacher|slow|shadow|momentum|ref|reference|frozen|anchor)(_|$)", re.IGNORECASE
)
NET = ast.Name | ast.Attribute


class TargetIsTheNet(SourceRule):
    code, level = "GF541", Level.WARNING
    yields_to = ("loads-itself", "best-weights-by-reference")
    worth_parsing = lazy_pattern(
        r"(target|tgt|targ|ema|teacher|slow|shadow|momentum|ref|reference|frozen|anchor)\w*\s*=\s*[\w.]+\s*($|[;#])|\.data\s*=",
        re.IGNORECASE | re.MULTILINE,
    )
    what = "{name}: both are one net from here on, and the target moves with each step"
    fix = "Copy the weights: target.load_state_dict(net.state_dict()), or copy.deepcopy(net) where it is made"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return targets_that_are_the_net(tree)


def targets_that_are_the_net(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Assignments of a trained net to its target, each with its line."""
    nodes = all_nodes(tree)
    trained = {
        ast.unparse(each.func.value)
        for node in nodes
        if OPTIMISER.match(called(node))
        for each in all_nodes(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "parameters"
    }
    if not trained:
        return
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    functions = {ast.unparse(each.func) for each in calls}
    functions |= {ast.unparse(given_to) for each in calls for given_to in each.args if isinstance(given_to, NET)}
    for target, value in given(nodes):
        if not isinstance(target, NET) or not isinstance(value, NET):
            continue
        into, of = ast.unparse(target), ast.unparse(value)
        if of in trained and into not in trained and into in functions and _is_target(into) and not _is_target(of):
            yield f"{into} = {of}", target.lineno
    for loop in nodes:
        if isinstance(loop, ast.For):
            yield from _shared_data(loop, trained)


def _is_target(name: str) -> bool:
    return TARGET.search(name.rpartition(".")[2]) is not None


def _shared_data(loop: ast.For, trained: set[str]) -> Iterator[tuple[str, int]]:
    """`t.data = p.data` in a loop over the parameters of a net that no optimiser holds, and of one that it does."""
    if called(loop.iter) != "zip" or not isinstance(loop.iter, ast.Call) or not isinstance(loop.target, ast.Tuple):
        return
    nets = {
        name.id: ast.unparse(of.func.value)
        for name, of in zip(loop.target.elts, loop.iter.args, strict=False)
        if isinstance(name, ast.Name) and isinstance(of, ast.Call) and isinstance(of.func, ast.Attribute)
        and of.func.attr == "parameters"
    }  # fmt: skip
    for target, value in given(node for each in loop.body for node in all_nodes(each)):
        if not (isinstance(target, ast.Attribute) and target.attr == "data" and isinstance(target.value, ast.Name)):
            continue
        source = value.value if isinstance(value, ast.Attribute) and value.attr == "data" else value
        if not isinstance(source, ast.Name) or not {target.value.id, source.id} <= nets.keys():
            continue
        if nets[source.id] in trained and nets[target.value.id] not in trained:
            yield f"{ast.unparse(target)} = {ast.unparse(value)}, the same memory", target.lineno
