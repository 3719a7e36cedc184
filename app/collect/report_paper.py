"""A district report on paper and as a page that stands by itself."""

from html import escape

from app.collect.figures import Figures
from app.collect.report_tables import Shown, scope, sentences, tables, title
from app.kernel.clock import Moment
from app.kernel.ports import Progress, no_progress
from app.kernel.words import _, language
from app.paper import blocks
from app.paper.page import Paper, Size, made_line


def report_pdf(
    figures: Figures,
    district: str,
    made: Moment,
    size: Size = "letter",
    progress: Progress = no_progress,
) -> bytes:
    """Return the report as a PDF."""
    body: list[blocks.Block] = [blocks.Text(sentence, soft=True) for sentence in sentences(figures)]
    for one in tables(figures):
        body += _on_paper(one)
    paper = Paper(
        title=title(),
        made=made,
        blocks=tuple(body),
        scope=", ".join(part for part in (district, scope(figures)) if part),
        notice=notice(),
        landscape=True,
    )
    return blocks.render(paper, size, progress)


def notice() -> str:
    """Return what stands at the foot: the report tells about nobody."""
    return _("Counts about schools. No student can be known from them.")


def _on_paper(one: Shown) -> list[blocks.Block]:
    first = 3.0 if len(one.columns) > 8 else 2.4
    columns = tuple(
        blocks.Column(head, first if at == 0 else 1.0, "start" if at == 0 else "end")
        for at, head in enumerate(one.columns)
    )
    return [
        blocks.Heading(one.title, 2),
        blocks.TableBlock(
            columns,
            one.rows,
            total=one.total if one.rows else (),
            empty=_("Nothing was reported for this period."),
        ),
        *([blocks.Text(one.said, soft=True, small=True)] if one.said else []),
    ]


def report_page(figures: Figures, district: str, made: Moment) -> bytes:
    """Return the report as one HTML file: nothing is loaded, nothing runs, nobody is counted."""
    head = title()
    about = ", ".join(part for part in (district, scope(figures)) if part)
    shown = tables(figures)
    listed = "".join(
        f'<li><a href="#t{at}">{escape(one.title)}</a></li>' for at, one in enumerate(shown)
    )
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(language())}">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        _NOTHING_IS_LOADED,
        f"<title>{escape(head)} · {escape(about)}</title>",
        f"<style>{_LOOK}</style></head>",
        f'<body><a class="skip" href="#main">{escape(_("To the tables"))}</a>',
        f"<header><h1>{escape(head)}</h1><p>{escape(about)}</p></header>",
        f'<nav aria-label="{escape(_("Tables"))}"><ul>{listed}</ul></nav>',
        '<main id="main">',
        *(f"<p>{escape(sentence)}</p>" for sentence in sentences(figures)),
        *(_in_page(at, one) for at, one in enumerate(shown)),
        "</main>",
        f"<footer><p>{escape(made_line(made))}</p><p>{escape(notice())}</p></footer>",
        "</body></html>",
    ]
    return "\n".join(parts).encode() + b"\n"


def _in_page(at: int, one: Shown) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in one.columns)
    rows = "".join(_line(row) for row in one.rows)
    total = f"<tfoot>{_line(one.total)}</tfoot>" if one.total and one.rows else ""
    said = f"<p>{escape(one.said)}</p>" if one.said else ""
    if not one.rows:
        empty = escape(_("Nothing was reported for this period."))
        return f'<section id="t{at}"><h2>{escape(one.title)}</h2>{said}<p>{empty}</p></section>'
    return (
        f'<section id="t{at}"><h2 id="h{at}">{escape(one.title)}</h2>{said}'
        f'<div class="wide" role="region" tabindex="0" aria-labelledby="h{at}">'
        f'<table aria-labelledby="h{at}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody>{total}</table></div></section>"
    )


def _line(row: tuple[str, ...]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'


_NOTHING_IS_LOADED = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_LOOK = """
:root{color-scheme:light dark;--line:#767676}
body{font:1rem/1.5 system-ui,sans-serif;max-width:80rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem}
.skip{position:absolute;left:-100rem}.skip:focus{position:static}
nav ul{columns:18rem;padding-left:1.2rem}nav a{display:inline-block;min-height:1.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.3rem .7rem;text-align:end;vertical-align:top}
th:first-child{text-align:start}thead th{border-bottom-width:2px}
tfoot th,tfoot td{border-top:2px solid var(--line);font-weight:bold}
:focus-visible{outline:3px solid;outline-offset:2px}
@media print{nav,.skip{display:none}.wide{overflow:visible}section{break-inside:avoid-page}}
""".strip()
