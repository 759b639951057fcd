"""Text that is not UTF-8: Latin letters are read, words of other scripts are asked about with how they would read."""

from __future__ import annotations

from pathlib import Path

import pytest

import goodfit as gf
from goodfit.data.tables.decoding import to_utf8
from goodfit.errors import DataError


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Город;Цена\nМосква;3\nКазань;4\n"),
        ("koi8_r", "Город,Цена\nМосква,3\nКазань,4\n"),
        ("gb18030", "城市,面积,price\n北京,3,4\n上海,5,6\n"),
        ("big5", "城市,price\n臺北,1\n高雄,3\n"),
        ("shift_jis", "都市,price\n東京,1\n大阪,3\n"),
        ("euc_kr", "도시,price\n서울,3\n부산,5\n"),
        ("cp1253", "Πόλη,price\nΑθήνα,2\nΠάτρα,3\n"),
        ("cp1255", "עיר,price\nירושלים,1\nחיפה,2\n"),
    ],
)
def test_another_script_is_refused_with_how_it_reads(encoding: str, text: str) -> None:
    with pytest.raises(DataError) as raised:
        to_utf8(text.encode(encoding), Path("d.csv"))
    assert f"{encoding} ({text.splitlines()[0]})" in str(raised.value)
    assert to_utf8(text.encode(encoding), Path("d.csv"), encoding)[0].decode() == text


@pytest.mark.parametrize(
    "text", ["Größe,Straße\nfaçade,é\n", "ÜÖÄ,x\nmüde,3\ngrün,blöd\n", "Año,Niño\n", "x,y\n3 €,“déjà”\n"]
)
def test_latin_letters_are_windows_1252(text: str) -> None:
    assert to_utf8(text.encode("cp1252"), Path("d.csv")) == (text.encode(), "Windows-1252", True)


def test_folders_of_texts_take_an_encoding(tmp_path: Path) -> None:
    words = {"pos": "хорошо дом река", "neg": "плохо серый дождь"}
    for name, text in words.items():
        (tmp_path / name).mkdir()
        for at in range(4):
            (tmp_path / name / f"{at}.txt").write_bytes(f"{text} {at}".encode("cp1251"))
    refused = gf.texts(tmp_path)
    assert len(refused.unreadable) == 8
    assert "cp1251 (плохо серый дождь 0)" in refused.unreadable[0].reason
    read = gf.texts(tmp_path, encoding="cp1251")
    assert not read.unreadable
    assert read.values([0])[0]["text"] == "плохо серый дождь 0"
