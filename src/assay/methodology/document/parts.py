"""Reading the parts of a document, one function per section; checks stay with the part.

Every function takes a `Section` and gives a frozen value of `document.model`. Nothing is
raised here: problems are noted on the reading, and the loader raises them together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assay.core import Rounding, TaxBasis, Unit, UnitError, unit_of, zone_of
from assay.methodology.catalogue import entry_of, names_of
from assay.methodology.document.model import (
    BRANCHES,
    LAGS,
    SUBMISSION_KINDS,
    Consultation,
    Correction,
    GroupCap,
    Guideline,
    Hours,
    InputSpec,
    Judgement,
    Minimum,
    Pricing,
    RoundingRule,
    RuleCall,
    Rung,
    Specification,
    Split,
    Words,
)
from assay.methodology.document.reading import REQUIRED, Section
from assay.methodology.formula import FormulaError, parse_formula
from assay.methodology.inputs import SUBMISSION_FIELDS

ROUNDINGS = tuple(each.value for each in Rounding)
TAXES = ("included", "excluded", "none")


def call(section: Section, *families: str, clause: str = "") -> RuleCall:
    """A rule call: ``rule``, ``clause``, its arguments; the name must be in the catalogue."""
    rule = section.text("rule")
    clause = section.text("clause", clause or REQUIRED)
    overridable = section.flag("overridable", False)
    given = section.rest()
    found = next((e for e in (entry_of(family, rule) for family in families) if e), None)
    if found is None:
        known = ", ".join(name for family in families for name in names_of(family))
        section.reading.wrong(
            "not_expressible",
            f"{section.path} (clause {clause})",
            f"{families[0]} rule {rule!r} is not in the catalogue, so this clause cannot be "
            f"executed; known: {known}",
        )
        return RuleCall(rule, clause, {}, overridable)
    arguments, wrong = found.arguments(given)
    for problem in wrong:
        section.reading.wrong(
            "bad_argument", f"{section.path} (clause {clause})", f"rule {rule}: {problem}"
        )
    return RuleCall(rule, clause, arguments, overridable)


def _unit(section: Section, key: str, default: Any = REQUIRED) -> Unit:
    code = section.text(key, default)
    try:
        return unit_of(code)
    except UnitError as problem:
        if code:
            section.wrong(key, str(problem), "unknown_unit")
        return unit_of("ratio")


def tax(section: Section, key: str = "tax", default: TaxBasis | None = None) -> TaxBasis:
    """A tax basis: ``"none"``, ``"excluded"`` or ``{basis = "included", rate_percent = "13"}``."""
    if key not in section:
        if default is None:
            section.wrong(key, f"is missing: write one of {', '.join(TAXES)}", "missing_key")
        return default or TaxBasis("none")
    if isinstance(section.table[key], str):
        return TaxBasis(section.text(key, choices=TAXES))
    inner = section.section(key)
    basis = inner.text("basis", choices=TAXES)
    rate = inner.text("rate_percent", "") or None
    inner.close()
    return TaxBasis(basis if basis in TAXES else "none", rate)


def specification(section: Section, base: Specification | None = None) -> Specification:
    """A specification card; with `base`, what is not said is as on the base card."""
    dash = Words("-", "-")
    card = Specification(
        unit=_unit(section, "unit", base.unit.code if base else REQUIRED),
        tax=tax(section, default=base.tax if base else None),
        step=section.decimal("step", base.step if base else REQUIRED),
        presentation=section.text(
            "presentation",
            base.presentation if base else "range",
            ("range", "single", "around", "change"),
        ),
        grade=section.words("grade", base.grade if base else dash),
        standard=section.words("standard", base.standard if base else dash),
        place=section.words("place", base.place if base else dash),
        delivery=section.words("delivery", base.delivery if base else dash),
        payment=section.words("payment", base.payment if base else dash),
        lot_min=section.decimal("lot_min", base.lot_min if base else None),
        lot_max=section.decimal("lot_max", base.lot_max if base else None),
        definition=section.count("definition", base.definition if base else 1),
    )
    if card.step <= 0:
        section.wrong("step", f"is {card.step}: a step must be above 0")
    return card


def hours(section: Section) -> Hours:
    """Cut-offs and window: ``zone``, ``soft``, ``hard``, ``opens``, ``closes``, ``clause``."""
    zone = section.text("zone")
    try:
        zone_of(zone)
    except ValueError as problem:
        section.wrong("zone", str(problem))
        zone = "UTC"
    found = Hours(
        zone=zone,
        clause=section.text("clause"),
        soft=section.clock("soft", None),
        hard=section.clock("hard", None),
        opens=section.clock("opens", None),
        closes=section.clock("closes", None),
    )
    section.close()
    order = [each for each in (found.soft, found.hard, found.opens, found.closes) if each]
    if order != sorted(order):
        section.wrong("closes", "soft, hard, opens and closes must follow each other in time")
    return found


def rounding(section: Section) -> RoundingRule:
    """The named rounding and its clause."""
    rule = section.text("rule", choices=ROUNDINGS)
    found = RoundingRule(
        Rounding(rule) if rule in ROUNDINGS else Rounding.HALF_UP, section.text("clause")
    )
    section.close()
    return found


def minimum(section: Section) -> Minimum:
    """The least data of a rung."""
    share = section.decimal("largest_share_percent", None)
    found = Minimum(
        contributors=section.count("contributors", 0),
        groups=section.count("groups", 0),
        transactions=section.count("transactions", 0),
        submissions=section.count("submissions", 0),
        buyers=section.count("buyers", 0),
        sellers=section.count("sellers", 0),
        tonnes=section.decimal("tonnes", Decimal(0)),
        largest_share_percent=share,
        top_five_below_percent=section.decimal("top_five_below_percent", None),
    )
    section.close()
    return found


def rung(section: Section, estimator: RuleCall | None, trim: RuleCall | None) -> Rung:
    """One rung of the ladder."""
    branch = section.text("branch", choices=BRANCHES)
    clause = section.text("clause")
    kinds = section.texts("kinds", () if branch == "carried" else REQUIRED)
    for kind in kinds:
        if kind not in SUBMISSION_KINDS:
            section.wrong("kinds", f"{kind!r}; allowed: {', '.join(SUBMISSION_KINDS)}")
    least = section.maybe("minimum")
    own = section.maybe("estimator")
    own_trim = section.maybe("trim")
    own_call = call(own, "estimator", clause=clause) if own else estimator
    if own_call is None:
        if branch != "carried":
            section.wrong("estimator", "is missing here and at the top", "missing_key")
        own_call = RuleCall("mean", clause, {})
    found = Rung(
        branch=branch,
        clause=clause,
        kinds=frozenset(kinds),
        minimum=minimum(least) if least else Minimum(),
        estimator=own_call,
        trim=call(own_trim, "trim", clause=clause) if own_trim else trim,
        second_signature=section.flag("second_signature", False),
        carry_days=section.count("carry_days", 0),
    )
    section.close()
    if branch == "carried" and not found.carry_days:
        section.wrong("carry_days", "a carried rung says for how many days", "missing_key")
    return found


def cap(section: Section) -> GroupCap:
    """The cap of groups or contributors."""
    found = GroupCap(
        section.decimal("percent"),
        section.text("per", choices=("group", "contributor")),
        section.text("clause"),
    )
    section.close()
    if not 0 < found.percent <= 100:  # noqa: PLR2004 percent
        section.wrong("percent", f"is {found.percent}: write a percent above 0 and up to 100")
    return found


def split(section: Section) -> Split:
    """Parts of the used values and how they are put together."""
    combine = section.text("combine", choices=("plain", "tonnage"))
    least = section.count("minimum_parts", 1)
    each = section.count("minimum_in_part", 1)
    return Split(call(section, "split"), combine, least, each)


def input_spec(section: Section) -> InputSpec:
    """One named input of a formula."""
    lag = section.text("lag", choices=LAGS)
    table = section.text("table", "")
    found = InputSpec(
        name=section.text("name"),
        series=section.text("series", "" if lag in ("table", "constant") else REQUIRED),
        leg=section.text("leg", "same", ("same", "low", "mid", "high")),
        lag=lag,
        clause=section.text("clause"),
        unit=_unit(section, "unit"),
        tax=tax(section),
        calendar=section.text("calendar", "") or None,
        max_age=section.count("max_age", 0),
        stale_code=section.text("stale_code", "input.stale"),
        licence=section.text("licence", ""),
        table=table,
        value=section.decimal("value", None),
    )
    section.close()
    if lag == "table" and not table:
        section.wrong("table", 'is missing: write "<table>.<column>"', "missing_key")
    if (lag == "constant") != (found.value is not None):
        section.wrong("value", "belongs to lag constant, and only to it")
    if lag in ("previous_open_day", "last_before") and found.calendar is None:
        section.wrong("calendar", f"is missing: lag {lag} counts days of a calendar", "missing_key")
    return found


def pricing(section: Section, inputs: tuple[InputSpec, ...]) -> Pricing:
    """The formula section with its inputs."""
    line = section.text("line")
    try:
        formula = parse_formula(line)
    except FormulaError as problem:
        section.wrong("line", f"clause {section.table.get('clause')}: {problem}", "not_expressible")
        formula = parse_formula("0")
    pairs = []
    if "pairs" in section:
        for pair in section.table["pairs"]:
            if isinstance(pair, list) and len(pair) == 2:  # noqa: PLR2004 a pair
                pairs.append((str(pair[0]), str(pair[1])))
            else:
                section.wrong("pairs", f"{pair!r} is not a pair of input names")
    found = Pricing(
        formula, section.text("clause"), inputs, tuple(pairs), section.text("tax_conversion", "")
    )
    section.close()
    return found


def correction(section: Section) -> Correction:
    """The correction policy."""
    found = Correction(
        section.text("clause"),
        section.decimal("percent", Decimal(0)),
        section.decimal("absolute", Decimal(0)),
        section.clock("deadline"),
    )
    section.close()
    return found


def consultation(section: Section) -> Consultation:
    """Dates of consultation, days of notice, months between reviews."""
    found = Consultation(
        last=section.day("last"),
        next=section.day("next"),
        notice_days=section.count("notice_days"),
        review_months=section.count("review_months", 12),
        clause=section.text("clause"),
    )
    section.close()
    if found.next <= found.last:
        section.wrong("next", f"{found.next} is not after the last one ({found.last})")
    return found


def judgement(section: Section) -> Judgement:
    """Guidelines by id and the closed list of exclusion reasons."""
    guidelines = []
    for each in section.sections("guideline"):
        guidelines.append(Guideline(each.text("id"), each.text("clause"), each.words("text")))
        each.close()
    reasons: dict[str, Words] = {}
    listed = section.maybe("exclusion_reasons")
    if listed is not None:
        for code in listed.table:
            reasons[code] = listed.words(code)
    section.close()
    return Judgement(tuple(guidelines), reasons)


def required(section: Section) -> dict[str, tuple[str, ...]]:
    """Required fields per kind of submission."""
    fields = {kind: section.texts(kind, ()) for kind in SUBMISSION_KINDS}
    section.close()
    known = {*SUBMISSION_FIELDS, "price"}
    for kind, names in fields.items():
        for name in names:
            if name not in known:
                section.wrong(kind, f"no field {name!r}; known: {', '.join(sorted(known))}")
    return fields
