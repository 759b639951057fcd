"""To evaluate and to predict: what cannot be read, is no label, or is of another kind is said, and never a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from command import goodfit
from PIL import Image

import goodfit as gf
from goodfit.errors import DataError

ROWS = 60


def picture(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(24, 32, 3) noise with a bright box, and (24, 32) 1 inside of it: 96 of 768 pixels, 12.5%."""
    random = np.random.default_rng(seed)
    image, mask = random.integers(0, 60, (24, 32, 3)).astype(np.uint8), np.zeros((24, 32), dtype=np.uint8)
    top, left = int(random.integers(0, 16)), int(random.integers(0, 20))
    image[top : top + 8, left : left + 12, 0] += 160
    mask[top : top + 8, left : left + 12] = 1
    return image, mask


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gf.Run]:
    root = tmp_path_factory.mktemp("boxes")
    for name in ("images", "masks", "new"):
        (root / name).mkdir()
    for at in range(16):
        image, mask = picture(at)
        Image.fromarray(image).save(root / "images" / f"{at}.png")
        Image.fromarray(mask).save(root / "masks" / f"{at}.png")
    for at in range(4):
        Image.fromarray(picture(90 + at)[0]).save(root / "new" / f"{at}.png")
    source = gf.masks(root / "images", root / "masks")
    with gf.fit(source, epochs=1, width=4, out=root / "run", quiet=True) as run:
        yield run


def masks_of(run: gf.Run, place: Path, change: object) -> Path:
    place.mkdir()
    for at in range(4):
        pixels = change(picture(90 + at)[1], at)  # type: ignore[operator]
        Image.fromarray(pixels).save(place / f"{at}.png")
    return place


def new_of(run: gf.Run) -> Path:
    return run.folder.parent / "new"


def test_masks_that_are_inverted_are_pointed_out(boxes: gf.Run, tmp_path: Path) -> None:
    inverted = masks_of(boxes, tmp_path / "m", lambda mask, at: 1 - mask)
    why = "12% of those that the run was fitted on: are the masks inverted, or numbered otherwise?"
    assert ["targets", "class '1': 88% of the pixels", why] in boxes.evaluate(new_of(boxes), masks=inverted)["notes"]


def test_masks_without_the_object_are_pointed_out(boxes: gf.Run, tmp_path: Path) -> None:
    blank = masks_of(boxes, tmp_path / "m", lambda mask, at: 0 * mask)
    why = "12% of those that the run was fitted on: are these the masks?"
    assert ["targets", "class '1': no pixel", why] in boxes.evaluate(new_of(boxes), masks=blank)["notes"]


def test_masks_of_16_bits_that_are_black_and_white_are_two_classes(boxes: gf.Run, tmp_path: Path) -> None:
    plain = masks_of(boxes, tmp_path / "plain", lambda mask, at: mask)
    deep = masks_of(boxes, tmp_path / "deep", lambda mask, at: mask.astype(np.uint16) * 65_535)
    expected = boxes.evaluate(new_of(boxes), masks=plain)
    scored = boxes.evaluate(new_of(boxes), masks=deep)
    assert scored["rows"]["test"] == 4
    assert scored["metrics"] == expected["metrics"]
    assert [note[:2] for note in scored["notes"]] == [["masks", "two classes, threshold 32768"]]


