"""The committed Python of the messages is what their .proto files say."""

import subprocess
import sys
from pathlib import Path

from tests.support.sources import ROOT


def test_generated_code_is_fresh(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "protos/generate.py", str(tmp_path)], cwd=ROOT, check=True)
    fresh = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*_pb2*")}
    committed = {
        path.relative_to(ROOT / "protos/src"): path.read_bytes()
        for path in (ROOT / "protos/src").rglob("*_pb2*")
        if "__pycache__" not in path.parts
    }
    assert fresh == committed, "run `make protos`"
