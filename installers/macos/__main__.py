"""Writes the three files: `python -m installers.macos --organisation NAME --team TEAM FOLDER`."""

import argparse
from pathlib import Path

from installers.macos.launchd import SERVICE, SESSION, service_job, session_job
from installers.macos.profile import ProfileRefused, profile


def main(words: list[str] | None = None) -> int:
    """Write into a folder, which is made; return 2 where a setting is refused."""
    parser = argparse.ArgumentParser(prog="python -m installers.macos", description=__doc__)
    parser.add_argument("--organisation", required=True)
    parser.add_argument("--team", required=True)
    parser.add_argument("folder", type=Path)
    said = parser.parse_args(words)
    try:
        files = {
            f"LaunchDaemons/{SERVICE}.plist": service_job(),
            f"LaunchAgents/{SESSION}.plist": session_job(),
            "lamplighter.mobileconfig": profile(organisation=said.organisation, team=said.team),
        }
    except ProfileRefused as refused:
        print(refused)
        return 2
    for name, content in files.items():
        path = said.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
