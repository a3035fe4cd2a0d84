"""Walks the exits of the house on a day whose one firm holds more than half of the volume.

F01 100 t, F02 300 t, F03 100 t: F02 has 60 %, so that number, tonnes and shares stay inside;
so do, at every exit and on any day, the firms' codes, prices and leave-one-out figures.
"""

from __future__ import annotations

import json

import pytest
from litestar.testing import TestClient

from assay import desk as acts
from assay.core import BrokenPromise
from assay.core.secrecy import betrayals
from assay.desk import price_of
from assay.ledger import Draft, make_key
from assay.ledger.heads import sign_head
from assay.methodology import METHODOLOGIES, REFERENCE
from assay.publication import export_days
from assay.publication.secrecy import check_statistics
from tests.unit.desk.conftest import DAY, library, room
from tests.unit.desk.morning import FOSHAN
from tests.unit.web.test_permissions import application, filled, routes_of

__all__ = ["library", "room"]
FIRMS = ("F01", "F02", "F03", "G01", "S-001")


def published(room, tonnes):
    acts.open_day(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    for firm, price, quantity in zip(FIRMS, ("22160", "22180", "22200"), tonnes, strict=False):
        room.deal(firm, price, quantity)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY)
    (proposed,) = acts.propose(room.desk, room.keys["A-1"], DAY)
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposed.body["proposal"])
    room.clock("10:15:05")
    acts.publish(room.desk, room.keys["M-1"], DAY)


def price(room, tmp_path):
    with room.ledger.read() as connection:
        found = price_of(connection, FOSHAN, DAY, now=room.desk.now())
    yield "price", json.dumps(found)


def bundle(room, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    body = {
        "key": key.key, "person": "publication", "public": key.public, "purpose": "publication",
    }  # fmt: skip
    room.ledger.append([Draft("key.registered/1", "B-1", body)])
    sign_head(room.ledger, key)
    out = tmp_path / "public"
    export_days(room.ledger, DAY, DAY, "public", out, METHODOLOGIES, REFERENCE)
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.suffix != ".toml":
            yield str(path.relative_to(out)), path.read_text("utf-8")


def open_pages(room, tmp_path):
    app, _ = application(room, tmp_path / "keys")
    with TestClient(app, raise_server_exceptions=True) as client:
        for method, path, opt in routes_of(app):
            if method == "GET" and opt.get("open") and not path.startswith("/assets"):
                yield path, client.get(filled(path)).text


EXITS = (price, bundle, open_pages)


@pytest.mark.parametrize("exit_", EXITS)
@pytest.mark.parametrize("tonnes", [("100", "300", "100"), ("100", "200", "100")])
def test_no_exit_names_a_firm_or_what_the_price_would_be_without_it(room, tmp_path, exit_, tonnes):
    published(room, tonnes)
    seen = 0
    for name, text in exit_(room, tmp_path):
        seen += 1
        for secret in (*FIRMS, "influence", "coalition", "leave_one_out"):
            assert f'"{secret}"' not in text, (name, secret)
            assert f">{secret}<" not in text, (name, secret)
    assert seen


@pytest.mark.parametrize("exit_", EXITS)
def test_statistics_over_one_large_firm_stay_inside(room, tmp_path, exit_):
    published(room, ("100", "300", "100"))
    for name, text in exit_(room, tmp_path):
        assert '"contributors":' not in text, name
        assert '"tonnes":' not in text, name
        assert '"500"' not in text, name


def test_statistics_over_three_even_firms_may_leave(room, tmp_path):
    published(room, ("100", "200", "100"))
    texts = dict(bundle(room, tmp_path))
    assert '"contributors":3' in texts["journal.jsonl"]
    assert '"tonnes":"400"' in texts["journal.jsonl"]


class Shown:
    def __init__(self, tick, kind="price.published/1"):
        self.seq, self.kind = 9, kind
        self.body = {"series": FOSHAN, "pricing_date": str(DAY), "tick": tick}


@pytest.mark.parametrize(
    ("ticks", "why"),
    [
        ([{"influence": {"F01": "-10"}}], "influence is a figure of single firms"),
        ([{"statistics": {"contributors": 3}, "determination": "gone"}], "too few firms"),
    ],
)
def test_the_public_bundle_stops_rather_than_let_a_secret_pass(room, ticks, why):
    with pytest.raises(BrokenPromise, match=why):
        check_statistics(room.ledger, [Shown(each) for each in ticks], {str(DAY)})


def test_what_the_desk_publishes_holds_no_figure_of_one_firm(room):
    published(room, ("100", "200", "100"))
    (tick,) = room.ledger.entries(kinds=["price.published/1"])
    assert list(betrayals(tick.body["tick"])) == []
