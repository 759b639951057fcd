"""arguments-exchanged: two arguments are given by position, and each is called what the other's parameter is called.

What it checks
    In the source of the program: a call of a function, class or method that the file defines or imports, where the
    words in the names of two arguments are those of each other's parameters. Or one is named for the other's place
    (warmup_steps for num_training_steps), and what stands in its own place is of that kind and not named for it
    (total_steps for num_warmup_steps). Or __init__ keeps two arguments under each other's name. Calls in both orders,
    as in a symmetric loss, are left aside, as are parameters that are exchanged on purpose: in and out, left and
    right, source and target, real and fake.

Why it hurts
    Numbers and tensors of one kind fit in both places, so nothing fails: a warmup as long as the training, a score
    with truth and prediction exchanged, a net with widths for depths.

Example
    get_linear_schedule_with_warmup(optimizer, total_steps, warmup_steps)

Instead
    get_linear_schedule_with_warmup(optimizer, num_warmup_steps=warmup_steps, num_training_steps=total_steps)

When it is a false alarm
    A function that is called the other way round on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

Words = frozenset[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

BESIDE_THE_POINT = frozenset({"num", "n", "number", "of", "the", "my", "cur", "current", "all", "batch", "self"})
SAME_WORDS = {
    "prediction": "pred", "predicted": "pred", "label": "target", "truth": "target", "gt": "target", "iter": "step",
    "iteration": "step", "hid": "hidden", "dimension": "dim", "weight": "weight", "len": "length",
}  # fmt: skip
# pairs of which either may come first
EITHER = """in out, input output, left right, source target, src tgt, src dst, real fake, row col, row column, low high,
    student teacher, first second, query key, key value, anchor positive, before after, old new, parent child,
    positive negative, pos neg, user item, encoder decoder"""
COUNTED = frozenset({"step", "epoch", "ratio", "rate", "lr", "loss", "coef", "factor", "prob", "length"})
ALIKE = lazy_pattern(  # functions that give the same in both orders
    r"mse|mae|rmse|l1|l2|huber|dist|iou|dice|jaccard|overlap|acc|corr|cos|simil|psnr|ssim|chamfer|equal|f1|dot",
    re.IGNORECASE,
)
CALLED_AS = ("forward", "__call__")


class Callee(NamedTuple):
    """What is called: its parameters by position, and where it is defined in the file (0 for an imported one).

    Attributes:
        name: of the function, or of the class.
    """

    name: str
    parameters: Sequence[str]
    first: int = 0
    last: int = 0


class ArgumentsExchanged(SourceRule):
    code, level = "GF469", Level.WARNING
    worth_parsing = lazy_pattern(r"\w\(.*\w, *\w")
    asks_the_file_alone = False  # also what modules it imports
    what = "{name}, each in the place of the other"
    fix = "Exchange them, or give them by name"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from exchanged(tree)
        yield from kept_exchanged(tree)


def exchanged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls with two arguments in each other's place, each with its line."""
    own = _own(tree)
    modules = _imported(tree)
    known: dict[str, Callee | None] = {}
    found: list[tuple[ast.Call, tuple[str, str], str]] = []
    straight: set[tuple[str, frozenset[str]]] = set()
    for call in of_kind(tree, ast.Call):
        names = [_name(each) for each in call.args]
        if sum(map(bool, names)) < 1 or len(names) < 2 or any(isinstance(each, ast.Starred) for each in call.args):
            continue
        function = ast.unparse(call.func)
        if function not in known:
            known[function] = own.get(function) or _of_module(function, modules)
        callee = known[function]
        if callee is None or callee.first <= call.lineno <= callee.last or ALIKE.search(callee.name):
            continue
        words, wanted = [_words(name) for name in names], [_words(name) for name in callee.parameters]
        for i, j in itertools.combinations(range(min(len(words), len(wanted))), 2):
            pair = names[i], names[j]
            if words[i] >= wanted[i] and words[j] >= wanted[j]:
                straight.add((function, frozenset(pair)))
            elif _are_exchanged(words[i], words[j], wanted[i], wanted[j]) or _is_warmup(call.args, i, j, words, wanted):
                parameters = f"{callee.parameters[i]} and {callee.parameters[j]}"
                shown = f"{ast.unparse(call.args[i])} and {ast.unparse(call.args[j])}"
                found.append((call, pair, f"{function} gets {shown} as {parameters}"))
    for call, pair, text in found:
        if (ast.unparse(call.func), frozenset(pair)) not in straight:
            yield text, call.lineno


def kept_exchanged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Two arguments of __init__ that are each kept under the other's name, with the line of the first."""
    for init in (node for node in of_kind(tree, ast.FunctionDef) if node.name == "__init__"):
        names = {each.arg for each in init.args.args}
        kept: dict[str, tuple[str, int]] = {}
        for target, value in given(all_nodes(init)):
            if isinstance(target, ast.Attribute) and isinstance(value, ast.Name) and {target.attr, value.id} <= names:
                kept[target.attr] = (value.id, target.lineno)
        for name, (other, line) in kept.items():
            if name < other and kept.get(other, ("", 0))[0] == name:
                yield f"self.{name} is set to {other}, and self.{other} to {name}", line


