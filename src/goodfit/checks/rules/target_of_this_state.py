"""target-of-this-state: the value of what comes next is computed of the state that is left, not of the next one.

What it checks
    In the source of the program: a function has a state and the next one of the same transitions. A target net gets the
    state, and never the next one in the whole file; or what is called the next value or the next action is computed of
    the state alone.

Why it hurts
    A target r + gamma * V(s) does not look ahead: what an action leads to never enters its value, so that all actions
    of a state are worth the same but for the reward at once.

Example
    next_q = target_net(states).max(1).values

Instead
    next_q = target_net(next_states).max(1).values

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

STATE = r"(state|obs|observation|s|x|ob)(s|es|_batch|_b|_mb|_t)?"
NEXT = lazy_pattern(
    rf"(?i)^((batch_|b_|mb_|non_final_)?(next|new)_?{STATE}|{STATE}_?(next|new|prime|p|2|_)|s2s?|s_+|sp|nst?|nexts?|(next|new)_?\w*"
    rf"(state|obs)\w*|(state|obs)\w*_?(next|new|2|_)(_batch|_b)?|states_|s1)$"
)
THIS = lazy_pattern(rf"(?i)^(batch_|b_|mb_|cur(rent)?_?)?{STATE}$|^(states?|obs)_?0?$|^s0$|^st$")
REWARD = lazy_pattern(r"(?i)^(b_|mb_|batch_)?(r|rs|rew|rews|rewards?|reward_batch|rewards?_b)$|rew")
TARGET_NET = lazy_pattern(r"(?i)targ|tgt|_t$|^t_|(actor|critic|q\d?|net|policy)_?t$|^at$|^ct$|^qt$")
VALUE = lazy_pattern(r"(?i)value|_q|action|reward|log_?p|mask")
IS_NEXT = lazy_pattern(
    r"(?i)^(max_)?next_?(q|v|value|values|act|action|actions|a|qs|q_?values?|state_values?|log_?prob\w*)$|"
    r"^(q|v|a|values?|actions?)_?(next|prime)(_\w+)?$|^max_next|^next_(state_)?(q|v|act|value)\w*$|^q_next$"
)


class TargetOfThisState(SourceRule):
    code, level = "GF581", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)next|targ|tgt|_t\b|s2|s_\b")
    what = "{name} is computed of the state that is left, and the next state is at hand"
    fix = "Give it the next state: target_net(next_states)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return targets_of_this_state(tree)


def targets_of_this_state(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Values of what comes next that are computed of the state before, each with its line."""
    arguments = {id(each.body): [arg.arg for arg in each.args.args] for each in of_kind(tree, ast.FunctionDef)}
    for scope in formulas(tree):
        pairs = [*_transitions(scope), *_named_apart(scope, arguments.get(id(scope.body), []))]
        for this, after in pairs[:1]:
            yield from _wrong(tree, scope, this, after)


def _transitions(scope: Formulas) -> Iterator[tuple[str, str]]:
    """Names of a state and the next one that are unpacked together with a reward, or given to the function so."""
    for node in scope.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            names = [last_name(each) for each in node.targets[0].elts]
            if len(names) >= 4 and any(REWARD.search(each) for each in names):
                after = [each for each in names if NEXT.search(each)]
                this = [each for each in names if THIS.search(each) and each not in after]
                if len(after) == 1 and len(this) == 1:
                    yield this[0], after[0]


def _named_apart(scope: Formulas, arguments: list[str]) -> Iterator[tuple[str, str]]:
    """The same of names that are set one by one, as state_batch = torch.cat(batch.state), or that are arguments."""
    names = [*arguments, *(name for name in scope.values if "." not in name)]
    after = [each for each in names if NEXT.search(each) and not VALUE.search(each)]
    this = [each for each in names if THIS.search(each) and each not in after]
    if len(set(after)) == 1 and len(set(this)) == 1 and any(REWARD.search(each) for each in names):
        yield this[0], after[0]


def _wrong(tree: ast.Module, scope: Formulas, this: str, after: str) -> Iterator[tuple[str, int]]:
    given_next = {ast.unparse(call.func) for call in of_kind(tree, ast.Call) if _reads(call, scope, after)}
    for node in scope.nodes:
        if isinstance(node, ast.Call) and TARGET_NET.search(last_name(node.func)):
            own = _arguments(node)
            if this in own and after not in own and ast.unparse(node.func) not in given_next and _is_net(node):
                yield ast.unparse(node), node.lineno
                return
    for node in scope.nodes:
        if isinstance(node, ast.Assign) and any(IS_NEXT.search(each) for each in _targets(node)):
            call = next((each for each in of_kind(node.value, ast.Call) if this in _arguments(each)), None)
            read = names_in(node.value)
            if call is not None and this in read and after not in read and _is_net(call):
                yield ast.unparse(node.targets[0]), node.lineno
                return


def _reads(call: ast.Call, scope: Formulas, after: str) -> bool:
    names = _arguments(call)
    return after in names or any(
        after in names_in(value) for name in names for value in scope.values.get(name, ())
    )  # fmt: skip


def _arguments(call: ast.Call) -> set[str]:
    return {name for each in [*call.args, *(key.value for key in call.keywords)] for name in names_in(each)}


def _targets(node: ast.Assign) -> list[str]:
    return [last_name(each) for target in node.targets for each in all_nodes(target) if last_name(each)]


def _is_net(call: ast.Call) -> bool:
    """Whether a call is one of a net, and not of a function that makes, joins or compares tensors."""
    function = call.func
    root = function
    while isinstance(root, ast.Attribute):
        root = root.value
    is_library = isinstance(root, ast.Name) and root.id in ("torch", "np", "F", "nn", "math", "random")
    return not is_library and called(call) not in ("append", "add", "push", "store", "len", "env", "step", "tensor")
