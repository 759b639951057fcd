"""Making images worse: each kind against numbers from elsewhere, the same from the same seed, and bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from goodfit.data.images.degrade import KINDS, degrade
from goodfit.errors import DataError, UsageError


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def values(path: Path) -> np.ndarray:
    return np.asarray(opened(path)).astype(float)


def folder(place: Path, *images: np.ndarray, name: str = "clean") -> Path:
    (place / name / "deep").mkdir(parents=True)
    for number, image in enumerate(images):
        Image.fromarray(image.astype(np.uint8)).save(place / name / "deep" / f"{number}.png")
    return place / name


def waves(high: int = 60, wide: int = 81) -> np.ndarray:
    across, down = np.meshgrid(np.arange(wide), np.arange(high))
    return np.stack([127 + 100 * np.sin(across / 9 + number) * np.cos(down / 7) for number in range(3)], axis=2)


def test_noise_has_the_standard_deviation_asked_for(tmp_path: Path) -> None:
    clean = folder(tmp_path, np.full((100, 120, 3), 128))
    assert degrade(clean, tmp_path / "bad", "noise").written == 1
    error = values(tmp_path / "bad" / "deep" / "0.png") - 128
    n = error.size  # the error of a standard deviation from n draws is sd / sqrt(2 n); of the mean sd / sqrt(n)
    assert error.std() == pytest.approx(25, abs=4 * 25 / np.sqrt(2 * n))
    assert error.mean() == pytest.approx(0, abs=4 * 25 / np.sqrt(n))


def test_jpeg_has_the_tables_of_its_quality(tmp_path: Path) -> None:
    clean = folder(tmp_path, waves())
    degrade(clean, tmp_path / "bad", "jpeg", strength=30)
    Image.fromarray(waves().astype(np.uint8)).save(tmp_path / "other.jpg", quality=30)
    found, expected = opened(tmp_path / "bad" / "deep" / "0.jpg"), opened(tmp_path / "other.jpg")
    assert found.quantization == expected.quantization  # type: ignore[attr-defined]


def test_blur_of_a_point_is_the_gaussian(tmp_path: Path) -> None:
    """A bright square of 3x3 in the middle: where it meets the ground is known from the normal law's area."""
    image = np.zeros((41, 41, 3))
    image[:, 20:] = 200  # an edge: blurred, it is 200 times the normal's area up to there
    clean = folder(tmp_path, image)
    degrade(clean, tmp_path / "bad", "blur", strength=3)
    from scipy.stats import norm

    found = values(tmp_path / "bad" / "deep" / "0.png")[20, 8:32, 0]
    expected = 200 * norm.cdf((np.arange(8, 32) - 19.5) / 3)
    assert np.abs(found - expected).max() < 1.5  # rounding, and sums over pixels for the integral


def test_downscale_keeps_what_is_flat_and_loses_what_is_fine(tmp_path: Path) -> None:
    flat, fine = np.full((20, 20, 3), 77), np.indices((20, 20)).sum(0)[..., None].repeat(3, 2) % 2 * 200
    clean = folder(tmp_path, flat, fine)
    degrade(clean, tmp_path / "bad", "downscale")
    assert (values(tmp_path / "bad" / "deep" / "0.png") == 77).all()
    assert (values(tmp_path / "bad" / "deep" / "1.png") == 100).all()  # a chessboard of 0 and 200


def test_grey_is_the_luma_of_itu_r_601(tmp_path: Path) -> None:
    image = np.zeros((1, 3, 3))
    image[0] = [[200, 0, 0], [0, 200, 0], [0, 0, 200]]
    degrade(folder(tmp_path, image), tmp_path / "bad", "grey")
    found = values(tmp_path / "bad" / "deep" / "0.png")[0]
    assert (found == found[:, :1]).all()
    assert found[:, 0] == pytest.approx([0.299 * 200, 0.587 * 200, 0.114 * 200], abs=1)


def test_text_covers_a_part(tmp_path: Path) -> None:
    degrade(folder(tmp_path, np.full((80, 100, 3), 128)), tmp_path / "bad", "text")
    changed = (values(tmp_path / "bad" / "deep" / "0.png") != 128).any(2).mean()
    assert 0.005 < changed < 0.6


@pytest.mark.parametrize("kind", ["noise", "text"])
def test_the_same_seed_gives_the_same_file_whatever_lies_beside(tmp_path: Path, kind: str) -> None:
    alone = folder(tmp_path / "a", waves())
    beside = folder(tmp_path / "b", waves(), waves()[::-1])
    for source, name, seed in ((alone, "one", 0), (beside, "two", 0), (alone, "other", 1)):
        degrade(source, tmp_path / name, kind, seed=seed)
    one, two, other = ((tmp_path / name / "deep" / "0.png").read_bytes() for name in ("one", "two", "other"))
    assert one == two != other


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(sorted(KINDS)), high=st.integers(1, 30), wide=st.integers(1, 30))
def test_every_size_stays_as_it_is(tmp_path_factory: pytest.TempPathFactory, kind: str, high: int, wide: int) -> None:
    place = tmp_path_factory.mktemp("sizes")
    degrade(folder(place, waves(high, wide)), place / "bad", kind)
    assert opened(next((place / "bad" / "deep").iterdir())).size == (wide, high)


def test_unreadable_images_are_left_out_and_told(tmp_path: Path) -> None:
    clean = folder(tmp_path, waves())
    (clean / "broken.png").write_bytes(b"no image")
    found = degrade(clean, tmp_path / "bad", "noise")
    assert (found.written, [(path.name, why) for path, why in found.unreadable]) == (
        1,
        [("broken.png", "not an image")],
    )
    assert not (tmp_path / "bad" / "broken.png").exists()


def test_bad_input_gets_one_clear_line(tmp_path: Path) -> None:
    clean = folder(tmp_path, waves())
    with pytest.raises(UsageError, match=r"--kind melt is not known\. Choose one of jpeg, noise"):
        degrade(clean, tmp_path / "bad", "melt")
    with pytest.raises(UsageError, match=r"out of range for jpeg\. Give the quality, 1 to 95"):
        degrade(clean, tmp_path / "bad", "jpeg", strength=200)
    with pytest.raises(UsageError, match="grey has no strength"):
        degrade(clean, tmp_path / "bad", "grey", strength=2)
    with pytest.raises(DataError, match="no such folder"):
        degrade(tmp_path / "nowhere", tmp_path / "bad", "grey")
    with pytest.raises(DataError, match="Choose another -o"):
        degrade(clean, clean / "bad", "grey")
    degrade(clean, tmp_path / "bad", "noise")
    with pytest.raises(DataError, match=r"bad: this place holds files already"):
        degrade(clean, tmp_path / "bad", "noise")
    Image.fromarray(waves().astype(np.uint8)).save(clean / "deep" / "0.jpg")
    with pytest.raises(DataError, match="would both be written as"):
        degrade(clean, tmp_path / "again", "noise")
