"""The size budgets of the house: no source file over 500 lines, no function over 50."""

import ast
from pathlib import Path

import pytest

from tests.support.sources import ROOT, hand_written

FILE_LINES = 500
FUNCTION_LINES = 50


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in hand_written()])
def test_file_and_functions_are_within_budget(path: str) -> None:
    text = (ROOT / Path(path)).read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES, f"{path} is too long: split it"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert not long, long
