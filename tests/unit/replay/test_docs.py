"""docs/reference/replay.md says what the code does."""

import re
from pathlib import Path

from assay.methodology.inputs import SUBMISSION_FIELDS
from assay.methodology.replay.rows import NEEDED
from assay.methodology.replay.writing import COLUMNS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "replay.md").read_text("utf-8")


def test_every_column_of_submissions_is_on_the_page() -> None:
    table = PAGE.split("## The table of submissions")[1].split("Numbers are exact")[0]
    told = set(re.findall(r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))  # fmt: skip
    assert told == {*NEEDED, *SUBMISSION_FIELDS}


def test_the_columns_of_the_output_are_on_the_page() -> None:
    assert f"`{','.join(COLUMNS)}`" in PAGE


def test_every_code_of_a_bad_row_is_on_the_page() -> None:
    folder = Path(__file__).parents[3] / "src" / "assay" / "methodology" / "replay"
    codes = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'"((?:row|series)\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert codes
    assert all(f"`{code}`" in PAGE for code in codes)
