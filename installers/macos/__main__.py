"""Writes what a Mac needs beside the program: `make macos ORGANISATION="Name" TEAM=A1B2C3D4E5`.

launchd's two jobs, the profile for device management, the bundle's Info.plist and entitlements, and where
Installer is to put it. With COLLECTOR, PIN and ASSET_TAG the profile says what Macs enrol with; the token
never stands in it.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

from installers.macos.bundle import components, entitlements, information
from installers.macos.launchd import SERVICE, SESSION, service_job, session_job
from installers.macos.profile import Enrolment, ProfileRefused, profile


def main(words: list[str] | None = None) -> int:
    """Write into a folder, which is made; return 2 where a setting is refused."""
    parser = argparse.ArgumentParser(prog="python -m installers.macos", description=__doc__)
    parser.add_argument("--organisation", required=True)
    parser.add_argument("--team", required=True)
    parser.add_argument("--collector", default="", help="host:port, as `tokens issue` says it")
    parser.add_argument("--pin", default="", help="sha256:..., as `tokens issue` says it")
    parser.add_argument("--asset-tag", default="serial")
    parser.add_argument(
        "--full-disk-access", action="store_true", help="where the scan of portable media is refused without"
    )
    parser.add_argument("folder", type=Path)
    said = parser.parse_args(words)
    try:
        files = {
            f"LaunchDaemons/{SERVICE}.plist": service_job(),
            f"LaunchAgents/{SESSION}.plist": session_job(),
            "lamplighter.mobileconfig": profile(
                organisation=said.organisation,
                team=said.team,
                enrolment=_enrolment(said),
                full_disk_access=said.full_disk_access,
            ),
            "Info.plist": information(version("lamplighter-agent")),
            "components.plist": components(),
            "lamplighter.entitlements": entitlements(),
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


def _enrolment(said: argparse.Namespace) -> Enrolment | None:
    if not said.collector and not said.pin:
        return None
    return Enrolment(collector=said.collector, pin=said.pin, asset_tag=said.asset_tag)


if __name__ == "__main__":
    raise SystemExit(main())
