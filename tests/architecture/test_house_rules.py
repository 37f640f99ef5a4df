"""The rules of the house that no linter knows."""

import ast
import re

import pytest

from tests.architecture.project import HOUSE, ROOT, name_of, tracked

LINES_MAX = 300
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base"}
PYTHON = tracked("*.py")
CORE = [
    path
    for layer in ("domain", "usecases")
    for path in sorted((HOUSE / "onebill" / layer).glob("*.py"))
]
EVENTS = sorted((ROOT / "events").glob("*.json"))


def test_no_file_is_too_long_to_be_read_at_once():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in PYTHON}

    assert {name: length for name, length in lengths.items() if length > LINES_MAX} == {}


def test_no_module_is_named_for_nothing_in_particular():
    assert [path for path in PYTHON if path.stem in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_money_is_whole(path):
    """No division but the one that rounds up, no float, no Decimal, in all of the core."""
    tree = ast.parse(path.read_text())

    assert [f"line {node.lineno}" for node in ast.walk(tree) if is_inexact(node)] == []


def is_inexact(node):
    match node:
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) | ast.Constant(value=float()):
            return True
        case ast.Call(func=ast.Name(id="float" | "Decimal")):
            return True
        case _:
            return False


@pytest.mark.parametrize("code", ["a / b", "a /= 2", "x = 0.5", "float(x)", "Decimal('1')"])
def test_what_is_not_whole_is_recognised(code):
    assert any(is_inexact(node) for node in ast.walk(ast.parse(code)))


def test_every_event_is_delivered_to_its_handler():
    delivered = (ROOT / "tests" / "stack" / "test_lambda_events.py").read_text()

    assert [path.stem for path in EVENTS if f'"{path.stem}"' not in delivered] == []


def test_nothing_names_a_directory_of_somebodys_machine():
    private = re.compile(r"(?<![\w./-])/(?:home|root|Users|work)/")
    texts = tracked("*.py", "*.md", "*.toml", "*.json", "*.txt", "Makefile", "scripts/*", ".ci/*")

    assert [name_of(path) for path in texts if private.search(path.read_text())] == []


def test_the_python_of_the_function_is_the_one_that_is_checked():
    assert (ROOT / ".python-version").read_text().strip() == "3.13"
