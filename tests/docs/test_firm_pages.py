"""The page on the pages of firms and integrity names every route with its permission, and nothing else."""

import re
from pathlib import Path

from litestar import Litestar

from assay.governance.contributors.own import DAYS
from assay.web.contributor_pages import ACTS, ContributorPages, OwnPages
from assay.web.integrity_pages import DeclarationPages, FlagPages, ReportPages

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "firm-pages.md").read_text("utf-8")


def test_every_route_with_its_permission():
    app = Litestar(
        [ContributorPages, OwnPages, ReportPages, DeclarationPages, FlagPages], openapi_config=None
    )
    routes = {
        (f"{method} {re.sub(r':str', '', route.path)}", handler.opt["permission"])
        for route in app.routes
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    }
    told = set(re.findall(r"^\| `((?:GET|POST) [^`]+)` \| `([^`]+)` \|", PAGE, re.MULTILINE))
    assert told == routes


def test_every_act_by_form_and_the_span_of_data():
    line = re.search(r"^Acts by form: (.+)\.$", PAGE, re.MULTILINE).group(1)
    assert set(re.findall(r"`(\w+)`", line)) == set(ACTS)
    assert f"data of the last {DAYS} days" in PAGE
