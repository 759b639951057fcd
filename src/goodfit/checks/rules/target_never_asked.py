"""target-never-asked: a target net is kept up to date, and nothing ever asks it.

What it checks
    In the source of the program: a net that is called a target (target_net, critic_target, q_target, ...) is made, and
    its weights are updated in training (load_state_dict, a loop over its parameters, a function such as soft_update);
    no line calls it, hands it on or reads anything else of it.

Why it hurts
    The targets of a value come of the net that is being trained: what is to be approached moves with each step, and
    values run away or stand still. The slow copy was made against that, and costs its time for nothing.

Example
    y = r + gamma * critic(s2, a2); ...; soft_update(critic_target, critic)

Instead
    y = r + gamma * critic_target(s2, a2); ...; soft_update(critic_target, critic)

When it is a false alarm
    A target that another file asks; one whose name the file gives on is not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, children, given, last_name
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

TARGET = lazy_pattern(r"(?i)(^|_)(targets?|tgt|targ)(_|$|\d)")
UPDATING = lazy_pattern(r"(?i)update|polyak|soft|sync|copy|track|hard|lerp|ema")
PREPARING = ("to", "eval", "train", "requires_grad_", "cuda", "cpu", "double", "float", "apply")
CONTENTS = ("parameters", "named_parameters", "buffers", "named_buffers")
LOADING = ("load_state_dict",)
COPYING = ("deepcopy",)


class TargetNeverAsked(SourceRule):
    code, level = "GF627", Level.WARNING
    yields_to = ("copy-never-called",)
    worth_parsing = lazy_pattern(r"(?i)(target|tgt|targ)\w*\s*=")
    what = "{name}, a slow copy of a net, is updated in training and never asked for anything"
    fix = "Compute the targets with it: y = reward + gamma * target_net(next_state)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_asked(tree)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        sources = self.program.source.files()
        for finding in super().on_end(event):
            name = finding.message.partition(",")[0]
            if not any(name in other.text for other in sources if other.file != finding.file):
                yield finding


def never_asked(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of target nets that are updated and never read, each with the line of an update."""
    made = {ast.unparse(target) for target, value in given(all_nodes(tree)) if _is_target(target) and _makes(value)}
    if not made:
        return
    parents = {child: node for node in all_nodes(tree) for child in children(node)}
    uses: dict[str, list[tuple[str, int]]] = {}
    for node in all_nodes(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = ast.unparse(node)
            if name in made:
                uses.setdefault(name, []).append((_use(node, parents), node.lineno))
    for name, places in uses.items():
        updates = [line for use, line in places if use == "update"]
        in_training = [line for line in updates if line != min(updates)] or updates
        if updates and all(use in ("update", "prepare") for use, _ in places) and _is_trained(tree):
            yield name.removeprefix("self."), in_training[0]


def _is_target(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and bool(TARGET.search(last_name(node)))


def _makes(value: ast.expr) -> bool:
    """Whether a copy of a net is made, or a net by a class."""
    calls = [each for each in all_nodes(value) if isinstance(each, ast.Call)]
    return any(called(each) in COPYING or called(each)[:1].isupper() for each in calls)


def _is_trained(tree: ast.Module) -> bool:
    return any(called(node) == "backward" for node in all_nodes(tree))


def _use(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> str:
    """What a name is read for: "update", "prepare", or something else: ""."""
    parent = parents[node]
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        if not isinstance(call, ast.Call) or call.func is not parent:
            return ""
        if parent.attr in PREPARING:
            return "prepare" if isinstance(parents[call], ast.Expr) else ""
        if parent.attr in CONTENTS:
            return "update" if _is_looped_over(call, parents) else ""
        return "update" if parent.attr in LOADING or UPDATING.search(parent.attr) else ""
    is_argument = isinstance(parent, ast.Call) and node in parent.args
    return "update" if is_argument and UPDATING.search(called(parent)) and "deepcopy" not in called(parent) else ""


def _is_looped_over(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether parameters are what a loop goes over."""
    while node in parents and not isinstance(node, ast.stmt):
        node = parents[node]
    return isinstance(node, ast.For)
