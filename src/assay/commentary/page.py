"""The comment as one self-contained HTML page: words, pictures, figures, light and dark.

Every number links to its row, every row to its entry. No script, no font, no picture is
fetched. This module never chooses words or numbers.
"""

from __future__ import annotations

import re
from html import escape

from assay.commentary.charts import chart, title_of
from assay.commentary.compose import Comment, Section, Sentence, Span
from assay.commentary.figures import Figure, figures_of
from assay.commentary.phrases import Phrases
from assay.commentary.specification import Report
from assay.commentary.text import absent_text, header_text, published_text, status_text

_KEY = re.compile(r"[a-z]\w*(?:\.\w+)+")
STYLE = """
:root{--ink:#1c2430;--soft:#5b6673;--paper:#fff;--line:#e3e7ec;--main:#0b5cad;--second:#b04a06;--third:#3d7a3d;--fill:#9cc3ea;--bar:#b9c2cd;--note:#f4f7fa}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b4;--paper:#12161c;--line:#2b333d;--main:#6db3f2;--second:#f0985a;--third:#7cc07c;--fill:#2f5f8f;--bar:#4a5561;--note:#1a2028}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.62 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
article{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 .6rem;text-wrap:balance}
:lang(zh) h1{line-height:1.35;word-break:keep-all;overflow-wrap:anywhere}
.kind{color:var(--soft);font-size:.85rem;letter-spacing:.04em;margin:0}
.by{color:var(--soft);font-size:.88rem;margin:0}.by+.lede,.by+section{margin-top:1.1rem}
.lede{font-size:1.08rem;border-inline-start:3px solid var(--main);padding-inline-start:1rem;margin:0 0 1.6rem}
section{margin:0 0 1.35rem}
h2{font-size:1.02rem;margin:0 0 .25rem;display:flex;gap:.6rem;align-items:baseline}
h2 small{font-weight:400;color:var(--soft);font-size:.8rem}
p{margin:0 0 .5rem}
a.n{color:inherit;text-decoration:underline;text-decoration-color:var(--fill);text-decoration-thickness:2px;text-underline-offset:3px;white-space:nowrap;font-variant-numeric:tabular-nums}
a.w{color:inherit;text-decoration:none}a.w:hover{color:var(--main)}
a.n:hover{color:var(--main);text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--main);outline-offset:2px}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.4rem 1.8rem;margin:1.8rem 0;align-items:start}
figure{margin:0}
figcaption{font-size:.88rem;font-weight:600;margin-bottom:.3rem}
svg{width:100%;height:auto;display:block}
svg text{font-family:inherit}
.s-ink{stroke:var(--ink)}.s-soft{stroke:var(--soft)}.s-grid{stroke:var(--line)}.s-main{stroke:var(--main)}.s-second{stroke:var(--second)}.s-third{stroke:var(--third)}.s-bar{stroke:var(--bar)}.s-fill{stroke:var(--fill)}
.f-ink{fill:var(--ink)}.f-soft{fill:var(--soft)}.f-grid{fill:var(--line)}.f-main{fill:var(--main)}.f-second{fill:var(--second)}.f-third{fill:var(--third)}.f-fill{fill:var(--fill)}.f-bar{fill:var(--bar)}
.small{color:var(--soft);font-size:.86rem;overflow-wrap:anywhere}
details{margin-top:1.6rem;border-top:1px solid var(--line);padding-top:.8rem}
summary{cursor:pointer;font-weight:600}
ol.rows{list-style:none;margin:.7rem 0 0;padding:0;font-size:.8rem;font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;overflow-wrap:anywhere}
ol.rows li{padding:.18rem .4rem;border-bottom:1px solid var(--line)}
ol.rows li:target{background:var(--note);outline:2px solid var(--main)}
ol.rows a{color:var(--main)}
@media (max-width:34rem){article{padding:1rem .9rem 2rem}h1{font-size:1.35rem}.lede{font-size:1rem}}
@media print{:root{--ink:#000;--soft:#444;--paper:#fff;--line:#ddd;--main:#0b5cad;--second:#b04a06;--third:#3d7a3d;--fill:#9cc3ea;--bar:#b9c2cd}body{font-size:10.5pt}article{max-width:none;padding:0}a.n{text-decoration:none}figure,section{break-inside:avoid}.pictures{grid-template-columns:1fr 1fr}details{break-before:page}details::details-content{content-visibility:visible;display:block;height:auto}@page{size:A4;margin:16mm}}
""".strip()