def _are_exchanged(first: Words, second: Words, wants_first: Words, wants_second: Words) -> bool:
    """Whether the first argument has the words of the second parameter, and the other way round."""
    only_first, only_second, both = wants_first - wants_second, wants_second - wants_first, wants_first & wants_second
    if not only_first or not only_second or _are_alike(only_first, only_second):
        return False
    if first >= wants_second and second >= wants_first:
        return not first & only_first and not second & only_second
    if not both & COUNTED:
        return False
    to_first = second >= wants_first and first >= both and not (first & only_first or second & only_second)
    to_second = first >= wants_second and second >= both and not (first & only_first or second & only_second)
    return first != second and (to_first or to_second)


def _is_warmup(args: Sequence[ast.expr], i: int, j: int, words: Sequence[Words], wanted: Sequence[Words]) -> bool:
    """Whether something that is called a warmup stands in another place than that of the warmup."""
    for at, other in ((i, j), (j, i)):
        is_meant = "warmup" in wanted[at] and "warmup" not in wanted[other] and bool(wanted[at] & wanted[other])
        if is_meant and "warmup" in words[other] and not words[other] & (wanted[other] - wanted[at]):
            names = {name.id for name in all_nodes(args[at]) if isinstance(name, ast.Name)}
            is_computed = isinstance(args[at], ast.BinOp | ast.Call)
            return is_computed and not any("warmup" in _words(name) for name in names)
    return False


def _are_alike(first: Words, second: Words) -> bool:
    letters = all(len(each) < 2 for each in first | second)
    return letters or any(set(pair.split()) & first and set(pair.split()) & second for pair in EITHER.split(","))


def _name(value: ast.expr) -> str:
    """What an argument is called: x of x, self.x and config["x"]; "" of anything else."""
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        return value.slice.value if isinstance(value.slice.value, str) else ""
    return value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""


def _words(name: str) -> Words:
    """The words of a name that say what it is: {"warmup", "step"} of num_warmup_steps."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    lower = [part.lower() for part in parts]
    lower = [each[:-1] if len(each) > 3 and each[-1] == "s" and each[-2] != "s" else each for each in lower]
    return frozenset(SAME_WORDS.get(part, part) for part in lower) - BESIDE_THE_POINT


def _own(tree: ast.Module) -> dict[str, Callee]:
    """Functions, classes and objects of the file's classes that are defined once, by what calls of them look like."""
    found: dict[str, list[Callee]] = {}
    methods = {id(each) for owner in of_kind(tree, ast.ClassDef) for each in owner.body}
    as_objects: dict[str, Callee] = {}
    functions: list[Function] = [*of_kind(tree, ast.FunctionDef), *of_kind(tree, ast.AsyncFunctionDef)]
    for function in functions:
        if id(function) not in methods:
            found.setdefault(function.name, []).append(_callee(function, function.name))
    for owner in of_kind(tree, ast.ClassDef):
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            is_static = any(ast.unparse(each) == "staticmethod" for each in method.decorator_list)
            is_own_name = method.name not in ("__init__", *CALLED_AS)
            callee = _callee(method, method.name if is_own_name else owner.name, skipped=0 if is_static else 1)
            if method.name == "__init__":
                found.setdefault(owner.name, []).append(callee)
            elif method.name in CALLED_AS:
                as_objects[owner.name] = callee
            else:
                found.setdefault(f"self.{method.name}", []).append(callee)
    for name, made in _objects(tree).items():
        if made in as_objects:
            found.setdefault(name, []).append(as_objects[made])
    return {name: callees[0] for name, callees in found.items() if len(callees) == 1}


def _callee(function: Function, name: str, skipped: int = 0) -> Callee:
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return Callee(name, parameters[skipped:], function.lineno, function.end_lineno or function.lineno)


def _objects(tree: ast.Module) -> dict[str, str]:
    """Names that are given one thing in the file, an object: {"self.criterion": "DiceLoss"}."""
    made: dict[str, set[str]] = {}
    for node in of_kind(tree, ast.Assign):
        for target in node.targets:
            made.setdefault(ast.unparse(target), set()).add(called(node.value))
    return {name: next(iter(classes)) for name, classes in made.items() if len(classes) == 1}


def _imported(tree: ast.Module) -> dict[str, str]:
    """What names of the file stand for: {"optim": "torch.optim"}."""
    found = {}
    for node in of_kind(tree, ast.Import):
        for each in node.names:
            found[each.asname or each.name] = each.name
    for origin in of_kind(tree, ast.ImportFrom):
        for each in origin.names if not origin.level else ():
            found[each.asname or each.name] = f"{origin.module}.{each.name}"
    return found


def _of_module(function: str, modules: Mapping[str, str]) -> Callee | None:
    """An imported function or class, where it is one of Python with parameters by name."""
    base, _, rest = function.partition(".")
    path = modules.get(base)
    if path is None or path.startswith("sklearn"):  # score-arguments-swapped knows these
        return None
    names = [*path.split("."), *(rest.split(".") if rest else ())]
    for at in range(len(names) - 1, 0, -1):
        value = sys.modules.get(".".join(names[:at]))
        if value is None:
            continue
        for name in names[at:]:
            value = inspect.getattr_static(value, name, None)
        if not inspect.isfunction(value) and not inspect.isclass(value):
            return None
        try:
            parameters = inspect.signature(value).parameters.values()
        except (TypeError, ValueError):
            return None  # written in C
        by_place = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
        return Callee(names[-1], [each.name for each in parameters if each.kind in by_place])
    return None
