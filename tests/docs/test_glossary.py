"""The glossary is true: every name it gives exists, and avoided words name nothing."""

import ast
import importlib
import re
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (.+?) \| .+? \| `(.+?)` \|$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE
)
AVOIDED = re.compile(r"(^|_)(manager|helper|helpers|utils)($|_)")


@pytest.mark.parametrize(("word", "place"), ROWS)
def test_each_word_lives_where_the_glossary_says(word, place):
    module, _, path = place.partition(":")
    found = importlib.import_module(module)
    for name in path.split(".") if path else ():
        if isinstance(found, type) and issubclass(found, msgspec.Struct):
            assert name in found.__struct_fields__
            return
        if isinstance(found, type) and name in getattr(found, "__dataclass_fields__", {}):
            return
        try:
            found = getattr(found, name)
        except AttributeError:
            found = importlib.import_module(f"{found.__name__}.{name}")


def test_there_are_words():
    assert len(ROWS) > 30


def test_no_module_class_or_function_has_an_avoided_name():
    odd = []
    for path in (ROOT / "src").rglob("*.py"):
        names = [path.stem]
        names += [
            node.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        odd += [f"{path.name}: {each}" for each in names if AVOIDED.search(each)]
    assert odd == []
