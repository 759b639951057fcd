"""put-aside-never-back: the net's weights are put aside for an evaluation of others, and are not put back.

What it checks
    In the source of the program: a class of its own has a method that copies parameters into an attribute, and one that
    reads that attribute and writes into parameters; nothing else reads it. The first is called, in a loop that
    trains or in a function that such a loop calls, and the second nowhere.

Why it hurts
    Training goes on from the weights of the evaluation, such as an average of the net's: each evaluation throws away
    the last steps, and how often the program evaluates decides what it learns.

Example
    ema.store(net.parameters()); ema.copy_to(net.parameters()); evaluate(net)

Instead
    ema.store(net.parameters()); ema.copy_to(net.parameters()); evaluate(net); ema.restore(net.parameters())

When it is a false alarm
    A program that evaluates after its last step alone is not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, loops_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

COPYING = ("clone", "deepcopy", "copy")
WRITING = ("copy_", "load_state_dict", "set_", "fill_")


class PutAsideNeverBack(SourceRule):
    code, level = "GF483", Level.WARNING
    worth_parsing = lazy_pattern(r"\bclass\b(?s:.)*(clone\(|copy\()")
    what = "{name} puts the net's weights aside, and nothing puts them back: training goes on from others"
    fix = "Put them back after the evaluation, before the next step"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_back(tree)


def never_back(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Methods that put weights aside which no call puts back, each with the line of a call."""
    calls = [node for node in of_kind(tree, ast.Call) if isinstance(node.func, ast.Attribute)]
    named = {called(node) for node in calls} | {node.attr for node in of_kind(tree, ast.Attribute)}
    for owner in of_kind(tree, ast.ClassDef):
        methods = [each for each in owner.body if isinstance(each, ast.FunctionDef)]
        for aside in methods:
            for attribute in _kept(aside):
                readers = [each for each in methods if each is not aside and _reads(each, attribute)]
                back = [each for each in readers if any(_writes(node) for node in all_nodes(each))]
                if not back or len(readers) != len(back) or any(each.name in named for each in back):
                    continue
                if any(each.name == aside.name for each in _others(tree, owner)):
                    continue  # it may be the method of another class that is called
                place = next((node for node in calls if called(node) == aside.name and _in_training(tree, node)), None)
                if place is not None:
                    yield f"{owner.name}.{aside.name}", place.lineno


def _kept(method: ast.FunctionDef) -> set[str]:
    """Attributes of self that are given copies of parameters, as a whole or by name."""
    if method.name == "__init__":
        return set()
    of_params = any("param" in last_name(each).lower() for each in all_nodes(method)) or any(
        "param" in each.arg.lower() for each in all_nodes(method) if isinstance(each, ast.arg)
    )
    kept = set()
    for target, value in given(all_nodes(method)):
        base = target.value if isinstance(target, ast.Subscript) else target
        is_own = isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name) and base.value.id == "self"
        if of_params and is_own and any(called(each) in COPYING for each in all_nodes(value)):
            kept.add(last_name(base))
    return kept


def _reads(method: ast.FunctionDef, attribute: str) -> bool:
    """Whether a method reads it; to begin it anew is not to read it."""
    return method.name != "__init__" and any(
        isinstance(each, ast.Attribute) and each.attr == attribute and isinstance(each.ctx, ast.Load)
        for each in all_nodes(method)
    )


def _writes(node: ast.AST) -> bool:
    is_data = isinstance(node, ast.Attribute) and node.attr == "data" and isinstance(node.ctx, ast.Store)
    return is_data or called(node) in WRITING


def _others(tree: ast.Module, owner: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for each in of_kind(tree, ast.ClassDef):
        if each is not owner:
            yield from (method for method in each.body if isinstance(method, ast.FunctionDef))


def _in_training(tree: ast.Module, call: ast.Call) -> bool:
    """Whether the call stands in a loop that trains, or in a function that one calls which does."""
    training = [loop for loop in loops_in(tree) if _trains(loop)]
    if any(call in all_nodes(loop) for loop in training):
        return True
    around = [each for each in of_kind(tree, ast.FunctionDef) if call in all_nodes(each)]
    names = {each.name for each in around}
    asked = [loop for loop in loops_in(tree) if _trains(loop) or _calls_training(tree, loop)]
    return any(called(node) in names for loop in asked for node in all_nodes(loop))


def _trains(node: ast.AST) -> bool:
    return any(called(each) == "backward" for each in all_nodes(node))


def _calls_training(tree: ast.Module, loop: ast.AST) -> bool:
    names = {each.name for each in of_kind(tree, ast.FunctionDef) if _trains(each)}
    return any(called(each) in names for each in all_nodes(loop))
