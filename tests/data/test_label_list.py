"""Lists of labels as people have them: any dialect, with or without a header, paths as other systems write them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from image_files import put

from goodfit.data import open_path
from goodfit.data.sources.images import images
from goodfit.errors import DataError, UsageError

TEA = ["café", "thé"]
ROWS = range(6)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """img/0.png to img/5.png, and scans/train/id0.jpg to id5.jpg."""
    return put(tmp_path, *[f"img/{n}.png" for n in ROWS], *[f"scans/train/id{n}.jpg" for n in ROWS])


def listed(place: Path, text: str, written: str = "utf-8", name: str = "list.csv", **options: Any) -> Any:
    (place / name).write_bytes(text.encode(written))
    source = open_path(place / name, **options)
    assert source.kind == "images"
    assert len(source) == len(ROWS), "rows in = rows out"
    source.prepare()
    assert source.unreadable == []
    return source


def lines(template: str, header: str = "", labels: list[str] = TEA, end: str = "\n") -> str:
    rows = [template.format(n=n, label=labels[n % len(labels)]) for n in ROWS]
    return end.join([*([header] if header else []), *rows, ""])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("header", ["path,label", ""])
def test_encodings_with_and_without_a_header(place: Path, encoding: str, header: str) -> None:
    source = listed(place, lines("img/{n}.png,{label}", header), encoding)
    assert source.targets == ["café", "thé"] * 3
    assert source.keys[0] == "img/0.png"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (lines("img/{n}.png;{label}", "path;label"), "l.csv"),
        (lines("img/{n}.png\t{label}"), "l.tsv"),
        (lines("img/{n}.png|{label}", "image|class"), "l.txt"),
        (lines("img/{n}.png {label}"), "l.txt"),
        (lines("img\\{n}.png,{label}", "path,label", end="\r\n"), "l.csv"),
        (lines("{label},img/{n}.png"), "l.csv"),
        ("sep=;\n" + lines("img/{n}.png;{label}", "path;label"), "l.csv"),
        (lines("id{n},{label}", "image_id,label"), "l.csv"),
        (lines("{n},{label}", "Id,Category"), "l.csv"),
        (lines("{n}.png,{label}", "file_name,label"), "l.csv"),
    ],
)
def test_dialects_and_paths(place: Path, text: str, name: str) -> None:
    assert listed(place, text, name=name).targets == ["café", "thé"] * 3


def test_names_without_ending_or_header_where_the_source_is_named(place: Path) -> None:
    source = listed(place, lines("id{n},{label}"), kind="images")
    assert source.targets == ["café", "thé"] * 3


def test_a_packed_list(place: Path) -> None:
    (place / "l.csv.gz").write_bytes(gzip.compress(lines("img/{n}.png,{label}", "path,label").encode()))
    assert open_path(place / "l.csv.gz").targets == ["café", "thé"] * 3


def test_codes_and_words_are_labels_as_they_were_written(place: Path) -> None:
    source = listed(place, lines("img/{n}.png,{label}", "path,label", ["01", "None", "1e5"]))
    assert source.targets == ["01", "None", "1e5"] * 2


def test_the_column_of_the_label_is_printed_and_chosen_by_target(place: Path) -> None:
    text = lines("img/{n}.png,{n},f,{label}", "image,age,sex,diagnosis")
    with pytest.raises(DataError, match=r"several columns may be the label: age, sex, diagnosis\. Choose by --target"):
        listed(place, text)
    source = listed(place, text, target="diagnosis")
    assert source.targets == ["café", "thé"] * 3
    assert ("labels", "column 'diagnosis': café 3, thé 3", "given; not used: age, sex; --target names another") in (
        source.notes
    )
    named = listed(place, lines("img/{n}.png,{n},{label}", "image,age,label"))
    assert named.targets == ["café", "thé"] * 3
    assert any("not used: age" in why for name, _, why in named.notes if name == "labels")
    with pytest.raises(DataError, match=r"no column 'colour' \(--target\).*Columns: image, age, sex, diagnosis"):
        listed(place, text, target="colour")


@pytest.mark.parametrize("names", ["Dateiname;Klasse;Alter", "fichier;classe;âge", "文件名;标签;年龄"])
def test_names_of_columns_in_other_languages(place: Path, names: str) -> None:
    source = listed(place, lines("scans/train/id{n};{label};3{n}", names))
    assert source.targets == ["café", "thé"] * 3


def test_the_column_of_the_paths_is_chosen_by_path(place: Path) -> None:
    text = lines("scans/train/id{n}.jpg,img/{n}.png,{label}", "left,right,label")
    with pytest.raises(DataError, match=r"several columns name images: left, right\. Choose one by --path"):
        listed(place, text)
    assert listed(place, text, path="right").keys[1] == "img/1.png"


def test_two_columns_of_one_meaning_are_no_question(place: Path) -> None:
    same = listed(place, lines("img/{n}.png,x{label},{label}", "image,class,label"))
    assert same.targets == ["xcafé", "xthé"] * 3
    with pytest.raises(DataError, match="several columns may be the label: class, label"):
        listed(place, lines("img/{n}.png,{n},{label}", "image,class,label"))


def test_one_hot_columns(place: Path) -> None:
    one = [f"img/{n}.png,{n % 2}.0,{1 - n % 2}.0" for n in ROWS]
    source = listed(place, "\n".join(["image,MEL,NV", *one]))
    assert source.targets == ["NV", "MEL"] * 3
    several = [f"img/{n}.png,{n % 2},1" for n in ROWS]
    assert listed(place, "\n".join(["image,sun,sea", *several])).targets == [["sea"], ["sun", "sea"]] * 3
    mixed = [f"img/{n}.png,{40 + n},{n % 2},1" for n in ROWS]
    chosen = listed(place, "\n".join(["image,age,sun,sea", *mixed]), target="sun,sea")
    assert chosen.targets == [["sea"], ["sun", "sea"]] * 3
    with pytest.raises(DataError, match="column 'age' holds more than 0 and 1"):
        listed(place, "\n".join(["image,age,sun,sea", *mixed]), target="age,sun")


@pytest.mark.parametrize(("mark", "name"), [("|", "bar"), (";", "semicolon"), (", ", "comma"), (" ", "space")])
def test_several_labels_of_an_image(place: Path, mark: str, name: str) -> None:
    cells = [f"haze{mark}road", "road", f"water{mark}road", "haze", f"water{mark}haze", "water"]
    text = "\n".join(["image,tags", *(f'img/{n}.png,"{cell}"' for n, cell in enumerate(cells))])
    source = listed(place, text)
    assert source.targets == [["haze", "road"], ["road"], ["water", "road"], ["haze"], ["water", "haze"], ["water"]]
    assert bool(source.doubts) == (name in ("comma", "space")), "these stand in names as well: a warning"
    alone = listed(place, text, tags="none")
    assert alone.targets == cells
    assert listed(place, text, tags=name).doubts == []


@pytest.mark.parametrize("labels", [["golden retriever", "border collie"], ["Paris, France", "Rome, Italy"]])
def test_names_of_several_words_are_one_label(place: Path, labels: list[str]) -> None:
    assert listed(place, lines('img/{n}.png,"{label}"', "image,label", labels)).targets == labels * 3


def test_parts_under_any_name(place: Path) -> None:
    parts = ["TRAIN", "Val", "testing"]
    text = "\n".join(["image,label,split", *(f"img/{n}.png,a,{parts[n % 3]}" for n in ROWS)])
    assert list(listed(place, text).parts) == ["train", "valid", "test"] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,label\nimg/0.png,x\nimg/1.png\n", r"line 3 has 1 cell where the first has 2"),
        ("image,label\nimg/0.png,x\nimg/1.png,\n", r"list\.csv, line 3: no label"),
        ("image,label\nimg/0.png,x\n,y\n", r"list\.csv, line 3: no path of an image"),
        ("image,label,split\nimg/0.png,x,later\n", r"line 2: part 'later' is not known"),
        ("image,label\n", "no rows"),
    ],
)
def test_a_line_that_cannot_be_is_named(place: Path, text: str, message: str) -> None:
    (place / "list.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        images(place / "list.csv")


def test_one_name_of_two_files_is_asked_about(place: Path) -> None:
    put(place, "scans/test/id0.jpg")
    (place / "list.csv").write_text("image,label\nid0,x\nid1,y\n")
    with pytest.raises(DataError, match=r"line 2: 'id0' may be scans/test/id0.jpg and scans/train/id0.jpg"):
        images(place / "list.csv")


def test_devices_that_a_list_names_are_refused(place: Path) -> None:
    (place / "list.csv").write_text("path,label\n/dev/zero,x\nimg/1.png,y\n")
    source = images(place / "list.csv")
    with pytest.raises(DataError, match=r"1 of 2 images cannot be read; the first: a device, not a file"):
        source.prepare()


def test_a_table_that_names_no_files_stays_a_table(place: Path) -> None:
    (place / "list.csv").write_text("name,age\nann,3\nbob,4\n")
    assert open_path(place / "list.csv", target="age").kind == "table"
    (place / "web.csv").write_text("age,url\n3,http://example.org/a.png\n4,http://example.org/b.png\n")
    assert open_path(place / "web.csv", target="age").kind == "table"


def test_columns_are_for_lists(place: Path) -> None:
    with pytest.raises(UsageError, match="--tags is for a list"):
        images(place / "img", tags="space")


def test_the_dialect_is_an_option_as_for_tables(place: Path) -> None:
    greek = lines("img/{n}.png,{label}", "path,label", ["α", "β"])
    assert listed(place, greek, "iso8859-7", encoding="iso8859-7").targets == ["α", "β"] * 3
    doubtful = lines("img/{n}.png:{label}", "path:label")
    assert listed(place, doubtful, separator=":").targets == TEA * 3
    short = lines("img/{n}.png,{label},x", "path,label,more").replace(",x\n", "\n", 1)
    with pytest.raises(DataError, match="line 2 has 2 cells"):
        listed(place, short)
    assert listed(place, short, fill_gaps=True).targets == TEA * 3
    named = listed(place, lines("{label},img/{n}.png"), header=False)
    assert named.targets == TEA * 3
    with pytest.raises(UsageError, match="--encoding is for a list"):
        images(place / "img", encoding="utf-8")


def test_a_folder_without_labels_names_the_list_that_lies_in_it(place: Path) -> None:
    folder = place / "img"
    assert images(folder).label_list is None
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    assert images(folder).label_list is None
    (folder / "labels.csv").write_text("id,tea\n" + "".join(f"{n},{TEA[n % 2]}\n" for n in ROWS))
    assert images(folder).label_list == folder / "labels.csv"


def test_labels_and_tags_that_look_the_same_are_one(place: Path) -> None:
    """Every other label with a sign that nobody sees, or in Unicode's other form."""
    names = ["\u7dd1\u8336", "caf\u00e9"]
    plain = listed(place, lines("img/{n}.png,{label}", "path,label", names))
    odd = listed(place, lines("img/{n}.png,{label}", "path,label", [*names, "\u200b\u7dd1\u8336", "cafe\u0301\ufeff"]))
    assert odd.targets == plain.targets
    tagged = listed(place, lines("img/{n}.png,caf\u00e9|{label}", "path,label", ["a", "\u200ea"]), tags="bar")
    assert {tag for tags in tagged.targets for tag in tags} == {"caf\u00e9", "a"}


