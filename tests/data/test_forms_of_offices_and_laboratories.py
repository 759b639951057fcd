"""Cells as laboratories, registries and offices write them: read as what they are, or the guess is said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.sources.table import Table
from goodfit.data.tables.column_types import infer_type
from goodfit.errors import DataError, UsageError

ROWS = 60


def read(cells: list[str], name: str = "c") -> Table:
    source = gf.table(pl.DataFrame({name: cells, "y": [at * 1.5 for at in range(len(cells))]}), target="y")
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def kind(cells: list[str], name: str = "c") -> str:
    return infer_type(pl.Series(name, cells), categorical=(), numeric=(), ignore=()).name


def doubts(cells: list[str], name: str = "c") -> str:
    return "; ".join(what for what, _ in read(cells, name).doubts)


A = [2.5 + at * 7 % 41 for at in range(ROWS)]
B = [0.5 + at * 11 % 37 for at in range(ROWS)]
C = [9.5 + at * 13 % 43 for at in range(ROWS)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{} ({}-{})", [A, B, C]),  # an estimate with its interval
        ("{} ({}–{})", [A, B, C]),
        ("{} (95% CI {}, {})", [A, B, C]),
        ("{} ({},{})", [A, B, C]),
        ("{} [{} to {}]", [A, B, C]),
        ("[{}, {}, {}]", [A, B, C]),
        ("{} ({})", [A, B]),  # a mean with its deviation
        ("{} mg ({} mg)", [A, B]),
        ("{} ({}%)", [A, B]),  # a count with its share
        ("{},-{}", [A, [-b for b in B]]),  # places
        ("({},{})", [A, B]),
        ("{} -{}", [A, [-b for b in B]]),
        ("{}+{}", [A, B]),  # weeks and days
    ],
)
def test_all_numbers_of_a_cell_are_learnt(pattern: str, expected: list[list[float]]) -> None:
    cells = [pattern.format(*each) for each in zip(A, B, C, strict=True)]
    source = read(cells)
    assert source.encoder.number_values(pl.DataFrame({"c": cells})).T.tolist() == expected


def test_slips_among_pairs_are_said() -> None:
    cells = [f"{a} ({b})" for a, b in zip(A, B, strict=True)]
    [note] = [why for name, _, why in read([*cells, "see page 3"]).notes if name == "numbers"]
    assert "1 value such as 'see page 3' counts as missing" in note


@pytest.mark.parametrize(
    "cells",
    [
        [f"{at}/2023" for at in range(1, ROWS + 1)],  # invoices
        [f"{at % 40 + 1}/{2022 + at // 40}" for at in range(ROWS)],
        [f"2023/{at * 7 % 59 + 13}" for at in range(ROWS)],
    ],
)
def test_a_number_and_a_year_is_no_fraction(cells: list[str]) -> None:
    assert kind(cells) == "left out"


def test_years_of_schools_are_categories() -> None:
    assert kind([f"{2018 + at % 4}/{2019 + at % 4}" for at in range(ROWS)]) == "category"


def test_a_staircase_and_a_door_are_two_numbers_and_marks_a_share() -> None:
    doors = [f"{at % 8 + 1}/{at * 7 % 40 + 1}" for at in range(ROWS)]
    assert infer_type(pl.Series("c", doors), categorical=(), numeric=(), ignore=()).format == "number 1 of 2 in a cell"
    for cells in ([f"{at % 23}/23" for at in range(ROWS)], [f"20/{15 + 5 * (at % 7 + 1)}" for at in range(ROWS)]):
        assert infer_type(pl.Series("c", cells), categorical=(), numeric=(), ignore=()).format == "fractions"


@pytest.mark.parametrize("name", ["phone", "Tel.", "EAN-Code", "account_no", "bank account"])
def test_telephones_and_articles_are_no_numbers(name: str) -> None:
    cells = [f"{5_550_000_000 + at * 7_919_731}" for at in range(ROWS)]
    assert kind(cells, name) == "left out"
    assert infer_type(pl.Series(name, map(int, cells)), categorical=(), numeric=(), ignore=()).name == "left out"
    assert kind(cells, "income") == "number"
    assert kind([f"{at * 37 % 301}" for at in range(ROWS)], name) == "number"  # calls, accounts


def test_few_different_articles_are_categories() -> None:
    assert kind([f"{4_000_000_000_000 + at % 7}" for at in range(ROWS)], "ean") == "category"


def test_accounts_and_lists_of_numbers_are_no_free_text() -> None:
    accounts = [f"DE{10 + at % 80} {1000 + at} {2000 + at} {3000 + at} {4000 + at} {at % 90}" for at in range(ROWS)]
    assert kind(accounts) == "left out"
    assert kind([str([at * 0.25 + part for part in range(8)]) for at in range(ROWS)]) == "left out"


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("v", ["1.8", "1.9", "1.10", "1.11", "2.0"], "1.10 is 1.1"),
        ("Uhrzeit", ["7.45", "14.30", "9.05", "16.59", "11.15"], "7.45 may be 7:45"),
        ("start_time", ["745", "1430", "905", "1659", "1115"], "745 may be 7:45"),
        ("date", ["230512", "230630", "221128", "230101", "220207"], "230512 may be 2023-05-12"),
        ("date", ["2023132", "2023180", "2022031", "2023001", "2022365"], "2023132 may be 2023-05-12"),
        ("q", ["1", "2", "3", "4", "5", "88", "99"], "the values 88 and 99 of 'q'"),
        ("q", ["1", "2", "3", "4", "5", "88"], "the value 88 of 'q'"),
    ],
)
def test_numbers_that_may_be_something_else_are_said(name: str, cells: list[str], said: str) -> None:
    assert said in doubts([cells[at * 7 % 11 % len(cells)] for at in range(ROWS)], name)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("price", ["4.5", "4.10", "4.95", "5.25", "6.0"]),
        ("time", ["7.45", "14.30", "9.85", "16.59", "11.15"]),  # 85 minutes
        ("rate", ["7.45", "14.30", "9.05", "16.59", "11.15"]),
        ("update", ["230512", "991630", "221128", "230101", "220207"]),
        ("age", ["18", "88", "77", "65", "43", "99", "60"]),
    ],
)
def test_plain_numbers_are_not_doubted(name: str, cells: list[str]) -> None:
    assert doubts([cells[at * 7 % 11 % len(cells)] for at in range(ROWS)], name) == ""


def test_metres_among_centimetres_are_said() -> None:
    cells = [f"{1.5 + at % 37 / 100:.2f}" if at % 3 == 0 else f"{150 + at % 37}" for at in range(ROWS)]
    assert "about 100 times as small as the others" in doubts(cells)
    assert doubts([f"{10 ** (at % 7)}" for at in range(ROWS)]) == ""


def test_a_power_that_may_be_a_code_is_said() -> None:
    [note] = [why for name, _, why in read(["3E1", "4E2", "7E3"] * 20).notes if name == "numbers"]
    assert "'3E1' is read as 30" in note


def table_of(path: Path, text: str, target: str = "t") -> Table:
    path.write_text(text)
    source = gf.table(path, target=target)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


SURVEY = "".join(f"{500 + at},{['no', 'yes'][at % 2]},,{20 + at * 7 % 41},{'ab'[at % 3 // 2]}\n" for at in range(ROWS))


def test_names_in_two_lines_are_joined_where_one_stands_above_several_columns(tmp_path: Path) -> None:
    second = ",Response,Other (please specify),Open-Ended Response,Response"
    source = table_of(tmp_path / "a.csv", f"Respondent,Satisfied?,,Age,t\n{second}\n{SURVEY}")
    assert len(source) == ROWS
    names = ["Respondent", "Satisfied? Response", "Satisfied? Other (please specify)", "Age", "t"]
    assert source.column_names == names
    assert ("names", "in two lines") in [(name, value) for name, value, _ in source.notes]


def test_a_second_line_of_names_is_left_out_and_said(tmp_path: Path) -> None:
    source = table_of(tmp_path / "a.csv", f"Respondent,Satisfied?,,Age,t\nint,str,str,int,str\n{SURVEY}")
    assert len(source) == ROWS
    assert ("left out", "1 line") in [(name, value) for name, value, _ in source.notes]
    assert "a second line of names" in str(source.notes)


def test_a_first_row_with_a_rare_word_is_a_row(tmp_path: Path) -> None:
    rows = f"499,maybe,,31,a\n{SURVEY}"
    assert len(table_of(tmp_path / "a.csv", f"Respondent,Satisfied?,,Age,t\n{rows}")) == ROWS + 1


def test_two_lines_of_names_with_names_twice_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",a,a,t\n,mean,std,\n" + "".join(f"{at},{at}.5,{at % 7}.25,x\n" for at in range(9)))
    with pytest.raises(DataError, match="The next line holds names too"):
        gf.table(tmp_path / "a.csv", target="t")


def test_a_target_in_a_first_line_that_is_a_row_names_the_option(tmp_path: Path) -> None:
    plate = "".join(f"{row}," + ",".join(f"{at * 0.125}" for at in range(12)) + "\n" for row in "ABCDEFGH")
    (tmp_path / "a.csv").write_text("," + ",".join(map(str, range(1, 13))) + "\n" + plate)
    with pytest.raises(UsageError, match="stands in the first line, which is read as a row: --header reads names"):
        gf.table(tmp_path / "a.csv", target="12").prepare()


def groups(total: str, word: str = "yes") -> str:
    lines = ["region,shop,sales,t"]
    for place, region in enumerate(("north", "south", "east")):
        sales = [10 + 30 * place + at * 7 % 23 for at in range(8)]
        lines += [f"{region},s{at},{each},{'yes' if at % 2 else 'no'}" for at, each in enumerate(sales)]
        lines.append(f"{total.format(region)},,{sum(sales)},{word}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("total", "word", "said"),
    [
        ("{} Total", "no", "called 'north Total'"),
        ("{} Ergebnis", "no", "called 'north Ergebnis'"),
        ("", "", "3 rows without a word"),
    ],
)  # fmt: skip
def test_sums_among_the_rows_are_said(tmp_path: Path, total: str, word: str, said: str) -> None:
    source = table_of(tmp_path / "a.csv", groups(total, word), "sales")
    assert said in "; ".join(what for what, _ in source.doubts)


def test_signs_of_web_pages_are_said() -> None:
    assert "'M&amp;M' and 'M&M'" in doubts([["M&amp;M", "M&M", "other"][at % 3] for at in range(ROWS)])


def test_users_of_one_number_are_counted_once(tmp_path: Path) -> None:
    rows = "".join(f"{at % 9}{'.0' if at % 2 else ''},m{at % 7},{at % 5 + 1}\n" for at in range(ROWS))
    (tmp_path / "r.csv").write_text(f"u,i,r\n{rows}")
    source = gf.ratings(tmp_path / "r.csv", user="u", item="i", target="r")
    source.prepare()
    [summary] = [why for name, _, why in source.notes if name == "ratings"]
    assert summary == "9 users in 'u', 7 items in 'i'"


def test_users_with_and_without_zeros_are_said(tmp_path: Path) -> None:
    rows = "".join(f"{'00' if at % 2 else ''}{at % 9},m{at % 7},{at % 5 + 1}\n" for at in range(ROWS))
    (tmp_path / "r.csv").write_text(f"u,i,r\n{rows}")
    source = gf.ratings(tmp_path / "r.csv", user="u", item="i", target="r")
    source.prepare()
    assert "each is a user of its own" in "; ".join(what for what, _ in source.doubts)


def test_groups_of_columns_above_the_names_are_part_of_them(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in ([None, "2022", None, "2023", None], ["t", "sales", "cost", "sales", "cost"]):
        book.active.append(line)
    for at in range(ROWS):
        book.active.append(["ab"[at % 2], at * 0.5, at * 7 % 11, at % 5 + 0.25, at * 3 % 17])
    book.save(tmp_path / "a.xlsx")
    source = gf.table(tmp_path / "a.xlsx", target="t")
    source.prepare()
    [why] = [why for name, what, why in source.notes if name == "names" and what == "in two lines"]
    assert why == "read as 't', '2022 sales', '2022 cost', ..."


def test_groups_that_are_named_once_are_said(tmp_path: Path) -> None:
    rows = "".join(f"{'' if at % 15 else f'region {at}'},{at * 7 % 23},{'ab'[at % 2]}\n" for at in range(ROWS))
    source = table_of(tmp_path / "a.csv", f"region,sales,t\n{rows}")
    assert "each of 4 names in the column 'region' stands once" in "; ".join(what for what, _ in source.doubts)
    remarks = "".join(f"{'' if at % 15 != 3 else f'note {at}'},{at * 7 % 23},{'ab'[at % 2]}\n" for at in range(ROWS))
    source = table_of(tmp_path / "b.csv", f"note,sales,t\n{remarks}")
    assert not source.doubts


def test_copies_of_folders_are_said() -> None:
    assert "'cat' and 'cat - Copy'" in doubts([["cat", "cat - Copy", "dog"][at % 3] for at in range(ROWS)])


def test_approximate_numbers_and_amounts_of_chemists_are_numbers() -> None:
    assert kind([f"approx. {at}" if at % 5 == 0 else f"{at * 7 % 59}" for at in range(ROWS)]) == "number"
    cells = pl.Series("c", [f"{at % 9 + 1}.5e-{at % 4 + 2} mol/L" for at in range(ROWS)])
    assert infer_type(cells, categorical=(), numeric=(), ignore=()).format == "unit mol/l"


def test_dates_of_nought_are_missing() -> None:
    cells = ["0000-00-00" if at % 5 == 0 else f"2023-0{at % 9 + 1}-1{at % 8}" for at in range(ROWS)]
    source = read(cells)
    assert [value for name, value, _ in source.notes if name == "missing"] == ["12 cells"]
    assert kind(cells) == "date"


@pytest.mark.parametrize("name", ["a.db", "a.ods", "a.arff"])
def test_files_of_other_programs_are_named_with_what_to_do_by_profile_too(tmp_path: Path, name: str) -> None:
    content = {"a.db": b"SQLite format 3\0", "a.ods": b"PK\x03\x04", "a.arff": b"@relation x\n"}[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="which is not read"):
        gf.profile(tmp_path / name)


def test_short_years_among_long_ones_are_said() -> None:
    cells = ["'85" if at % 9 == 0 else str(1990 + at % 30) for at in range(ROWS)]
    assert "7 values of 'c', such as 85, are below 100 among years (1990 to 2019)" in doubts(cells)
    assert doubts([str(at * 40 % 2013) for at in range(ROWS)]) == ""


def test_degrees_of_two_kinds_are_said() -> None:
    cells = [f"{97 + at % 17 / 10:.1f}F" if at % 2 else f"{36 + at % 23 / 10:.1f}C" for at in range(120)]
    assert "numbers in several units" in doubts(cells)


@pytest.mark.parametrize("odd", ["2021-05-00", "2020-XX-XX", "31.02.2023"])
def test_dates_among_others_are_left_out_with_the_reason(odd: str) -> None:
    cells = [odd if at % 5 == 0 else f"{2000 + at}-0{at % 9 + 1}-1{at % 8}" for at in range(ROWS)]
    column = pl.Series("c", [*cells, *[f"{1950 + at}-01-01" for at in range(40)]])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.why == f"88 dates, and 12 values such as '{odd}' that are none; --missing '{odd}' empties it"


def test_a_folder_of_texts_says_that_they_are_free_text(tmp_path: Path) -> None:
    for at in range(12):
        place = tmp_path / "notes" / "ab"[at % 2] / f"{at}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"a short note of number {at % 5} and nothing else")
    source = open_data(tmp_path / "notes")
    source.prepare()
    source.learn(torch.arange(len(source)))
    assert ("texts", "1", "text; text: free text") in source.notes
