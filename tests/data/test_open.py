"""Which source opens what: claims, --kind, frames and arrays, and data that nothing can read."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit import data as data_package
from goodfit.data import open_as, open_data, open_path
from goodfit.data import sources as registry
from goodfit.data.source import Claim, Source, Strength
from goodfit.errors import DataError, UsageError

PEOPLE: dict[str, list[Any]] = {
    "age": [20 + row for row in range(40)],
    "pay": [1.5, 2.5] * 20,
    "rich": ["no"] * 20 + ["yes"] * 20,
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """One of everything: photos/, beside/ (of the same names), photos.csv, stars.csv, parts/ (Parquet), rows.npz."""
    for label in ("cat", "dog"):
        for folder in ("photos", "beside"):
            (tmp_path / folder / label).mkdir(parents=True)
            Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(tmp_path / folder / label / "1.png")
    (tmp_path / "photos.csv").write_text("path,label\nphotos/cat/1.png,cat\nphotos/dog/1.png,dog\n")
    (tmp_path / "stars.csv").write_text("who,film,stars\nann,alien,5\nbob,brazil,3\n")
    (tmp_path / "parts").mkdir()
    pl.DataFrame(PEOPLE).write_parquet(tmp_path / "parts" / "1.parquet")
    np.savez(tmp_path / "rows.npz", x=np.ones((4, 2), dtype=np.float32), y=np.arange(4) % 2)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("photos", {}, "images"),
        ("photos/cat/1.png", {}, "images"),
        ("photos.csv", {}, "images"),
        ("photos.csv", {"target": "label"}, "images"),
        ("photos.csv", {"target": "label", "ignore": "path"}, "table"),
        ("photos", {"masks": "beside"}, "masks"),
        ("photos", {"clean": "beside"}, "pairs"),
        ("photos", {"masks": "beside", "size": "16"}, "masks"),
        ("stars.csv", {}, "table"),
        ("stars.csv", {"target": "stars"}, "table"),
        ("stars.csv", {"user": "who", "item": "film"}, "ratings"),
        ("stars.csv", {"user": "who", "item": "film", "target": "stars"}, "ratings"),
        ("parts", {}, "table"),
        ("parts/1.parquet", {"target": "rich"}, "table"),
        ("rows.npz", {}, "arrays"),
    ],
)
def test_data_is_opened_by_the_source_that_it_belongs_to(
    place: Path, name: str, options: dict[str, Any], kind: str
) -> None:
    given = {key: place / value if key in ("masks", "clean") else value for key, value in options.items()}
    assert open_path(place / name, **given).kind == kind
    assert open_data(str(place / name), **given).kind == kind


def test_kind_names_the_source_outright(place: Path) -> None:
    assert open_path(place / "photos.csv").kind == "images"
    assert open_path(place / "photos.csv", kind="table").kind == "table"
    with pytest.raises(UsageError, match=r"--kind tables is not known. Choose one of arrays, image_parquet, images"):
        open_path(place / "photos.csv", kind="tables")
    with pytest.raises(DataError, match="photos: no Parquet files in it"):
        open_path(place / "photos", kind="table")
    with pytest.raises(UsageError, match="a DataFrame cannot be read as images"):
        open_data(pl.DataFrame(PEOPLE), kind="images")


def test_two_equal_claims_are_an_error_that_names_both(place: Path) -> None:
    beside = place / "photos"
    with pytest.raises(
        UsageError,
        match=r"photos: this can be read as masks \(--masks is given\) or as pairs \(--clean is given\)\. "
        r"Choose one: --kind masks or --kind pairs",
    ):
        open_path(place / "photos", masks=beside, clean=beside)
    with pytest.raises(UsageError, match=r"--clean is not an option for masks. Leave it out: it is for pairs"):
        open_path(place / "photos", masks=beside, clean=beside, kind="masks")


def source_with(kind_name: str, strength: Strength) -> type[Source]:
    """A source that claims everything."""

    class Claiming(Source):
        kind = kind_name

        @classmethod
        def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
            return Claim(strength, "it always does")

        @classmethod
        def open(cls, data: Any, *, valid: Any = None, test: Any = None, **options: Any) -> Source:
            return cls("claimed", ["0"])

        @property
        def in_shape(self) -> tuple[int, ...]:
            return (1,)

        def read(self, rows: torch.Tensor) -> torch.Tensor:
            return torch.zeros(len(rows), 1)

        def schema(self) -> dict[str, Any]:
            return {"kind": self.kind}

    return Claiming


@pytest.mark.parametrize("other", [Strength.GENERIC, Strength.CONTENT, Strength.ENDING])
def test_the_strongest_claim_wins_whatever_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Strength
) -> None:
    weak, strong = source_with("a_weak", other), source_with("z_strong", Strength(other + 1))
    for order in ((weak, strong), (strong, weak)):
        monkeypatch.setattr(data_package, "all_sources", lambda order=order: order)
        assert open_path(tmp_path).kind == "z_strong"
        twin = source_with("twin", strong.claims(tmp_path, {}).strength)  # type: ignore[union-attr]
        monkeypatch.setattr(data_package, "all_sources", lambda order=order, twin=twin: (*order, twin))
        with pytest.raises(UsageError, match=r"--kind (z_strong or --kind twin|twin or --kind z_strong)"):
            open_path(tmp_path)


def test_a_user_without_an_item_is_asked_for_it(place: Path) -> None:
    source = open_path(place / "stars.csv", user="who", target="stars")
    with pytest.raises(
        UsageError, match=r"--item is not given: it names the column of items. The columns are who, film"
    ):
        source.prepare()


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("photos", {"target": "x"}, "--target is for a list of images and labels. Leave it out"),
        (
            "stars.csv",
            {"size": "8"},
            "--size is not an option for table. Leave it out: it is for image parquet, images",
        ),
        ("rows.npz", {"group": "x"}, "--group is not an option for arrays. Leave it out: it is for images, ratings"),
        ("photos", {"resize": "melt", "masks": "m"}, "--resize melt is not known. Choose one of crop, squash, pad"),
    ],
)
def test_an_option_of_other_data_is_refused(place: Path, name: str, options: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        open_path(place / name, **options)


def test_a_frame_of_pandas_or_polars_is_a_table() -> None:
    pandas = pytest.importorskip("pandas")
    for frame in (pandas.DataFrame(PEOPLE), pl.DataFrame(PEOPLE), pl.DataFrame(PEOPLE).lazy()):
        source = open_data(frame, target="rich", valid=frame)
        source.prepare()
        assert source.kind == "table"
        assert source.targets == PEOPLE["rich"] * 2
        assert list(source.parts) == [None] * 40 + ["valid"] * 40
    taken = open_data(pl.DataFrame({"who": ["a"], "film": ["b"]}), user="who", item="film")
    assert taken.kind == "ratings"


def test_a_frame_without_a_target_says_how_to_name_it() -> None:
    source = open_data(pl.DataFrame(PEOPLE))
    with pytest.raises(UsageError, match=r'goodfit\.table\(frame, target="\.\.\."\); the columns are age, pay, rich'):
        source.prepare()


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor])
def test_arrays_and_pairs_of_them(convert: Any) -> None:
    x, y = convert([[1.0, 2.0], [3.0, 4.0]]), convert([0, 1])
    pair = open_data((x, y), valid=(x, y))
    assert pair.kind == "arrays"
    assert pair.targets is not None
    assert list(pair.targets) == [0, 1, 0, 1]
    assert list(pair.parts) == [None, None, "valid", "valid"]
    alone = open_data(x)
    assert len(alone) == 2
    assert alone.targets is None


def test_a_source_that_is_open_is_taken_as_it_is() -> None:
    source = gf.arrays(np.ones((3, 2)))
    assert open_data(source) is source
    with pytest.raises(
        UsageError, match=r"test= was given, and the data is open already.*goodfit\.arrays\(\.\.\., test="
    ):
        open_data(source, test=np.ones((3, 2)))


@pytest.mark.parametrize("thing", [3, None, ["a"], {"x": 1}, object()])
def test_anything_else_is_refused_with_what_can_be_given(thing: Any) -> None:
    with pytest.raises(UsageError, match=r"\w+ is no kind of data that is read here. Give "):
        open_data(thing)


def test_a_path_with_a_frame_for_its_test_part_is_refused(place: Path) -> None:
    with pytest.raises(UsageError, match="the data is a path, and its validation or test part a DataFrame"):
        open_data(place / "stars.csv", target="stars", test=pl.DataFrame(PEOPLE))


def test_a_run_of_a_source_that_is_gone_says_so(place: Path) -> None:
    with pytest.raises(DataError, match="fitted on 'sounds' data, which cannot be read here"):
        open_as("sounds", place)


def test_a_frame_is_fitted_in_one_call(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    random = np.random.default_rng(0)
    age = random.integers(18, 80, 200)
    frame = pandas.DataFrame({"age": age, "noise": random.normal(size=200), "old": np.where(age > 49, "yes", "no")})
    run = gf.fit(frame, target="old", epochs=3, folds=2, out=tmp_path / "run")
    assert run.metrics["valid"]["accuracy"].value > 0.8  # the better part of a chance of 0.5
    predicted = run.predict(frame.drop(columns="old"))
    assert len(predicted) == 200


def test_the_public_face_lists_the_sources_of_the_registry() -> None:
    tree = ast.parse(Path(gf.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("goodfit.data.sources.")
        for alias in node.names
    }
    assert typed == set(registry.source_names()), "goodfit/__init__.py: the imports under TYPE_CHECKING are for editors"
    assert typed <= set(gf.__all__)
    assert typed <= set(dir(gf))
    for name in filter(None, typed):
        assert getattr(gf, name) is registry.source_of(name).function()
    with pytest.raises(AttributeError, match="no attribute 'pictures'"):
        _ = gf.pictures


def test_a_source_file_without_its_function_says_what_it_has_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounds.py").write_text("from goodfit.data.source import Source\n")
    monkeypatch.setattr(registry, "__path__", [*registry.__path__, str(tmp_path)])
    assert "sounds" in registry.source_names()
    with pytest.raises(TypeError, match=r"sounds.py has to hold one subclass of Source with kind = 'sounds', and the"):
        registry.source_of("sounds")
    sys.modules.pop("goodfit.data.sources.sounds")


def test_rows_of_python_are_a_table() -> None:
    rows = [{"x": at * 0.5, "town": "ab"[at % 2], "y": at % 3} for at in range(12)]
    columns = {"x": np.arange(12) * 0.5, "town": ["a", "b"] * 6, "y": [at % 3 for at in range(12)]}
    for data in (rows, columns):
        source = open_data(data, target="y")
        source.prepare()
        assert source.kind == "table"
        assert np.asarray(source.targets).tolist() == [at % 3 for at in range(12)]


def test_a_target_may_be_called_by_a_number_and_a_series_is_no_name() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.arange(24.0).reshape(12, 2) % 5)
    source = open_data(frame, target=1)
    source.prepare()
    assert np.asarray(source.targets).tolist() == [value % 5 for value in range(1, 24, 2)]
    with pytest.raises(UsageError, match="target=Series is not the name of a column"):
        open_data(frame, target=frame[1])


@pytest.mark.parametrize(
    ("data", "fix"),
    [
        ((pl.DataFrame({"a": [1]}), [1]), "Put the target into the frame"),
        (torch.utils.data.TensorDataset(torch.zeros(3, 2)), "Stack its samples"),
        ("a,b\n1,2\n", "Write it to a file"),
        ((np.zeros((3, 2), dtype=complex), [0, 1, 0]), "real and imaginary parts"),
        ((np.zeros((3, 2)), np.ma.masked_array([0, 1, 0], mask=[False, True, False])), "Leave those rows out"),
    ],
)
def test_what_is_no_data_is_answered_with_what_to_give(data: object, fix: str) -> None:
    with pytest.raises((UsageError, DataError), match=fix):
        open_data(data)


def test_a_text_whose_name_says_nothing_is_asked_about(tmp_path: Path) -> None:
    lines = "".join(f"{('ham', 'spam')[at % 2]}\tgood day to you number {at}\n" for at in range(30))
    (tmp_path / "SMSSpamCollection").write_text(lines)
    with pytest.raises(
        DataError, match=r"its name says nothing of what it holds. If it is delimited text, give --kind table"
    ):
        open_path(tmp_path / "SMSSpamCollection")
    assert len(open_path(tmp_path / "SMSSpamCollection", kind="table", target="column_1")) == 30
