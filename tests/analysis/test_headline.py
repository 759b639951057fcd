"""The sentence that every reader sees first: what it says of training rows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from typed_command import said as typed

from goodfit.analysis.headline import Standing, headline, knows_by_heart, plain_sentence
from goodfit.record import read_record
from goodfit.stats.estimates import Estimate
from goodfit.tasks import from_json
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task

RUN = Path(__file__).parents[1] / "run" / "fixtures" / "run-format-2"
CLASSES = Classification(("a", "b", "c"))
NUMBERS = Regression((10.0,), (2.0,))


def standings(own: Estimate, training: Estimate, trivial: float) -> list[Standing]:
    return [
        Standing("this model", own, "model"),
        Standing("the trivial one", Estimate(trivial, trivial, trivial), "trivial"),
        Standing("this model on its training rows", training, "training"),
    ]


def said(task: Task, own: Estimate, training: Estimate, trivial: float, more: bool | None = None) -> str:
    return plain_sentence(task, task.metric, standings(own, training, trivial), "test", "row", 100, [], more)


def test_a_model_alone_knows_nothing_by_heart() -> None:
    alone = [Standing("this model", Estimate(0.5, 0.4, 0.6), "model")]
    assert not knows_by_heart(CLASSES.metric, alone)


@pytest.mark.parametrize(
    ("task", "own", "training", "trivial"),
    [
        (CLASSES, (0.78, 0.69, 0.85), (1.0, 0.98, 1.0), 0.33),  # 0.22 is left of 0.67, and nothing on training rows
        (NUMBERS, (0.9, 0.8, 1.0), (0.3, 0.25, 0.35), 2.0),  # an RMSE of a third
    ],
)
def test_what_is_known_by_heart_is_said(
    task: Task, own: tuple[float, float, float], training: tuple[float, float, float], trivial: float
) -> None:
    assert "It knows its training rows by heart (" in said(task, Estimate(*own), Estimate(*training), trivial)
    for more, end in ((None, "): more of them may help."), (True, "): more of them would help."), (False, "%).")):
        assert said(CLASSES, Estimate(0.78, 0.69, 0.85), Estimate(1.0, 0.98, 1.0), 0.33, more).endswith(end)
    assert knows_by_heart(task.metric, standings(Estimate(*own), Estimate(*training), trivial))


@pytest.mark.parametrize(
    ("task", "own", "training", "trivial"),
    [
        (CLASSES, (0.82, 0.74, 0.88), (0.9, 0.86, 0.93), 0.33),  # 0.10 on training rows, above a third of 0.18
        (CLASSES, (0.9, 0.82, 0.95), (0.97, 0.94, 0.99), 0.33),  # the intervals overlap
        (CLASSES, (0.97, 0.96, 0.98), (1.0, 0.999, 1.0), 0.33),  # 0.03 of 0.67
        (NUMBERS, (0.9, 0.8, 1.0), (0.4, 0.35, 0.45), 2.0),
    ],
)
def test_and_else_only_the_figure(
    task: Task, own: tuple[float, float, float], training: tuple[float, float, float], trivial: float
) -> None:
    assert ". On the rows that it was trained on: " in said(task, Estimate(*own), Estimate(*training), trivial)


def test_a_good_model_that_knows_its_rows_by_heart_asks_for_more_of_them() -> None:
    """The first sentence says that more would help; what to do next said nothing of it."""
    own, training = Estimate(0.78, 0.69, 0.85), Estimate(1.0, 0.98, 1.0)
    record = msgspec.structs.replace(
        read_record(RUN),
        source={"kind": "images"},
        findings=[],
        metrics={"test": {"accuracy": own}},
        baseline={"test": {"accuracy": 0.33}},
        training_metrics={"accuracy": training},
    )
    steps = headline(record, from_json(record.task)).steps
    assert steps == ["Collect more training images: it knows those that it has by heart."]


def test_a_run_that_is_not_to_be_trusted_says_why_before_its_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """100% of the rows right is no praise where a column holds the answer: the reason is read first, everywhere."""
    random = np.random.default_rng(0)
    paid = random.integers(0, 2, 300)
    frame = pl.DataFrame({"age": random.normal(40, 9, 300), "refund": paid * 9, "paid": np.where(paid, "yes", "no")})
    frame.write_csv(tmp_path / "people.csv")
    monkeypatch.chdir(tmp_path)
    words = ("fit", "people.csv", "--target", "paid", "--epochs", "1", "--rivals", "none", "--out", "run", "-q")
    status, text = typed(capsys, monkeypatch, *words)
    assert status == 0
    after = text.partition("Verdict: not to be trusted\n")[2].splitlines()
    assert after[0].startswith("  The column 'refund' alone is right in 100.0% of the rows held out")
    assert "test rows are right" in after[1]
    assert text.count("The column 'refund'") == 1
    assert text.rstrip().endswith("Next: goodfit explain target-leakage")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    banner = page.partition('id="verdict"')[2].partition("</section>")[0]
    assert banner.index("The column &#39;refund&#39; alone") < banner.index("test rows are right")
