"""Whatever text stands in a column: the swift readers and the parser of the house say the same."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from unit.replay.making import read_as_it_stands

from assay.core import NotANumber, decimal_of
from assay.methodology.replay.columns import NULL
from assay.methodology.replay.numerals import numerals_of

usual = st.decimals(min_value=-(10**9), max_value=10**9, places=3).map(lambda n: format(n, "f"))
strange = st.text(alphabet="0123456789.-+ eE_,x٣", max_size=8)
texts = st.lists(st.one_of(usual, usual, strange, st.none()), min_size=1, max_size=12)


def parsed(text: str | None) -> tuple[Decimal | None, str | None]:
    """The number of a text, and what is said where it is none."""
    try:
        return (decimal_of(text) if text and text.strip() else None), None
    except NotANumber as problem:
        return None, str(problem)


@given(texts)
def test_the_swift_readers_say_what_the_parser_says(listed: list[str | None]) -> None:
    column = pa.array(listed, pa.string())
    for machine in (None, read_as_it_stands):
        found = numerals_of(column, machine)
        for row, text in enumerate(listed):
            number, said = parsed(text)
            assert found.wrong.get(row) == said
            whole = int(found.wholes[row])
            assert (None if whole == NULL else Fraction(whole, 10**found.scale)) == number
