"""setting-not-restored: evaluation changes a setting of the net, and training goes on with the changed one.

What it checks
    In the source of the program: where the net is not in training (`if not self.training:`, eval(), train(False)), an
    attribute that __init__ sets gets a number, True, False or nn.Identity(), and nothing sets it again, in another
    branch, method or function of the file. Or a function that calls eval() and then train() of a net sets an attribute
    of it, or of its layers, in the same way.

Why it hurts
    From the first evaluation on, training is another one: without dropout, noise or augmentation. Nothing shows it but
    the loss, which falls further than it should.

Example
    if not self.training: self.dropout_p = 0.0
    return F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout_p)

Instead
    dropout_p = self.dropout_p if self.training else 0.0
    return F.scaled_dot_product_attention(q, k, v, dropout_p=dropout_p)

When it is a false alarm
    A net that is evaluated once, after its training.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, names_in, of_kind, within, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TRAINING = ("self.training", "mode", "is_training")
LAYERS_OF = ("modules", "named_modules", "children", "named_children")
OF_LAYERS = ("p", "dropout", "drop_prob", "momentum", "dropout_p")  # that classes of torch read
BY_CHANCE = lazy_pattern(r"drop|noise|augment|sampl|mask|stoch|jitter|mix", re.IGNORECASE)
FIRST = ("__init__", "__new__", "reset_parameters", "__post_init__", "build")


class SettingNotRestored(SourceRule):
    code, level = "GF466", Level.WARNING
    worth_parsing = lazy_pattern(r"self\.training|def (?:train|eval)\(|\.eval\(\)")
    what = "evaluation sets {name}, and nothing sets it back: training goes on with what was meant for evaluation"
    fix = "Let the value depend on self.training where it is read: p = self.p if self.training else 0.0"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return not_restored(tree)


def not_restored(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Settings that evaluation changes for good, each with its line."""
    first = {id(node) for each in of_kind(tree, ast.FunctionDef) if each.name in FIRST for node in all_nodes(each)}
    later = Counter(
        node.attr
        for node in of_kind(tree, ast.Attribute)
        if isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in first
    )
    texts = {node.value for node in of_kind(tree, ast.Constant) if isinstance(node.value, str)}
    for target, line in (*_in_classes(tree), *_in_functions(tree)):
        if later[target.attr] == 1 and target.attr not in texts:
            yield ast.unparse(target), line


def _in_classes(tree: ast.Module) -> Iterator[tuple[ast.Attribute, int]]:
    for owner in of_kind(tree, ast.ClassDef):
        methods = [each for each in owner.body if isinstance(each, ast.FunctionDef)]
        begun = {
            ast.unparse(target): node.value
            for method in methods
            if method.name in FIRST
            for node in of_kind(method, ast.Assign)
            for target in node.targets
        }
        if not begun:
            continue
        reads = Counter(ast.unparse(node) for node in of_kind(owner, ast.Attribute) if isinstance(node.ctx, ast.Load))
        for method in methods:
            if method.name in FIRST:
                continue
            for statement in _of_evaluation(method):
                target = statement.targets[0]
                if isinstance(target, ast.Attribute) and _is_setting(target, statement.value, begun):
                    owned = target if ast.unparse(target) in begun else target.value
                    if reads[ast.unparse(owned)] > (owned is not target):  # to set self.drop.p reads self.drop
                        yield target, statement.lineno


def _of_evaluation(method: ast.FunctionDef) -> Iterator[ast.Assign]:
    """Assignments that are made in evaluation alone."""
    nodes = [node for statement in method.body for node in within(statement)]
    branches: list[list[ast.stmt]] = [method.body] if method.name == "eval" else []
    for node in nodes:
        if isinstance(node, ast.If):
            evaluates = _evaluates(node.test, method)
            if evaluates is not None:
                branches.append(node.body if evaluates else node.orelse)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.IfExp):
            evaluates = _evaluates(node.value.test, method)
            kept, given = node.value.body, node.value.orelse
            if evaluates:
                kept, given = given, kept
            if evaluates is not None and ast.unparse(kept) == ast.unparse(node.targets[0]):
                yield ast.copy_location(ast.Assign(node.targets, given), node)
    for branch in branches:
        for statement in branch:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                yield statement


def _evaluates(test: ast.expr, method: ast.FunctionDef) -> bool | None:
    """Whether a condition holds in evaluation alone; False of training alone, None of anything else."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return True if any(_evaluates(each, method) for each in test.values) else None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _evaluates(test.operand, method)
        return None if inner is None else not inner
    if isinstance(test, ast.Compare) and ast.unparse(test).endswith((" is False", " == False")):
        return True if _evaluates(test.left, method) is False else None
    text = ast.unparse(test)
    is_own = text == "self.training" or (method.name == "train" and text in TRAINING)
    return False if is_own else None


def _is_setting(target: ast.Attribute, value: ast.expr, begun: Mapping[str, ast.expr]) -> bool:
    """Whether __init__ gives an attribute, or the layer that it belongs to, another value than this constant."""
    own = begun.get(ast.unparse(target))
    if own is None:
        return ast.unparse(target.value) in begun and target.attr in OF_LAYERS and _is_constant(value)
    if not _is_constant(value) or ast.unparse(own) == ast.unparse(value):
        return False
    is_flag = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return not is_flag or BY_CHANCE.search(target.attr) is not None or not isinstance(own, ast.Constant)


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float)
    return called(value) == "Identity"


def _in_functions(tree: ast.Module) -> Iterator[tuple[ast.Attribute, int]]:
    """What a function sets of a net between eval() and train()."""
    read = Counter(node.attr for node in of_kind(tree, ast.Attribute) if isinstance(node.ctx, ast.Load))
    for function in of_kind(tree, ast.FunctionDef):
        nodes = within_body(function.body)
        begins, ends = _calls(nodes, "eval"), _calls(nodes, "train")
        for net in begins.keys() & ends.keys():
            layers = {
                name
                for node in nodes
                if isinstance(node, ast.For) and any(_is_method(each, net, LAYERS_OF) for each in all_nodes(node.iter))
                for name in names_in(node.target)
            }
            for node in nodes:
                target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
                if not isinstance(node, ast.Assign) or not isinstance(target, ast.Attribute):
                    continue
                is_inside = begins[net] <= node.lineno + 1 and node.lineno <= ends[net]
                owner = ast.unparse(target.value)
                is_nets = owner == net or owner.startswith(f"{net}.") or owner in layers
                is_read = read[target.attr] > 0 or target.attr in OF_LAYERS
                if is_inside and is_nets and is_read and _is_constant(node.value) and target.attr != "training":
                    yield target, node.lineno


def _calls(nodes: Sequence[ast.AST], method: str) -> dict[str, int]:
    """Whose method is called, with the line of the last call: {"self.net": 12}."""
    found = {}
    for node in nodes:
        if called(node) == method and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_on = not node.args or ast.unparse(node.args[0]) == "True"
            if is_on and not isinstance(node.func.value, ast.Call):
                found[ast.unparse(node.func.value)] = node.lineno
    return found


def _is_method(node: ast.AST, owner: str, names: Sequence[str]) -> bool:
    if called(node) not in names or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return ast.unparse(node.func.value) == owner
