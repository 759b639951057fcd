"""Numbers of new rows in another form than the run's: read where it is clear what they are, and printed."""

from __future__ import annotations

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.encoded_rows import encode_new_rows
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.frames import TableInMemory
from goodfit.data.tables.numbers import numbers

X = [at * 7 % 101 + 2 for at in range(60)]


def read(run: list[str], new: list[str]) -> tuple[list[float], list[tuple[str, str, str]]]:
    import numpy as np

    frame = pl.DataFrame({"x": run})
    kind = infer_type(frame["x"], categorical=(), numeric=(), ignore=())
    encoder = Encoder.learn(frame, {"x": kind}, np.arange(len(run)))
    rows = encode_new_rows(TableInMemory(pl.DataFrame({"x": new})), encoder, settled=False, signs=True, cache=None)
    [number] = encoder.numbers
    return (rows.encoded.x[:, 0].numpy() * number.deviation + number.mean).tolist(), rows.notes


@pytest.mark.parametrize(
    ("run", "new", "value"),
    [
        ("{}", "<{}", 31),
        ("{}", "{}+", 31),
        ("{}", "≥ {}", 31),
        ("{}000", "{}k", 31_000),
        ("{}000", "{}K", 31_000),
        ("{} kg", "{}000 g", 31),
        ("{} min", "{} h", 31 * 60),
        ("{} cm", "0.{} m", 31),
    ],
)
def test_clear_numbers_are_read_and_printed(run: str, new: str, value: float) -> None:
    values, notes = read([run.format(x) for x in X], [new.format(31), run.format(12)])
    plain = float(numbers(pl.Series([run.format(12)]), ".", None if " " not in run else f"unit {run[3:]}")[0])
    assert values == pytest.approx([value, plain], rel=1e-5)
    [note] = [each for each in notes if each[0] == "read as"]
    assert note[1] == "x: 1 cell"
    assert note[2].startswith(f"'{new.format(31)}' is read as {value:g}")


def test_what_is_not_clear_stays_unused() -> None:
    _, notes = read([str(x) for x in X], ["31 kg", "12"])
    assert ("not used", "x: 1 of 2") in [each[:2] for each in notes]


@pytest.mark.parametrize(
    ("cells", "first", "said"),
    [
        (["5 mg", "7 mg", "2 g"], 5.0, "'2 g' is read as 2,000, in mg"),
        (["6 mo", "9 mo", "2 yrs"], 6.0, "'2 yrs' is read as 24, in mo"),
        (["150 cm", "160 cm", "1.5 m"], 150.0, "'1.5 m' is read as 150, in cm"),
        (["30 min", "40 min", "1.5 h"], 30.0, "'1.5 h' is read as 90, in min"),
        (["3 Tage", "5 Tage", "2 Wochen"], 3.0, "'2 Wochen' is read as 14, in tage"),
    ],
)
def test_units_of_one_measure_are_read_in_the_most_frequent(cells: list[str], first: float, said: str) -> None:
    column = pl.Series("c", [cells[at % 3] for at in range(60)])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "number"
    assert said in kind.why
    assert numbers(column, ".", kind.format)[0] == pytest.approx(first)


@pytest.mark.parametrize("cells", [["5 mg", "2 ml"], ["5 km", "3 kg"], ["3 mo", "7"]])
def test_units_of_two_measures_are_no_numbers(cells: list[str]) -> None:
    column = pl.Series("c", [cells[at % 2] for at in range(60)] + ["1 x", "2 x"])
    assert infer_type(column, categorical=(), numeric=(), ignore=()).name != "number"


def test_a_run_predicts_from_bounds(tmp_path: object) -> None:
    frame = pl.DataFrame({"x": [str(x) for x in X], "y": [x * 2.5 for x in X]})
    run = gf.fit(frame, target="y", arch="linear", epochs=1, rivals="none", out=f"{tmp_path}/run", quiet=True)
    plain, bound = (run.predict([{"x": cell}])["prediction"][0] for cell in ("31", "<31"))
    assert plain == bound
