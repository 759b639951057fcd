"""The tasks of docs/coming-from.md in the libraries that it names, by their usual short forms, on the same test rows.

    python bench/side_by_side.py                        those that are installed
    python bench/side_by_side.py --only keras           one of them

Adult (accuracy) and California housing (RMSE, 100,000 dollars). None is tuned, as goodfit is not: two hidden layers of
64 for the nets, 20 epochs with the best kept, five folds for scikit-learn's grid. Keras runs on PyTorch. A library that
is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from _tables import adult, california

os.environ.setdefault("KERAS_BACKEND", "torch")
HIDDEN, EPOCHS, HELD_OUT, PATIENCE = 64, 20, 0.2, 3
SECONDS_OF_AUTOGLUON = 240  # for one table


def columns(train: pd.DataFrame, target: str, *, dense: bool) -> Any:
    """Numbers filled and scaled, words as columns of 0 and 1: what each of these guides does first."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=not dense)
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")), (words, make_column_selector(dtype_exclude="number"))
    ).fit(train.drop(columns=target))


def scikit_learn(train: pd.DataFrame, test: pd.DataFrame, target: str) -> np.ndarray:
    """The grid of the page: a linear model, its penalty by five folds."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import GridSearchCV

    ready = columns(train, target, dense=False)
    classes = train[target].dtype.kind not in "if"
    model = LogisticRegression(max_iter=1000) if classes else Ridge()
    search = GridSearchCV(model, {"C": [0.1, 1, 10]} if classes else {"alpha": [0.1, 1, 10]}, cv=5)
    search.fit(ready.transform(train.drop(columns=target)), train[target])
    return np.asarray(search.predict(ready.transform(test.drop(columns=target))))


def keras(train: pd.DataFrame, test: pd.DataFrame, target: str) -> np.ndarray:
    """compile and fit, with a validation split and early stopping."""
    import keras as library

    x, y, x_test, levels, mean, deviation = _ready(train, test, target)
    library.utils.set_random_seed(0)
    outputs = 1 if levels is None else len(levels)
    layers = [library.layers.Dense(HIDDEN, "relu"), library.layers.Dense(HIDDEN, "relu")]
    last = library.layers.Dense(outputs, None if levels is None else "softmax")
    net = library.Sequential([*layers, last])
    net.compile(optimizer="adam", loss="mse" if levels is None else "sparse_categorical_crossentropy")
    stop = library.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
    net.fit(x, y, validation_split=HELD_OUT, epochs=EPOCHS, batch_size=128, callbacks=[stop], verbose=0)
    out = np.asarray(net.predict(x_test, verbose=0))
    return np.asarray(out[:, 0] * deviation + mean if levels is None else levels[out.argmax(1)])


def lightning(train: pd.DataFrame, test: pd.DataFrame, target: str) -> np.ndarray:
    """A LightningModule and a Trainer with EarlyStopping and ModelCheckpoint."""
    import lightning as library
    import torch
    from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset, random_split

    x, y, x_test, levels, mean, deviation = _ready(train, test, target)
    library.seed_everything(0, verbose=False)
    outputs = 1 if levels is None else len(levels)

    class Net(library.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(
                nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
                nn.Linear(HIDDEN, outputs),
            )  # fmt: skip

        def _loss(self, batch: Any) -> torch.Tensor:
            rows, wanted = batch
            if levels is None:
                return nn.functional.mse_loss(self.net(rows)[:, 0], wanted)
            return nn.functional.cross_entropy(self.net(rows), wanted)

        def training_step(self, batch: Any, _: int) -> torch.Tensor:
            return self._loss(batch)

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val_loss", self._loss(batch))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    rows = TensorDataset(torch.as_tensor(x), torch.as_tensor(y))
    kept, held_out = random_split(rows, [1 - HELD_OUT, HELD_OUT])
    with TemporaryDirectory() as folder:
        best = ModelCheckpoint(folder, monitor="val_loss")
        trainer = library.Trainer(
            max_epochs=EPOCHS, callbacks=[EarlyStopping("val_loss", patience=PATIENCE), best], logger=False,
            accelerator="cpu", enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip
        net = Net()
        trainer.fit(net, DataLoader(kept, 128, shuffle=True), DataLoader(held_out, 1024))
        net = Net.load_from_checkpoint(best.best_model_path)
    with torch.no_grad():
        out = net.eval().cpu().net(torch.as_tensor(x_test)).numpy()
    return np.asarray(out[:, 0] * deviation + mean if levels is None else levels[out.argmax(1)])


def autogluon(train: pd.DataFrame, test: pd.DataFrame, target: str) -> np.ndarray:
    """TabularPredictor(label).fit(train), with a limit of time."""
    from autogluon.tabular import TabularPredictor

    with TemporaryDirectory() as folder:
        predictor = TabularPredictor(label=target, path=folder, verbosity=0)
        predictor.fit(train, time_limit=SECONDS_OF_AUTOGLUON)
        return np.asarray(predictor.predict(test.drop(columns=target)))


def fastai(train: pd.DataFrame, test: pd.DataFrame, target: str) -> np.ndarray:
    """TabularDataLoaders and tabular_learner, ten epochs of one cycle."""
    from fastai.tabular.all import (
        Categorify,
        CategoryBlock,
        FillMissing,
        Normalize,
        RegressionBlock,
        TabularDataLoaders,
        set_seed,
        tabular_learner,
    )

    set_seed(0)
    classes = train[target].dtype.kind not in "if"
    inputs = train.drop(columns=target)
    numbers = [name for name in inputs if inputs[name].dtype.kind in "if"]
    words = [name for name in inputs if name not in numbers]
    loaders = TabularDataLoaders.from_df(
        train, procs=[Categorify, FillMissing, Normalize], cat_names=words, cont_names=numbers, y_names=target,
        y_block=CategoryBlock() if classes else RegressionBlock(), bs=128,
    )  # fmt: skip
    learner = tabular_learner(loaders)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(10)
        out, _ = learner.get_preds(dl=learner.dls.test_dl(test.drop(columns=target)))
    return np.asarray(np.asarray(learner.dls.vocab)[out.argmax(1)] if classes else out[:, 0])


def _ready(train: pd.DataFrame, test: pd.DataFrame, target: str) -> tuple[Any, ...]:
    """Columns and target as arrays, test columns, the classes (None of numbers), mean and deviation of numbers."""
    ready = columns(train, target, dense=True)
    x, x_test = (np.asarray(ready.transform(part.drop(columns=target)), dtype=np.float32) for part in (train, test))
    order = np.random.default_rng(0).permutation(len(x))  # Keras holds out the last rows as they are
    if train[target].dtype.kind in "if":
        y = train[target].to_numpy(dtype=np.float32)
        mean, deviation = float(y.mean()), float(y.std())
        return x[order], ((y - mean) / deviation)[order], x_test, None, mean, deviation
    levels, codes = np.unique(train[target], return_inverse=True)
    return x[order], codes.astype(np.int64)[order], x_test, levels, 0.0, 1.0


PEERS: dict[str, tuple[str, Callable[[pd.DataFrame, pd.DataFrame, str], np.ndarray]]] = {  # package, function
    "scikit-learn": ("sklearn", scikit_learn),
    "keras": ("keras", keras),
    "lightning": ("lightning", lightning),
    "autogluon": ("autogluon.tabular", autogluon),
    "fastai": ("fastai", fastai),
}


def main() -> None:
    """Fit what is installed, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(PEERS), nargs="*")
    arguments = parser.parse_args()
    for title, make, target in (("Adult", adult, "income"), ("California housing", california, "median_house_value")):
        with TemporaryDirectory() as folder:
            train, test = (pd.read_csv(path) for path in make(Path(folder)))
        truth = test[target].to_numpy()
        for name, (package, predict) in PEERS.items():
            if arguments.only and name not in arguments.only:
                continue
            if not installed(package):
                print(f"{title}: {name} is not installed")
                continue
            start = time.perf_counter()
            given = predict(train, test, target)
            seconds = time.perf_counter() - start
            score = (
                f"accuracy {np.mean(given == truth):.4f}"
                if truth.dtype.kind not in "if"
                else f"RMSE {np.sqrt(np.mean((given - truth) ** 2)):.4f}"
            )
            print(f"{title}: {name} {score}, {seconds:.0f} s", flush=True)


def installed(package: str) -> bool:
    """Whether a package, perhaps inside of another, can be imported."""
    return importlib.util.find_spec(package.partition(".")[0]) is not None


if __name__ == "__main__":
    main()
