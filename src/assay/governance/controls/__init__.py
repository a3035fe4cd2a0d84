"""Controls: each requirement on an agency with its test, result, date and evidence, live.

Rows are data (`reference/controls.toml`), tests are functions over the journal; a row
that software cannot decide says who signs it and when he last did. Changes no record.
"""

from assay.governance.controls.records import Records
from assay.governance.controls.registry import RESULTS, TESTS
from assay.governance.controls.rows import Controls, Row, load_controls
from assay.governance.controls.running import (
    Result,
    record_run,
    run_controls,
    run_document,
    sign_control,
    summary_of,
)

__all__ = [
    "RESULTS", "TESTS", "Controls", "Records", "Result", "Row", "load_controls", "record_run",
    "run_controls", "run_document", "sign_control", "summary_of",
]  # fmt: skip
