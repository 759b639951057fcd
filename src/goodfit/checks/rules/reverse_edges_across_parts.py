"""reverse-edges-across-parts: of links that are stored in both directions, one is trained on and the other is scored.

What it checks
    When backward is called: links among the program's variables, the values of its dictionaries and the attributes of
    its objects, some called training edges and some called test or validation edges. They are tensors or arrays of
    whole numbers (2, E) or (E, 2), lists of pairs, or their two ends by themselves, called alike but for u and v, src
    and dst, row and col, head and tail, source and target. Nearly every pair of both has its reverse in one of them, so
    the graph has no direction; few pairs are in both parts as they are, and of a fifth of the held-out ones or more the
    reverse is in the training part.

Why it hurts
    (u, v) and (v, u) are one link. The net passes messages along it and is trained to give it a high score, and is then
    asked whether there is one: the AUC is that of links it knows.

Example
    perm = torch.randperm(edges.shape[1]); train, test = edges[:, perm[k:]], edges[:, perm[:k]]

Instead
    Split the pairs with u < v, and add the reverse of each to its own part; RandomLinkSplit(is_undirected=True)

When it is a false alarm
    Links with a direction of which each has its reverse.

Cost
    The variables are looked at in the first two passes; the pairs of two such parts are sorted once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.edge_lists import HELD_OUT, TRAIN, edge_lists
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PASSES = 2
NODES_AT_MOST = 2**31
SYMMETRIC_AT_LEAST = 0.98  # of the pairs of both parts
SHARED_AT_MOST, REVERSED_AT_LEAST = 0.02, 0.2  # of the held-out pairs
NEGATIVE = lazy_pattern(r"neg", re.IGNORECASE)


class ReverseEdgesAcrossParts(LiveRule):
    code, level = "GF543", Level.WARNING

    def start(self) -> None:
        self.passes = 0
        self.compared: set[tuple[str, str, int, int]] = set()  # names, and how many links

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES:
            return
        self.passes += 1
        edges = {name: each for name, each in edge_lists() if not NEGATIVE.search(name)}
        trained = {name: each for name, each in edges.items() if TRAIN.search(name)}
        for name, held_out in edges.items():
            for other, train in trained.items() if HELD_OUT.search(name) and not TRAIN.search(name) else ():
                key = (name, other, held_out.shape[1], train.shape[1])
                if key in self.compared:
                    continue
                self.compared.add(key)
                share = _reversed(train, held_out)
                if share is not None:
                    self.passes = PASSES
                    place = user_place()
                    yield self.finding(
                        f"{share:.0%} of the links of {name} are in {other} with their ends exchanged: the graph has "
                        "no direction, and they are links that were trained on",
                        "Split the pairs with u < v, then add the reverse of each to its own part",
                        file=place.file,
                        line=place.line,
                    )
                    return


def _reversed(train: Tensor, held_out: Tensor) -> float | None:
    """The share of the held-out pairs whose reverse is trained on; None where that is no mistake."""
    both = torch.cat([train.detach().cpu(), held_out.detach().cpu()], 1)
    if int(both.min()) < 0 or int(both.max()) >= NODES_AT_MOST:
        return None
    base = int(both.max()) + 1
    own, turned = both[0] * base + both[1], both[1] * base + both[0]
    count = train.shape[1]
    loops = both[0] == both[1]
    if float(torch.isin(turned, own).float().mean()) < SYMMETRIC_AT_LEAST or bool(loops[count:].any()):
        return None
    as_they_are = float(torch.isin(own[count:], own[:count]).float().mean())
    share = float(torch.isin(turned[count:], own[:count]).float().mean())
    return share if as_they_are <= SHARED_AT_MOST and share >= REVERSED_AT_LEAST else None
