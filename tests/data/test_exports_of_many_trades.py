"""Tables as shops, weather services, surveys, schools and banks export them, and texts that only look like tables."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.json_rows import read_json
from goodfit.data.tables.moments import moments
from goodfit.data.tables.reading import read_parts
from goodfit.data.tables.text_on_disk import open_text
from goodfit.errors import DataError

ROWS = 40
LINES_OF_A_LARGE_FILE = 30_000  # more than what is looked at to choose a separator


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def doubts(columns: dict[str, list[str]]) -> list[str]:
    source = gf.table(pl.DataFrame(columns | {"y": [at * 7 % 13 + 0.5 for at in range(ROWS)]}), target="y")
    source.prepare()
    return [what for what, _ in source.doubts]


def dates(name: str, cells: list[str]) -> list[datetime]:
    column = pl.Series(name, cells)
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "date", kind
    return moments(column, kind.format).to_list()


def test_names_on_each_page_are_names_and_no_rows(tmp_path: Path) -> None:
    page = "Rk,Player,Age\n" + "".join(f"{at},P{at},{20 + at}\n" for at in range(1, 6))
    read = read_delimited(write(tmp_path / "pages.csv", page * 5))
    assert read.frame.columns == ["Rk", "Player", "Age"]
    assert read.frame.height == 25
    assert ("left out", "4 lines", "the names of the columns again, as in line 7") in read.notes
    words = read_delimited(write(tmp_path / "words.csv", "cat,good\ndog,bad\ncat,good\nfox,good\n"))
    assert not words.header  # words that come again are rows


def test_lines_of_dashes_are_no_rows_of_a_list_of_sap(tmp_path: Path) -> None:
    rule = "|-----|------|\n"
    body = "".join(f"| M{at:02} | {at}.100,50-|\n" for at in range(ROWS))
    read = read_delimited(write(tmp_path / "list.txt", f"| Mat | Wert |\n{rule}{body}{rule}"))
    assert read.frame.height == ROWS
    assert read.frame["Mat"].to_list() == [f"M{at:02}" for at in range(ROWS)]
    assert ("left out", "2 lines", "they draw lines, the first below the names of the columns") in read.notes


def test_an_amount_with_a_decimal_comma_is_no_name_of_a_row(tmp_path: Path) -> None:
    text = "order,amount\n" + "".join(f"{at},{at}2,{at % 10}5\n" for at in range(1, ROWS))
    with pytest.raises(DataError, match="if 12,15 is one number, put it into quotes"):
        read_delimited(write(tmp_path / "orders.csv", text))
    of_r = '"a","b"\n' + "".join(f'"{at}",{at}2,{at % 10}5.5\n' for at in range(1, ROWS))
    assert read_delimited(write(tmp_path / "of_r.csv", of_r)).frame.columns == ["Unnamed: 0", "a", "b"]


@pytest.mark.parametrize("size", [ROWS, LINES_OF_A_LARGE_FILE])
def test_the_head_of_an_export_of_datev_is_no_line_of_names(tmp_path: Path, size: int) -> None:
    head = '"EXTF";700;21;"Buchungsstapel";7;20240131;;"RE";29098;55003\n'
    rows = "".join(f'{at},{at % 90 + 10};"{"SH"[at % 2]}";8400;0101\n' for at in range(size))
    path = write(tmp_path / "stapel.csv", f'{head}"Umsatz";"Kennzeichen";"Konto";"Belegdatum"\n{rows}')
    assert open_text(path) is None
    read = read_delimited(path)
    assert read.frame.columns == ["Umsatz", "Kennzeichen", "Konto", "Belegdatum"]
    assert read.frame.height == size
    assert ("left out", "1 line at the top", "it says of which kind this export of DATEV is") in read.notes


def test_answers_above_columns_of_marks_are_names(tmp_path: Path) -> None:
    head = "Respondent ID,What is best?,,,Other\n,Bus,Car,None,Open-Ended Response\n"
    marks = [("Bus", "", ""), ("", "Car", ""), ("Bus", "", "None")]  # None is an answer here
    rows = "".join(f"{900 + at},{','.join(marks[at % 3])},text {at}\n" for at in range(9))
    read = read_delimited(write(tmp_path / "survey.csv", head + rows))
    assert read.frame.columns == [
        "Respondent ID", "What is best? Bus", "What is best? Car", "What is best? None", "Other",
    ]  # fmt: skip
    assert read.frame.height == 9


TEXTS = {
    "a bank statement of SWIFT": ":20:STARTUMS\n:25:10020030/1234567\n:61:2403010301D12,50NTRF\n",
    "a spectrum in JCAMP-DX": "##TITLE= ethanol\n##JCAMP-DX= 5.01\n400 1 2\n",
    "a file of a calendar": "BEGIN:VCALENDAR\nVERSION:2.0\nSUMMARY:x,y\n",
    "references of literature": "@article{a1,\n  title = {x, y},\n  year = 2024}\n",
    "sequences": ">seq1, human\nACGTACGTACGTTA\n>seq2, mouse\nACGTTTACGTACGA\n",
    "the messages of a chat": "".join(f"0{at}/03/2024, 10:0{at} - Anna: Hello, you {at}\n" for at in range(1, 9)),
}
OF_PHONES = "".join(f"[0{at}.03.24, 10:0{at}:12] Bernd: gut; ja, {at}\n" for at in range(1, 9))
LOG = "".join(f"2024-03-14 05:06:{at:02},123 - root - INFO - done, {at}\n" for at in range(10, 20))
FIRST_OF_A_CHAT = "3/1/24, 9:00 AM - Messages are end-to-end encrypted.\n"


@pytest.mark.parametrize(
    ("what", "text"), [*TEXTS.items(), ("the messages of a chat", OF_PHONES), ("messages of a program", LOG)]
)
def test_texts_without_cells_say_what_they_are(tmp_path: Path, what: str, text: str) -> None:
    with pytest.raises(DataError, match=f"(this is|these are) {what}"):
        read_delimited(write(tmp_path / "x.txt", text))
    of_chat = FIRST_OF_A_CHAT + "".join(f"3/{at}/24, 10:0{at} PM - Ann B: Hi, {at}\n" for at in range(1, 9))
    with pytest.raises(DataError, match="the messages of a chat"):
        read_delimited(write(tmp_path / "y.txt", of_chat))


@pytest.mark.parametrize(
    "text",
    [
        "time,who\n" + "".join(f'"0{at}/03/2024, 10:00",A{at}\n' for at in range(1, 9)),
        "when,place\n" + "".join(f"2024-03-0{at} 10:00,Kasse 1: oben\n" for at in range(1, 9)),
        "id,@article\n1,2\n2,3\n",
        "time,level\n" + "".join(f"2024-03-14 05:06:{at},INFO\n" for at in range(10, 20)),
        ">50K,a\n1,2\n2,3\n",
    ],
)
def test_tables_that_are_like_such_texts_are_tables(tmp_path: Path, text: str) -> None:
    assert read_delimited(write(tmp_path / "x.csv", text)).frame.width == 2


def test_a_large_chat_is_no_table_either(tmp_path: Path) -> None:
    chat = "".join(f"01/03/2024, 10:00 - Anna: Hello number {at}, you\n" for at in range(LINES_OF_A_LARGE_FILE))
    path = write(tmp_path / "chat.txt", chat)
    assert open_text(path) is None
    with pytest.raises(DataError, match="the messages of a chat"):
        read_delimited(path)


def test_lines_of_actions_of_elasticsearch_are_no_rows(tmp_path: Path) -> None:
    actions = [json.dumps({"index": {"_index": "shop", "_id": str(at)}}) for at in range(ROWS)]
    rows = [json.dumps({"price": at + 0.5, "kind": "ab"[at % 2]}) for at in range(ROWS)]
    bulk = "\n".join(line for pair in zip(actions, rows, strict=True) for line in pair)
    for ending in (".json", ".jsonl"):
        read = read_json(write(tmp_path / f"bulk{ending}", bulk + "\n"))
        assert read.to_dict(as_series=False) == {
            "price": [at + 0.5 for at in range(ROWS)], "kind": ["ab"[at % 2] for at in range(ROWS)],
        }  # fmt: skip
    data = "\n".join(json.dumps({"index": {"value": at}, "b": 1}) for at in range(ROWS))
    assert read_json(write(tmp_path / "data.jsonl", data)).height == ROWS


def test_a_json_of_labels_and_one_of_label_studio_say_what_to_give(tmp_path: Path) -> None:
    labels = json.dumps({f"{at}.jpg": "cat" for at in range(5)})
    with pytest.raises(DataError, match=r"a label for the name of each image, such as '0.jpg'. Write it as a CSV"):
        read_json(write(tmp_path / "labels.json", labels))
    tasks = json.dumps([{"id": 1, "data": {"image": "a.jpg"}, "annotations": []}])
    with pytest.raises(
        DataError, match=r"an export of Label Studio in JSON, which is not read. Export it there as CSV"
    ):
        read_json(write(tmp_path / "tasks.json", tasks))


def test_hours_and_minutes_of_digits_are_dates_where_they_are_called_so() -> None:
    hours = [f"2024022{8 + at // 24}{at % 24:02}" for at in range(30)]
    assert dates("MESS_DATUM", hours)[-1] == datetime(2024, 2, 29, 5)
    minutes = [f"2024022810{at:02}" for at in range(30)]  # as milliseconds they would be of 1976
    assert dates("timestamp", minutes)[-1] == datetime(2024, 2, 28, 10, 29)
    seconds = [f"20240228100{at % 10}{at:02}" for at in range(30)]
    assert dates("obs_time", seconds)[11] == datetime(2024, 2, 28, 10, 1, 11)
    number = infer_type(pl.Series("order", hours), categorical=(), numeric=(), ignore=())
    assert number.name != "date"
    whole = infer_type(pl.Series("MESS_DATUM", map(int, hours)), categorical=(), numeric=(), ignore=())
    assert whole.name == "date"
    assert moments(pl.Series("MESS_DATUM", map(int, hours)), whole.format)[-1] == datetime(2024, 2, 29, 5)


def test_times_since_1970_stay_what_they_are() -> None:
    seconds = pl.Series("timestamp", [1_709_251_200 + 60 * at for at in range(30)])
    kind = infer_type(seconds, categorical=(), numeric=(), ignore=())
    assert (kind.name, kind.format) == ("date", "unix s")
    assert moments(seconds, kind.format)[0] == datetime(2024, 3, 1)


def test_the_day_of_a_year_is_a_date_where_it_is_called_so() -> None:
    days = [f"2024-{at:03}" for at in range(31, 71)]
    assert dates("date", days)[30] == datetime(2024, 3, 1)  # of a leap year: 31 + 29 + 1
    assert dates("x", [f"2024-{at:03}T06:{at - 31:02}" for at in range(31, 71)])[30] == datetime(2024, 3, 1, 6, 30)
    assert infer_type(pl.Series("case", days), categorical=(), numeric=(), ignore=()).name != "date"


def test_numbers_with_words_behind_them_are_said() -> None:
    [said] = doubts({"off": [f"{at + 5}% off" for at in range(ROWS)]})
    assert said == "the cells of 'off', such as '5% off', are not read as numbers, for the '% off' in them"
    asked = [("VB", f"{at}.200 € VB", f"{at}50 €")[at % 3] for at in range(1, ROWS + 1)]
    [said] = doubts({"price": asked})
    assert said.startswith("the cells of 'price', such as '1.200 € VB', are not read as numbers")
    [said] = doubts({"two": [f"{20 + at}.0  {at}" for at in range(ROWS)]})
    assert said == (
        "each cell of 'two' holds two numbers, such as '20.0  0': a column without a name may stand beside it"
    )
    streets = [f"{at} {('Main', 'Elm', 'Oak', 'Ash', 'Lime')[at % 5]} Street" for at in range(ROWS)]
    assert doubts({"street": streets, "band": [("18-24", "25-34", "65+")[at % 3] for at in range(ROWS)]}) == []


def test_columns_without_a_name_between_spaces_are_refused(tmp_path: Path) -> None:
    for head in ("STN  YEARMODA   TEMP     DEWP", "STN YEAR TEMP  DEWP"):
        rows = "".join(
            f"010 20240{at % 9 + 1}01   {20 + at % 9}.5  {10 + at % 9} 1{at % 9}.5  {10 + at % 9}\n" for at in range(9)
        )
        with pytest.raises(DataError, match="the first line has 4 words, and all others 6 numbers with spaces between"):
            read_delimited(write(tmp_path / "gsod.txt", f"{head}\n{rows}"))
    words = "Two words here\n" + "".join(f"it is {at} and {at}\n" for at in range(9))
    assert read_delimited(write(tmp_path / "words.txt", words)).frame.width == 1


def test_a_code_with_a_leading_zero_is_no_range() -> None:
    codes = pl.Series("day", [f"24-{at:03}" for at in range(31, 71)])
    assert infer_type(codes, categorical=(), numeric=(), ignore=()).name != "number"
    ranges = pl.Series("depth", [f"{at}-{at + 10}" for at in range(30, 70)])
    assert infer_type(ranges, categorical=(), numeric=(), ignore=()).name == "number"


def test_debits_alone_and_marks_of_quality_are_said() -> None:
    [said] = doubts({"saldo": [f"1.{100 + at},50 S" for at in range(ROWS)]})
    assert said == "the amounts of 'saldo', such as '1.100,50 S', are read without their S and above 0"
    assert doubts({"lap": [f"12.{at + 10} s" for at in range(ROWS)]}) == []
    of_quality = doubts({"TMP": [f"{'+-'[at % 2]}{at:04},1" for at in range(ROWS)]})
    assert any("they may be a value and a mark of its quality, as NOAA writes them" in what for what in of_quality)


def test_a_row_of_the_points_that_can_be_reached_is_said() -> None:
    names = ["    Points Possible", *(f"Doe, J{at}" for at in range(1, ROWS))]
    said = doubts({"Student": names, "Quiz": ["10", *(str(at % 9) for at in range(1, ROWS))]})
    assert said == ["the first row is called 'Points Possible'; it is read as a row like the others"]


def test_a_test_table_may_have_the_other_decimal_mark(tmp_path: Path) -> None:
    first = "a;b;y\n" + "".join(f"{at},25;1.{at + 100},5;{at}\n" for at in range(ROWS))
    other = "a,b,y\n" + "".join(f'{at}.25,"1,{at + 100}",{at}\n' for at in range(9))
    read = read_parts(write(tmp_path / "a.csv", first), valid=None, test=write(tmp_path / "b.csv", other))
    assert any(note[:2] == ("decimals", "point") and note[2].startswith("0.25 in 'a'") for note in read.notes)
    test = read.frame.sample()[ROWS:]
    assert test["a"].to_list() == [f"{at},25" for at in range(9)]
    assert test["b"].to_list() == [f"1.{at + 100}" for at in range(9)]  # 1,100 there is 1100, by the points of 'a'


def test_a_test_table_without_names_says_so(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", "a,b,y\n" + "".join(f"{at},x,{at * 2}\n" for at in range(ROWS)))
    with pytest.raises(DataError, match=r"the first line of the test table is a row .* Write their names .* a, b, y"):
        gf.table(first, target="y", test=write(tmp_path / "b.csv", "0,x,1\n1,y,2\n2,z,3\n"))


def test_names_of_files_are_no_numbers_with_a_unit() -> None:
    files = pl.Series("file", [f"{at:06}.jpg" for at in range(ROWS)])
    assert infer_type(files, categorical=(), numeric=(), ignore=()).name != "number"


@pytest.mark.parametrize("name", ["x.npz", "x.npy"])
def test_arrays_are_no_table_and_say_how_to_make_one(tmp_path: Path, name: str) -> None:
    import numpy as np

    getattr(np, "savez" if name.endswith("z") else "save")(tmp_path / name, np.zeros((3, 2)))
    with pytest.raises(DataError, match=r"a file of NumPy, .* Give pandas.DataFrame\(numpy.load"):
        gf.profile(tmp_path / name)
