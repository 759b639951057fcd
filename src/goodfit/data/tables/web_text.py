"""Texts of web pages: their tags, scripts and comments are no words, and &eacute; is é."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

NAMES = (
    "a|abbr|article|aside|b|big|blockquote|body|br|button|center|cite|code|dd|div|dl|dt|em|figure|font|footer|form"
    "|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|meta|nav|ol|option|p|pre|q|s|section|small|span"
    "|strike|strong|style|sub|sup|svg|table|tbody|td|th|thead|title|tr|tt|u|ul|video"
)
TAG = rf"(?i)</?(?:{NAMES})(?:\s[^<>]*)?/?>"
UNSEEN = r"(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>|<!--.*?-->|<!doctype[^>]*>"
ENTITY = r"(?i)&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}\d?);"


def has_tags(text: pl.Series) -> bool:
    """Whether some of these texts have a tag or an entity."""
    return bool(text.str.contains(f"{TAG}|{ENTITY}").any())


def shown_text(page: str) -> str:
    """The text of one page."""
    import polars as pl

    return str(without_tags(pl.Series([page]))[0])


def without_tags(text: pl.Series) -> pl.Series:
    """The texts as a browser shows them, with a space in place of each tag."""
    import polars as pl

    marked = text.str.contains(f"{TAG}|{ENTITY}").fill_null(value=False)
    if not marked.any():
        return text
    some = text.filter(marked).str.replace_all(UNSEEN, " ").str.replace_all(TAG, " ")
    shown = pl.Series([unescape(each) for each in some.to_list()], dtype=pl.String)
    return text.scatter(marked.arg_true(), shown)
