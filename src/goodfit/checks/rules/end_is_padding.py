"""end-is-padding: the end of a text and its padding are one token, and the loss leaves out that token.

What it checks
    In the source of the program: the token of the end (eos) and that of padding (pad) are one value, and the loss
    ignores every target that equals it (ignore_index, or labels of -100 wherever a token equals the padding). Or the
    ignore_index of a loss is called the end of a text.

Why it hurts
    The end of a text is never a target that counts. The net does not learn to stop: it goes on to the largest length
    allowed, and no loss shows it.

Example
    tokenizer.pad_token = tokenizer.eos_token; labels[labels == tokenizer.pad_token_id] = -100

Instead
    labels[attention_mask == 0] = -100       # the first end token counts; or a token of its own for padding

When it is a false alarm
    Texts of which nothing is ever generated.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

PAD = lazy_pattern(r"pad(ding)?(_?(token|idx|index|id|ix|tok|symbol|value))*$|^pad", re.IGNORECASE)
END = lazy_pattern(r"eos|eot|end_?of|^end(_?(token|idx|index|id|tok))*$|stop_?(token|id|tok)", re.IGNORECASE)
IGNORED = "-100"


class EndIsPadding(SourceRule):
    code, level = "GF263", Level.WARNING
    worth_parsing = lazy_pattern(r"eos|eot|end|stop", re.IGNORECASE)
    what = (
        "{name} stands for the end of a text and for padding, and the loss leaves it out: the net never learns to stop"
    )
    fix = "Give padding a token of its own, or choose what to ignore by lengths or the attention mask"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return one_for_both(tree)


def one_for_both(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Where a loss leaves out what is padding and end in one, with its line."""
    names = _names_of_both(tree)
    if not names:
        yield from _ends_ignored(tree)
        return
    ends_written = any(
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and _name(node.value) in names
        and END.search(_name(node.value))
        and re.search(r"label|target|tgt", ast.unparse(node.targets[0].value), re.IGNORECASE)
        for node in all_nodes(tree)
    )
    if ends_written:  # labels get their ends back
        return
    for node in all_nodes(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "ignore_index" and _name(keyword.value) in names:
                    yield _name(keyword.value), node.lineno
            if _is_mask(node, names):
                yield _is_mask(node, names), node.lineno
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            compared = _compared(node.targets[0].slice, names)
            if compared and _is_ignored(node.value):
                yield compared, node.lineno


def _ends_ignored(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Losses whose ignore_index is called the end of a text, and nothing else."""
    for node in all_nodes(tree):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            name = _name(keyword.value)
            if keyword.arg == "ignore_index" and END.search(name) and not PAD.search(name):
                yield name, keyword.value.lineno


def _name(node: ast.AST) -> str:
    """The last name of an expression: pad_token_id of tokenizer.pad_token_id."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names_of_both(tree: ast.Module) -> set[str]:
    """Names of padding and of the end that stand for one token; none where they do not."""
    values: dict[str, set[str]] = {}
    linked: set[tuple[str, str]] = set()
    for node in all_nodes(tree):
        if not isinstance(node, ast.Assign):
            continue
        names = [_name(target) for target in node.targets]
        pairs = [(name, node.value) for name in names if name]
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs += [(_name(each), value) for each, value in zip(target.elts, node.value.elts, strict=False)]
        for name, value in pairs:
            if isinstance(value, ast.Constant) and type(value.value) in (int, str):
                values.setdefault(name, set()).add(repr(value.value))
            elif _name(value):
                linked.add((name, _name(value)))
    known = {*values, *(each for pair in linked for each in pair)}
    for pad in filter(PAD.search, known):
        for end in filter(END.search, known):
            same = len(values.get(pad, ())) == 1 and values.get(pad) == values.get(end) and not PAD.search(end)
            if same or (pad, end) in linked or (end, pad) in linked:
                of_tokeniser = {"pad_token_id", "eos_token_id"} if {"pad_token", "eos_token"} & {pad, end} else set()
                return {pad, end} | of_tokeniser
    return set()


def _compared(node: ast.AST, names: set[str]) -> str:
    """The name that tokens are compared with: labels == pad."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        for side in (node.left, node.comparators[0]):
            if _name(side) in names:
                return _name(side)
    return ""


def _is_ignored(node: ast.AST) -> bool:
    """-100, or a name that says so: IGNORE_INDEX, self.ignore_id."""
    return ast.unparse(node) == IGNORED or "ignore" in _name(node).lower()


def _is_mask(node: ast.Call, names: set[str]) -> str:
    """The name, where a call gives -100 wherever a token equals it."""
    if called(node) not in ("masked_fill", "masked_fill_", "where") or len(node.args) < 2:
        return ""
    if not any(map(_is_ignored, node.args[1:])):
        return ""
    return _compared(node.args[0], names)
