"""A run: what `fit` returns and `load` gives back. The model, its figures, and how new data is read."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.checks.rules.test_set_reused import TestSetReused
from goodfit.data import open_as
from goodfit.data.normalise import Normalise
from goodfit.data.source import Source
from goodfit.errors import DataError, RunError, UsageError
from goodfit.nets import build
from goodfit.nets.own_net import as_net
from goodfit.nets.svdpp import Factors
from goodfit.predict.catalogue import Catalogue
from goodfit.predict.image_predictions import ImagePredictions
from goodfit.predict.model import Model
from goodfit.predict.predictions import Predictions
from goodfit.stats.estimates import Estimate
from goodfit.store.files import ensure_folder, write_text
from goodfit.store.run_folder import CHECKPOINT, LOOKS, RECORD, SAVED, SCORES, WEIGHTS
from goodfit.store.tensors import load_state, save_state
from goodfit.store.test_ledger import TestDoor
from goodfit.tasks import from_json as task_from_json
from goodfit.tasks.encode import encoded, with_targets
from goodfit.train.device import choose_device
from goodfit.train.evaluate import outputs, scores
from goodfit.train.hyperparameters import Plan
from goodfit.train.precision import Precision, supported

FORMAT = 1  # of run.json; a newer goodfit keeps reading older formats


class Run:
    """A fitted model with its record. Use it in a `with` block, or call `release`, to give its memory back.

    Attributes:
        folder: the run folder.
        verdict: in a few words: "good fit", "overfit", "underfit", "no better than the baseline", ...
        metrics: part ("valid", "test") -> name -> value with its 95% interval (low, high).
        history: a line an epoch.
        record: everything that run.json holds.
    """

    def __init__(self, folder: Path, record: dict[str, Any], model: Model | None) -> None:
        self.folder = folder
        self.record = record
        self._model = model

    verdict = property(lambda self: str(self.record["verdict"]), doc="The verdict in a few words.")
    history = property(lambda self: list(self.record["history"]), doc="A line an epoch.")
    findings = property(lambda self: list(self.record["findings"]), doc="What the rules have seen.")

    @property
    def metrics(self) -> dict[str, dict[str, Estimate]]:
        return {
            part: {name: Estimate(**value) for name, value in named.items()}
            for part, named in self.record["metrics"].items()
        }

    @property
    def model(self) -> Model:
        if self._model is None:
            raise RunError("its model was released", where=self.folder, fix="Load it again: goodfit.load(folder)")
        return self._model

    @property
    def net(self) -> nn.Module:
        """The fitted net, in eval mode."""
        return self.model.net

    def predict(
        self,
        data: Any,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Predictions | ImagePredictions:
        """Predict every row of new data, in its order.

        Where the task is of images (masks, restoration), the predictions are images of the input's size, computed
        while you go through them; `write` puts them into a folder.

        Args:
            data: of the kind that the run was fitted on: a path, a frame, an array, or an opened source.
            cache: where decoded images are kept; the usual folder when None.
            progress: called with (rows done, rows) while files are read or images predicted.

        Raises:
            DataError: nothing to read there, or data of another kind or shape.
        """
        if self.model.task.dense:
            source = data if hasattr(data, "prepare") else open_as(self.model.schema["kind"], data)
            return ImagePredictions(self.model, source.keys, source.paths(), progress)
        source = self._opened(data, cache, progress)
        broken = {item.row: item.reason for item in source.unreadable}
        rows = torch.tensor([row for row in range(len(source)) if row not in broken], dtype=torch.int64)
        model = self.model
        out = outputs(model.net, model.feed(source), model.task, rows, model.precision)
        columns = dict(model.task.decode(out)) if len(rows) else {"prediction": []}
        columns |= {name: [said[row] for row in rows.tolist()] for name, said in source.remarks().items()}
        return Predictions(source.keys, columns, [broken.get(row) for row in range(len(source))])

    def evaluate(
        self,
        data: Any,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Score labelled data that the run was not fitted on. Each look is counted in the run folder.

        Args:
            options: how a path is opened: masks="street/masks", clean="clean/".

        Returns:
            The object that `goodfit evaluate --json` prints.

        Raises:
            DataError: no labels, or a label that the run does not know.
        """
        source = self._opened(data, cache, progress, **options)
        if source.targets is None:
            raise DataError("these rows have no labels to score against", fix="Use goodfit predict for them")
        return score(self, source)

    @property
    def catalogue(self) -> Catalogue:
        """Users and items of a run of ratings: what recommends, and says which items are near.

        Raises:
            UsageError: the run is of something else.
        """
        net, schema = self.net, self.model.schema
        if not isinstance(net, Factors):
            raise UsageError("this run is not of ratings", where=self.folder, fix="Give a run of users and items")
        return Catalogue(net, self.model.task, schema["users"], schema["items"])

    def recommend(self, user: Any, n: int = 10) -> list[tuple[str, float]]:
        """The n best items that a user has not rated in training, with their predicted ratings; for runs of ratings."""
        return [(line.item, line.prediction) for line in self.catalogue.recommend([str(user)], n)]

    def similar(self, item: Any, n: int = 10) -> list[tuple[str, float]]:
        """The n items nearest to an item, with the cosine of their embeddings; for runs of ratings."""
        return [(line.item, line.similarity) for line in self.catalogue.similar(str(item), n)]

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report as one self-contained HTML page; into the run folder when no path is given."""
        from goodfit.report.from_run import write_report

        return write_report(self.folder, self.record, Path(path) if path is not None else self.folder / "report.html")

    def save(self, folder: str | Path) -> Path:
        """Copy the run to another folder: safetensors, JSON, CSV and HTML, nothing that can run.

        Raises:
            RunError: there is something else in that folder already.
        """
        target = Path(folder)
        if target.exists() and any(target.iterdir()) and not (target / RECORD).exists():
            raise RunError("there is something else in this folder", where=target, fix="Choose another one")
        ensure_folder(target)
        for name in SAVED:
            if (self.folder / name).exists() and target.resolve() != self.folder.resolve():
                shutil.copy2(self.folder / name, target / name)
        return target

    def release(self) -> None:
        """Give the memory of the net back; the record stays."""
        self._model = None
        release_memory()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {self.verdict!r})"

    def _opened(
        self, data: Any, cache: Path | None, progress: Callable[[int, int], None] | None, **options: Any
    ) -> Source:
        kind = self.model.schema["kind"]
        source: Source = data if hasattr(data, "prepare") else open_as(kind, data, **options)
        if source.kind != kind:
            raise DataError(
                f"this is {source.kind}; the run was fitted on {kind}",
                fix="Give data of that kind",
            )
        source.prepare(self.model.schema, cache=cache, progress=progress)
        return source


def score(run: Run, source: Source) -> dict[str, Any]:
    """Metrics of a run on a prepared, labelled source, with the trivial predictor learnt from the training rows."""
    began = time.monotonic()
    assert source.targets is not None
    model = run.model
    there = with_targets(source)
    rows = np.flatnonzero(there)
    if not len(rows):
        raise DataError("not one row of it can be read", fix="Give other data")
    feed = model.feed(source, encoded(model.task, source, there))
    out, y = scores(model.net, feed, model.task, torch.from_numpy(rows), model.precision)
    trained = load_state(run.folder / SCORES)[0]["y_train"]
    looks = TestDoor(run.folder / LOOKS).look(fingerprint(source, rows))
    findings = [finding.to_json() for finding in TestSetReused().seen(looks)]
    return {
        "run": str(run.folder),
        "task": model.task.name,
        "verdict": run.verdict,
        "seconds": round(time.monotonic() - began, 2),
        "epochs": len(run.history),
        "rows": {
            "train": run.record["rows"]["train"],
            "valid": 0,
            "test": len(rows),
            "unreadable": len(source.unreadable),
        },
        "metrics": {"test": {name: value.to_json() for name, value in model.task.metrics(out, y).items()}},
        "baseline": {"test": model.task.baseline(trained, y, out)},
        "looks_at_test": looks,
        "findings": findings,
    }


def fingerprint(source: Source, rows: np.ndarray | None = None) -> str:
    """Names a set of rows by their content, wherever they lie."""
    digests = source.digests() or source.keys
    chosen = digests if rows is None else [digests[row] for row in rows]
    return hashlib.sha256("\n".join(chosen).encode()).hexdigest()[:16]


def store_weights(folder: Path, net: nn.Module) -> None:
    save_state(folder / WEIGHTS, dict(net.state_dict()), {})


def store_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write run.json: the last file of a run, which makes it one."""
    write_text(folder / RECORD, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def load(
    folder: str | Path, *, model: Any = None, params: list[Tensor] | None = None, device: str | None = None
) -> Run:
    """Read a run folder. Nothing in it is executed: weights are safetensors, the rest is JSON.

    Args:
        folder: the run folder.
        model: for a run of your own net: that net again (a module, a plain function, or "train.py:net").
        params: the parameters of a plain function.
        device: cpu, cuda or mps; chosen by itself when None.

    Raises:
        RunError: no run there, an unfinished one, a damaged one, or one of a newer format.
    """
    folder = Path(folder)
    record = read_record(folder)
    there, _ = choose_device(device)
    weights, _ = load_state(folder / WEIGHTS)
    kept = record["model"]
    if kept["arch"] is not None:
        net = build(kept["arch"], tuple(kept["in_shape"]), kept["outputs"], **kept["options"])
    elif model is None:
        raise RunError(
            f"its net is your own code ({kept['own']})",
            where=folder,
            fix="Give it: --model train.py:net, or load(..., model=net)",
        )
    else:
        net = as_net(model, params)
    try:
        net.load_state_dict(weights)
    except RuntimeError as error:
        raise RunError(
            f"its weights are not of this net ({str(error).splitlines()[-1].strip()})",
            where=folder / WEIGHTS,
            fix="Give the net that was fitted",
        ) from error
    plan = Plan.from_json(record["plan"])
    dtype = plan.precision if supported(plan.precision, there) else "float32"
    return Run(
        folder,
        record,
        Model(
            net=net.to(there).eval(),
            task=task_from_json(record["task"]),
            schema=record["source"],
            normalise=Normalise.from_json(record["normalise"]) if record["normalise"] else None,
            precision=Precision(dtype, plan.channels_last, "as fitted"),
            device=there,
            batch_size=plan.batch_size,
        ),
    )


def read_record(folder: Path) -> dict[str, Any]:
    """run.json of a run folder, checked."""
    path = folder / RECORD
    if not path.exists():
        if (folder / CHECKPOINT).exists():
            raise RunError(
                "this run is not finished", where=folder, fix="Finish it: the same goodfit fit with --resume"
            )
        raise RunError(
            "there is no run here", where=folder, fix="Give a folder that goodfit fit made, such as runs/NAME"
        )
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = int(record["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"damaged ({error})", where=path, fix="Fit again, or take a copy") from error
    if version > FORMAT:
        raise RunError(
            f"format {version}, written by goodfit {record.get('goodfit', '?')}",
            where=path,
            fix="Upgrade: pip install -U goodfit",
        )
    return record


def release_memory() -> None:
    """Collect what is no longer used and hand free memory back to the system."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        # glibc keeps freed blocks for itself: without this a fit's memory would stay with the process
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
