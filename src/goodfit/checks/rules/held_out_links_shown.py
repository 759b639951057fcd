"""held-out-links-shown: the links that are to be predicted are in the graph that the net is trained with.

What it checks
    In the first passes: links among the program's variables, some called training edges and others test or validation
    edges (or these two alone), that share hardly a pair; and what the net passes messages along while it is trained: a
    matrix that rows are multiplied with, a mask of its attention, an index by which rows are looked up and added, what
    it is given, or the matrix that it is to rebuild. Nearly all held-out links are in it, and hardly a pair of their
    ends at random. Or the training links hold nearly all of the others. Only in programs that draw negative pairs, or
    rebuild the graph.

Why it hurts
    Two nodes that are to be scored have already exchanged what they know, because they are linked: a net that reads
    this finds the links it is shown. The score is not that of links that nobody knows.

Example
    edge_index = torch.cat([edges, edges.flip(0)], 1)          # edges: those of training and test
    z = net(x, edge_index); loss = link_loss(z, train_edges)

Instead
    edge_index = torch.cat([train_edges, train_edges.flip(0)], 1)

When it is a false alarm
    Links that are known, of which something else is predicted.

Cost
    The variables are looked at in the first two passes; pairs are looked up in what the graph of the pass holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.edge_lists import HELD_OUT, TRAIN, edge_lists
from goodfit.checks.engine.events import BackwardBegins, Loss, NetCall, WatchEnds
from goodfit.checks.engine.message_links import Links, links_given, links_of
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PASSES = 2
SHOWN_AT_LEAST, SHARED_AT_MOST, BY_CHANCE_AT_MOST = 0.95, 0.02, 0.5
PART_AT_MOST = 0.5  # as many held-out links as training links: those that messages are passed along
NEGATIVE = lazy_pattern(r"neg|false|fake|non_?edge", re.IGNORECASE)
PREDICTS_LINKS = lazy_pattern(
    r"(?<![a-z])neg(s|ative|atives)?(_|\b)|_false\b|non_?edge|randint|corrupt|(?<![a-z])rec(on\w*)?\b", re.IGNORECASE
)


class HeldOutLinksShown(LiveRule):
    code, level = "GF593", Level.WARNING

    def start(self) -> None:
        self.passes = 0
        self.place = Place(None, None)
        self.given: list[Tensor] = []  # to nets and losses since the last pass
        self.shared: str = ""  # held-out links that are training links too
        self.found: tuple[str, float, Place] | None = None

    def on_net_call(self, event: NetCall) -> None:
        if event.grad and self.passes < PASSES:
            given = tensors([list(event.args), dict(event.kwargs)])
            self.given += (each for each in given if not each.requires_grad)

    def on_loss(self, event: Loss) -> None:
        if event.grad and self.passes < PASSES:
            self.given.append(event.target)

    def before_backward(self, event: BackwardBegins) -> None:
        given, self.given = self.given, []
        if self.passes >= PASSES or self.found is not None:
            return
        self.passes += 1
        self.place = user_place()
        edges = {name: each for name, each in edge_lists() if not NEGATIVE.search(name)}
        trained = [each for name, each in edges.items() if TRAIN.search(name)]
        held_out = {name: each for name, each in edges.items() if HELD_OUT.search(name) and not TRAIN.search(name)}
        for name, each in held_out.items():
            self.shared = self.shared or _are_trained_on(name, each, trained)
        known = trained or list(held_out.values())  # links of training may be in a matrix alone
        held_out = {name: each for name, each in held_out.items() if _are_apart(each, known)}
        if not held_out:
            return
        for links in (*links_of(event), *links_given(given)):
            for name, each in held_out.items():
                share = _shown(links, each, trained)
                if share is not None:
                    self.found = name, share, user_place()
                    return

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.shared and self.found is None:
            self.found = self.shared, 1.0, self.place
        if self.found is None or not any(each.mentions(PREDICTS_LINKS) for each in self.program.source.files()):
            return
        name, share, place = self.found
        where = (
            "training links as well" if name == self.shared else "in the graph that the net reads while it is trained"
        )
        yield self.finding(
            f"{share:.0%} of the links of {name} are {where}: what is to be predicted is shown",
            "Build the graph of the training links alone",
            file=place.file,
            line=place.line,
        )


def _are_trained_on(name: str, held_out: Tensor, trained: list[Tensor]) -> str:
    """The name, where nearly all of few held-out links are among training links, as they are; "" elsewhere."""
    for each in trained:
        base = 1 + max(int(held_out.max()), int(each.max()))
        own, others = (pairs[0] * base + pairs[1] for pairs in (held_out, each))
        is_part = held_out.shape[1] <= PART_AT_MOST * each.shape[1]
        if is_part and float(torch.isin(own, others).float().mean()) >= SHOWN_AT_LEAST:
            return name
    return ""


def _are_apart(held_out: Tensor, known: list[Tensor]) -> bool:
    """Whether there are other links, of training or another part, and hardly any of these is one."""
    others = [each for each in known if not torch.equal(each, held_out)]
    base = 1 + max(int(each.max()) for each in (held_out, *others))
    own = held_out[0] * base + held_out[1]
    others = [each[0] * base + each[1] for each in others]
    return bool(others) and not any(float(torch.isin(own, each).float().mean()) > SHARED_AT_MOST for each in others)


def _shown(links: Links, held_out: Tensor, trained: list[Tensor]) -> float | None:
    """The share of the held-out links that there are among these; None where that is small, or so by chance."""
    first, second = held_out
    both = torch.cat([held_out, *trained], 1)
    firsts, seconds = (int(end.max()) + 1 for end in both)
    offsets = [0, *([firsts] if links.ends[0] == links.ends[1] >= firsts + seconds else [])]  # of items after users
    for offset in offsets:
        if int(first.max()) >= links.ends[0] or int(second.max()) + offset >= links.ends[1]:
            continue
        there = links.hold(first, second + offset)
        share = float(there.float().mean())
        turned = torch.roll(second, max(1, len(second) // 2)) + offset
        if share >= SHOWN_AT_LEAST and float(links.hold(first, turned).float().mean()) <= BY_CHANCE_AT_MOST:
            return share
    return None
