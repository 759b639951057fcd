"""A command or an option that there is not: which one was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed_command import said

from goodfit.data import source_options
from goodfit.errors import UsageError
from goodfit.fitting.options import fit_options, split_options
from goodfit.options import NOT_NEEDED


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("train", "people.csv"), "there is no command 'train'. Did you mean goodfit fit?"),
        (("predikt", "runs/a", "new"), "there is no command 'predikt'. Did you mean goodfit predict?"),
        (("eval", "runs/a", "new"), "Did you mean goodfit evaluate?"),
        (("help",), "Did you mean goodfit --help?"),
        (("help", "fit"), "Did you mean goodfit fit --help?"),
        (("zzzz",), "goodfit --help lists all commands"),
        (("people.csv", "--target", "age"), "of this name: goodfit fit people.csv --target age"),
        (("train.py",), "of this name: goodfit check train.py"),
        (("one run",), "of this name: goodfit report 'one run'"),
        (("fit", "people.csv", "--label", "age"), "goodfit fit has no option --label. Did you mean --target?"),
        (("fit", "people.csv", "--learning-rate", "1"), "Did you mean --lr?"),
        (("fit", "people.csv", "--epoch", "1"), "Did you mean --epochs?"),
        (("fit", "people.csv", "--batch_size", "1"), "Did you mean --batch-size?"),
        (("fit", "people.csv", "-t", "age"), "goodfit fit has no option -t. Did you mean --target?"),
        (("predict", "runs/a", "new", "--out", "x.csv"), "Did you mean --output?"),
        (("report", "runs/a", "--epochs", "3"), "goodfit report has no option --epochs: it is one of goodfit fit."),
        (("fit", "people.csv", "--zzzz"), "goodfit fit has no option --zzzz. goodfit fit --help lists those"),
        (("-V",), "Did you mean --version?"),
        (("fit", "people.csv", "--num-classes", "6"), "no option --num-classes. The classes are found in the data"),
        (("fit", "people.csv", "--features", "age"), "All columns but the target are used; --ignore leaves some out"),
        (("fit", "people.csv", "--target", "age", "--test", "20"), "For a share of the rows give --test-share 0.2"),
        (("fit", "people.csv", "--target", "age", "--valid", "0.25"), "of the rows give --valid-share 0.25"),
        (("report", "."), "It holds 1 run: give one, such as"),
    ],
)
def test_what_is_not_there_is_answered_with_what_was_meant(
    words: tuple[str, ...],
    answer: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("people.csv", "train.py", "one run/run.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    status, text = said(capsys, monkeypatch, *words)
    assert status == 2
    assert answer in text


def test_what_goodfit_does_by_itself_needs_no_keyword() -> None:
    with pytest.raises(UsageError, match=r"no option 'n_classes'. The classes are found in the data"):
        split_options({"n_classes": 3})
    assert not set(NOT_NEEDED) & {option.name for option in (*fit_options(), *source_options())}


@pytest.mark.parametrize(
    ("given", "meant"),
    [("learning_rate", "lr"), ("epochz", "epochs"), ("label", "target"), ("output", "out"), ("random_state", "seed")],
)
def test_a_keyword_of_another_library_is_answered_with_ours(given: str, meant: str) -> None:
    with pytest.raises(UsageError, match=rf"no option '{given}'.*Did you mean {meant}\?"):
        split_options({given: 1})
