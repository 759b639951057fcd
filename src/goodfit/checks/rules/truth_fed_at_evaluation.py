"""truth-fed-at-evaluation: a decoder is given true tokens with its usual share where it is scored.

What it checks
    The program's source: `forward`, or a function, has an argument for the share of true tokens that a decoder goes on
    from (teacher_forcing_ratio=0.5), which does not look whether the net is in training; and where the net is evaluated
    it is called with the targets and without that argument.

Why it hurts
    Half of the tokens are then predicted from the true one before them, which nobody has when the net is used. The
    score is too good, and differs from call to call, since the share is drawn.

Example
    with torch.no_grad():
        out = net(source, target)

Instead
    with torch.no_grad():
        out = net(source, target, teacher_forcing_ratio=0)

When it is a false alarm
    The score is meant to be that of the next token after true ones, as a perplexity is.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SHARE = lazy_pattern(r"teacher|forcing|^tf_?(ratio|prob|p)?$", re.IGNORECASE)
EVALUATING = lazy_pattern(
    r"(^|_)(eval|evaluate|evaluation|valid|validate|validation|test|predict|translate|infer|inference)(_|$)"
)
NETS = lazy_pattern(r"model|net|seq|decoder|^m$", re.IGNORECASE)  # what a function calls the net that it is given
WITHOUT_GRADIENTS = ("no_grad", "inference_mode")
EMPTY = ("zeros", "zeros_like", "empty", "full", "full_like", "ones")
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


class Forced(NamedTuple):
    """What decodes from true tokens: a class with such a `forward`, or a function.

    Attributes:
        name: of the class or function.
        share: the argument's name.
        place: how many arguments a call has before it; None: it is given by its name alone.
    """

    name: str
    share: str
    place: int | None
    is_class: bool


class TruthFedAtEvaluation(SourceRule):
    code, level = "GF491", Level.WARNING
    yields_to = ("random-in-evaluation",)
    worth_parsing = lazy_pattern(r"(?i)teacher|forcing|\btf_")
    what = (
        "the decoder is evaluated with its usual share of true tokens ({name}): what is scored goes on from the answer"
    )
    fix = "Give it the share 0 where it is evaluated"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        forced = list(_forced(tree))
        if not forced:
            return
        made = {each.name: _instances(tree, each.name) if each.is_class else {each.name} for each in forced}
        for function, nodes in _evaluations(tree):
            given = set() if function is None else {each.arg for each in function.args.args if NETS.search(each.arg)}
            empty = {
                last_name(target)
                for node in nodes
                if isinstance(node, ast.Assign) and called(node.value) in EMPTY
                for target in node.targets
            }
            for node in nodes:
                for each in forced:
                    names = made[each.name] | (given if each.is_class else set())
                    if isinstance(node, ast.Call) and _is_forced(node, each, names, empty):
                        yield each.share, node.lineno


def _forced(tree: ast.Module) -> Iterator[Forced]:
    for node in all_nodes(tree):
        if isinstance(node, ast.ClassDef):
            forward = next((each for each in node.body if isinstance(each, FUNCTIONS) and each.name == "forward"), None)
            if forward is not None and (found := _share(forward)) is not None:
                yield Forced(node.name, found[0], None if found[1] is None else found[1] - 1, is_class=True)
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and (found := _share(node)) is not None:
            yield Forced(node.name, found[0], found[1], is_class=False)


def _share(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, int | None] | None:
    """The argument that is on as it is, with its place."""
    if any(isinstance(node, ast.Attribute) and node.attr == "training" for node in all_nodes(function)):
        return None  # it looks by itself whether it is trained
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    defaults = arguments.defaults
    for at, (argument, default) in enumerate(zip(places[len(places) - len(defaults) :], defaults, strict=True)):
        if SHARE.search(argument.arg) and _is_on(default):
            return argument.arg, len(places) - len(defaults) + at
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None and SHARE.search(argument.arg) and _is_on(keyword_default):
            return argument.arg, None
    return None


def _is_on(default: ast.expr) -> bool:
    return isinstance(default, ast.Constant) and isinstance(default.value, (bool, int, float)) and default.value > 0


def _instances(tree: ast.Module, name: str) -> set[str]:
    """What objects of a class are called: also net = Net(...).to(device)."""
    found = set()
    for node in of_kind(tree, ast.Assign):
        if any(called(each) == name for each in all_nodes(node.value)):
            found |= {last_name(target) for target in node.targets}
    return found - {""}


def _evaluations(
    tree: ast.Module,
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | None, list[ast.AST]]]:
    """Functions that evaluate by their name or decorator, and blocks without gradients elsewhere, with their nodes."""
    inside = set()
    for node in all_nodes(tree):
        if isinstance(node, FUNCTIONS):
            marked = any(last_name(getattr(each, "func", each)) in WITHOUT_GRADIENTS for each in node.decorator_list)
            if marked or EVALUATING.search(node.name):
                nodes = [each for statement in node.body for each in within(statement)]
                inside.update(nodes)
                yield node, nodes
    for node in of_kind(tree, ast.With):
        if node not in inside and any(called(item.context_expr) in WITHOUT_GRADIENTS for item in node.items):
            yield _around(tree, node), [each for statement in node.body for each in within(statement)]


def _around(tree: ast.Module, node: ast.With) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function that a statement stands in."""
    functions = [each for each in all_nodes(tree) if isinstance(each, FUNCTIONS) and node in all_nodes(each)]
    return min(functions, key=lambda each: len(all_nodes(each)), default=None)


def _is_forced(call: ast.Call, forced: Forced, names: set[str], empty: set[str]) -> bool:
    """A call with all that comes before the share, and without it."""
    if last_name(call.func) not in names or not isinstance(call.func, ast.Name | ast.Attribute):
        return False
    words = [each.arg for each in call.keywords]
    if None in words or forced.share in words or any(isinstance(each, ast.Starred) for each in call.args):
        return False
    count = len(call.args) + len(words)
    if count < 2 or (forced.place is not None and count != forced.place):
        return False
    given = [*call.args, *(each.value for each in call.keywords)]
    return not any(
        (isinstance(each, ast.Constant) and each.value is None) or called(each) in EMPTY or last_name(each) in empty
        for each in given
    )
