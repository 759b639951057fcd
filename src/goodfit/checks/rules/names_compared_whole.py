"""names-compared-whole: names of parameters are compared as a whole with parts of names, and none is ever equal.

What it checks
    In the source of the program: a loop or list over named_parameters() asks whether the name is in a list of texts, or
    equals one. And in the program as it runs: no parameter has such a name, under its net or a part of it, though some
    have the text in theirs. Or such names exist within layers alone ("bias"), and an optimiser has a group without
    parameters beside others.

Why it hurts
    The group without weight decay is empty, and biases and norms decay as well; the part that was to be frozen is
    trained; the head learns with the rate of the rest.

Example
    no_decay = ["bias", "LayerNorm.weight"]
    [p for n, p in net.named_parameters() if n in no_decay]

Instead
    [p for n, p in net.named_parameters() if any(part in n for part in no_decay)]

When it is a false alarm
    A list that is written for another net, and is to have no effect on this one.

Cost
    Names of parameters, when an optimiser makes its first step; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch.optim import Optimizer

from goodfit.checks.engine.events import Step, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"named_parameters\(")
NAMES_AT_MOST = 20_000
LETTERS_AT_LEAST = 4  # of a text that may be a part of a word
CHANGING = ("append", "extend", "insert", "remove", "add", "update", "discard", "clear")
Loop = ast.For | ast.comprehension


class Comparison(NamedTuple):
    """Names of parameters that are held against texts, in the program's source.

    Attributes:
        is_sorting: whether lists of parameters are made by it.
    """

    texts: tuple[str, ...]
    line: int
    is_sorting: bool


class NamesComparedWhole(LiveRule):
    code, level = "GF467", Level.WARNING

    def start(self) -> None:
        self.seen: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        self.names: set[str] = set()  # of parameters, under the nets that they are of
        self.has_empty_group = False

    def on_step(self, event: Step) -> None:
        optimiser = event.optimiser
        if not isinstance(optimiser, Optimizer) or optimiser in self.seen:
            return
        self.seen.add(optimiser)
        filled = [bool(group["params"]) for group in optimiser.param_groups]
        self.has_empty_group |= any(filled) and not all(filled)
        for net in list(self.program.nets):
            if len(self.names) < NAMES_AT_MOST:
                self.names |= {name for name, _ in net.named_parameters()}

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.names:
            return
        ends = {".".join(parts[at:]) for name in self.names for parts in [name.split(".")] for at in range(len(parts))}
        for source in self.program.source.files():
            if not source.mentions(WORTH_PARSING):
                continue
            first = {each.texts: each for each in reversed(list(source.found(compared_names)))}
            for texts, line, is_sorting in first.values():
                within = next((name for text in texts for name in sorted(self.names) if _is_part(text, name)), "")
                is_whole = is_sorting and self.has_empty_group  # else "bias" is a name: it is one within each layer
                if within and not _are_names(texts, self.names if is_whole else ends):
                    shown = ", ".join(f'"{text}"' for text in texts[:3])
                    yield self.finding(
                        f"whole names of parameters, such as {within}, are compared with {shown}: none is equal, and "
                        "all parameters are treated alike",
                        "Look for the text in the name: any(part in name for part in parts)",
                        file=source.file,
                        line=line,
                    )


def compared_names(tree: ast.Module) -> Iterator[Comparison]:
    """What names of parameters are compared with, as a whole."""
    lists = _lists(tree)
    loops: list[tuple[Loop, list[ast.AST]]] = [(node, list(all_nodes(node))) for node in of_kind(tree, ast.For)]
    for node in all_nodes(tree):
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            loops += [(each, list(all_nodes(node))) for each in node.generators]
    for loop, inside in loops:
        name = _name_of_parameter(loop)
        stored = [each for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
        if not name or sum(each.id == name for each in stored) > 1:
            continue
        is_sorting = isinstance(loop, ast.comprehension) or any(called(node) == "append" for node in inside)
        for node in inside:
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                texts = _compared(node, name, lists)
                if texts:
                    yield Comparison(texts, node.lineno, is_sorting)
            elif called(node) == "any" and isinstance(node, ast.Call) and node.args:
                texts = _any_equals(node.args[0], name, lists)
                if texts:
                    yield Comparison(texts, node.lineno, is_sorting)


def _lists(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """Lists of texts that get their value once, by their names."""
    values: dict[str, list[ast.expr]] = {}
    for target, value in given(all_nodes(tree)):
        values.setdefault(ast.unparse(target), []).append(value)
    changed = {ast.unparse(each.target) for each in of_kind(tree, ast.AugAssign)}
    for call in of_kind(tree, ast.Call):
        if called(call) in CHANGING and isinstance(call.func, ast.Attribute):
            changed.add(ast.unparse(call.func.value))
    once = {name: each[0] for name, each in values.items() if len(each) == 1 and name not in changed}
    return {name: texts for name, value in once.items() if (texts := _texts(value))}


def _are_names(texts: tuple[str, ...], names: set[str]) -> bool:
    """Whether one of the names is equal to a text, or in the only one there is: name in "encoder.weight"."""
    return not names.isdisjoint(texts) or (len(texts) == 1 and any(name in texts[0] for name in names))


def _is_part(text: str, name: str) -> bool:
    """Whether a text is in a name, for more than one or two letters in a word."""
    return text in name if len(text) >= LETTERS_AT_LEAST else f".{text}." in f".{name}."


def _name_of_parameter(loop: Loop) -> str:
    """The first name of `for name, param in net.named_parameters()`."""
    iterated = loop.iter
    while isinstance(iterated, ast.Call) and called(iterated) in ("list", "sorted", "tuple") and iterated.args:
        iterated = iterated.args[0]
    target = loop.target
    if called(iterated) != "named_parameters" or not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return ""
    return target.elts[0].id if isinstance(target.elts[0], ast.Name) else ""


def _compared(node: ast.Compare, name: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The texts in `name in texts`, `name not in texts` and `name == text`."""
    left, right, operator = node.left, node.comparators[0], node.ops[0]
    is_text = isinstance(right, ast.Constant) and isinstance(right.value, str)
    if not isinstance(left, ast.Name) or left.id != name:
        return ()
    if isinstance(operator, ast.Eq | ast.NotEq):
        return (str(right.value),) if is_text and isinstance(right, ast.Constant) else ()
    if isinstance(operator, ast.In | ast.NotIn):
        return _texts(right) or lists.get(ast.unparse(right), ())
    return ()


def _any_equals(generator: ast.expr, name: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The texts in any(text == name for text in texts)."""
    if not isinstance(generator, ast.GeneratorExp | ast.ListComp) or not isinstance(generator.elt, ast.Compare):
        return ()
    of, test = generator.generators[0], generator.elt
    sides = {ast.unparse(test.left), ast.unparse(test.comparators[0])}
    if len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq) and sides == {name, *names_in(of.target)}:
        return _texts(of.iter) or lists.get(ast.unparse(of.iter), ())
    return ()


def _texts(value: ast.expr) -> tuple[str, ...]:
    """Of a list of texts these; of one text in brackets, ("bias"), that one."""
    if called(value) in ("set", "frozenset", "tuple", "list") and isinstance(value, ast.Call) and len(value.args) == 1:
        value = value.args[0]
    parts = value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else [value]
    texts = [each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return tuple(texts) if len(texts) == len(parts) else ()
