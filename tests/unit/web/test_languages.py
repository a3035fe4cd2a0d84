"""Every message of the templates is there in Chinese, and nothing else is."""

import ast
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[3] / "src" / "assay" / "web"
METHODS = [("**.html", "jinja2")]
#: Words that templates translate out of data: states, phases, kinds, branches, roles.
OF_DATA = re.compile(r"[a-z_]+\Z")


def messages():
    found = extract_from_dir(WEB / "templates", METHODS, {"**.html": {"encoding": "utf-8"}})
    return {each[2] for each in found}


def chinese():
    with (WEB / "locale" / "zh" / "LC_MESSAGES" / "pages.po").open("rb") as source:
        return {each.id: each.string for each in read_po(source, locale="zh") if each.id}


def test_every_message_has_its_chinese():
    assert sorted(messages() - set(chinese())) == []


def test_no_chinese_is_left_over_or_empty():
    said, known = messages(), chinese()
    assert [each for each in known if each not in said and not OF_DATA.match(each)] == []
    assert [each for each, text in known.items() if not text] == []


def test_states_and_kinds_of_the_book_are_translated():
    from assay.desk import PHASES
    from assay.ledger.book.prices import STATES
    from assay.methodology.document.model import BRANCHES, SUBMISSION_KINDS

    wanted = {*PHASES, *STATES, *BRANCHES, *SUBMISSION_KINDS}
    assert sorted(wanted - set(chinese())) == []


def test_no_page_module_prints_words_of_its_own():
    for path in WEB.glob("*_pages.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert not [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"
        ]
