"""term-left-out: a term of the loss is computed and never added to it.

What it checks
    In the source of the program: in a function or loop that calls backward, or one that is called a loss, a variable
    is given a loss (of a function of torch, or of one whose name says so), and no line reads it: it is neither added,
    returned nor shown. Or it gets a second loss in the next lines, without the first one. Or one and the same term
    stands on both sides of a mixture, a * x + (1 - a) * x.

Why it hurts
    The net is trained without that term: a distillation that learns from the labels alone, an autoencoder without its
    divergence. Its weight changes nothing.

Example
    soft = kl_div(log_softmax(student / T, 1), softmax(teacher / T, 1))
    loss = alpha * hard + (1 - alpha) * hard

Instead
    loss = alpha * soft + (1 - alpha) * hard

When it is a false alarm
    A loss that is computed for its side effects.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOSSES = lazy_pattern(
    r"^(F\.|nn\.functional\.|torch\.nn\.functional\.|self\.)?"
    r"(cross_entropy|nll_loss|binary_cross_entropy\w*|mse_loss|l1_loss|smooth_l1_loss|huber_loss|kl_div|"
    r"cosine_embedding_loss|triplet_margin_loss|margin_ranking_loss|ctc_loss|criterion\w*|\w*_criterion|\w*loss_fn|"
    r"loss_func\w*|\w+_loss|(mse|ce|bce|kl|l1|kd)(_loss)?)$"
)
OF_LOSSES = lazy_pattern(r"(^|_)(loss|losses|criterion|objective|elbo)(_|$)|^training_step$", re.IGNORECASE)
TERM = lazy_pattern(r"(^|_)(kld?|kl_?div\w*|kl_?loss|reg\w*|penalty|aux\w*|\w*loss)$", re.IGNORECASE)
SHOWN = lazy_pattern(r"\.(detach|item)\(\)|\.data\b")  # it was meant to be shown
READS_ANY_NAME = ("locals", "vars", "globals", "eval", "exec")
WITHOUT_GRADIENTS = ("no_grad", "inference_mode")


class TermLeftOut(SourceRule):
    code, level = "GF570", Level.WARNING
    yields_to = ("loss-detached", "term-without-gradient")
    worth_parsing = lazy_pattern(r"\.backward\(|def \w*([Ll]oss|criterion|objective|elbo)|def training_step")
    what = "{name}: that term trains nothing"
    fix = "Add it to the loss that backward is called on, or leave out its computation"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return terms_left_out(tree)


def terms_left_out(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Losses that nothing reads, that are replaced at once, or mixed with themselves, each with its line."""
    losses = [function.body for function in of_kind(tree, ast.FunctionDef) if OF_LOSSES.search(function.name)]
    for scope in scopes(tree):
        nodes = [node for each in scope for node in within(each)]
        gives_a_loss = scope in losses and any(isinstance(node, ast.Return) and node.value for node in nodes)
        if not gives_a_loss and not any(called(node) == "backward" for node in nodes):
            continue
        mixed = list(_mixed_with_itself(nodes))
        yield from mixed
        if mixed or any(isinstance(node, ast.Name) and node.id in READS_ANY_NAME for node in nodes):
            continue
        whole = tree if scope is tree.body else ast.Module(list(scope), [])
        read = {each.id for each in all_nodes(whole) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
        read |= {name for each in nodes if isinstance(each, ast.Global | ast.Nonlocal) for name in each.names}
        aside = {id(each) for node in nodes if _is_without_gradients(node) for each in all_nodes(node)}
        for target, value in given(node for node in nodes if id(node) not in aside):
            is_term = _is_loss(value) or (gives_a_loss and TERM.search(ast.unparse(target)) and _is_computed(value))
            if isinstance(target, ast.Name) and target.id not in read and is_term:
                yield f"{target.id} is computed and never read", target.lineno
        for node in nodes:
            for block in (getattr(node, field, None) for field in ("body", "orelse")):
                if isinstance(block, list) and id(node) not in aside:
                    yield from _replaced(block)


def _replaced(block: Sequence[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Losses that the next assignment to their name puts another one in the place of, unread."""
    last: dict[str, int] = {}  # lines of losses that nothing has read yet
    for statement in block:
        for name in names_in(statement) & last.keys():
            is_again = isinstance(statement, ast.Assign) and [ast.unparse(each) for each in statement.targets] == [name]
            value = statement.value if is_again and isinstance(statement, ast.Assign) else None
            if value is not None and name not in names_in(value) and _is_loss(value):
                yield f"{name} is given another loss before anything has read the first one", last[name]
            last.pop(name)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and _is_loss(statement.value):
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                last[target.id] = statement.lineno


def _mixed_with_itself(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """Sums a * x + (1 - a) * x."""
    for node in nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            continue
        left, right = _weighed(node.left), _weighed(node.right)
        for (weight, term), (other, same) in ((one, two) for one in left for two in right):
            complement = {f"1 - {weight}", f"1.0 - {weight}"}
            turned = {f"1 - {other}", f"1.0 - {other}"}
            if term == same and (other in complement or weight in turned):
                yield f"{term} is mixed with itself, by {weight} and {other}", node.lineno


def _weighed(node: ast.expr) -> list[tuple[str, str]]:
    """Of a product both ways to read it: as a weight and a term."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
        return []
    one, other = ast.unparse(node.left), ast.unparse(node.right)
    return [(one, other), (other, one)]


def _is_loss(value: ast.expr) -> bool:
    """Whether a value is a loss, or one times numbers."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div):
        return _is_loss(value.left) or _is_loss(value.right)
    if not isinstance(value, ast.Call) or SHOWN.search(ast.unparse(value)):
        return False
    if isinstance(value.func, ast.Attribute) and called(value) in ("mean", "sum"):
        return _is_loss(value.func.value)
    return bool(LOSSES.match(ast.unparse(value.func)))


def _is_computed(value: ast.expr) -> bool:
    is_arithmetic = isinstance(value, ast.BinOp) or called(value) in ("mean", "sum")
    return is_arithmetic and not SHOWN.search(ast.unparse(value))


def _is_without_gradients(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(called(item.context_expr) in WITHOUT_GRADIENTS for item in node.items)
