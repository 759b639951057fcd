"""series-scaled-whole: a series is scaled by its own mean or range over all time, and cut into past and future after.

What it checks
    The source: minimum, maximum, mean or deviation are taken of a whole series, or of columns of a frame, along time
    (without an axis, or along axis 0), and scale it, or a StandardScaler, MinMaxScaler or the like of scikit-learn is
    fitted to it and transforms it, also in a function of the program's that returns the scaler; what is made of it is
    then cut at one place into a first part [:k] and a rest [k:], or these are transformed, each by itself. And the
    program cuts windows, [i : i + length], so that its rows are in the order of time.

Why it hurts
    The scale tells the training how high the series will rise. Inputs of the test part stay within 0 to 1 because their
    own maximum was used: in use the next high is above 1, and the error on the test part was too small.

Example
    scaled = (series - series.min(0)) / (series.max(0) - series.min(0)); train, test = scaled[:k], scaled[k:]

Instead
    low, high = series[:k].min(0), series[:k].max(0); scaled = (series - low) / (high - low)
    scaled = MinMaxScaler().fit(series[:k]).transform(series)

When it is a false alarm
    A scale that is known beforehand, and taken of the data for convenience.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, scopes, within, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MEASURES = frozenset({"min", "max", "mean", "std", "amin", "amax", "nanmin", "nanmax", "nanmean", "nanstd", "ptp"})
SCALERS = frozenset({"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"})
WINDOWED = ("unfold", "sliding_window_view")
SERIES, SCALER = "series", "scaler"
FIRST, REST = "first part", "rest"
MADE_OF_AT_MOST = 6  # steps from a name to what is made of it


class Fitting(NamedTuple):
    """A function that fits a scaler to its first argument.

    Attributes:
        returns: for each value that it returns, whether it is the scaler, the argument, or anything else.
        line: where it fits it.
    """

    returns: Sequence[str]
    line: int


NONE: Mapping[str, Fitting] = {}


class SeriesScaledWhole(SourceRule):
    code, level = "GF542", Level.WARNING
    yields_to = ("scaler-fitted-before-split",)
    worth_parsing = lazy_pattern(r"unfold|sliding_window_view|:\s*[^\]]+\+|Scaler\b")  # windows
    what = "{name} is scaled by what was measured of all of it, the part after the training included"
    fix = (
        "Measure the training part alone: mean, std = series[:split].mean(0), series[:split].std(0), or "
        "scaler.fit(series[:split])"
    )

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        ends = {
            (ast.unparse(value.left), target.id)
            for target, value in given(all_nodes(tree))
            if isinstance(target, ast.Name) and isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
        }
        if any(_cuts_windows(node, ends) for node in all_nodes(tree)):
            fitting = _fitting_functions(tree)
            for body in scopes(tree):
                yield from scaled_whole(body, fitting)


def scaled_whole(body: Sequence[ast.stmt], fitting: Mapping[str, Fitting] = NONE) -> Iterator[tuple[str, int]]:
    """Series of a scope that are scaled before they are cut, each with the line where it is scaled.

    Args:
        fitting: functions of the program that fit a scaler to what they are given, by name.
    """
    nodes = within_body(body)
    assigned = list(given(nodes))
    measures: dict[str, set[str]] = {}  # of a series: names of what was measured of it
    for target, value in assigned:
        series = _measured(value)
        if isinstance(target, ast.Name) and series is not None:
            measures.setdefault(series, set()).add(target.id)
    yield from _transformed_whole(nodes, assigned)
    yield from _transformed_in_parts(nodes, assigned)
    yield from _transformed_by_another(nodes, assigned, fitting)
    for target, value in assigned:
        if _series(target) is None or not isinstance(value, ast.BinOp):
            continue
        series = _scaled(value, measures)
        frame = ast.unparse(target.value if isinstance(target, ast.Subscript) else target)
        if series is not None and _is_cut_after(frame, value.lineno, nodes, assigned):
            yield series, value.lineno


def _transformed_whole(
    nodes: Sequence[ast.AST], assigned: Sequence[tuple[ast.expr, ast.expr]]
) -> Iterator[tuple[str, int]]:
    """Series that a scaler of scikit-learn is fitted to and transforms, each with the line where it is fitted."""
    scalers = {ast.unparse(target) for target, value in assigned if _is_scaler(value, set())}
    fitted = {
        _whole(node.args[0]): node.lineno
        for node in nodes
        if isinstance(node, ast.Call) and called(node) in ("fit", "fit_transform") and node.args
        if isinstance(node.func, ast.Attribute) and _is_scaler(node.func.value, scalers)
    }
    for target, value in assigned:
        for node in all_nodes(value) if isinstance(target, ast.Name) else ():
            if called(node) not in ("transform", "fit_transform") or not isinstance(node, ast.Call) or not node.args:
                continue
            series = _whole(node.args[0])
            if series in fitted and isinstance(target, ast.Name) and isinstance(node.func, ast.Attribute):
                is_scaled = _is_scaler(node.func.value, scalers)
                if series and is_scaled and _is_cut_after(target.id, value.lineno, nodes, assigned):
                    yield series, fitted[series]


def _transformed_in_parts(
    nodes: Sequence[ast.AST], assigned: Sequence[tuple[ast.expr, ast.expr]]
) -> Iterator[tuple[str, int]]:
    """Series that a scaler is fitted to, whose first part [:k] and rest [k:] it transforms, each with the line."""
    scalers = {ast.unparse(target) for target, value in assigned if _is_scaler(value, set())}
    fitted: dict[str, int] = {}
    parts: dict[str, set[str]] = {}
    for node in nodes:
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.func, ast.Attribute):
            continue
        if not _is_scaler(node.func.value, scalers):
            continue
        if called(node) == "fit" and _whole(node.args[0]):
            fitted[_whole(node.args[0])] = node.lineno
        part = node.args[0]
        if called(node) == "transform" and isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Slice):
            side = FIRST if part.slice.lower is None else REST if part.slice.upper is None else ""
            parts.setdefault(_whole(part.value), set()).add(side)
    for series, line in fitted.items():
        if parts.get(series, set()) >= {FIRST, REST}:
            yield series, line


def _fitting_functions(tree: ast.Module) -> dict[str, Fitting]:
    """Functions whose first argument a scaler is fitted to as a whole, which is returned."""
    found = {}
    for function in of_kind(tree, ast.FunctionDef):
        names = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
        nodes = [node for each in function.body for node in within(each)]
        scalers = {ast.unparse(target) for target, value in given(nodes) if _is_scaler(value, set())}
        lines = [
            node.lineno
            for node in nodes
            if isinstance(node, ast.Call) and called(node) in ("fit", "fit_transform") and node.args and names
            if isinstance(node.func, ast.Attribute) and _is_scaler(node.func.value, scalers)
            if _whole(node.args[0]) == names[0]
        ]
        returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
        changed = any(
            isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in names for each in nodes
        )
        if len(lines) == len(returned) == 1 and not changed:
            parts = returned[0].elts if isinstance(returned[0], ast.Tuple) else [returned[0]]
            kinds = [
                SERIES if ast.unparse(each) == names[0] else SCALER if _is_scaler(each, scalers) else ""
                for each in parts
            ]
            found[function.name] = Fitting(kinds, lines[0])
    return found


def _transformed_by_another(
    nodes: Sequence[ast.AST], assigned: Sequence[tuple[ast.expr, ast.expr]], fitting: Mapping[str, Fitting]
) -> Iterator[tuple[str, int]]:
    """Series that a scaler transforms which a function has fitted to them, each with the line where it is fitted."""
    for target, value in assigned:
        function = fitting.get(called(value))
        if function is None or not isinstance(value, ast.Call) or not value.args:
            continue
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        kinds = dict(zip(map(ast.unparse, targets), function.returns, strict=False))
        series = {ast.unparse(value.args[0]), *(name for name, kind in kinds.items() if kind == SERIES)}
        for made, by in assigned:
            is_call = isinstance(by, ast.Call) and called(_before_casts(by)) == "transform"
            call = _before_casts(by)
            if (
                not is_call
                or not isinstance(call, ast.Call)
                or not isinstance(call.func, ast.Attribute)
                or not call.args
            ):
                continue
            is_fitted = kinds.get(ast.unparse(call.func.value)) == SCALER and ast.unparse(call.args[0]) in series
            is_fitted = is_fitted and isinstance(made, ast.Name) and _is_cut_after(made.id, by.lineno, nodes, assigned)
            if is_fitted and isinstance(value.args[0], ast.Name):
                yield value.args[0].id, function.line


def _before_casts(value: ast.expr) -> ast.expr:
    """x of x.astype(np.float32)."""
    while called(value) == "astype" and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value
    return value


def _is_scaler(value: ast.expr, names: set[str]) -> bool:
    """Whether an expression is one of these, or makes a scaler, and perhaps fits it."""
    if ast.unparse(value) in names:
        return True
    if called(value) == "fit" and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return _is_scaler(value.func.value, names)
    return called(value) in SCALERS


def _whole(value: ast.expr) -> str:
    """The name of a table or series that is given as a whole, or some columns of it; "" of a part of its rows."""
    while not isinstance(value, ast.Name):
        is_values = isinstance(value, ast.Attribute) and value.attr == "values"
        if is_values or (isinstance(value, ast.Subscript) and _names_columns(value.slice)):
            value = _inner(value)
        elif called(value) in ("reshape", "astype", "to_numpy", "to_frame") and isinstance(value, ast.Call):
            if not isinstance(value.func, ast.Attribute):
                return ""
            value = value.func.value
        else:
            return ""
    return value.id


def _inner(value: ast.expr) -> ast.expr:
    return value.value if isinstance(value, ast.Attribute | ast.Subscript) else value


def _names_columns(index: ast.expr) -> bool:
    return isinstance(index, ast.List) or (isinstance(index, ast.Constant) and isinstance(index.value, str))


def _measured(value: ast.expr) -> str | None:
    """The name of which the minimum or the like is taken, whole and along time; None of anything else."""
    if not isinstance(value, ast.Call) or called(value) not in MEASURES or not isinstance(value.func, ast.Attribute):
        return None
    of, rest = value.func.value, list(value.args)
    if isinstance(of, ast.Name) and of.id in ("np", "numpy", "torch"):
        if not rest:
            return None
        of = rest.pop(0)
    axes = [*rest, *(each.value for each in value.keywords if each.arg in ("axis", "dim"))]
    along_time = all(isinstance(each, ast.Constant) and each.value in (0, None) for each in axes)
    return _series(of) if along_time else None


def _series(value: ast.expr) -> str | None:
    """How a whole series is written: a name, or columns of one by their names; None of anything else."""
    if isinstance(value, ast.Attribute) and value.attr == "values":
        value = value.value
    is_column = isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and _names_columns(value.slice)
    return ast.unparse(value) if is_column or isinstance(value, ast.Name) else None


def _scaled(value: ast.BinOp, measures: dict[str, set[str]]) -> str | None:
    """The series in (series - low) / (high - low) or the like, where both are of the series itself."""
    operations = {type(node.op) for node in all_nodes(value) if isinstance(node, ast.BinOp)}
    if not operations <= {ast.Sub, ast.Div, ast.Add, ast.Mult} or not {ast.Sub, ast.Div} <= operations:
        return None
    inline = [node for node in all_nodes(value) if isinstance(node, ast.Call)]
    if any(called(node) in MEASURES and _measured(node) is None for node in inline):
        return None
    names = names_in(value)
    lefts = [node.left for node in all_nodes(value) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)]
    for series in {each for left in lefts if (each := _series(left)) is not None}:  # what is scaled
        own = {each for node in inline if (each := _measured(node)) is not None}
        by_name = names & measures.get(series, set())
        if series in own or by_name:
            return series if own <= {series} else None
    return None


def _is_cut_after(
    name: str, line: int, nodes: Sequence[ast.AST], assigned: Sequence[tuple[ast.expr, ast.expr]]
) -> bool:
    """Whether something that is made of a name, from a line on, is cut at one place into [:k] and [k:]."""
    made = {name}
    later = [(target, value) for target, value in assigned if value.lineno > line]
    for _ in range(MADE_OF_AT_MOST):
        new = {each for target, value in later if names_in(value) & made for each in names_in(target)} - made
        if not new:
            break
        made |= new
    uppers: set[str] = set()
    lowers: set[str] = set()
    for node in _kept(nodes):
        part = _first_slice(node)
        if part is None or not isinstance(node, ast.Subscript) or node.lineno < line:
            continue
        if not isinstance(node.value, ast.Name) or node.value.id not in made:
            continue
        if part.lower is None and part.upper is not None:
            uppers.add(ast.unparse(part.upper))
        elif part.lower is not None and part.upper is None:
            before = part.lower.left if isinstance(part.lower, ast.BinOp) else part.lower
            lowers |= {ast.unparse(part.lower), ast.unparse(before)}
    return bool(uppers & lowers)


def _kept(nodes: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """Expressions that get a name or are given to a function: a part that is only averaged is none of the data."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
            for value in values:
                yield from value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        elif isinstance(node, ast.Call) and called(node) not in MEASURES | {"print", "len"}:
            for each in node.args:
                yield from [each.body, each.orelse] if isinstance(each, ast.IfExp) else [each]


def _first_slice(node: ast.AST) -> ast.Slice | None:
    if not isinstance(node, ast.Subscript):
        return None
    index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    return index if isinstance(index, ast.Slice) else None


def _cuts_windows(node: ast.AST, ends: Collection[tuple[str, str]]) -> bool:
    """Whether a node is series[i : i + length], or calls what cuts windows; `ends` has (i, j) of j = i + length."""
    if called(node) in WINDOWED:
        return True
    part = _first_slice(node)
    if part is None or part.lower is None:
        return False
    if isinstance(part.upper, ast.Name):
        return (ast.unparse(part.lower), part.upper.id) in ends
    if not isinstance(part.upper, ast.BinOp):
        return False
    return isinstance(part.upper.op, ast.Add) and ast.unparse(part.upper.left) == ast.unparse(part.lower)
