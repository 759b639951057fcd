"""What people who come from other libraries call things, and how goodfit does each."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn, TypeVar

from goodfit.errors import UsageError
from goodfit.formatting import listed, sentence

FITTED = 'run = goodfit.fit(...) or goodfit.load("runs/NAME")'
OF_A_RUN = {  # name in goodfit or its alias -> the method of a run
    **dict.fromkeys(("predict", "predict_proba", "infer", "inference", "classify", "transform"), "run.predict(data)"),
    **dict.fromkeys(("evaluate", "score", "test", "validate", "eval"), "run.evaluate(data)"),
    **dict.fromkeys(("report", "show", "plot", "summary"), "run.report()"),
    "embed": "run.embed(data)",
    "recommend": "run.recommend(user)",
    "save": "run.save(folder)",
}
FITS = "goodfit.fit(data) trains, and gives back the run"
OF_GOODFIT = {
    **{name: f"It is a method of a fitted run: {FITTED}, then {call}" for name, call in OF_A_RUN.items()},
    **dict.fromkeys(("train", "learn", "Trainer", "Learner", "Model", "model", "AutoML", "Classifier"), FITS),
    **dict.fromkeys(("Regressor", "GoodfitClassifier", "GoodfitRegressor", "fit_transform", "fitting"), FITS),
    **dict.fromkeys(("run", "open", "load_model", "from_pretrained", "read"), 'goodfit.load("runs/NAME") reads a run'),
    **dict.fromkeys(("describe", "info"), 'goodfit.profile("people.csv") describes the columns of a table'),
    **dict.fromkeys(
        ("read_csv", "csv", "dataframe", "DataFrame", "tables", "tabular"), "goodfit.table(path) opens one"
    ),
    **dict.fromkeys(
        ("data", "Dataset", "DataLoader", "dataset", "datasets", "load_data"),
        "goodfit.fit(data) opens a path, a frame or arrays by itself; goodfit.table, goodfit.images and others open "
        "one kind with its options",
    ),
    **dict.fromkeys(("cross_validate", "cross_val_score", "cv"), "goodfit.fit(data, folds=5) cross-fits"),
    **dict.fromkeys(
        ("train_test_split", "split"),
        "goodfit.fit(data) does it; goodfit.fit(data, test=...) takes test data of yours",
    ),
    **dict.fromkeys(
        ("explain", "check", "serve", "tune", "demo", "runs", "card", "threshold"),
        "What goodfit has of that is a command: goodfit --help lists them",
    ),
    "labels": "goodfit.find_wrong_labels finds the labels that are probably wrong",
    "stats": 'goodfit.profile("people.csv") describes the columns of a table; goodfit.stats holds functions of numbers',
}

PROBABILITIES = "run.predict(data) has a column p_LABEL for each class: run.predict(data).frame()"
SCORES = 'run.evaluate(data) scores rows with labels, and run.metrics["test"] has the scores of the fit'
IMPORTANCE = "The report shows what each column is worth: run.report()"
WHOLE = "A run is fitted already: goodfit.fit(data, out=run.folder, more=10) trains on"
OF_RUN = {
    **dict.fromkeys(("predict_proba", "predict_log_proba", "decision_function", "proba"), PROBABILITIES),
    **dict.fromkeys(("score", "test", "validate", "eval", "accuracy", "best_score_", "leaderboard"), SCORES),
    **dict.fromkeys(("fit", "partial_fit", "train", "fine_tune", "fit_one_cycle", "learn", "refit", "compile"), WHOLE),
    **dict.fromkeys(("feature_importances_", "feature_importance", "importance", "coef_", "shap"), IMPORTANCE),
    **dict.fromkeys(
        ("plot", "show", "summary", "show_results", "plot_history", "confusion_matrix"), "Use run.report()"
    ),
    **dict.fromkeys(("export", "save_model", "to_disk", "dump", "save_weights"), "run.save(folder) copies the run"),
    **dict.fromkeys(("transform", "encode", "embeddings", "features"), "run.embed(data) gives a vector for each row"),
    **dict.fromkeys(
        ("forward", "parameters", "state_dict", "cuda", "to", "eval", "module"), "run.net is the fitted net"
    ),
    **dict.fromkeys(("loss", "losses", "curves", "log"), "run.history has a line an epoch"),
    **dict.fromkeys(
        ("best_params_", "params", "get_params", "config"), "run.record.hyperparameters has what was chosen"
    ),
    **dict.fromkeys(
        ("classes_", "classes", "vocab"), 'run.record.task["classes"] has the classes, where there are any'
    ),
    **dict.fromkeys(("close", "delete", "free"), "run.release() gives the memory of the net back"),
    **dict.fromkeys(("path", "dir", "directory", "name"), "run.folder is where it is kept"),
}

OF_PREDICTIONS = {
    **dict.fromkeys(
        ("prediction", "predictions", "pred", "label", "labels", "values", "tolist", "numpy", "argmax", "item"),
        'predictions["prediction"] is the list of them',
    ),
    **dict.fromkeys(
        ("probabilities", "proba", "probs", "predict_proba", "scores", "confidence"),
        "predictions.frame() has what is known of each row; of classes a column p_LABEL for each",
    ),
    **dict.fromkeys(
        ("to_pandas", "to_frame", "to_polars", "df", "head", "to_dict", "iloc", "loc"),
        "predictions.frame() is a polars frame, and predictions.frame().to_pandas() one of pandas",
    ),
    **dict.fromkeys(
        ("to_csv", "to_parquet", "write_csv", "save", "to_json", "to_excel"),
        'predictions.write("predictions.csv") writes them, or .parquet by the name',
    ),
}


def no_such_name(owner: str, name: str, instead: dict[str, str], of: object) -> AttributeError:
    """What is raised where a name is not there: with the one that does it here, where that is known.

    Args:
        owner: "goodfit", or "a run".
        instead: name -> a sentence.
        of: the object that was asked; of a name that nobody knows Python looks for one that is spelt like it.
    """
    if name in instead:
        return AttributeError(f"{owner} has no {name!r}. {sentence(instead[name])}", name=None, obj=None)
    return AttributeError(f"{owner} has no attribute {name!r}", name=name, obj=of)


Scores = TypeVar("Scores")


class Parts(dict[str, Scores]):
    """Scores of each part of the rows, "valid" and "test": who asks for a metric first is shown where it is."""

    def __missing__(self, name: str) -> NoReturn:
        metrics = {metric for scores in self.values() if isinstance(scores, dict) for metric in scores}
        there = listed(map(repr, self)) or "nothing"
        if name in metrics:
            raise KeyError(f"{name} is a metric of a part of the rows: metrics[{next(reversed(self))!r}][{name!r}]")
        raise KeyError(f"{name}: metrics has the parts {there}")


class _NotAFunction(ModuleType):
    """A module whose name people take for a function."""

    def __call__(self, *_arguments: Any, **_named: Any) -> NoReturn:
        name = self.__name__.rpartition(".")[2]
        raise UsageError(f"goodfit.{name} is a module, not a function", fix=OF_GOODFIT[name])


def answer_calls(module: str) -> None:
    """A call of this module says which function is meant; Python would only say that it is not callable.

    Python's way: the class of a module may be set (docs.python.org, data model, 3.3.2.1).
    """
    sys.modules[module].__class__ = _NotAFunction