def test_groups_that_look_the_same_stay_in_one_part(place: Path) -> None:
    people = ["Jos\u00e9", "Jose\u0301", "\u200bJos\u00e9"]
    rows = [f"img/{n}.png,{'ab'[n % 2]},{people[n % 3]}" for n in ROWS]
    source = listed(place, "\n".join(["path,label,who", *rows]), group="who")
    assert set(source.groups) == {"Jos\u00e9"}


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("bilder/größe_{}.png", "cp1252"),
        ("C:\\Daten\\bilder\\größe_{}.PNG", "utf-8"),  # of another machine, in other letters
        ("bilder/größe_{}.jpg", "utf-16"),  # another ending
    ],
)
def test_a_list_is_one_of_images_however_it_is_written_also_where_the_target_is_given(
    tmp_path: Path, name: str, encoding: str
) -> None:
    """A table with --target would be the stronger claim, and the names of the images an identifier."""
    put(tmp_path, *(f"bilder/größe_{at}.png" for at in range(4)))
    lines = [f"{name.format(at)};{'ab'[at % 2]}" for at in range(4)]
    (tmp_path / "list.csv").write_bytes(("Datei;Klasse\r\n" + "\r\n".join(lines) + "\r\n").encode(encoding))
    source = open_path(tmp_path / "list.csv", target="Klasse")
    assert source.kind == "images"
    assert source.targets is not None
    assert list(source.targets) == ["a", "b", "a", "b"]


