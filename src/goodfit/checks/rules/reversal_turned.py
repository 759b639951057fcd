"""reversal-turned: the layer that is to reverse gradients passes them on as they are, or they are reversed twice.

What it checks
    In the source of the program: a subclass of torch.autograd.Function that is called a reversal (reverse, GRL,
    grad_rev) returns a gradient from backward that has no minus sign in it, and is applied with no negative number. Or
    it reverses them, and the loss of the domain is subtracted from the loss as well.

Why it hurts
    Without the sign the features learn to tell the domains apart, which is the opposite of what the layer is for.
    Reversed twice, the features do so again, and the domain classifier is trained to be wrong.

Example
    def backward(ctx, grad): return ctx.strength * grad, None

Instead
    def backward(ctx, grad): return -ctx.strength * grad, None            # and loss = task + domain

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind
from goodfit.checks.engine.signed_parts import signed_parts
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REVERSAL = lazy_pattern(r"revers|(^|_)grl|GRL|gradrev|gradient_?flip|grad_?flip", re.IGNORECASE)
DOMAIN = lazy_pattern(r"dom|adv|disc|confus|d_loss|loss_d$", re.IGNORECASE)
NEGATING = ("neg", "neg_", "negative")


class ReversalTurned(SourceRule):
    code, level = "GF606", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)revers|grl|gradrev|flip")
    what = "{name}"
    fix = "Return -strength * grad from backward, and add the loss of the domain: (task + domain).backward()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_reversals(tree)


def turned_reversals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is wrong with a reversal of gradients, with its line."""
    reverses = False
    for kind in of_kind(tree, ast.ClassDef):
        if not REVERSAL.search(kind.name) or not any(last_name(base) == "Function" for base in kind.bases):
            continue
        backward = next(
            (each for each in kind.body if isinstance(each, ast.FunctionDef) and each.name == "backward"), None
        )
        if backward is None or len(backward.args.args) < 2:
            continue
        if any(map(_turns, all_nodes(kind))):
            reverses = True
        elif not _applied_turned(tree, kind.name) and _passes_on(backward):
            yield (
                f"{kind.name} returns the gradient as it came, with no minus sign: nothing is reversed",
                backward.lineno,
            )
    for scope in formulas(tree) if reverses else ():
        yield from _subtracted(scope)


def _turns(node: ast.AST) -> bool:
    """A minus sign, a subtraction, or neg()."""
    is_minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    return is_minus or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)) or called(node) in NEGATING


def _applied_turned(tree: ast.Module, name: str) -> bool:
    """Whether the function, or what calls it, is given something with a minus sign."""
    for node in of_kind(tree, ast.Call):
        is_applied = called(node) == "apply" and isinstance(node.func, ast.Attribute) and name in ast.unparse(node.func)
        if (is_applied or REVERSAL.search(called(node))) and any(
            _turns(each) for given in node.args for each in all_nodes(given)
        ):
            return True
    return False


def _passes_on(backward: ast.FunctionDef) -> bool:
    """Whether backward returns its gradient, perhaps times something."""
    gradient = backward.args.args[1].arg
    scope = Formulas(backward.body)
    for node in scope.nodes:
        if isinstance(node, ast.Return) and node.value is not None:
            first = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
            return gradient in {each.id for each in all_nodes(scope.value(first)) if isinstance(each, ast.Name)}
    return False


def _subtracted(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Losses of domains that stand with a minus sign in what backward is called on."""
    for node in scope.nodes:
        if isinstance(node, ast.Call) and called(node) == "backward" and isinstance(node.func, ast.Attribute):
            loss = scope.value(node.func.value)
            for part, sign in signed_parts(loss):
                if sign < 0 and DOMAIN.search(last_name(part)):
                    yield f"{last_name(part)} is subtracted, and its gradient is reversed as well", loss.lineno