def test_images_that_cannot_be_scored_are_counted_with_the_reason(
    boxes: gf.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = masks_of(boxes, tmp_path / "m", lambda mask, at: mask if at else mask.astype(np.uint16) * 700)
    scored = boxes.evaluate(new_of(boxes), masks=some)
    assert (scored["rows"]["test"], scored["rows"]["unreadable"]) == (3, 1)
    [note] = [note for note in scored["notes"] if note[0] == "unreadable"]
    assert note[1] == "1 image"
    assert "0.png" in note[2]
    assert "class 700" in note[2]
    assert goodfit("evaluate", boxes.folder, new_of(boxes), "--masks", some) == 0
    assert "unreadable      1 image" in capsys.readouterr().err


def test_fractions_are_no_labels_of_whole_numbers(tmp_path: Path) -> None:
    """0.73 was read as class 0, by int()."""
    frame = pl.DataFrame({"size": [at % 7 + at / 100 for at in range(ROWS)], "won": [at % 2 for at in range(ROWS)]})
    with gf.fit(frame, target="won", arch="mlp", epochs=1, rivals="none", out=tmp_path / "run", quiet=True) as run:
        for cells in ([0.73] * ROWS, ["0.73"] * ROWS, [0.0, 0.73] * (ROWS // 2)):
            with pytest.raises(DataError, match=r"its label '0.73' is not among the training rows' classes \(0, 1\)"):
                run.evaluate(frame.with_columns(won=pl.Series(cells)))
        many = pl.Series([at / 100 for at in range(1, ROWS + 1)])
        with pytest.raises(DataError, match=r"nor are '0.02', .* and 51 more; 60 rows in all"):
            run.evaluate(frame.with_columns(won=many))


WORDS = {"sea": ["wave", "boat", "salt"], "hill": ["rock", "path", "goat"]}


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gf.Run]:
    random = np.random.default_rng(0)
    kinds = ["sea" if at % 2 else "hill" for at in range(ROWS)]
    lines = [
        " ".join(random.choice([*WORDS[kind], "day", "the", "was"], 9)) + f" {at}" for at, kind in enumerate(kinds)
    ]
    frame = pl.DataFrame({"note": lines, "kind": kinds})
    out = tmp_path_factory.mktemp("runs") / "run"
    with gf.fit(frame, target="kind", text=["note"], epochs=1, rivals="none", out=out, quiet=True) as run:
        yield run


def shares(run: gf.Run, data: object) -> list[float]:
    predictions = run.predict(data)
    return [float(value) for value in predictions["p_sea"]]


NEW = ["the wave and the boat", "a goat on the path", "salt was on the rock"]


def test_the_only_column_of_texts_is_taken_for_the_runs(notes: gf.Run, tmp_path: Path) -> None:
    expected = shares(notes, pl.DataFrame({"note": NEW}))
    assert shares(notes, pl.DataFrame({"body": NEW})) == expected
    pl.DataFrame({"body": NEW}).write_csv(tmp_path / "new.csv")
    assert shares(notes, tmp_path / "new.csv") == expected
    assert ("column", "'body'", "the only one: read as 'note'") in notes.predict(tmp_path / "new.csv").notes
    with pytest.raises(DataError, match="the column 'note' is missing"):
        notes.predict(pl.DataFrame({"body": NEW, "title": NEW}))
    (tmp_path / "lines.txt").write_text("\n".join(NEW) + "\n")  # the first of them is no name, and a row
    with pytest.raises(DataError, match="the column 'note' is missing"):
        notes.predict(tmp_path / "lines.txt")


def test_missing_texts_in_a_list_are_rows_of_nothing(notes: gf.Run) -> None:
    expected = shares(notes, [*NEW, ""])
    for gone in (None, float("nan")):
        predictions = notes.predict([*NEW, gone])
        assert [float(value) for value in predictions["p_sea"]] == expected
        assert [note[1] for note in predictions.notes if note[0] == "empty"] == ["1 row"]


def test_columns_in_the_index_of_a_frame_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"size": [at % 7 for at in range(ROWS)], "city": ["u", "v", "w"] * (ROWS // 3)})
    frame["won"] = [at % 2 for at in range(ROWS)]
    with gf.fit(frame, target="won", arch="mlp", epochs=1, rivals="none", out=tmp_path / "run", quiet=True) as run:
        new = frame.drop(columns="won")
        expected = list(run.predict(new)["p_1"])
        assert list(run.predict(new.set_index("city"))["p_1"]) == expected
        assert list(run.predict(new.set_index(["city", "size"], append=True)[[]])["p_1"]) == expected
        with pytest.raises(DataError, match="the column 'city' is missing"):
            run.predict(new.set_index("city").reset_index(drop=True))


def test_a_list_of_images_needs_no_label_to_predict(boxes: gf.Run, tmp_path: Path) -> None:
    for at in range(12):
        place = tmp_path / "photos" / "ab"[at % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(at)[0]).save(place / f"{at}.png")
    lines = [f"photos/{'ab'[at % 2]}/{at}.png,{at * 3},x{at % 5}" for at in range(12)]
    (tmp_path / "list.csv").write_text("file,size,note\n" + "\n".join(lines) + "\n")
    with pytest.raises(DataError, match="several columns may be the label: size, note"):
        gf.fit(tmp_path / "list.csv", epochs=1, out=tmp_path / "never", quiet=True)
    with gf.fit(tmp_path / "photos", epochs=1, width=4, out=tmp_path / "run", quiet=True) as run:
        assert len(run.predict(tmp_path / "list.csv")) == 12
        with pytest.raises(DataError, match="several columns may be the label: size, note"):
            run.evaluate(tmp_path / "list.csv")


def test_a_user_with_a_space_is_the_user(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"who": [f"u{at % 9}" for at in range(90)], "film": [f"f{at * 7 % 10}" for at in range(90)]}
    ).with_columns(stars=pl.Series([at % 5 + 1 for at in range(90)]))
    source = gf.ratings(frame, user="who", item="film", target="stars")
    with gf.fit(source, epochs=1, rivals="none", out=tmp_path / "run", quiet=True) as run:
        assert list(run.catalogue.recommend([" u3 "], 2)) == list(run.catalogue.recommend(["u3"], 2))
        assert run.catalogue.similar("f2 ", 2) == run.catalogue.similar("f2", 2)
