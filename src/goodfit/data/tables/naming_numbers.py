"""Whole numbers that name something, as codes, telephones and articles do: nothing is half way between two of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goodfit.data.tables.visible import visible

if TYPE_CHECKING:
    import polars as pl

EXACT_BELOW = 2.0**53  # whole numbers beyond are not exact as float64: they name something
LIKE_A_POWER = r"^\d{2,}[eE]\d+$"  # a power of ten has one digit before its E, or a point, or a sign behind it
DIGITS_OF_A_CODE = 16  # more than a float64 holds: such a whole number names something
DIGITS_OF_A_NAMED_CODE = 7  # in a column that is called so
CALLED_SO = {  # last word of a column's name
    "phone", "telephone", "tel", "telefon", "mobile", "handy", "fax", "msisdn", "imei", "imsi", "ean", "gtin", "upc",
    "barcode", "isbn", "issn", "iban", "bic", "account", "konto", "compte", "cuenta", "passport", "ssn", "vat", "siren",
    "siret", "cnpj", "cpf", "nif", "npi", "cas", "pmid", "serial", "matrikel", "matrikelnummer", "matricola",
    "matricule", "matrícula", "matricula", "mrn", "rechnungsnummer", "kundennummer", "kundennr", "vertragsnummer",
}  # fmt: skip
POSTCODES = {
    "plz",
    "postleitzahl",
    "zip",
    "zipcode",
    "postcode",
    "postalcode",
    "codepostal",
    "pincode",
    "postnr",
    "postnummer",
}  # the last word of a column's name, or its last two together
DIGITS_OF_A_POSTCODE = 4, 6  # with or without its leading zeros
NUMBER_WORDS = {"no", "nr", "num", "number", "nummer", "numero", "número", "numéro", "code", "#", "id"}


def is_code(present: pl.Series) -> bool:
    """Whether whole numbers are names: with leading zeros, longer than a number can be, with an E as in 12E4, or of
    seven digits and more in a column that is called a telephone, an article's number and the like.
    """
    import polars as pl

    long = DIGITS_OF_A_NAMED_CODE if is_called_code(present.name) else DIGITS_OF_A_CODE
    if present.dtype.is_integer():
        cells = present.cast(pl.Float64).abs()
        return bool((cells >= min(EXACT_BELOW, 10.0 ** (long - 1))).any())
    if present.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return False
    text = visible(present)
    coded = text.str.contains(rf"^0\d+$|^\d{{{long},}}$|{LIKE_A_POWER}")
    return bool(coded.any()) and bool(text.filter(~coded).str.contains(r"^\d+(?:[eE]\d+)?$").all())


def are_postcodes(present: pl.Series) -> bool:
    """Whether a column is called a postcode (`PLZ`, `zip code`, `Code postal`), and holds what may be one."""
    words = [word for word in re.split(r"[\W_]+", present.name.lower()) if word]
    ends = {words[-1], "".join(words[-2:])} if words else set()
    if len(words) > 1 and words[-1] in NUMBER_WORDS:
        ends.add(words[-2])
    return bool(ends & POSTCODES) and _as_long_as_postcodes(present)


def _as_long_as_postcodes(present: pl.Series) -> bool:
    """Whether nearly all cells are whole numbers of as many digits as postcodes have."""
    import polars as pl

    low, high = DIGITS_OF_A_POSTCODE
    if present.dtype.is_float() and not bool((present == present.round()).all()):
        return False
    text = present.cast(pl.Int64).cast(pl.String) if present.dtype.is_numeric() else visible(present.cast(pl.String))
    return bool(text.str.contains(rf"^\d{{{low},{high}}}$").all())


def is_called_code(name: str) -> bool:
    """Whether a column is called a telephone, an account and so on: `phone`, `EAN code`, `account_no`."""
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word and word not in NUMBER_WORDS]
    return bool(words) and words[-1] in CALLED_SO