def test_a_column_of_parts_is_known_by_its_cells(tmp_path: Path) -> None:
    put(tmp_path, *(f"{number}.png" for number in range(6)))
    parts = ["Training", "train", "validation", "Test", "train", "test"]
    lines = "".join(f"{number}.png,{'ab'[number % 2]},{part}\n" for number, part in enumerate(parts))
    (tmp_path / "labels.csv").write_text(f"image,class,data set\n{lines}")
    source = images(tmp_path / "labels.csv")
    assert list(source.parts) == ["train", "train", "valid", "test", "train", "test"]
    assert ("parts", "column 'data set'", "its cells are names of parts") in source.notes
    target = images(tmp_path / "labels.csv", target="data set")
    assert list(target.parts) == [None] * 6
    assert list(target.targets or ()) == parts


def test_images_without_a_line_are_counted(place: Path) -> None:
    put(place, "img/more.png", "img/again.jpg", "img/.hidden.png")
    source = listed(place, lines("img/{n}.png,{label}", "path,label"))
    assert ("left out", "2 images", "without a line in list.csv, beside others in img") in source.notes


def test_a_list_of_files_that_are_no_images_is_a_table_that_says_so(tmp_path: Path) -> None:
    """The only column to learn from holds names of texts or sounds, which nobody looks into."""
    for ending in ("txt", "wav"):
        rows = [f"notes/{n}.{ending},{TEA[n % 2]}" for n in range(30)]
        for n in range(30):
            (tmp_path / "notes").mkdir(exist_ok=True)
            (tmp_path / "notes" / f"{n}.{ending}").write_text("words")
        (tmp_path / "list.csv").write_text("\n".join(["file,label", *rows]) + "\n")
        source = open_path(tmp_path / "list.csv", target="label")
        assert source.kind == "table"
        with pytest.raises(DataError, match=rf"'file' names files \(notes/0.{ending}\), and a table does not look"):
            source.prepare()
