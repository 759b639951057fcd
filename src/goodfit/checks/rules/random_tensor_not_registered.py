"""random-tensor-not-registered: a module draws numbers at random for its forward, as a tensor that is no parameter.

What it checks
    In the source of the program: __init__ of an nn.Module sets an attribute to random numbers (torch.randn,
    torch.rand), neither as nn.Parameter nor as a buffer, and another method of the class reads it. A notice where it
    is not called as what is learnt (weight, bias, pos, embed, query, token, A, B), or where the class takes sines of
    it, as random features do.

Why it hurts
    It is never trained, since parameters() does not hold it, and it is in no state_dict: a net that is loaded from its
    file has other numbers there, and .to(device) leaves them where they are.

Example
    self.pos_embed = torch.randn(1, length, width)

Instead
    self.pos_embed = nn.Parameter(torch.randn(1, length, width))        # or register_buffer, where it is to stay

When it is a false alarm
    Numbers that are drawn anew from a seed whenever the net is made, and are to stay as they are.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"self\.\w+\s*=[^=\n]*(torch\.)?(randn|rand|normal)\(")
DRAWS = ("randn", "rand", "randn_like", "normal")
SCALING = ("normal_", "uniform_", "mul_", "float")
LEARNT = lazy_pattern(
    r"(?i)^(\w*(weight|bias|pos|position|embed|query|queries|cls|token|prompt|codebook|alpha|gamma|scale)\w*|w\d?|[ab]|u|v)$"
)
WAVES = ("sin", "cos")
REGISTERING = ("Parameter", "register_buffer", "register_parameter", "ParameterList", "ParameterDict", "Buffer")


class RandomTensorNotRegistered(LiveRule):
    code, level = "GF610", Level.WARNING

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for source in self.program.source.files() if self.program.steps else ():
            if not source.mentions(WORTH_PARSING):
                continue
            for name, line, is_learnt in source.found(not_registered):
                yield self.finding(
                    f"self.{name} holds random numbers and is neither a parameter nor a buffer: it is not trained, and "
                    "a net that is loaded from a file has other ones",
                    f"self.{name} = nn.Parameter(...), or self.register_buffer('{name}', ...)",
                    file=source.file,
                    line=line,
                    level=None if is_learnt else Level.NOTICE,
                )


def not_registered(tree: ast.Module) -> Iterator[tuple[str, int, bool]]:
    """Names of such attributes, each with its line, and whether it is called as what is learnt."""
    for kind in of_kind(tree, ast.ClassDef):
        if not any(last_name(base) == "Module" for base in kind.bases):
            continue
        methods = [each for each in kind.body if isinstance(each, ast.FunctionDef)]
        made = next((each for each in methods if each.name == "__init__"), None)
        if made is None or any(each.arg == "generator" for each in of_kind(kind, ast.keyword)):
            continue
        elsewhere = [node for each in methods if each is not made for node in all_nodes(each)]
        has_waves = any(called(node) in WAVES for node in elsewhere)
        read = {node.attr for node in elsewhere if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
        set_again = {
            node.attr for node in elsewhere if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        }
        registered = {
            ast.unparse(argument)
            for call in of_kind(kind, ast.Call)
            if called(call) in REGISTERING
            for argument in call.args
        }
        for target, value in given(all_nodes(made)):
            if not isinstance(target, ast.Attribute) or ast.unparse(target.value) != "self" or not _is_drawn(value):
                continue
            name = target.attr
            if name in read - set_again and f"self.{name}" not in registered:
                yield name, value.lineno, LEARNT.search(name) is not None and not has_waves


def _is_drawn(value: ast.expr) -> bool:
    """Random numbers, perhaps scaled: torch.randn(4, 8) * 0.02; not what needs gradients."""
    while True:
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div):
            value = value.right if isinstance(value.left, ast.Constant) else value.left
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and called(value) in SCALING:
            value = value.func.value
        else:
            break
    if not isinstance(value, ast.Call) or called(value) not in DRAWS:
        return False
    needs_gradient = any(each.arg == "requires_grad" for each in value.keywords)
    return not needs_gradient and isinstance(value.func, ast.Attribute) and ast.unparse(value.func.value) == "torch"
