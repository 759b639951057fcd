"""The options of a fit: one declaration each, from which ranges, the command line and the typed signature come."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from click.testing import CliRunner
from make_keywords import FILE, keywords

from goodfit.cli.app import app
from goodfit.data import source_options
from goodfit.errors import UsageError
from goodfit.fitting.fit import fit
from goodfit.fitting.keywords import FitKeywords
from goodfit.fitting.options import FitOptions, fit_options, split_options
from goodfit.options import GROUPS

OUT_OF_RANGE = {
    "epochs": (0, 100_001),
    "minutes": (0.04, 1e7),
    "batch_size": (0, 1_000_001),
    "accumulate": (0,),
    "weight_decay": (-0.1, 11),
    "label_smoothing": (-0.1, 0.95),
    "clip": (0, -1),
    "ema": (-0.1, 1.0),
    "valid_share": (0, 1),
    "test_share": (0, 0.91),
    "freeze": (-1,),
    "width": (0, 4097),
    "seed": (-1,),
    "lr": (0, -1, 1000, "fast"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OUT_OF_RANGE.items() for value in values]
)
def test_a_value_out_of_range_is_refused_with_the_option_as_the_command_spells_it(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} {value} is "):
        FitOptions(**{name: value})


def test_values_in_range_are_kept_and_a_rate_in_text_is_a_number() -> None:
    options = FitOptions(epochs=1, ema=0.0, lr="0.002", seed=2**62)
    assert (options.epochs, options.ema, options.lr, options.seed) == (1, 0.0, 0.002, 2**62)
    assert FitOptions(lr="find").lr == "find"


def test_epochs_and_minutes_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="both given"):
        FitOptions(epochs=3, minutes=1)


def test_options_are_split_between_the_fit_and_the_source() -> None:
    options, of_source = split_options({"epochs": 3, "target": "age", "group": None})
    assert options == FitOptions(epochs=3)
    assert of_source == {"target": "age"}


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no option 'epochz'\. Did you mean epochs\?"):
        split_options({"epochz": 2})


def test_every_option_has_a_heading_and_a_sentence() -> None:
    for option in (*fit_options(), *source_options()):
        assert option.group in GROUPS, option.name
        assert option.help.endswith("."), f"{option.name}: {option.help}"


def test_the_command_has_every_option_that_python_has() -> None:
    text = CliRunner().invoke(app, ["fit", "--help"]).output
    for option in (*fit_options(), *source_options()):
        assert f"{option.flag} " in text, option.name
    headings = [line[:-1] for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == [*GROUPS, "Other options"]  # the last is --help


def test_the_keywords_for_editors_are_those_of_the_options() -> None:
    assert FILE.read_text(encoding="utf-8") == keywords(), "run `make keywords`"
    assert set(FitKeywords.__annotations__) == {option.name for option in (*fit_options(), *source_options())}


def test_the_signature_of_fit_lists_every_option() -> None:
    parameters = inspect.signature(fit).parameters
    for option in (*fit_options(), *source_options()):
        assert parameters[option.name].kind is inspect.Parameter.KEYWORD_ONLY, option.name
    assert parameters["seed"].default == 0
    assert parameters["target"].default is None
    assert "label_smoothing" in (fit.__doc__ or "")
