"""Data at addresses: fetched once, fetched anew when it changed, and one line where it cannot be had."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import polars as pl
import pytest
from remote_servers import Server, bucket, png, serving, tar

import goodfit
from goodfit.data import open_data
from goodfit.data.cache_folder import clear, info
from goodfit.data.remote import is_remote, local_copy
from goodfit.errors import DataError, UsageError

pytest.importorskip("aiohttp")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str, Server]]:
    """A folder, its address, and the server."""
    folder = tmp_path / "served"
    with serving(folder) as (address, server):
        yield folder, address, server


def test_a_file_is_fetched_once_and_again_when_it_has_changed(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    folder, address, server = served
    (folder / "people.csv").write_text("age,income\n31,4\n42,9\n")
    one = local_copy(f"{address}/people.csv", tmp_path / "cache")
    assert one.name == "people.csv"
    assert one.read_bytes() == (folder / "people.csv").read_bytes()
    assert local_copy(f"{address}/people.csv", tmp_path / "cache") == one
    assert server.asked.count("GET /people.csv") == 1
    (folder / "people.csv").write_text("age,income\n31,4\n42,9\n50,7\n")
    assert local_copy(f"{address}/people.csv", tmp_path / "cache").read_text().endswith("50,7\n")


def test_a_table_at_an_address_is_read_as_the_file_is(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    folder, address, _ = served
    (folder / "people.csv").write_text("age,income\n31,4\n42,9\n")
    for place in (f"{address}/people.csv?version=2", Path(f"{address}/people.csv")):  # a Path drops one slash
        source = open_data(place, target="income", cache=tmp_path / "cache")
        source.prepare(cache=tmp_path / "cache")
        assert source.name == "people"
        np.testing.assert_array_equal(source.targets, [4, 9])


def test_archives_with_numbers_are_the_rows_of_all(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    folder, address, server = served
    for number in range(3):
        members = {f"{number}.png": png(number), f"{number}.cls": b"odd" if number % 2 else b"even"}
        (folder / f"part-{number:03d}.tar").write_bytes(tar(members))
    source = open_data(f"{address}/part-{{000..002}}.tar", cache=tmp_path / "cache")
    assert source.kind == "shards"
    assert list(source.targets or ()) == ["even", "odd", "even"]
    assert server.asked == [f"GET /part-{number:03d}.tar" for number in range(3)]  # one after the other


def test_a_folder_of_images_is_read_as_a_folder(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for kind, value in (("dark", 10), ("light", 200)):
        for number in range(2):
            memory.pipe(f"/photos-of-a-test/{kind}/{number}.png", png(value + number))
    source = open_data("memory://photos-of-a-test", cache=tmp_path / "cache")
    assert sorted(source.targets or ()) == ["dark", "dark", "light", "light"]
    assert source.name == "photos-of-a-test"
    memory.rm("/photos-of-a-test/dark/0.png")
    assert len(open_data("memory://photos-of-a-test", cache=tmp_path / "cache")) == 3
    memory.rm("/photos-of-a-test", recursive=True)


def test_what_is_wrong_with_fetched_data_is_said_with_its_address(
    served: tuple[Path, str, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address, _ = served
    monkeypatch.chdir(tmp_path)
    (folder / "people.csv").write_text("age,income\n31,4\n42\n50,7\n61,8\n")
    (folder / "damaged.parquet").write_bytes(b"PAR1 and no more")
    for number, content in enumerate((tar({"0.png": png(1), "0.cls": b"odd"}), b"no archive" * 100)):
        (folder / f"part-{number}.tar").write_bytes(content)
    for name, named in (
        ("people.csv?of=today", "people.csv?of=today"),
        ("damaged.parquet", "damaged.parquet"),
        ("part-{0..1}.tar", "part-1.tar"),
    ):
        for cache in (Path("cache"), tmp_path / "cache"):
            with pytest.raises(DataError) as raised:
                open_data(f"{address}/{name}", cache=cache).prepare(cache=cache)
            assert str(raised.value).startswith(f"{address}/{named}: ")
            assert "cache" not in str(raised.value)


def test_new_data_of_a_run_may_lie_at_an_address(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    folder, address, _ = served
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"age": random.uniform(20, 70, 60), "weight": random.uniform(50, 90, 60)})
    frame.with_columns(income=pl.col("age") * 2).write_parquet(folder / "people.parquet")
    run = goodfit.fit(
        f"{address}/people.parquet", target="income", epochs=1, out=tmp_path / "run", rivals="none", device="cpu",
        cache=tmp_path / "cache",
    )  # fmt: skip
    far = run.predict(f"{address}/people.parquet", cache=tmp_path / "cache")
    assert far["prediction"] == run.predict(folder / "people.parquet")["prediction"]
    assert len(far) == 60


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("absent.csv", "there is no such file (404). Check the address."),
        ("forbidden.csv", "no permission to read it (403). Check the address and your credentials."),
        ("broken.csv", "it cannot be reached (the server answers 503). Try again later."),
        ("", "this is a web page, not a file"),
    ],
)
def test_what_cannot_be_had_is_one_line(
    served: tuple[Path, str, Server], tmp_path: Path, place: str, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        local_copy(f"{served[1]}/{place}", tmp_path / "cache")
    assert str(caught.value).startswith(f"{served[1]}/{place}: {message}")
    assert "\n" not in str(caught.value)


def test_a_file_that_ends_early_is_tried_again_and_is_not_kept(
    served: tuple[Path, str, Server], tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"cannot be reached|it ended after"):
        local_copy(f"{served[1]}/short.csv", tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if "short" in path.name]


def test_without_a_network_the_copy_of_before_is_read(
    served: tuple[Path, str, Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, address, server = served
    (folder / "a.csv").write_text("x,y\n1,2\n")
    here = local_copy(f"{address}/a.csv", tmp_path / "cache")
    server.shutdown()
    server.server_close()
    assert local_copy(f"{address}/a.csv", tmp_path / "cache") == here
    assert "the copy of before is read" in capsys.readouterr().err
    with pytest.raises(DataError, match="it cannot be reached"):
        local_copy(f"{address}/b.csv", tmp_path / "cache")


def test_the_checksum_of_an_address_is_compared(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    folder, address, _ = served
    (folder / "a.csv").write_text("x,y\n1,2\n")
    right = hashlib.sha256(b"x,y\n1,2\n").hexdigest()
    assert local_copy(f"{address}/a.csv#sha256={right}", tmp_path / "cache").name == "a.csv"
    with pytest.raises(DataError, match=f"its SHA-256 is {right}, not the one after #sha256="):
        local_copy(f"{address}/a.csv#sha256={'0' * 64}", tmp_path / "cache")


def test_names_that_lead_out_of_the_cache_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/odd-names/a.csv", b"x\n1\n")
    found = {"/odd-names/../../evil.csv": {"name": "/odd-names/a.csv", "size": 4}}
    monkeypatch.setattr(type(memory), "find", lambda self, path, detail: found)
    with pytest.raises(DataError, match="no file can be kept under the name"):
        local_copy("memory://odd-names", tmp_path / "cache")


def test_a_protocol_that_is_not_known_or_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="the protocol foo:// is not known"):
        local_copy("foo://bucket/a.csv", tmp_path)

    def absent(*_: Any, **__: Any) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", absent)
    with pytest.raises(UsageError, match=r"reading s3:// needs a package that is not installed\. pip install 'goodfit"):
        local_copy("s3://bucket/a.csv", tmp_path)


def test_paths_of_this_machine_are_no_addresses(tmp_path: Path) -> None:
    assert not is_remote(tmp_path / "a.csv")
    assert not is_remote("C:/data/a.csv")
    assert not is_remote("train.py:net")
    assert not is_remote((1, 2))
    assert is_remote("https://host/a.csv")
    assert is_remote(Path("https://host/a.csv"))
    assert local_copy((tmp_path / "a b.csv").as_uri()) == tmp_path / "a b.csv"


def test_clearing_the_cache_removes_what_was_fetched(served: tuple[Path, str, Server], tmp_path: Path) -> None:
    (served[0] / "a.csv").write_text("x,y\n1,2\n")
    cache = tmp_path / "cache"
    here = local_copy(f"{served[1]}/a.csv", cache)
    assert info(cache).files == 3  # the copy, what is known of it, and its lock
    (cache / "mine.txt").write_text("somebody's")
    clear(cache)
    assert not here.parent.exists()
    assert (cache / "mine.txt").exists()


def test_a_bucket_is_read_with_and_without_its_own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"dark/0": 10, "dark/1": 11, "light/0": 200, "light/1": 201}
    images = {f"train/{name}.png": png(value) for name, value in values.items()}
    with bucket("photos-bucket", images) as system:
        source = open_data("s3://photos-bucket/train", cache=tmp_path / "cache")
        assert sorted(source.targets or ()) == ["dark", "dark", "light", "light"]
        with pytest.raises(DataError, match=r"s3://photos-bucket/absent.csv: there is no such file"):
            local_copy("s3://photos-bucket/absent.csv", tmp_path / "cache")
        with pytest.raises(DataError, match="there is no such file"):
            local_copy("s3://no-such-bucket/absent.csv", tmp_path / "cache")
        system.chmod("photos-bucket/train/dark/1.png", "public-read")
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        system.clear_instance_cache()
        assert local_copy("s3://photos-bucket/train/dark/1.png", tmp_path / "other").read_bytes() == png(11)
        with pytest.raises(DataError, match="no permission to read it"):
            local_copy("s3://photos-bucket/train/dark/0.png", tmp_path / "other")
