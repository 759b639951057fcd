"""groups-lie-apart: answers of one question lie apart, and are grouped as if they lay together.

What it checks
    In the source of the program: questions are repeated k times, one block after the other, with repeat(k, 1) or tile;
    and rewards of the rows are viewed as (-1, k), of which means or deviations are taken along the last dimension.
    Or they are repeated in place, with repeat_interleave(k), and viewed as (k, -1), with means along the first.

Why it hurts
    A group holds answers to k different questions, and not k answers to one. What is subtracted says how hard the
    others were: an answer is praised for its question, not for being better than the other answers to it.

Example
    ids = prompts.repeat(k, 1); groups = rewards.view(-1, k); advantages = groups - groups.mean(1, keepdim=True)

Instead
    ids = prompts.repeat_interleave(k, 0); groups = rewards.view(-1, k)

When it is a false alarm
    Rows that are put into another order in between.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, given, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ROWS = lazy_pattern(r"(?i)prompt|question|quer|context|state|obs|input|ids|x$|task|problem|batch|start")
REWARD = lazy_pattern(r"(?i)reward|score|return|adv|^rs?$")
BLOCKS, IN_PLACE = ("repeat", "tile"), ("repeat_interleave",)


class GroupsLieApart(SourceRule):
    code, level = "GF689", Level.WARNING
    worth_parsing = lazy_pattern(r"\.(repeat|tile|repeat_interleave)\(")
    what = "{name} groups answers to different questions: those of one question lie elsewhere"
    fix = "Repeat in place, prompts.repeat_interleave(k, 0), where rewards are viewed as (-1, k)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return apart(tree)


def apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Views of rewards that group the wrong rows, each with its line."""
    calls = of_kind(tree, ast.Call)
    blocks, in_place = _repeated(calls, BLOCKS), _repeated(calls, IN_PLACE)
    if bool(blocks) == bool(in_place):
        return
    for call in calls:
        if called(call) not in ("view", "reshape") or not isinstance(call.func, ast.Attribute) or len(call.args) != 2:
            continue
        if not REWARD.search(last_name(call.func.value)):
            continue
        first, last = call.args
        is_rows = _is_rest(first) and last_name(last) in blocks
        is_columns = _is_rest(last) and last_name(first) in in_place
        if (is_rows and _is_reduced(call, tree, (1, -1))) or (is_columns and _is_reduced(call, tree, (0,))):
            yield ast.unparse(call), call.lineno


def _repeated(calls: list[ast.Call], by: tuple[str, ...]) -> set[str]:
    """By which numbers, by their names, rows of questions are repeated."""
    found = set()
    for call in calls:
        if called(call) not in by or not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        is_library = last_name(call.func.value) in ("torch", "np")
        args = call.args[1:] if is_library else call.args
        owner = call.args[0] if is_library else call.func.value
        rows_alone = by == IN_PLACE or (len(args) >= 2 and all(ast.unparse(each) == "1" for each in args[1:]))
        if rows_alone and args and ROWS.search(last_name(owner)) and not REWARD.search(last_name(owner)):
            found.add(last_name(args[0]))
    return found - {""}


def _is_rest(node: ast.expr) -> bool:
    return ast.unparse(node) == "-1"


def _is_reduced(view: ast.Call, tree: ast.Module, dims: tuple[int, ...]) -> bool:
    """Whether a mean of the view is taken along one of these dimensions."""
    names = {
        target.id
        for target, value in given(of_kind(tree, ast.Assign))
        if value is view and isinstance(target, ast.Name)
    }
    for call in of_kind(tree, ast.Call):
        if called(call) != "mean" or not isinstance(call.func, ast.Attribute):
            continue
        owner = call.func.value
        if owner is view or (isinstance(owner, ast.Name) and owner.id in names):
            given_dims = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "dim")]
            if any(ast.unparse(each) in {str(dim) for dim in dims} for each in given_dims):
                return True
    return False
