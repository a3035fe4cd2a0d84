"""From facts and the analyst's document to sentences, in each language from one fact set.

A sentence is a list of spans; each number's span names its fact. A sentence also names
every fact it depends on, so that a changed fact re-renders exactly the sentences that
need it. This module never formats a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from assay.commentary.editor import TYPED, Editorial
from assay.commentary.facts import Fact, FactSet, SectionState
from assay.commentary.formats import fact_text, number_text
from assay.commentary.phrases import Phrases
from assay.commentary.specification import TOKEN, Report, SectionRule, SentenceRule, Variant
from assay.commentary.words import Word, region_move, words_of
from assay.core import digest

#: The reference inside a template that stands for the variant's list.
LIST = "list"
#: Variants of a section that tell of a day session, for want of a night's, begin with this.
DAY_SESSION = "day."


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a sentence: literal, a fact's number, a word of a rule, or a typed digit."""

    text: str
    fact: str = ""
    word: str = ""
    typed: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with what it depends on."""

    id: str
    spans: tuple[Span, ...]
    depends: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a composed comment."""

    name: str
    title: str
    as_of: date | None
    sentences: tuple[Sentence, ...]
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A composed comment in one language."""

    language: str
    report: str
    day: date
    published: datetime
    title: str
    headline: Sentence
    lede: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    absent: tuple[tuple[str, str], ...]
    source_statement: str
    contact: str
    facts: FactSet = field(repr=False, compare=False)
    revision: int = 0
    final: bool = False
    reason: str = ""

    def sentences(self) -> list[Sentence]:
        """Every sentence in reading order, headline and lede first."""
        return [self.headline, *self.lede, *(s for part in self.sections for s in part.sentences)]

    def used(self) -> list[str]:
        """The keys of the facts that stand in the text, in order of first use."""
        seen: dict[str, None] = {}
        for sentence in self.sentences():
            for span in sentence.spans:
                for key in (span.fact, *span.also) if span.fact else ():
                    seen.setdefault(key)
        return list(seen)

    @property
    def digest(self) -> str:
        """``sha256:`` of the words and figures: what an approval is bound to."""
        return digest(
            {
                "language": self.language, "report": self.report, "day": self.day.isoformat(),
                "revision": self.revision, "headline": self.headline.text,
                "sections": [[s.name, [x.text for x in s.sentences]] for s in self.sections],
                "facts": [self.facts[key].document() for key in self.used()],
            }
        )  # fmt: skip


class Composer:
    """Composes one report's comments; holds the specification and the phrase table."""

    def __init__(self, report: Report, phrases: Phrases) -> None:
        self.report = report
        self.phrases = phrases

    def compose(
        self,
        facts: FactSet,
        editorial: Editorial,
        language: str,
        *,
        revision: int = 0,
        reason: str = "",
    ) -> Comment:
        """The comment of these facts and this analyst's document in one language."""
        page = _Page(self, facts, editorial, language)
        sections = tuple(
            section for section in (page.section(rule) for rule in self.report.sections) if section
        )
        by_id = {sentence.id: sentence for section in sections for sentence in section.sentences}
        wanted = self.report.lede if "fut.close" in by_id else self.report.lede_without
        headline = page.sentence_of("headline", editorial.headline or self._headline(facts))
        return Comment(
            language, self.report.id, facts.day, facts.published, self.report.title[language],
            headline or Sentence("headline", (Span(self.report.title[language]),)),
            tuple(by_id[each] for each in wanted if each in by_id), sections, page.absent(sections),
            self.report.source_statement[language], self.report.contact[language], facts,
            revision=revision, reason=reason,
        )  # fmt: skip

    def _headline(self, facts: FactSet) -> Mapping[str, str]:
        """The report's own headline; without a night session it speaks of none."""
        state = facts.sections.get("futures")
        by_day = state is not None and state.variant.startswith(DAY_SESSION)
        return self.report.headline_without_night if by_day else self.report.headline


