"""A run: what `fit` returns and `load` gives back. The model, its figures, and how new data is read."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from torch import Tensor, nn

from goodfit.checks.finding import Finding
from goodfit.data.normalise import Normalise
from goodfit.data.source import DenseSource, Source
from goodfit.errors import RunError, UsageError
from goodfit.formatting import rows_called
from goodfit.names_elsewhere import OF_RUN, Parts, answer_calls, no_such_name
from goodfit.nets import build
from goodfit.nets.assemble import assemble
from goodfit.nets.own_net import as_net
from goodfit.nets.svdpp import Factors
from goodfit.nets.with_spread import WithSpread, plain
from goodfit.predict.blocks import PredictionBlocks
from goodfit.predict.catalogue import Catalogue
from goodfit.predict.embeddings import Embeddings, embed
from goodfit.predict.evaluation import score
from goodfit.predict.given import Given, as_given, with_labels
from goodfit.predict.image_predictions import ImagePredictions
from goodfit.predict.model import Model
from goodfit.predict.new_data import inputs_of, open_new, prepare_new, refuse_absent_images, refuse_without_targets
from goodfit.predict.predictions import Predictions
from goodfit.predict.scored_rows import scored_rows
from goodfit.record import Record, SpreadPart, read_record, reading
from goodfit.stats.estimates import Estimate
from goodfit.store.outputs import is_page, refuse_to_replace
from goodfit.store.run_folder import REPORT, SAVED, WEIGHTS, copy_run
from goodfit.store.tensors import load_state, refuse_not_finite
from goodfit.tasks import from_json as task_from_json
from goodfit.train.device import choose_device
from goodfit.train.memory import release_memory
from goodfit.train.precision import Precision, supported

answer_calls(__name__)


class Run:
    """A fitted model with its record. Use it in a `with` block, or call `release`, to give its memory back.

    Attributes:
        folder: the run folder.
        verdict: in a few words: "good fit", "overfit", "underfit", "no better than the baseline", ...
        metrics: part ("valid", "test") -> name -> value with its 95% interval (low, high).
        history: a line an epoch.
        record: everything that run.json holds.
    """

    def __init__(self, folder: Path, record: Record, model: Model | None) -> None:
        self.folder = folder
        self.record = record
        self._model = model

    @property
    def verdict(self) -> str:
        """The verdict in a few words."""
        return self.record.verdict

    @property
    def history(self) -> list[dict[str, float]]:
        """A line an epoch: epoch, rows, train_loss, valid_loss, the main metric, learning_rate, seconds."""
        return [
            {name: math.nan if value is None else value for name, value in line.items()} for line in self.record.history
        ]

    @property
    def findings(self) -> list[Finding]:
        """What the rules found."""
        return self.record.findings

    @property
    def metrics(self) -> dict[str, dict[str, Estimate]]:
        """Part ("valid", "test") -> name -> value with its 95% interval."""
        return Parts(self.record.metrics)

    @property
    def model(self) -> Model:
        if self._model is None:
            raise RunError("its model was released", where=self.folder, fix="Load it again: goodfit.load(folder)")
        return self._model

    @property
    def net(self) -> nn.Module:
        """The fitted net, in eval mode."""
        return plain(self.model.net)

    def predict(
        self,
        data: Any,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        interval: bool = False,
        **options: Any,
    ) -> Predictions:
        """Predict every row of new data, in its order.

        Where the task is of images (masks, restoration), the predictions are images of the input's size, computed
        while you go through `predictions.images()`; `write` puts them into a folder.

        Args:
            data: of the kind that the run was fitted on: a path, a frame, an array, or an opened source; of images also
                a PIL image, pixels as an array or tensor, or a list of these and of paths; of a table also a
                dictionary or a list of dictionaries.
            cache: where decoded images are kept; the usual folder when None.
            progress: called with (rows done, rows) while files are read or images predicted.
            interval: with 90% intervals or sets of classes; a run that was fitted with them always gives them.
            options: how a path is opened: path="file" names the column of a list that names images.

        Raises:
            DataError: nothing to read there, or data of another kind or shape.
        """
        if interval:
            return self.with_intervals().predict(data, cache=cache, progress=progress, **options)
        if self.model.task.output != "image":
            return self.predict_in_blocks(data, cache=cache, progress=progress, **options).whole()
        given = as_given(self.model.schema, data)
        dense = open_new(self.model.schema, given.data, cache=cache, **options)
        assert isinstance(dense, DenseSource)
        refuse_absent_images(dense)
        keys, paths = given.keys or dense.keys, given.paths or dense.paths()
        inputs = [*given.inputs, *inputs_of(self.folder), *paths]
        predicted = ImagePredictions(self.model, keys, paths, progress, inputs, tuple(dense.notes))
        predicted.held = given.held
        return predicted

    def with_intervals(self) -> Run:
        """This run with 90% intervals of numbers, or sets of classes, calibrated on its validation rows.

        A run that was fitted with `interval` has them, wide or narrow as the data is noisy; of another one the width
        of a number's interval goes by the predicted number.

        Raises:
            UsageError: its predictions have none.
            RunError: an older goodfit fitted it, and did not keep its validation rows.
        """
        task = self.model.task
        if task.has_intervals:
            return self
        if not task.accepts_interval:
            raise UsageError("--interval is for classes, and regression of one number", fix="Leave it out")
        rows = scored_rows(self.folder).get("valid")
        if rows is None:
            raise RunError("it did not keep the outputs of its validation rows", where=self.folder, fix="Fit it again")
        return Run(self.folder, self.record, replace(self.model, task=task.with_intervals(rows.out, rows.y)))

    def predict_in_blocks(
        self,
        data: Any,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        **options: Any,
    ) -> PredictionBlocks:
        """Predict many rows in little memory: go through the blocks, or write them all into a file.

        The predictions are those of `predict`, to the bit. A large table of Parquet or delimited text is read in
        pieces, and images from their cache: memory has one block of rows at a time, and what all rows are called.

        Args:
            data, cache, progress, options: as of `predict`.

        Raises:
            DataError: nothing to read there, or data of another kind or shape.
            UsageError: the run's predictions are images, which `predict` gives one at a time.
        """
        if self.model.task.output == "image":
            raise UsageError(
                "these predictions are images", fix="Use predict(data).images(), which gives one at a time"
            )
        given = as_given(self.model.schema, data)
        source = self._opened(given, cache, progress, **options)
        inputs = [*given.inputs, *inputs_of(self.folder)]
        return PredictionBlocks(
            self.model, source, given.keys, inputs, lambda: reading(self.folder, self.record), given.held
        )

    def embed(
        self,
        data: Any,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        **options: Any,
    ) -> Embeddings:
        """What the net's head is given of each row of new data, in its order: a vector, of 16 bits a number.

        Rows that are alike to the net are near each other: for search, clusters and duplicates, or as columns of
        another model.

        Args:
            data, cache, progress, options: as of `predict`.

        Raises:
            UsageError: a net whose head is not one linear layer.
            DataError: nothing to read there, or data of another kind or shape.
        """
        with reading(self.folder, self.record):
            given = as_given(self.model.schema, data)
            source = self._opened(given, cache, progress, **options)
            inputs = [*given.inputs, *inputs_of(self.folder)]
            return embed(self.model, self.record.net, source, progress, inputs)

    def evaluate(
        self,
        data: Any,
        y: Any = None,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Score labelled data. Each look at rows that the run has not seen is counted in the run folder.

        Rows that the run was trained on are found by their content, and scored apart: see `Returns`.

        Args:
            y: the labels or numbers of the rows, where they are not among the data, as `goodfit.fit` takes them.
            options: how a path is opened: masks="street/masks", clean="clean/".

        Returns:
            The object that `goodfit evaluate --json` prints: `goodfit.predict.evaluation.score` lists its fields.

        Raises:
            DataError: no labels, or a label that the run does not know.
        """
        given = as_given(self.model.schema, with_labels(self.model.schema, data, y))
        source = self._opened(given, cache, progress, **options)
        refuse_without_targets(source, self.model.schema)
        with reading(self.folder, self.record):
            return score(self.model, self.record, self.folder, source)

    @property
    def catalogue(self) -> Catalogue:
        """Users and items of a run of ratings: what recommends, and says which items are near.

        Raises:
            UsageError: the run is of something else.
        """
        net, schema = self.net, self.model.schema
        if not isinstance(net, Factors):
            raise UsageError("this run is not of ratings", where=self.folder, fix="Give a run of users and items")
        return Catalogue(net, self.model.task, schema["users"], schema["items"], schema.get("held_out_users", {}))

    def recommend(self, user: Any, n: int = 10) -> list[tuple[str, float]]:
        """The n best items that a user has rated in no row of the data, with predicted ratings; for runs of ratings.

        A user whom the run does not know gets the items that suit users in general, with a warning.
        """
        catalogue = self.catalogue
        if not catalogue.knows(str(user)):
            warnings.warn(f"the user '{user}' is not in the training rows: {catalogue.for_strangers}", stacklevel=2)
        return [(line.item, line.prediction) for line in catalogue.recommend([str(user)], n)]

    def similar(self, item: Any, n: int = 10) -> list[tuple[str, float]]:
        """The n items nearest to an item, with the cosine of their embeddings; for runs of ratings."""
        return [(line.item, line.similarity) for line in self.catalogue.similar(str(item), n)]

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report as one self-contained HTML page; into the run folder when no path is given.

        Raises:
            UsageError: a name that ends otherwise than .html, or another file of this name, which goodfit did not make.
        """
        from goodfit.report.from_run import write_report

        page = Path(path) if path is not None else self.folder / REPORT
        if page.suffix.lower() not in ("", ".html", ".htm"):
            raise UsageError("the report is an HTML page", where=page, fix=f"Name it {page.with_suffix('.html').name}")
        refuse_to_replace(page, is_page, [self.folder / name for name in SAVED if name != REPORT])
        with reading(self.folder, self.record):
            return write_report(self.folder, self.record, page)

    def save(self, folder: str | Path) -> Path:
        """Copy the run to another folder: safetensors, JSON, CSV and HTML, nothing that can run.

        Raises:
            RunError: there is something else in that folder already, another run included.
            DiskError: no room or no permission.
        """
        return copy_run(self.folder, Path(folder))

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

    if not TYPE_CHECKING:  # a type checker finds a name that is not there

        def __getattr__(self, name: str) -> Any:
            raise no_such_name("a run", name, OF_RUN, self)

    def __repr__(self) -> str:
        from goodfit.analysis.headline import noun_of

        return f"Run({str(self.folder)!r}, {rows_called(self.verdict, noun_of(self.record))!r})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the first screen of the page."""
        from goodfit.report.from_run import notebook_view

        return notebook_view(self.folder, self.record)

    def _opened(
        self, given: Given, cache: Path | None, progress: Callable[[int, int], None] | None, **options: Any
    ) -> Source:
        if given.held is not None and cache is None:
            cache = given.held.path / "cache"
        with reading(self.folder, self.record):
            source = open_new(self.model.schema, given.data, cache=cache, **options)
            prepare_new(source, self.model.schema, cache=cache, progress=progress)
        return source


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
    place, _ = choose_device(device)
    weights, _ = load_state(folder / WEIGHTS)
    refuse_not_finite(folder / WEIGHTS, weights)
    net = _net(record, folder, model, params)
    if record.net.spread is not None:
        with reading(folder, record):
            net = _with_spread(net, record.net.spread)
    try:
        net.load_state_dict(weights)
    except RuntimeError as error:
        raise RunError(
            f"its weights are not of this net ({str(error).splitlines()[-1].strip()})",
            where=folder / WEIGHTS,
            fix="Give the net that was fitted",
        ) from error
    hyper = record.hyperparameters
    dtype = hyper.precision if supported(hyper.precision, place) else "float32"
    with reading(folder, record):
        fitted = Model(
            net=net.to(place).eval(),
            task=task_from_json(record.task),
            schema=record.source,
            normalise=Normalise.from_json(record.normalise) if record.normalise else None,
            precision=Precision(dtype, hyper.channels_last, "as fitted"),
            device=place,
            batch_size=hyper.batch_size,
        )
    return Run(folder, record, fitted)


def _net(record: Record, folder: Path, model: Any, params: list[Tensor] | None) -> nn.Module:
    """The net of a record, without its weights."""
    built = record.net
    if built.arch is not None:
        with reading(folder, record):
            parts = [(part.arch, part.options) for part in built.parts]
            return assemble(built.arch, built.in_shape, built.outputs, built.options, built.folds, parts)
    if model is None:
        raise RunError(
            f"its net is your own code ({built.own})",
            where=folder,
            fix="Give it: --model train.py:net",
        )
    return as_net(model, params)


def _with_spread(net: nn.Module, part: SpreadPart) -> nn.Module:
    """The net with what widens its intervals, without weights."""
    return WithSpread(net, build(part.arch, part.in_shape, 1, **part.options), part.head, part.numbers)
