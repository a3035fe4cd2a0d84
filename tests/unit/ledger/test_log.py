"""Logs: JSON lines for operators, and no secret in them, whatever goes wrong."""

from __future__ import annotations

import io
import json

import pytest
import sqlalchemy as sa
import structlog
from ledger_acts import approved, archived, opened, proposed, published, register

from assay.core import Refused
from assay.ledger import Ledger, make_key
from assay.ledger.backup import backup
from assay.ledger.log import ALLOWED, WITHHELD, configure_logs, logger


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure_logs("debug", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


def test_a_line_is_json_with_time_level_and_room(lines):
    logger("desk").info("day.opened", pricing_date="2025-12-30", series=["AL-A00"], seq=3)
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "day.opened", "level": "info", "room": "desk",
        "pricing_date": "2025-12-30", "series": ["AL-A00"], "seq": 3,
    }  # fmt: skip


SECRETS = ("hunter2", "22185", "BEGIN PRIVATE KEY", "Zhang Wei", "0badc0de")


def test_secrets_are_withheld_under_every_name(lines):
    log = logger("web")
    for secret in SECRETS:
        for name in ("password", "key", "private", "token", "record", "mid", "tick", "body", "x"):
            log.warning("act.refused", **{name: secret})
            log.warning("act.refused", **{name: {"inner": [secret]}})
        log.warning(f"the price will be {secret}")  # noqa: G004  (the oversight to survive)
        log.warning("act.refused", code={"inner": secret})
        log.warning("act.refused", code=f"first line\n{secret}")
        log.warning("act.refused", code="x" * 400 + secret)
        try:
            raise ValueError(secret)  # noqa: TRY301  (the error to survive)
        except ValueError:
            log.exception("act.failed")
        log.error("act.failed", exc_info=ValueError(secret))
    log.warning("store.opened", store="postgresql://assay:hunter2@db/assay")
    text = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) == len(SECRETS) * 24 + 1
    assert not [secret for secret in SECRETS if secret in text]
    assert "postgresql://assay:***@db/assay" in text
    assert WITHHELD in text
    assert '"error": "ValueError"' in text


def test_no_allowed_field_is_named_like_a_secret():
    assert not ALLOWED & {
        "key", "password", "token", "secret", "salt", "private", "signature", "record", "name",
        "body", "content", "tick", "text", "low", "mid", "high", "price", "value", "where",
    }  # fmt: skip


def test_a_whole_day_leaves_no_price_key_or_person_in_the_log(lines, ledger, tmp_path):
    analyst = make_key(tmp_path / "keys", "P-01")
    register(ledger, analyst)
    ledger.remember({"name": "Zhang Wei"})
    ledger.append([archived(ledger, b"A00 22180")])
    ledger.append([opened()])
    ledger.append([proposed("P-01")], signer=analyst)
    with pytest.raises(Refused):
        ledger.append([approved("P-01")], signer=analyst)
    ledger.append([approved("P-02"), published()])
    ledger.check()
    backup(ledger, tmp_path / "backup")
    text = json.dumps(lines(), ensure_ascii=False)
    assert {"journal.appended", "ledger.checked", "backup.taken"} <= {
        line["event"] for line in lines()
    }
    pem = (tmp_path / "keys" / "P-01.key").read_text().splitlines()[1]
    for secret in ("22180", "22160", "Zhang", pem, analyst.private.private_bytes_raw().hex()):
        assert secret not in text


def test_database_errors_do_not_show_their_parameters(tmp_path, clock):
    ledger = Ledger.create(tmp_path, clock, agency="Example Agency")
    with pytest.raises(sa.exc.DBAPIError) as problem, ledger.store.write() as store:
        store.execute(sa.text("INSERT INTO nothing VALUES (:price)"), {"price": "22185"})
    assert "22185" not in str(problem.value)
    ledger.close()


def test_only_the_wanted_levels_are_written(capsys):
    configure_logs("warning")
    logger("desk").info("day.opened")
    assert capsys.readouterr().err == ""
    structlog.reset_defaults()
    logger("desk").warning("day.opened")
    said = capsys.readouterr()
    assert said.out == ""
    structlog.reset_defaults()