class _Page:
    """One language of one day while it is being composed."""

    def __init__(
        self, composer: Composer, facts: FactSet, editorial: Editorial, language: str
    ) -> None:
        self.report, self.phrases = composer.report, composer.phrases
        self.language, self.editorial = language, editorial
        self.facts = FactSet(
            facts.report, facts.day, facts.published, dict(facts.facts), facts.sections
        )
        for fact in editorial.facts:
            if fact.key not in self.facts:
                self.facts.add(fact)
        facts.facts.update(self.facts.facts)
        self.words = words_of(self.facts, self.report.words, self.phrases)

    def section(self, rule: SectionRule) -> Section | None:
        """A section with at least one sentence, or None."""
        state = self.facts.sections.get(rule.name, SectionState(None))
        if not state.present or any(key not in self.facts for key in rule.needs):
            return None
        sentences = []
        if rule.analyst:
            sentences += self._prose(rule.name)
        for each in rule.sentences:
            sentences += self._prose(rule.name) if each.analyst else self._one(each, state)
        if not sentences:
            return None
        return Section(
            rule.name, rule.title[self.language], state.as_of, tuple(sentences), rule.picture
        )

    def _one(self, rule: SentenceRule, state: SectionState) -> list[Sentence]:
        for variant in rule.variants:
            if not self._holds(variant, state):
                continue
            sentence = self.sentence_of(rule.id, variant.texts, variant)
            if sentence is not None:
                return [sentence]
        return []

    def _holds(self, variant: Variant, state: SectionState) -> bool:
        for name, wanted in variant.when.items():
            if name.startswith("@"):
                if not state.variant.startswith(wanted):
                    return False
            elif name in self.words:
                if not self.words[name].key.startswith(wanted):
                    return False
            elif self._lookup(name) is None:
                return False
        return True

    def sentence_of(
        self, name: str, texts: Mapping[str, str], variant: Variant | None = None
    ) -> Sentence | None:
        """A sentence from a template; None when a reference has no fact."""
        spans: list[Span] = []
        depends: set[str] = set()
        for condition in variant.when if variant else ():
            if condition in self.words:
                depends.update(self.words[condition].operands)
        position, template = 0, texts[self.language]
        for match in TOKEN.finditer(template):
            if match.start() > position:
                spans.append(Span(template[position : match.start()]))
            position = match.end()
            filled = self.fill(match.group(1), variant)
            if filled is None:
                return None
            spans += filled[0]
            depends |= filled[1]
        if position < len(template):
            spans.append(Span(template[position:]))
        return Sentence(name, _capital(spans), frozenset(depends))

    def fill(
        self, token: str, variant: Variant | None = None
    ) -> tuple[list[Span], set[str]] | None:
        """The spans of one reference and what they rest on; None when there is no such fact."""
        kind, colon, text = token.partition(":")
        if colon and kind in TYPED:
            return [Span(text, typed=kind)], set()
        if token == LIST and variant is not None and variant.list is not None:
            return _List(self, variant.list).spans()
        key, _, formats = token.partition("|")
        return self._lookup(key, tuple(each for each in formats.split(",") if each))

    def _lookup(
        self, key: str, formats: tuple[str, ...] = ()
    ) -> tuple[list[Span], set[str]] | None:
        if key in self.words:
            word = self.words[key]
            text = self.phrases.say(self.language, "word", word.family, word.key)
            return [Span(text, word=key)], set(word.operands)
        if key in self.facts:
            fact = self.facts[key]
            local = self.editorial.local.get(key)
            text = (
                local[self.language]
                if local
                else fact_text(fact, self.language, self.phrases, formats)
            )
            return [Span(text, fact=key)], {key}
        family, _, name = key.partition(".")
        if family == "tag" and self.editorial.tags.get(name):
            return [Span(self._tags(name), word=key)], set()
        if family == "outlook" and self.editorial.outlook:
            return [Span(self._outlook(name), word=key)], set()
        return None

    def _tags(self, group: str) -> str:
        said = [
            self.phrases.say(self.language, "tag", group, tag) for tag in self.editorial.tags[group]
        ]
        if self.language == "zh":
            return "、".join(said)
        return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)

    def _outlook(self, name: str) -> str:
        chosen = self.editorial.outlook[name]
        if name == "author":
            return chosen
        way = ("tag", "outlook", chosen) if name == "tag" else ("horizon", chosen)
        return self.phrases.say(self.language, *way)

    def _prose(self, section: str) -> list[Sentence]:
        found = []
        for index, prose in enumerate(self.editorial.of(section), start=1):
            sentence = self.sentence_of(f"{section}.prose{index}", prose.texts)
            if sentence is None:
                raise KeyError(f"prose {index} of {section} refers to a fact that is not there")
            found.append(sentence)
        return found

    def absent(self, sections: tuple[Section, ...]) -> tuple[tuple[str, str], ...]:
        """The sections that are not there, each with its reason in words."""
        there = {section.name for section in sections}
        missing = []
        for rule in self.report.sections:
            if rule.name not in there:
                state = self.facts.sections.get(rule.name, SectionState(None, False, ""))
                reason = state.reason or ("analyst" if rule.analyst else "no_data")
                missing.append(
                    (rule.title[self.language], self.phrases.say(self.language, "absent", reason))
                )
        return tuple(missing)


