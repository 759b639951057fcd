"""Tables as they are typeset: LaTeX (a & b \\\\), MediaWiki ({| ... |}), Jira (||a||b||) and AsciiDoc (|===)."""

from __future__ import annotations

import csv
import io
import re

from goodfit.lazy_pattern import lazy_pattern

BYTES_OF_HEAD = 100_000
ROWS_AT_LEAST, SHARE_OF_ROWS = 3, 0.5  # of lines that end in \\ in a text without \begin{tabular}
OF_LATEX = lazy_pattern(r"\\begin\{(?:tabular|longtable|array)[*xy]?\}")
ROW_OF_LATEX = lazy_pattern(r"(?m)^[^&\n]+(?:(?<!\\)&[^&\n]*)+\\\\(?:\[[^\]]*\])?\s*(?:\\hline)?\s*$")
RULES_OF_LATEX = lazy_pattern(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|cline\{[^}]*\}"
    r"|cmidrule(?:\([^)]*\))?\{[^}]*\}|addlinespace(?:\[[^\]]*\])?|small|centering)"
)
GROUP_OF_LATEX = lazy_pattern(r"\s*\\multicolumn\{(\d+)\}\{[^}]*\}\{(.*)\}\s*")
FONTS_OF_LATEX = lazy_pattern(r"\\(?:text(?:bf|it|rm|tt|sf)?|emph|mathrm|mathbf|num)\{([^{}]*)\}")
SIGNS_OF_LATEX = (
    ("\\%", "%"),
    ("\\$", "\0"),
    ("\\&", "&"),
    ("\\_", "_"),
    ("\\#", "#"),
    ("\\,", ""),
    ("~", " "),
    ("{,}", ","),
)
ATTRIBUTES_OF_WIKI = lazy_pattern(r"^\s*(?:[\w-]+ *= *(?:\"[^\"]*\"|[^\s|]+)\s*)+\|(?!\|)")
LINK_OF_WIKI = lazy_pattern(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]")

Rows = list[list[str]]


def typeset_table(data: bytes) -> tuple[bytes, str] | None:
    """The rows with tabs between the cells, and in which language they are typeset; None of all other files.

    Args:
        data: UTF-8, with \\n at the end of each line.
    """
    head = data[:BYTES_OF_HEAD]
    if b"\\\\" in head and b"&" in head:
        name, rows = "LaTeX", _of_latex(data.decode())
    elif head.lstrip().startswith(b"{|"):
        name, rows = "MediaWiki", _of_wiki(data.decode())
    elif head.lstrip().startswith(b"||") and head.count(b"\n|") >= ROWS_AT_LEAST:
        name, rows = "Jira", _of_jira(data.decode())
    elif head.count(b"|===") == 2:
        name, rows = "AsciiDoc", _of_asciidoc(data.decode())
    else:
        return None
    if len(rows) < ROWS_AT_LEAST or len(rows[-1]) < 2 or len({len(row) for row in rows}) != 1:
        return None
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue().encode(), name


def _of_latex(text: str) -> Rows:
    filled = [line for line in text.split("\n") if line.strip()]
    if (begins := OF_LATEX.search(text)) is not None:
        text = text[text.index("\n", begins.end()) + 1 :] if "\n" in text[begins.end() :] else ""
        text = text.split("\\end{")[0]
    elif len(ROW_OF_LATEX.findall(text)) < max(ROWS_AT_LEAST, SHARE_OF_ROWS * len(filled)):
        return []
    lines = (re.sub(r"(?<!\\)%.*", "", line) for line in text.split("\n"))
    whole = RULES_OF_LATEX.sub("", "\n".join(lines))
    rows: Rows = []
    for row in re.split(r"\\\\(?:\[[^\]]*\])?", whole):
        cells: list[str] = []
        for cell in re.split(r"(?<!\\)&", row):
            group = GROUP_OF_LATEX.fullmatch(cell)
            cells += [_plain_latex(cell)] if group is None else [_plain_latex(group[2]), *[""] * (int(group[1]) - 1)]
        if len(cells) > 1:
            rows.append(cells)
    return rows


def _plain_latex(cell: str) -> str:
    for sign, plain in SIGNS_OF_LATEX:
        cell = cell.replace(sign, plain)
    return " ".join(FONTS_OF_LATEX.sub(r"\1", cell).replace("$", "").replace("\0", "$").split())


def _of_wiki(text: str) -> Rows:
    rows: Rows = [[]]
    for line in text.strip().split("\n")[1:]:
        plain = line.strip()
        if plain.startswith(("|}", "|+")):
            continue
        if plain.startswith("|-"):
            rows.append([])
        elif plain.startswith(("|", "!")):
            cells = re.split(r"\|\||!!" if plain[0] == "!" else r"\|\|", plain[1:])
            rows[-1] += [LINK_OF_WIKI.sub(r"\1", ATTRIBUTES_OF_WIKI.sub("", cell)).strip(" '") for cell in cells]
        elif rows[-1] and plain:
            return []  # a cell of several lines
    return [row for row in rows if row]


def _of_jira(text: str) -> Rows:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    marks = ["||" if line.startswith("||") else "|" for line in lines]
    return [
        [cell.strip() for cell in line.removeprefix(mark).removesuffix(mark).split(mark)]
        for line, mark in zip(lines, marks, strict=True)
    ]


def _of_asciidoc(text: str) -> Rows:
    lines = [line.strip() for line in text.split("|===")[1].split("\n") if line.strip()]
    return [[cell.strip() for cell in line[1:].split("|")] for line in lines if line.startswith("|")]
