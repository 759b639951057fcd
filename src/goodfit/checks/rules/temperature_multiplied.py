"""temperature-multiplied: logits are multiplied by a temperature, where they should be divided by it.

What it checks
    In the source of the program: what softmax, log_softmax, cross_entropy or exp is given is multiplied by a value that
    is called a temperature (temperature, temp, tau, T), whose number the program says. It is below 1, as contrastive
    losses have it; or above 1, as distillations have it, in a softmax beside kl_div. A parameter that is learnt, and
    names of an inverse or a scale, are left aside.

Why it hurts
    A temperature of 0.07 is to make differences of similarities fourteen times larger, and makes them fourteen times
    smaller: all partners are nearly equally probable, and the loss stays near the logarithm of their number. One of 4
    is to soften a teacher's probabilities, and makes them hard.

Example
    logits = z1 @ z2.T * temperature
    loss = F.cross_entropy(logits, torch.arange(len(z1)))

Instead
    logits = z1 @ z2.T / temperature

When it is a false alarm
    A scale that is called a temperature.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import called, given, last_name, of_kind, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TEMPERATURE = lazy_pattern(r"^((\w+_)?(temperature|temp|tau)|T|kd_T|t_kd)$")
INVERSE = lazy_pattern(r"inv|scale|learn")
OF_LOGITS = ("softmax", "log_softmax", "cross_entropy", "gumbel_softmax")
OF_PARTNERS = ("exp", "logsumexp")
MODULES = ("F", "torch", "functional", "nn")
KEEPERS = ("self", "args", "opt", "cfg", "config", "hparams")  # of options: x.T is a transposed matrix
STEPS_BACK = 3  # variables between the function and the product


class TemperatureMultiplied(SourceRule):
    code, level = "GF574", Level.WARNING
    yields_to = ("temperature-on-some", "temperature-on-one-side")
    worth_parsing = lazy_pattern(r"\*\s*(self\.|args\.|cfg\.|opt\.)?(\w*(temperature|temp|tau)|T)\b|"
                                 r"\b(\w*(temperature|temp|tau)|T)\s*\*[^*]")  # fmt: skip
    what = "{name}: logits are divided by a temperature, and here they are multiplied by it"
    fix = "Divide by it: softmax(logits / temperature)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return multiplied(tree)


def multiplied(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Products of logits and a temperature, each with its line."""
    numbers = _numbers(tree)
    distils = any(called(node) in ("kl_div", "KLDivLoss") for node in of_kind(tree, ast.Call))
    losses = {
        ast.unparse(target) for target, value in given(of_kind(tree, ast.Assign)) if called(value) == "CrossEntropyLoss"
    }
    seen: set[int] = set()
    for scope in scopes(tree):
        nodes = within_body(scope)
        values: dict[str, list[ast.expr]] = {}
        for target, value in given(nodes):
            values.setdefault(ast.unparse(target), []).append(value)
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            name = "cross_entropy" if ast.unparse(call.func) in losses else called(call)
            if name not in (*OF_LOGITS, *OF_PARTNERS):
                continue
            first = _given_to(call) if name == called(call) else next(iter(call.args), None)
            for product in _products(first, values) if first is not None else ():
                temperature = _temperature(product)
                number = numbers.get(temperature)
                if number is None or id(product) in seen:
                    continue
                soft = number > 1 and distils and name in ("softmax", "log_softmax")
                if number < 1 or soft:
                    seen.add(id(product))
                    yield f"{ast.unparse(product)}, with {temperature} = {number:g}", product.lineno


def _given_to(call: ast.Call) -> ast.expr | None:
    """What a function works on: its first argument, or the tensor whose method it is."""
    if isinstance(call.func, ast.Attribute) and last_name(call.func.value) not in MODULES:
        return call.func.value
    return next(iter(call.args), None)


def _products(node: ast.expr, values: Mapping[str, list[ast.expr]], steps: int = STEPS_BACK) -> Iterator[ast.BinOp]:
    """Products that a value is, behind its views and the variables that it is kept in."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield node
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if called(node) in ("t", "float", "view", "reshape", "transpose", "permute", "masked_fill", "contiguous"):
            yield from _products(node.func.value, values, steps)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield from _products(node.value, values, steps)
    elif isinstance(node, ast.Name) and steps:
        for value in values.get(node.id, ()):
            yield from _products(value, values, steps - 1)


def _temperature(product: ast.BinOp) -> str:
    """The last name of the factor that is called a temperature; "" where none is, or the other one is a number."""
    for factor, other in ((product.left, product.right), (product.right, product.left)):
        name = last_name(factor)
        if TEMPERATURE.match(name) and not INVERSE.search(name):
            is_number = isinstance(other, ast.Constant) or ast.unparse(other) == ast.unparse(factor)
            is_transposed = name == "T" and isinstance(factor, ast.Attribute) and last_name(factor.value) not in KEEPERS
            return "" if is_number or is_transposed else name
    return ""


def _numbers(tree: ast.Module) -> dict[str, float]:
    """Of each name the number that the program gives it; none of one that has several, or another value besides."""
    found: dict[str, set[float | None]] = {}

    def note(name: str, value: ast.expr | None) -> None:
        if TEMPERATURE.match(name):
            if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
                found.setdefault(name, set()).add(float(value.value))
            elif value is not None and not isinstance(value, ast.Name | ast.Attribute):
                found.setdefault(name, set()).add(None)

    for target, value in given(of_kind(tree, ast.Assign)):
        note(last_name(target), value)
    for node in of_kind(tree, ast.AnnAssign):
        note(last_name(node.target), node.value)
    for call in of_kind(tree, ast.Call):
        flag = call.args[0] if called(call) == "add_argument" and call.args else None
        for keyword in call.keywords:
            if isinstance(flag, ast.Constant) and keyword.arg == "default":
                note(str(flag.value).lstrip("-"), keyword.value)
            elif keyword.arg:
                note(keyword.arg, keyword.value)
    for function in of_kind(tree, ast.FunctionDef):
        names = [each.arg for each in function.args.args]
        for name, default in zip(names[::-1], function.args.defaults[::-1], strict=False):
            note(name, default)
    sides = {name: {each is not None and each < 1 for each in numbers} for name, numbers in found.items()}
    return {
        name: next(iter(numbers)) or 0.0
        for name, numbers in found.items()
        if None not in numbers and len(sides[name]) == 1
    }
