"""Trees that scikit-learn has grown, as the tensors of `goodfit.nets.boosted_trees`, equal in what they give.

scikit-learn keeps its trees in attributes that are not public; tests hold these tensors against its own predictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

NEVER = np.finfo(np.float32).max  # a threshold that no value is above
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
        from sklearn.utils._openmp_helpers import _openmp_effective_n_threads as threads

        rounds = min((model.n_iter_ for model, _ in self.models), default=stride)
        stages = [np.tile(self.start(), (len(x), 1)) for _ in range(rounds // stride)]
        for model, outputs in self.models:
            raised = _raised(model, outputs)
            cells = model._preprocess_X(x, reset=False)  # its own encoding of categories
            raw = np.repeat(model._baseline_prediction, len(x), axis=0).astype(np.float64, order="F")
            # not _staged_raw_predict, which prepares anew for each tree what is the same for all of them
            for number, stage in enumerate(stages):
                some = model._predictors[number * stride : (number + 1) * stride]
                model._predict_iterations(cells, some, raw, is_binned=False, n_threads=threads())
                stage[:, raised] = raw
        return stages


def gains(grown: Sequence[Grown], order: np.ndarray) -> np.ndarray:
    """(features,) what all splits by a feature gained, by its place in x; `order` as for `tensors_of`."""
    sums = np.zeros(len(order))
    for each in grown:
        for model, _ in each.models:
            for predictors in model._predictors:
                for predictor in predictors:
                    splits = predictor.nodes[~predictor.nodes["is_leaf"].astype(bool)]
                    np.add.at(sums, order[splits["feature_idx"]], splits["gain"])
    return sums


def tensors_of(grown: Sequence[Grown], rounds: int, order: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Options and state of the architecture for the mean of these models.

    Args:
        grown: one of each fold.
        rounds: that are kept.
        order: for each column that the trees know, its place in x.
    """
    trees = [tree for each in grown for tree in each.trees(rounds)]
    nodes = max((int((~_is_leaf(tree)).sum()) for tree in trees), default=1)
    leaves = max((int(_is_leaf(tree).sum()) for tree in trees), default=1)
    codes = max((int(known.max()) + 2 for tree in trees for known in tree.codes if len(known)), default=1)
    shape = (nodes, len(trees))
    state = {
        "feature": np.zeros(shape, np.int64),
        "threshold": np.full(shape, NEVER, np.float32),
        "kept": np.full(shape, -1, np.int32),
        "category": np.full(shape, -1, np.int64),
        "value": np.zeros((len(trees), leaves)),
        "output": np.array([tree.output for tree in trees], dtype=np.int64),
        "start": np.mean([each.start() for each in grown], axis=0),
    }
    goes_left: list[np.ndarray] = []
    for at, tree in enumerate(trees):
        table, below = tree.predictor.nodes, _leaves_below(tree)
        numbered = {node: number for number, node in enumerate(below[0])}
        for node, leaf in numbered.items():
            state["value"][at, leaf] = table[node]["value"] / len(grown)
        for number, node in enumerate(np.flatnonzero(~_is_leaf(tree)).tolist()):
            of_node, place = table[node], (number, at)
            state["feature"][place] = order[of_node["feature_idx"]]
            struck_out = sum(1 << numbered[leaf] for leaf in below[int(of_node["left"])])
            state["kept"][place] = ~struck_out
            if of_node["is_categorical"]:
                state["category"][place] = len(goes_left)
                goes_left.append(_codes_to_the_left(tree, of_node, codes))
            else:
                state["threshold"][place] = _rounded_down(float(of_node["num_threshold"]))
    state["goes_left"] = np.array(goes_left, dtype=bool).reshape(len(goes_left), codes)
    options = {"trees": len(trees), "nodes": nodes, "leaves": leaves, "category_splits": len(goes_left), "codes": codes}
    return options, state


def _is_leaf(tree: Tree) -> np.ndarray:
    """(nodes,) bool."""
    return np.asarray(tree.predictor.nodes["is_leaf"]).astype(bool)


def _leaves_below(tree: Tree) -> dict[int, list[int]]:
    """For each node its leaves from left to right; those of a leaf are itself."""
    table = tree.predictor.nodes
    below: dict[int, list[int]] = {}
    for node in range(len(table) - 1, -1, -1):  # scikit-learn numbers a node before its children
        one = table[node]
        below[node] = [node] if one["is_leaf"] else [*below[int(one["left"])], *below[int(one["right"])]]
    return below


def _rounded_down(threshold: float) -> np.float32:
    """The largest float32 that is not above it: a float32 is above the one just where it is above the other."""
    rounded = np.float32(threshold)
    return rounded if float(rounded) <= threshold else np.nextafter(rounded, np.float32(-np.inf))


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
