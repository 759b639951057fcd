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


@pytest.mark.parametrize(
    ("encoding", "shown", "text"),
    [
        ("cp1250", "Windows-1250", "wiek;miasto\n31;Łódź\n32;Świdnica\n33;Gdańsk\n"),
        ("iso8859_2", "ISO 8859-2", "wiek;miasto\n31;Łódź\n32;Świdnica\n33;Gdańsk\n34;ząb\n"),
        ("cp1250", "Windows-1250", "věk;město\n31;Plzeň\n32;Žďár\n33;Děčín\n"),
        ("cp1250", "Windows-1250", "kor;város\n31;Győr\n32;Hódmezővásárhely\n33;Szűcs\n34;Gödöllő\n"),
        ("cp1250", "Windows-1250", "életkor;város\n31;Győr\n32;Székesfehérvár\n"),
        ("cp1250", "Windows-1250", "grad\nŠibenik\nČakovec\nĐurđevac\n"),
        ("cp1250", "Windows-1250", "oraş\nIaşi\nTimişoara\nConstanţa\n"),
        ("cp1254", "Windows-1254", "yaş;şehir\n31;İstanbul\n32;Iğdır\n33;Eskişehir\n"),
        ("cp1257", "Windows-1257", "miestas\nŠiauliai\nPanevėžys\nKėdainiai\n"),
        ("mac_roman", "Mac Roman", "ville;age\rOrléans;3\rBesançon;4\rNîmes;5\r"),
        ("mac_roman", "Mac Roman", "Ort;Alter\rKöln;3\rMünchen;4\rGroßenhain;5\r"),
        ("cp850", "code page 850", "Ort;Alter\nKöln;3\nÜberlingen;4\nGroßenhain;5\n"),
    ],
)
def test_latin_letters_of_other_lands_are_read_as_they_are(encoding: str, shown: str, text: str) -> None:
    read = to_utf8(text.encode(encoding), Path("d.csv"))
    assert read == (text.replace("\r", "\n").encode(), shown, True)


@pytest.mark.parametrize(
    "text",
    ["Þór,Ísafjörður\nþað,ýsa\n", "São João,corações\nCamões,põe\n", "Tromsø,Ålesund\n",
     "Müller,José\nSão,Nîmes\nTromsø,señor\n",
     "£m,20°C\n±3 µm,m²\nŠkoda,½\n", "perché,città\npiù,è\n", "l’œuvre,Noël\nfaçade,où\n"],
)  # fmt: skip
def test_western_letters_stay_windows_1252(text: str) -> None:
    assert to_utf8(text.encode("cp1252"), Path("d.csv")) == (text.encode(), "Windows-1252", True)


def test_where_two_encodings_read_it_they_are_named() -> None:
    with pytest.raises(DataError, match=r"it may be mac_roman \(Málaga\) or cp850 \(Mçlaga\)"):
        to_utf8("Málaga,1\nseñor,2\nCórdoba,3\n".encode("mac_roman"), Path("d.csv"))
