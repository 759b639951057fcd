"""Log-probabilities of drawn actions, in the graph."""

from __future__ import annotations

from typing import Any

from goodfit.checks.engine import graph

STEPS_AT_MOST = 8  # from a product to its factors' origins
JOINING, JOINED_AT_MOST = ("StackBackward0", "CatBackward0"), 8
LEAVING = ("NegBackward0", "MulBackward0", "DivBackward0", "ExpBackward0", "SubBackward0", "SumBackward1")


def is_score(node: Any) -> bool:
    """Whether a node gives the log-probability of a sample, or a ratio made of it with constants."""
    for _ in range(STEPS_AT_MOST):
        if graph.SCORE in node.metadata:
            return True
        inputs = graph.parents(node)
        if node.name() in JOINING and len(inputs) == len(node.next_functions):  # of the steps of an episode
            return all(is_score(each) for each in inputs[:JOINED_AT_MOST])
        if len(inputs) != 1 or not (node.name() in LEAVING or node.name() in graph.MOVES):
            return False
        node = inputs[0]
    return False
