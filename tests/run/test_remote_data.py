"""Runs of data at addresses: fitted, resumed, predicted and evaluated as the same files of this machine are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from command_process import goodfit_process
from remote_servers import bucket, own_certificate, png, serving, tar

import goodfit

pytest.importorskip("aiohttp", reason="aiohttp is not installed: pip install 'goodfit[remote]'")

TABLE: dict[str, Any] = {"target": "rich", "epochs": 4, "folds": 1, "batch_size": 16, "rivals": "none", "device": "cpu"}
IMAGES: dict[str, Any] = {
    "arch": "resnet10", "width": 4, "epochs": 1, "lr": 0.01, "augment": "none", "rivals": "none", "device": "cpu",
}  # fmt: skip


def people() -> pl.DataFrame:
    """90 rows: who is older is rich, more often than not."""
    random = np.random.default_rng(2)
    age = random.uniform(18, 80, 90)
    return pl.DataFrame(
        {
            "age": age,
            "town": random.choice(["north", "south"], 90),
            "rich": np.where(age + random.normal(0, 9, 90) > 47, "yes", "no"),
        }
    )


def images() -> dict[str, bytes]:
    """24 dark and light images by name."""
    return {
        f"{kind}/{number}.png": png(value + number)
        for kind, value in (("dark", 10), ("light", 200))
        for number in range(12)
    }


def weights(run: Any) -> bytes:
    return bytes((run.folder / "model.safetensors").read_bytes())


@pytest.mark.slow
def test_a_parquet_file_over_https_is_fitted_predicted_and_evaluated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(tmp_path / "localhost.pem")
    with serving(tmp_path / "served", certificate) as (address, _):
        people().write_parquet(tmp_path / "served" / "people.parquet", row_group_size=30)
        there, cache = f"{address}/people.parquet", ["--cache", "cache"]
        fit = ["fit", there, "--target", "rich", "--epochs", "2", "--rivals", "none", "--out", "run", "--quiet", *cache]
        refused = goodfit_process(*fit, cwd=tmp_path)
        assert refused.returncode == 2
        assert refused.stderr == (
            f"goodfit: {there}: it is not read: the certificate of the server is not trusted (self-signed certificate)."
            " Where you trust it, name its file in SSL_CERT_FILE.\n"
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        for command in (fit, ["predict", "run", there, "-o", "far.csv", *cache], ["evaluate", "run", there, *cache]):
            done = goodfit_process(*command, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        checked = goodfit_process("check", there, "--target", "rich", *cache, cwd=tmp_path)
        assert checked.stdout == "goodfit: no findings\n"
    here = goodfit_process("predict", "run", "served/people.parquet", "-o", "near.csv", cwd=tmp_path)
    assert here.returncode == 0, here.stderr
    assert (tmp_path / "far.csv").read_bytes() == (tmp_path / "near.csv").read_bytes()


def test_a_stopped_run_of_a_remote_table_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    with serving(tmp_path / "served") as (address, _):
        people().write_parquet(tmp_path / "served" / "people.parquet")
        there = f"{address}/people.parquet"
        whole = goodfit.fit(there, out=tmp_path / "whole", cache=tmp_path / "cache", **TABLE)
        stopped: dict[str, Any] = {"out": tmp_path / "stopped", "cache": tmp_path / "cache", **TABLE}

        def stop(epoch: Any) -> None:
            if epoch.number == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            goodfit.fit(there, on_epoch=stop, **stopped)
        resumed = goodfit.fit(there, resume=True, **stopped)
        assert weights(resumed) == weights(whole)
        more = goodfit.fit(there, more=1, **{name: given for name, given in stopped.items() if name != "epochs"})
        assert len(more.history) == TABLE["epochs"] + 1


def test_files_of_a_bucket_are_fitted_as_those_of_this_machine(tmp_path: Path) -> None:
    """Parquet, Parquet of images, tar shards and a folder of images over s3."""
    frame = pl.DataFrame({"image": list(images().values()), "label": [name.split("/")[0] for name in images()]})
    place = tmp_path / "here"
    place.mkdir()
    people().write_parquet(place / "people.parquet")
    frame.write_parquet(place / "images.parquet")
    (place / "shards").mkdir()
    for shard in range(2):
        rows = list(images().items())[shard::2]
        members = [(f"{at}.png", data) for at, (_, data) in enumerate(rows)]
        members += [(f"{at}.cls", name.split("/")[0].encode()) for at, (name, _) in enumerate(rows)]
        (place / "shards" / f"{shard:02d}.tar").write_bytes(tar(dict(sorted(members))))
    for name, data in images().items():
        (place / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "photos" / name).write_bytes(data)
    files = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    fits: Mapping[tuple[str, str], dict[str, Any]] = {
        ("people.parquet", "people.parquet"): TABLE,
        ("images.parquet", "images.parquet"): IMAGES,
        ("shards/{00..01}.tar", "shards"): IMAGES,
        ("photos", "photos"): IMAGES,
    }
    with bucket("of-a-test", files):
        for (there, here), options in fits.items():
            caches = [tmp_path / f"cache-{where}" for where in ("far", "near")]
            far, near = (
                goodfit.fit(data, out=tmp_path / f"{where}-{here}", cache=cache, **options)
                for data, where, cache in zip(
                    (f"s3://of-a-test/{there}", place / here), ("far", "near"), caches, strict=True
                )
            )
            assert weights(far) == weights(near), here
            predicted = [
                far.predict(data, cache=caches[0])["prediction"] for data in (f"s3://of-a-test/{there}", place / here)
            ]
            assert predicted[0] == predicted[1], here
            metrics = [
                run.evaluate(data, cache=cache)["metrics"]
                for run, data, cache in zip((far, near), (f"s3://of-a-test/{there}", place / here), caches, strict=True)
            ]
            assert metrics[0] == metrics[1], here