def draft_sentence(
    composer: Composer, facts: FactSet, editorial: Editorial, language: str, template: str
) -> Iterator[tuple[str, str]]:
    """What in a template of the analyst's cannot be filled: (reference, problem)."""
    page = _Page(composer, facts, editorial, language)
    for token in TOKEN.findall(template):
        try:
            filled = page.fill(token)
        except (ValueError, LookupError) as wrong:
            yield token, str(wrong)
            continue
        if filled is None:
            yield (
                token,
                f"no such fact on {facts.day}; there are {', '.join(sorted(page.facts.facts))}",
            )


class _List:
    """A list inside a sentence: grades, regions, warrants; members with equal moves group."""

    def __init__(self, page: _Page, rule: Mapping[str, Any]) -> None:
        self.page, self.rule = page, rule
        leg = rule.get("leg")
        self.members = [
            fact
            for fact in page.facts.under(rule["over"])
            if leg is None or fact.key.endswith("." + leg)
        ]

    def spans(self) -> tuple[list[Span], set[str]] | None:
        """The spans of the whole list, or None when it is empty."""
        items = (
            self._grouped()
            if self.rule.get("group")
            else [self._item(each) for each in self.members]
        )
        if not items:
            return None
        language = self.page.language
        spans: list[Span] = []
        for index, item in enumerate(items):
            if index:
                spans.append(
                    Span(self.rule["last" if index == len(items) - 1 else "join"][language])
                )
            spans += item
        depends = {fact.key for fact in self.members}
        if "change" in self.rule:
            depends |= {each.key for each in self.page.facts.under(self.rule["change"])}
        return spans, depends

    def _name(self, fact: Fact) -> str:
        stem = fact.key.removesuffix("." + self.rule["leg"]) if "leg" in self.rule else fact.key
        if stem in self.page.report.names:
            return self.page.report.names[stem][self.page.language]
        return self.page.phrases.say(self.page.language, "region", stem.rpartition(".")[2])

    def _item(self, fact: Fact) -> list[Span]:
        spans: list[Span] = []
        position, template = 0, self.rule["item"][self.page.language]
        for match in TOKEN.finditer(template):
            spans.append(Span(template[position : match.start()]))
            position = match.end()
            name, _, formats = match.group(1).partition("|")
            if name == "name":
                spans.append(Span(self._name(fact)))
                continue
            shown = fact
            if name == "change":
                shown = self.page.facts[f"{self.rule['change']}.{fact.key.rpartition('.')[2]}"]
            chosen = tuple(each for each in formats.split(",") if each)
            text = fact_text(shown, self.page.language, self.page.phrases, chosen)
            spans.append(Span(text, fact=shown.key))
        spans.append(Span(template[position:]))
        return [span for span in spans if span.text]

    def _grouped(self) -> list[list[Span]]:
        groups: dict[tuple[Any, Any], list[Fact]] = {}
        for fact in self.members:
            groups.setdefault((fact.low, fact.high), []).append(fact)
        return [self._group(members) for members in groups.values()]

    def _group(self, members: list[Fact]) -> list[Span]:
        language, phrases = self.page.language, self.page.phrases
        first = members[0]
        assert first.low is not None
        assert first.high is not None
        key, small, large = region_move(first.low, first.high)
        names = [self._name(fact) for fact in members]
        glue, last = self.rule["names"][language], self.rule["and"][language]
        joined = last.join([glue.join(names[:-1]), names[-1]] if len(names) > 1 else names)
        move = phrases.say(language, "word", "region", key)
        before, value, after = move.partition("{value}")
        sizes = [number_text(each, language) for each in (small, large)]
        text = sizes[1] if small == large else ("\u2013" if language == "en" else "-").join(sizes)
        text = phrases.say(language, "unit", first.unit).replace("{n}", text)
        head, _, tail = self.rule["item"][language].partition("{move}")
        spans = [Span(head.replace("{names}", joined) + before, word=f"region.{key}")]
        if value:
            also = tuple(fact.key for fact in members[1:])
            spans += [Span(text, fact=first.key, also=also), Span(after)]
        spans.append(Span(tail))
        return [span for span in spans if span.text]


def _capital(spans: list[Span]) -> tuple[Span, ...]:
    """A sentence begins with a capital, whatever word a rule chose."""
    if spans and spans[0].text[:1].islower():
        first = spans[0]
        spans[0] = replace(first, text=first.text[0].upper() + first.text[1:])
    return tuple(spans)


def changes(before: Comment, after: Comment) -> list[tuple[str, str, str]]:
    """The sentences that differ between two comments: (id, old words, new words)."""
    old = {sentence.id: sentence.text for sentence in before.sentences()}
    new = {sentence.id: sentence.text for sentence in after.sentences()}
    return [
        (name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]


__all__ = ["Comment", "Composer", "Section", "Sentence", "Span", "Word", "changes"]
