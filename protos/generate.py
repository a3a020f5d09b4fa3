"""Regenerates the Python of every .proto into a folder (default: beside the sources).

Usage: python protos/generate.py [FOLDER]. The versions come from requirements.lock, so a fresh
`make setup` and a laptop generate the same bytes; tests/house compares.
"""

import os
import sys
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

SOURCES = Path(__file__).parent / "src"


def generate(destination: Path) -> int:
    """Return protoc's exit code; files land under `destination` at their package's path."""
    # protoc finds its plugins on PATH: ours are beside the interpreter.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    protos = sorted(str(path) for path in SOURCES.rglob("*.proto"))
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    return int(
        protoc.main(
            [
                "protoc",
                f"-I{SOURCES}",
                f"-I{well_known}",
                f"--python_out={destination}",
                f"--grpc_python_out={destination}",
                f"--mypy_out=quiet:{destination}",
                f"--mypy_grpc_out=quiet:{destination}",
                *protos,
            ]
        )
    )


if __name__ == "__main__":
    sys.exit(generate(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCES))