def html_page(
    comment: Comment, report: Report, phrases: Phrases, *, entry_address: str = "/journal/{seq}"
) -> str:
    """The whole page; `entry_address` is where an entry is shown, with ``{seq}``."""
    language = comment.language

    def label(name: str) -> str:
        return escape(phrases.say(language, "label", name))

    colon = ": " if language == "en" else "："
    rows = figures_of(comment)
    lede = f'<p class="lede">{_words(comment.lede, language)}</p>' if comment.lede else ""
    absent = (
        f'<p class="small">{label("absent")}{colon}{escape(absent_text(comment))}</p>'
        if comment.absent
        else ""
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(comment.headline.text)} - {escape(comment.title)}</title><style>{STYLE}</style></head>\n"
        f'<body><article><p class="kind">{escape(header_text(comment))}</p>\n<h1>{_spans(comment.headline)}</h1>\n'
        f'<p class="by">{label("published")}{colon}{published_text(comment)}</p>\n'
        f'<p class="by">{escape(status_text(comment, phrases))}</p>\n{lede}\n'
        f"{''.join(_section(part, language) for part in comment.sections)}{_pictures(comment, report)}{absent}\n"
        f'<p class="small">{label("source")}{colon}{escape(comment.source_statement)}</p>\n'
        f'<p class="small">{label("contact")}{colon}{escape(comment.contact)}</p>\n'
        f'<details><summary>{label("figures")}</summary><ol class="rows">'
        f"{''.join(_row(row, entry_address, {each.key for each in rows}) for row in rows)}</ol></details>"
        f'<p class="small">{escape(comment.digest)}</p></article></body></html>\n'
    )


def _section(part: Section, language: str) -> str:
    when = f"<small>{part.as_of.isoformat()}</small>" if part.as_of else ""
    colon = ":" if language == "en" else "："
    return (
        f'<section id="{escape(part.name)}"><h2>{escape(part.title)} {when}</h2>'
        f"<p><span hidden>{escape(part.title)}{colon} </span>{_words(part.sentences, language)}</p></section>\n"
    )


def _words(sentences: tuple[Sentence, ...], language: str) -> str:
    return (" " if language == "en" else "").join(_spans(sentence) for sentence in sentences)


def _spans(sentence: Sentence) -> str:
    return "".join(_span(span) for span in sentence.spans)


def _span(span: Span) -> str:
    if span.fact:
        kind = "n" if any(char.isdigit() for char in span.text) else "w"
        return f'<a class="{kind}" href="#{escape(span.fact)}">{escape(span.text)}</a>'
    return escape(span.text)


def _pictures(comment: Comment, report: Report) -> str:
    drawn = []
    for part in comment.sections:
        svg = chart(part.picture, comment, report) if part.picture else ""
        if svg:
            title = escape(title_of(part.picture, comment))
            drawn.append(f"<figure><figcaption>{title}</figcaption>{svg}</figure>")
    return f'<div class="pictures">{"".join(drawn)}</div>\n' if drawn else ""


def _row(row: Figure, address: str, known: set[str]) -> str:
    mark = "" if row.stated else "~"
    about = _KEY.sub(
        lambda match: (
            f'<a href="#{match.group()}">{match.group()}</a>'
            if match.group() in known
            else match.group()
        ),
        escape(row.about),
    )
    head, entry, said = about.partition("entry ")
    for seq in row.entries if entry else ():
        link = f'<a href="{escape(address.replace("{seq}", str(seq)))}">\\g<0></a>'
        said = re.sub(rf"(?<!\d){seq}-[A-Z]\b", link, said, count=1)
    about = head + entry + said
    tail = f"; {about}" if about else ""
    return f'<li id="{escape(row.key)}">{mark}{escape(row.key)} = {escape(row.value)}{tail}</li>'
