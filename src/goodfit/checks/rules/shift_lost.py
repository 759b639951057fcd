"""shift-lost: values of the step before, or of the next one, are padded at the wrong end, and stay where they were.

What it checks
    In the source of the program: something named prev, previous, next or shifted is set to x[:-1] with one more value
    at the end, or to x[1:] with one more at the beginning: by pad, cat, append, or a sum of lists. All values but one
    are then in their old places.

Why it hurts
    The value of the step before is the value of this step. A diffusion model draws its samples by coefficients of
    another step, a temporal difference compares a value with itself; only the first or the last one differs.

Example
    alpha_bar_prev = F.pad(alpha_bar[:-1], (0, 1), value=1.0)

Instead
    alpha_bar_prev = F.pad(alpha_bar[:-1], (1, 0), value=1.0)

When it is a false alarm
    A name that says prev or next of another thing than the steps of x.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import called, given, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MOVED = lazy_pattern(r"(?i)(^|_)(prevs?|previous|next|nxt|shift(ed)?|lag(ged)?|delayed)(_|$)|_t(m|_minus_|p|_plus_)1$")
WITHOUT_LAST, WITHOUT_FIRST = "without the last", "without the first"
JOINING = ("cat", "concat", "concatenate", "hstack")


class ShiftLost(SourceRule):
    code, level = "GF690", Level.WARNING
    worth_parsing = lazy_pattern(r":-1\]|: -1\]|1:[\],]")
    what = "{name}: all values but one stay in their places, and none is that of the step before or of the next one"
    fix = "Put the new value at the other end: pad(x[:-1], (1, 0)) for the step before, pad(x[1:], (0, 1)) for the next"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return lost_shifts(tree)


def lost_shifts(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of moved values that are set to values that have not moved, each with its line."""
    for target, value in given(of_kind(tree, ast.Assign)):
        if MOVED.search(last_name(target)) and _stays(value):
            yield f"{ast.unparse(target)} = {ast.unparse(value)}", value.lineno


def _stays(value: ast.expr) -> bool:
    parts = _padded(value) if called(value) == "pad" else _joined(value)
    return len(parts) == 2 and (parts[0] == WITHOUT_LAST or parts[1] == WITHOUT_FIRST) and None in parts


def _padded(value: ast.expr) -> Sequence[str | None]:
    """Of pad(x[:-1], (0, 1)): what comes first, and what then; None of the new value."""
    if not isinstance(value, ast.Call) or len(value.args) < 2 or not isinstance(value.args[1], ast.Tuple | ast.List):
        return ()
    sides, inner = ast.unparse(value.args[1]).strip("([])"), _cut(value.args[0])
    return (inner, None) if sides == "0, 1" else (None, inner) if sides == "1, 0" else ()


def _joined(value: ast.expr) -> Sequence[str | None]:
    """The same of cat([x[:-1], last]), append(x[:-1], last) and x[:-1] + [last]."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        pair = [value.left, value.right]
        if not any(isinstance(each, ast.List) and len(each.elts) == 1 for each in pair):
            return ()
    elif isinstance(value, ast.Call) and called(value) in JOINING and value.args:
        pair = list(value.args[0].elts) if isinstance(value.args[0], ast.Tuple | ast.List) else []
    elif isinstance(value, ast.Call) and called(value) == "append":
        pair = list(value.args)
    else:
        return ()
    return [_cut(each) for each in pair]


def _cut(node: ast.expr) -> str | None:
    """Whether a value is x[:-1] or x[1:] along one of its dimensions."""
    if not isinstance(node, ast.Subscript):
        return None
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    bounds = {
        (ast.unparse(each.lower) if each.lower else "", ast.unparse(each.upper) if each.upper else "")
        for each in parts
        if isinstance(each, ast.Slice) and each.step is None
    } - {("", "")}
    return {("", "-1"): WITHOUT_LAST, ("1", ""): WITHOUT_FIRST}.get(bounds.pop()) if len(bounds) == 1 else None
