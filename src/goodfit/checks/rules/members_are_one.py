"""members-are-one: the members of an ensemble are trained from one seed, on the same rows, and are one net.

What it checks
    torch.manual_seed is called with the same number before each of several trainings. When it is called again, and at
    the end, a list of the program's holds three nets or more of one class whose parameters are equal, bit by bit. Or,
    in the source: a function that sets the seed and trains is called in a loop with the same arguments each time, and
    what it returns is collected.

Why it hurts
    The mean of equal nets is any one of them: the ensemble costs as many trainings as it has members, gains nothing,
    and its disagreement, which is to say how sure it is, is 0.

Example
    members = [train(seed=0) for _ in range(5)]

Instead
    members = [train(seed) for seed in range(5)]

When it is a false alarm
    A test that a training can be repeated; of two nets nothing is said.

Cost
    A count at each seeding; of nets in lists, when one number has come three times, a fingerprint.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from goodfit.checks.engine.events import Seeded, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, names_in, of_kind, owner_of, within, within_body
from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

MEMBERS_AT_LEAST = 3
STEPS_AT_LEAST = 5  # between two seedings: a training
VALUES_AT_MOST = 20_000_000  # of a net


class MembersAreOne(LiveRule):
    code, level = "GF496", Level.WARNING
    sleepless = (Seeded,)

    def start(self) -> None:
        self.trainings: dict[int, list[int]] = {}  # seed -> steps of the program when it was set
        self.reported = False

    def on_seed(self, event: Seeded) -> Iterator[Finding]:
        steps = self.trainings.setdefault(event.seed, [])
        if not steps or self.program.steps - steps[-1] >= STEPS_AT_LEAST:
            steps.append(self.program.steps)
        if len(steps) > MEMBERS_AT_LEAST:
            variables = [value for frame in users_frames() for value in list(frame.f_locals.values())]
            yield from self._look(variables, len(steps) - 1)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        trainings = max(map(len, self.trainings.values()), default=0)
        if trainings < MEMBERS_AT_LEAST:
            return
        yield from self._look(list(vars(sys.modules["__main__"]).values()), trainings)
        for source in self.program.source.files() if not self.reported else ():
            for name, line in source.found(trained_alike):
                yield self.finding(
                    f"{name} sets the seed and trains, and is called in a loop with the same arguments each time: all "
                    "nets that it returns are one",
                    "Give each member a seed of its own",
                    file=source.file,
                    line=line,
                )

    def _look(self, variables: list[Any], trainings: int) -> Iterator[Finding]:
        """At lists of as many nets as there were trainings: layers, or nets before training, may well be equal."""
        for value in variables if not self.reported else ():
            members = list(value.values()) if isinstance(value, dict) else value
            if not isinstance(members, list | tuple | nn.ModuleList) or len(members) != trainings:
                continue
            if not all(isinstance(each, nn.Module) and type(each) is type(members[0]) for each in members):
                continue
            different = {id(each): each for each in members}.values()
            if len(different) >= MEMBERS_AT_LEAST and len({_fingerprint(each) for each in different}) == 1:
                self.reported = True
                yield self.finding(
                    f"{len(different)} nets that were trained one after the other have equal weights, bit by bit: each "
                    "training began from the same seed",
                    "Give each member a seed of its own",
                )
                return


def trained_alike(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that seed and train, called in a loop with what does not change there; each with the call's line."""
    seeding = {
        function.name
        for function in of_kind(tree, ast.FunctionDef)
        if {"manual_seed", "backward"} <= {called(node) for node in all_nodes(function)} and _makes_its_net(function)
    }
    for node in all_nodes(tree):
        if isinstance(node, ast.ListComp):
            changing, calls = names_in(node.generators[0].target), [node.elt]
            collected = True
        elif isinstance(node, ast.For) and called(node.iter) == "range":
            body = [each for statement in node.body for each in within(statement)]
            changing = {each.id for each in body if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
            changing |= names_in(node.target)
            calls = [each for each in body if isinstance(each, ast.Call)]
            collected = any(called(each) == "append" for each in calls)
        else:
            continue
        for call in calls:
            if collected and isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in seeding:
                given = [*call.args, *(word.value for word in call.keywords)]
                if not any(names_in(each) & changing or _is_drawn(each) for each in given):
                    yield call.func.id, call.lineno


def _makes_its_net(function: ast.FunctionDef) -> bool:
    """Whether parameters are asked of what it makes itself: a net that it is given goes on from call to call."""
    nodes = within_body(function.body)
    made = {
        name for node in nodes if isinstance(node, ast.Assign) for target in node.targets for name in names_in(target)
    }
    asked = {owner_of(node).partition(".")[0] for node in nodes if called(node) == "parameters"}
    return bool(asked) and asked <= made


def _is_drawn(argument: ast.expr) -> bool:
    """Whether an argument may be another one at each call: next(seeds), random.random()."""
    return any(isinstance(node, ast.Call) for node in all_nodes(argument))


def _fingerprint(net: nn.Module) -> Any:
    """Equal for equal parameters; another one for each net that is too large, or has no values to look at."""
    values = [param.detach() for param in net.parameters()]
    is_odd = any(each.is_meta or nn.parameter.is_lazy(each) or each.layout != torch.strided for each in values)
    if not values or is_odd or sum(each.numel() for each in values) > VALUES_AT_MOST:
        return id(net)
    return tuple(hash(each.cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()) for each in values)
