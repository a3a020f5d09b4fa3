"""`python -m installers.release`: `make release`, into the empty or missing folder `dist`.

`RELEASE_KEY` names the Ed25519 key (PEM) that signs; without it a test key does, and its file says so.
`ORGANISATION` and `TEAM` are for the Macs' lists, `MAINTAINER` ("Name <address>") for the packages: a release
key signs nothing without them.
"""

import os
import sys
from pathlib import Path

from installers.release.build import StepFailed, release
from installers.release.finished import Unfinished, refuse_settings, settings
from installers.release.found import ROOT
from installers.release.signing import KeyRefused, Signer


def main() -> int:
    """Build everything; 1 where an artefact fails, which is named; 2 where a setting is refused."""
    out = ROOT / "dist"
    if out.exists() and any(out.iterdir()):
        print("dist/ holds something, which must not be signed: remove it first", file=sys.stderr)
        return 2
    key = os.environ.get("RELEASE_KEY")
    try:
        signer = Signer.by(Path(key) if key else None)
        told = settings(os.environ)
        if not signer.is_test:
            refuse_settings(told)
    except (KeyRefused, Unfinished, OSError) as fault:
        print(fault, file=sys.stderr)
        return 2
    try:
        made = release(out, signer, organisation=told["ORGANISATION"], team=told["TEAM"])
    except StepFailed as fault:
        print(f"no release: {fault}", file=sys.stderr)
        return 1
    print(f"{made}, signed by {'a TEST KEY: trust nothing of it' if signer.is_test else 'the release key'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
