"""Names that people bring from other libraries are answered with the one that does it here."""

from __future__ import annotations

import ast
import copy
import re
import subprocess
import sys

import numpy as np
import pytest

import goodfit as gf
from goodfit.names_elsewhere import OF_A_RUN, OF_GOODFIT, OF_RUN
from goodfit.run import Run

MODULES_WITH_SUCH_NAMES = ("predict", "train", "report", "fitting", "data", "stats", "run")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    x = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")
    return gf.fit(x, (x[:, 0] > 0).astype(int), epochs=1, rivals="none", out=tmp_path_factory.mktemp("runs") / "run")


@pytest.mark.parametrize("name", MODULES_WITH_SUCH_NAMES)
@pytest.mark.parametrize("imported", [True, False])
def test_a_call_of_a_module_says_which_function_is_meant(name: str, imported: bool) -> None:
    program = f"import goodfit\n{f'import goodfit.{name}' if imported else ''}\ngoodfit.{name}('people.csv')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    last = done.stderr.strip().splitlines()[-1]
    assert OF_GOODFIT[name] in last
    assert "not callable" not in last


def test_methods_of_scikit_learn_are_answered(run: Run) -> None:
    with pytest.raises(AttributeError, match=r"run\.evaluate\(data\)"):
        run.score  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="column p_LABEL for each class"):
        run.predict_proba  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(run, "fit")
    assert copy.copy(run).verdict == run.verdict


def test_names_of_frames_and_arrays_are_answered(run: Run) -> None:
    predictions = run.predict(np.zeros((2, 3), dtype="float32"))
    for name, answer in (("to_pandas", "frame()"), ("prediction", '["prediction"]'), ("to_csv", ".write(")):
        with pytest.raises(AttributeError) as caught:
            getattr(predictions, name)
        assert answer in str(caught.value)
    assert len(predictions["prediction"]) == len(predictions.frame()) == 2


def test_an_estimate_is_a_number_where_one_is_wanted(run: Run) -> None:
    accuracy = run.metrics["test"]["accuracy"]
    assert float(accuracy) == accuracy.value
    assert f"{accuracy:.1%}" == f"{accuracy.value:.1%}"
    assert f"{accuracy}" == str(accuracy) != str(accuracy.value)


def test_a_name_that_nobody_knows_is_left_to_python(run: Run) -> None:
    with pytest.raises(AttributeError) as caught:
        run.repot  # type: ignore[attr-defined]  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("repot", run)  # it asks in a traceback: Did you mean: 'report'?


def test_what_is_named_instead_is_there(run: Run) -> None:
    sentences = [*OF_GOODFIT.values(), *OF_RUN.values(), *OF_A_RUN.values()]
    for owner, name in {found for text in sentences for found in re.findall(r"\b(run|goodfit)\.(\w+)", text)}:
        assert hasattr(run if owner == "run" else gf, name), (owner, name)
    assert not [name for name in OF_RUN if name in dir(run)]
    assert not [name for name in OF_GOODFIT if name in gf.__all__ and name != "stats"]
    for text in sentences:
        for call in re.findall(r"(?:run|goodfit)\.[\w.]+\((?:[^()]|\([^()]*\))*\)", text):
            ast.parse(call.replace("...", "data"))


def test_a_metric_that_is_asked_for_without_its_part_is_shown_its_place(run: Run) -> None:
    with pytest.raises(KeyError, match=r"metrics\['test'\]\['accuracy'\]"):
        run.metrics["accuracy"]
    with pytest.raises(KeyError, match="metrics has the parts 'valid' and 'test'"):
        run.metrics["train"]
    assert "accuracy" not in run.metrics
    assert run.metrics.get("accuracy") is None
    assert run.metrics == run.record.metrics
