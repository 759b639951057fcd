"""log-scale-turned: in a Gaussian likelihood the logarithm of the scale has the wrong sign.

What it checks
    In the source of the program: a sum has the square of a difference that is divided by a scale, (x - mean)**2 *
    exp(-log_var), and the logarithm of this very scale with the other sign: a log-likelihood has minus both, its
    negative plus both. Names are followed to what they are set to.

Why it hurts
    The penalty on large scales becomes a reward. The loss falls without end as every row is said to be pure noise, and
    the mean is hardly learnt.

Example
    loss = (0.5 * (y - mean)**2 * torch.exp(-log_var) - 0.5 * log_var).mean()

Instead
    loss = (0.5 * (y - mean)**2 * torch.exp(-log_var) + 0.5 * log_var).mean()

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name
from goodfit.checks.engine.signed_parts import signed_parts
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOG_SCALE = lazy_pattern(
    r"(?i)^(log_?|ln_?)(\w*_)?(var|variance|sd|std|sigma2?|scale|s|s2|precision)\w*$|^s$|logvar|logstd"
)
SQUARES = ("square", "pow")
STEPS = 3


class LogScaleTurned(SourceRule):
    code, level = "GF607", Level.WARNING
    worth_parsing = lazy_pattern(r"exp\(")
    what = "{name} has the other sign than the square that is divided by this scale: large scales are rewarded"
    fix = "Give both the same sign: loss = 0.5 * ((y - mean)**2 * torch.exp(-log_var) + log_var)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_scales(tree)


def turned_scales(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Logarithms of scales with the wrong sign, each with its line."""
    for scope in formulas(tree):
        within: set[int] = set()  # sums that are parts of others
        for node in scope.nodes:
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub) or id(node) in within:
                continue
            within |= {id(each) for each in all_nodes(node)}
            terms = list(_terms(node))
            squares = [(scales, sign) for term, sign in terms if (scales := _scales(term, scope))]
            for term, sign in terms if squares else ():
                name = _log_scale(term)
                signs = [other * how for scales, other in squares for scale, how in scales if scale == name]
                if name and signs and sign not in signs:
                    yield name, node.lineno
                    break


def _terms(node: ast.expr, sign: int = 1) -> Iterator[tuple[ast.expr, int]]:
    """Terms of a sum, each with its sign, which a factor below 0 turns."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign)
        yield from _terms(node.right, -sign if isinstance(node.op, ast.Sub) else sign)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _terms(node.operand, -sign)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sums = [
            side
            for side in (node.left, node.right)
            if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add | ast.Sub)
        ]
        turned = sum(isinstance(each, ast.UnaryOp) for each, _ in _plain_factors(node)) % 2
        rest = [side for side in (node.left, node.right) if side not in sums]
        if len(sums) == 1 and len(rest) == 1 and _is_number(rest[0]):  # 0.5 * (square + log_var)
            yield from _terms(sums[0], -sign if turned else sign)
        else:
            yield node, -sign if turned else sign
    else:
        yield node, sign


def _plain_factors(node: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _plain_factors(node.left)
        yield from _plain_factors(node.right)
    else:
        yield node, False


def _is_number(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _log_scale(term: ast.expr) -> str:
    """The name, where a term is the logarithm of a scale, perhaps times a number; "" of others."""
    rest = [each.operand if isinstance(each, ast.UnaryOp) else each for each, _ in _plain_factors(term)]
    rest = [each for each in rest if not isinstance(each, ast.Constant)]
    return ast.unparse(rest[0]) if len(rest) == 1 and LOG_SCALE.search(last_name(rest[0])) else ""


def _scales(part: ast.expr, scope: Formulas) -> set[tuple[str, int]]:
    """Of a square divided by exp(log_scale): what stands in the exponent, and 1 where it divides."""
    has_square, found = False, set()
    for factor, divided in _factors(part, scope):
        inner = _squared(factor)
        if inner is not None:
            has_square = True
            found |= {each for base, turned in _factors(inner, scope) for each in _exponents(base, turned, scope)}
        else:
            found |= set(_exponents(factor, divided, scope))
    return found if has_square else set()


def _squared(node: ast.expr) -> ast.expr | None:
    """x of x**2, x.pow(2), x.square() and torch.square(x)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2":
        return node.left
    if isinstance(node, ast.Call) and called(node) in SQUARES and isinstance(node.func, ast.Attribute):
        of_library = ast.unparse(node.func.value) in ("torch", "np")
        power = node.args[1:] if of_library else node.args
        if called(node) == "square" or [ast.unparse(each) for each in power] == ["2"]:
            return node.args[0] if of_library else node.func.value
    return None


def _factors(
    node: ast.expr, scope: Formulas, divided: bool = False, steps: int = STEPS
) -> Iterator[tuple[ast.expr, bool]]:
    """Factors of a product, and whether the product is divided by them; names are followed."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left, scope, divided, steps)
        yield from _factors(node.right, scope, divided ^ isinstance(node.op, ast.Div), steps)
    elif isinstance(node, ast.Name) and steps and scope.value(node) is not node:
        yield from _factors(scope.value(node), scope, divided, steps - 1)
    elif isinstance(node, ast.UnaryOp):
        yield from _factors(node.operand, scope, divided, steps)
    else:
        yield node, divided


def _exponents(factor: ast.expr, divided: bool, scope: Formulas) -> Iterator[tuple[str, int]]:
    """log_scale of exp(log_scale): 1 where it divides."""
    if not isinstance(factor, ast.Call) or called(factor) != "exp":
        return
    is_method = isinstance(factor.func, ast.Attribute) and ast.unparse(factor.func.value) not in ("torch", "np", "math")
    inner = factor.func.value if is_method and isinstance(factor.func, ast.Attribute) else next(iter(factor.args), None)
    for part, sign in signed_parts(inner) if inner is not None else ():
        if LOG_SCALE.search(last_name(part)):
            yield ast.unparse(part), sign if divided else -sign
