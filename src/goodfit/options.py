"""One declaration an option: its type, range, help and group. The command line, checks and docs are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from goodfit.errors import UsageError
from goodfit.formatting import number, type_named
from goodfit.naming import FLAGS

OF_COLUMNS = ("group", "time", "user", "item")  # options that name one column
# The headings of `goodfit fit --help`, in their order.
GROUPS = ("Data", "Model", "Training", "Images", "Segmentation", "Restoration", "Tables", "Ratings", "Run")

OTHERWISE: dict[str, tuple[str, ...]] = {  # option -> what other programs call it
    "lr": ("learning_rate", "eta", "step_size", "max_lr", "base_lr"),
    "target": ("label", "labels", "y", "t", "target_column", "label_column", "response", "outcome", "dependent"),
    "epochs": ("n_epochs", "num_epochs", "max_epochs", "epoch", "n_epoch", "iterations", "max_iter", "n", "e"),
    "minutes": ("time_limit", "time_budget", "timeout", "max_time"),
    "batch_size": ("bs", "batch", "batchsize", "b"),
    "arch": ("model_name", "architecture", "network", "backbone", "net", "model_type", "model"),
    "weight_decay": ("wd", "l2", "regularisation", "regularization", "alpha"),
    "augment": ("augmentation", "aug", "transforms", "aug_transforms"),
    "size": ("image_size", "img_size", "imgsz", "resolution", "input_size"),
    "seed": ("random_state", "random_seed"),
    "out": ("output", "output_dir", "save_dir", "save", "o", "logdir", "save_path"),
    "device": ("gpu", "gpus", "cuda", "accelerator"),
    "valid": ("val", "validation", "valid_data", "validation_data", "val_data"),
    "test": ("test_data", "holdout", "held_out"),
    "valid_share": ("val_split", "validation_split", "valid_pct", "val_size", "valid_size"),
    "test_share": ("test_size", "test_split", "split", "train_size"),
    "folds": ("cv", "kfold", "k_fold", "k_folds", "n_splits", "num_bag_folds"),
    "ignore": ("drop", "exclude", "skip", "drop_columns", "ignored_columns"),
    "categorical": ("cat", "cats", "cat_names", "cat_features", "categorical_features", "categorical_columns"),
    "numeric": ("cont", "cont_names", "numerical", "numeric_features", "numerical_features"),
    "text": ("text_column", "text_features"),
    "precision": ("fp16", "amp", "bf16", "mixed_precision", "dtype"),
    "separator": ("sep", "delimiter"),
    "time": ("date", "date_column", "time_column", "timestamp"),
    "group": ("groups", "group_by", "group_column"),
    "user": ("user_id", "users"),
    "item": ("item_id", "items"),
    "sheet": ("sheet_name",),
    "missing": ("na_values", "nan", "null"),
    "schedule": ("scheduler", "lr_scheduler", "lr_schedule"),
    "optimiser": ("optimizer", "optim", "opt"),
    "label_smoothing": ("smoothing",),
    "clip": ("clip_grad", "grad_clip", "gradient_clip_val", "max_grad_norm"),
    "accumulate": ("gradient_accumulation_steps", "accumulate_grad_batches", "grad_accum"),
    "resume": ("continue", "resume_from", "restart"),
    "quiet": ("silent", "s"),
    "verbose": ("debug", "verbosity"),
    "output": ("out", "save_to", "csv"),
    "processes": ("nproc", "num_gpus", "world_size", "num_processes"),
    "masks": ("mask", "annotations", "segmentation"),
    "loss": ("criterion", "loss_fn", "objective"),
}
NOT_NEEDED: dict[str, str] = {  # option of other programs -> what there is in its place
    **dict.fromkeys(("classes", "n_classes", "num_classes", "class_names"), "The classes are found in the data"),
    **dict.fromkeys(
        ("features", "feature_columns", "columns", "usecols", "x"),
        "All columns but the target are used; --ignore leaves some out",
    ),
    **dict.fromkeys(("metric", "metrics", "scoring", "eval_metric"), "All metrics of the task are computed"),
    **dict.fromkeys(("shuffle", "shuffled"), "Training rows are drawn in a new order in each epoch"),
    **dict.fromkeys(("workers", "num_workers", "n_jobs", "threads"), "Threads are chosen for the machine"),
    **dict.fromkeys(("save_best", "save_best_only", "restore_best_weights"), "The best epoch is always the one kept"),
    **dict.fromkeys(("normalize", "normalise", "standardize", "scale", "scaler"), "Inputs are standardised already"),
    **dict.fromkeys(("in_channels", "channels", "input_shape", "input_dim"), "It is read from the data"),
}


def named_otherwise(name: str, known: Iterable[str]) -> str | None:
    """The option that is meant by a name that other programs have for it.

    Args:
        name: as it was typed, with hyphens or without.
        known: the options that there are, as Python writes them.
    """
    wanted, there = name.lstrip("-").replace("-", "_").lower(), set(known)
    return next((option for option, others in OTHERWISE.items() if option in there and wanted in others), None)


def not_needed(name: str) -> str | None:
    """What there is in place of an option that goodfit does not need."""
    return NOT_NEEDED.get(name.lstrip("-").replace("-", "_").lower())


def _are_values(value: Any, option: str) -> bool:
    """Whether these are values in place of a name: a Series, an array, a list of one for each row."""
    of_rows = hasattr(value, "__len__") and not isinstance(value, (str, bytes))
    return getattr(value, "ndim", 0) > 0 or (option in OF_COLUMNS and of_rows)


@dataclass(frozen=True)
class Option:
    """An option of a fit or of a source: `--some-name VALUE` of the command, `some_name=value` of Python.

    Attributes:
        name: as Python writes it.
        type: of the value: str, int, float, bool (a flag) or Path.
        help: one sentence; a default that is chosen from the data stands in brackets at its end.
        group: one of GROUPS.
        low, high: the range of a number, both ends included.
        choices: all values that there are, where they are few.
        several: names separated by commas; the command takes the option several times as well.
        either: of a flag: it can be said (--header), denied (--no-header) or left open.
        parse: makes the value of what was given and raises UsageError; in place of range and choices.
    """

    name: str
    type: type
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    parse: Callable[[Any], Any] | None = None
    either: bool = False
    several: bool = False

    def __post_init__(self) -> None:
        if self.type is bool:
            FLAGS.add(self.name.replace("_", "-"))

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")

    def checked(self, value: Any) -> Any:
        """The value, in range and of the choices; None stays None.

        Raises:
            UsageError: another value, with what may be given.
        """
        if value is None:
            return None
        if self.type is str and not self.several and _are_values(value, self.name):
            raise UsageError(
                f"{self.flag} takes one name, and {type_named(value)} was given",
                fix="Put the values into a column, and give its name" if self.name in OF_COLUMNS else "Give its name",
            )
        if self.parse is not None:
            return self.parse(value)
        if self.choices and value not in self.choices:
            raise UsageError(f"{self.flag} {value} is not known", fix=f"Choose one of {', '.join(self.choices)}")
        if self.type in (int, float):
            value = self._as_number(value)
        low = self.low if self.low is not None else float("-inf")
        high = self.high if self.high is not None else float("inf")
        if self.type in (int, float) and not low <= value <= high:
            raise UsageError(f"{self.flag} {value} is out of range", fix=f"Give {number(low)} to {number(high)}")
        return value

    def _as_number(self, value: Any) -> Any:
        """A number of this option's type: of Python or NumPy, and 3.0 where a whole one is wanted.

        Raises:
            UsageError: it is none, such as the text "two".
        """
        whole = self.type is int
        number = None if isinstance(value, bool) else value
        if isinstance(number, Real):
            if not whole or isinstance(number, Integral):
                return number
            if float(number).is_integer():
                return int(float(number))
        wanted = "a whole number" if whole else "a number"
        raise UsageError(f"{self.flag} {value!r} is not {wanted}", fix=f"Give {wanted}")
