"""loss-of-padding: a mask keeps the padding in a loss, and takes out all that is not padding.

What it checks
    In the source of the program: a mask is made by == (or .eq) with a padding or ignored index (pad_id, PAD,
    ignore_index, -100), and losses or log-probabilities are multiplied with it, or chosen by it, before they are summed
    or averaged. Masks that are turned (~mask, 1 - mask, logical_not) or fill something are left aside.

Why it hurts
    The mask is the wrong way round: what is trained on are the places that hold nothing, and no token that was written.
    Losses look small, since padding is easy.

Example
    mask = labels == IGNORE
    log_probs = (token_log_probs * mask).sum(1)

Instead
    mask = labels != IGNORE

When it is a false alarm
    A term that is meant for the padding, such as one that is to be small there.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, children, given, last_name, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

PADDING = lazy_pattern(r"^((\w+_)?(pad|ignore)(ding)?(_?(id|idx|index|token|token_id|value|label))?)$", re.IGNORECASE)
LOSS = lazy_pattern(r"loss|nll|log_?p|logp|(?<![a-z])(ce|lp|err|error|errors|mse|bce|ll)(?![a-z])|tok(en)?_?(lp|log)")
REDUCING = ("sum", "mean")
CASTS = ("float", "long", "bool", "to", "double", "half", "unsqueeze", "view", "reshape", "flatten", "type_as")


class LossOfPadding(SourceRule):
    code, level = "GF577", Level.WARNING
    worth_parsing = lazy_pattern(r"(==|\.eq\()\s*(self\.|args\.|cfg\.)?(-100|\w*(pad|PAD|ignore|IGNORE)\w*)")
    what = "{name} is true where there is padding, and the loss is kept there and nowhere else"
    fix = "Turn the mask: labels != pad_id"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return kept_padding(tree)


def kept_padding(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Masks of padding that losses are multiplied with or chosen by, each with the line where they are."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        values: dict[str, list[ast.expr]] = {}
        for target, value in given(nodes):
            values.setdefault(ast.unparse(target), []).append(value)
        masks = {
            name: given_to[0] for name, given_to in values.items() if all(_is_padding(value) for value in given_to)
        }
        parents = {child: node for node in nodes for child in children(node)}
        for node in nodes:
            mask, kept = _kept(node, masks)
            if mask and kept is not None and _is_reduced(node, parents) and _is_loss(kept, values):
                yield mask, getattr(node, "lineno", 0)


def _kept(node: ast.AST, masks: dict[str, ast.expr]) -> tuple[str, ast.expr | None]:
    """The mask that keeps the padding of a value, and the value; "" of others."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            mask = _mask(side, masks)
            if mask:
                return mask, other
    if isinstance(node, ast.Subscript):
        return _mask(node.slice, masks), node.value
    if isinstance(node, ast.Call) and called(node) == "masked_select" and isinstance(node.func, ast.Attribute):
        return (_mask(node.args[0], masks) if node.args else ""), node.func.value
    return "", None


def _mask(node: ast.expr, masks: dict[str, ast.expr]) -> str:
    """How a mask of padding is written, behind casts; "" of anything else."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CASTS:
        node = node.func.value
    if _is_padding(node):
        return ast.unparse(node)
    text = ast.unparse(node)
    return f"{text} = {ast.unparse(masks[text])}" if text in masks else ""


def _is_padding(node: ast.expr) -> bool:
    """Whether a value is true where there is padding."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CASTS:
        node = node.func.value
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        return any(_is_index(side) for side in (node.left, node.comparators[0]))
    return called(node) == "eq" and isinstance(node, ast.Call) and any(_is_index(each) for each in node.args)


def _is_index(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return bool(node.operand.value == 100)
    return bool(PADDING.match(last_name(node)))


def _is_reduced(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether what is kept is summed or averaged there."""
    above = parents.get(node)
    if isinstance(above, ast.Attribute) and above.attr in REDUCING:
        return True
    return isinstance(above, ast.Call) and called(above) in REDUCING and node in above.args


def _is_loss(node: ast.expr, values: dict[str, list[ast.expr]]) -> bool:
    """Whether a value is called a loss or a log-probability, or is made of one."""
    text = ast.unparse(node)
    return bool(LOSS.search(text)) or any(LOSS.search(ast.unparse(each)) for each in values.get(text, ()))
