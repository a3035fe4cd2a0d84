"""The comment as plain text, for chat and for the checker, and as Markdown.

Every number of the prose stands again in the rows below it, with its entry; the seal is
the digest of prose and rows. This module never chooses words or numbers.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from assay.commentary.compose import Comment, Sentence
from assay.commentary.figures import ZONE, Figure, figures_of
from assay.commentary.formats import day_text
from assay.commentary.phrases import Phrases
from assay.commentary.seal import seal_of

SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def published_text(comment: Comment) -> str:
    """``Dec 31, 2025 09:06`` or ``2025年12月31日 09:06`` in the agency's zone."""
    local = comment.published.astimezone(ZoneInfo(ZONE))
    if comment.language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{SHORT_MONTHS[local.month - 1]} {local.day}, {local.year} {local:%H:%M}"


def header_text(comment: Comment) -> str:
    """The header line with the day of publication, rendered from the date."""
    day = comment.published.astimezone(ZoneInfo(ZONE)).date()
    return f"{day_text(day, comment.language)} {comment.title}"


def joined(sentences: tuple[Sentence, ...], language: str) -> str:
    """Sentences side by side: a space between them in English, none in Chinese."""
    return (" " if language == "en" else "").join(sentence.text for sentence in sentences)


def absent_text(comment: Comment) -> str:
    """The sections that are not there, each with its reason."""
    if comment.language == "zh":
        return "；".join(f"{title}（{reason}）" for title, reason in comment.absent)
    return "; ".join(f"{title} ({reason})" for title, reason in comment.absent)


def status_text(comment: Comment, phrases: Phrases) -> str:
    """Draft or approved, and the revision with its reason."""
    say = phrases.say
    parts = [say(comment.language, "label", "approved" if comment.final else "draft")]
    if comment.revision:
        parts.append(
            f"{say(comment.language, 'label', 'revision')} {comment.revision}: {comment.reason}"
        )
    return "; ".join(parts)


def plain_text(comment: Comment, phrases: Phrases) -> str:
    """The whole comment as plain text."""
    language = comment.language
    colon = ": " if language == "en" else "："

    def label(name: str) -> str:
        return phrases.say(language, "label", name)

    body = [
        f"{comment.headline.text} [{comment.title}]",
        f"{label('published')}{colon}{published_text(comment)}",
        status_text(comment, phrases),
        header_text(comment),
    ]
    if comment.lede:
        body.append(
            f"[{comment.title}{colon}{comment.headline.text}] {joined(comment.lede, language)}"
        )
    body += [f"{part.title}{colon}{joined(part.sentences, language)}" for part in comment.sections]
    if comment.absent:
        body.append(f"{label('absent')}{colon}{absent_text(comment)}")
    body.append(f"{label('source')}{colon}{comment.source_statement}")
    body.append(f"{label('contact')}{colon}{comment.contact}")
    rows = [row_text(row) for row in figures_of(comment)]
    body.append("\n".join([label("figures"), *rows]))
    text = "\n\n".join(body)
    return f"{text}\n\n{label('seal')} {seal_of(text)}\n"


def chat_text(comment: Comment, phrases: Phrases) -> str:
    """The comment as it is pasted into a chat: words only, and the seal of the sealed text."""
    language = comment.language
    colon = ": " if language == "en" else "："
    body = [
        f"[{comment.title}] {comment.headline.text}",
        f"{published_text(comment)} {status_text(comment, phrases)}",
        *(f"{part.title}{colon}{joined(part.sentences, language)}" for part in comment.sections),
        f"{phrases.say(language, 'label', 'contact')}{colon}{comment.contact}",
    ]
    seal = seal_of(plain_text(comment, phrases).rpartition("\n\n")[0])
    return "\n\n".join(body) + f"\n{phrases.say(language, 'label', 'seal')} {seal}\n"


def row_text(row: Figure) -> str:
    """One row: ``fut.close = 21,480 CNY/t; AD2603 night; 2025-12-31; entry 212-K``."""
    mark = "" if row.stated else "~"
    return f"{mark}{row.key} = {row.value}" + (f"; {row.about}" if row.about else "")


def markdown(comment: Comment, phrases: Phrases) -> str:
    """The comment as Markdown; each number links to its row."""
    language = comment.language
    colon = ": " if language == "en" else "："

    def label(name: str) -> str:
        return phrases.say(language, "label", name)

    glue = " " if language == "en" else ""

    def linked(sentences: tuple[Sentence, ...]) -> str:
        return glue.join(_linked(sentence) for sentence in sentences)

    body = [
        f"# {comment.headline.text}",
        f"{label('published')}{colon}{published_text(comment)}",
        f"*{status_text(comment, phrases)}*",
        f"**{header_text(comment)}**",
    ]
    if comment.lede:
        body.append(f"> {comment.title}{colon}{comment.headline.text}. {linked(comment.lede)}")
    body += [
        f"**{part.title}{colon.strip()}** {linked(part.sentences)}" for part in comment.sections
    ]
    if comment.absent:
        body.append(f"{label('absent')}{colon}{absent_text(comment)}")
    body.append(f"{label('source')}{colon}{comment.source_statement}")
    body.append(f"{label('contact')}{colon}{comment.contact}")
    body.append(f"## {label('figures')}")
    body.append(
        "\n".join(f'- <a id="{row.key}"></a>{row_text(row)}' for row in figures_of(comment))
    )
    text = "\n\n".join(body)
    return f"{text}\n\n{label('seal')} {seal_of(text)}\n"


def _linked(sentence: Sentence) -> str:
    return "".join(
        f"[{span.text}](#{span.fact})" if span.fact else span.text for span in sentence.spans
    )
