"""Trees that scikit-learn has grown, as the tensors of `goodfit.nets.boosted_trees`, equal in what they give.

scikit-learn keeps its trees in attributes that are not public; tests hold these tensors against its own predictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

CERTAIN = 5.0  # logit of a label that all rows have, or none


@dataclass(frozen=True)
class Tree:
    """A tree's nodes, the output that it adds to, and what encodes the categories it was grown on."""

    predictor: Any
    output: int
    codes: Sequence[np.ndarray]


@dataclass(frozen=True)
class Grown:
    """Fitted models and the outputs that each is for.

    Attributes:
        models: a model, and the numbers of its outputs: all classes, or one label or number.
        constant: labels that every row has (1) or none (0), by the number of the output.
    """

    models: Sequence[tuple[Any, Sequence[int]]]
    outputs: int
    constant: Mapping[int, float] = field(default_factory=dict)

    def start(self) -> np.ndarray:
        """(outputs,) before the first tree."""
        start = np.zeros(self.outputs)
        for model, outputs in self.models:
            present = _present(model, outputs)
            start[_raised(model, outputs)] = np.ravel(model._baseline_prediction)
            absent = [at for at in outputs if at not in present]
            start[absent] = start[present].min() - CERTAIN
        for output, value in self.constant.items():
            start[output] = CERTAIN if value else -CERTAIN
        return start

    def trees(self, rounds: int) -> list[Tree]:
        """Those of the first rounds."""
        trees = []
        for model, outputs in self.models:
            encoder = None if model._preprocessor is None else model._preprocessor.named_transformers_["encoder"]
            codes = [] if encoder is None else encoder.categories_
            raised = _raised(model, outputs)
            for predictors in model._predictors[:rounds]:
                trees += [Tree(each, output, codes) for each, output in zip(predictors, raised, strict=True)]
        return trees

    def stages(self, x: np.ndarray, stride: int) -> list[np.ndarray]:
        """(n, outputs) after every `stride` rounds, by scikit-learn."""
        rounds = min((model.n_iter_ for model, _ in self.models), default=stride)
        stages = [np.tile(self.start(), (len(x), 1)) for _ in range(rounds // stride)]
        for model, outputs in self.models:
            raised = _raised(model, outputs)
            for number, raw in enumerate(model._staged_raw_predict(x), start=1):
                if number % stride == 0 and number <= rounds:
                    stages[number // stride - 1][:, raised] = raw
        return stages


def tensors_of(grown: Sequence[Grown], rounds: int, order: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Options and state of the architecture for the mean of these models.

    Args:
        grown: one of each fold.
        rounds: that are kept.
        order: for each column that the trees know, its place in x.
    """
    trees = [tree for each in grown for tree in each.trees(rounds)]
    share = 1 / len(grown)
    nodes = max((len(tree.predictor.nodes) for tree in trees), default=1)
    codes = max((int(known.max()) + 2 for tree in trees for known in tree.codes if len(known)), default=1)
    shape = (len(trees), nodes)
    feature, category = np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
    threshold, value = np.zeros(shape), np.zeros(shape)
    branches = np.tile(np.arange(nodes), (2, len(trees), 1))
    goes_left: list[np.ndarray] = []
    depth = 0
    for at, tree in enumerate(trees):
        table = tree.predictor.nodes
        count, inner = len(table), ~table["is_leaf"].astype(bool)
        depth = max(depth, int(table["depth"].max()))
        value[at, :count] = np.where(inner, 0.0, table["value"]) * share
        feature[at, :count][inner] = order[table["feature_idx"][inner]]
        threshold[at, :count] = table["num_threshold"]
        branches[0, at, :count][inner] = table["left"][inner]
        branches[1, at, :count][inner] = table["right"][inner]
        for node in np.flatnonzero(inner & table["is_categorical"].astype(bool)):
            category[at, node] = len(goes_left)
            goes_left.append(_codes_to_the_left(tree, table[node], codes))
    state = {
        "feature": feature,
        "threshold": threshold,
        "branches": branches.astype(np.int64),
        "value": value,
        "category": category,
        "goes_left": np.array(goes_left, dtype=bool).reshape(len(goes_left), codes),
        "output": np.array([tree.output for tree in trees], dtype=np.int64),
        "start": np.mean([each.start() for each in grown], axis=0),
    }
    options = {"trees": len(trees), "nodes": nodes, "depth": depth, "category_splits": len(goes_left), "codes": codes}
    return options, state


def _present(model: Any, outputs: Sequence[int]) -> list[int]:
    """The outputs that a model knows: classes without a row in its fold are not among them."""
    classes = getattr(model, "classes_", None)
    return list(outputs) if classes is None or len(outputs) == 1 else [int(each) for each in classes]


def _raised(model: Any, outputs: Sequence[int]) -> list[int]:
    """The outputs that its trees add to: of two classes the second, whose logit over the first's it predicts."""
    present = _present(model, outputs)
    return present[1:] if len(present) == 2 and len(outputs) > 1 and hasattr(model, "classes_") else present


def _codes_to_the_left(tree: Tree, node: Any, codes: int) -> np.ndarray:
    """(codes,) bool of a split by a category; codes that the fold did not know go where gaps go."""
    goes = np.full(codes, bool(node["missing_go_to_left"]))
    bits = tree.predictor.raw_left_cat_bitsets[node["bitset_idx"]]
    for at, code in enumerate(tree.codes[node["feature_idx"]].astype(np.int64)):
        goes[code] = bool(bits[at // 32] >> np.uint32(at % 32) & np.uint32(1))
    return goes
