"""What the program's bundle says of itself, and what it is signed with. Pure.

The hardened runtime (`codesign --options runtime`) is part of the process boundary on a Mac: with it no other
program of the person gets at the helper's memory, and no library is brought into it by a DYLD_ variable. Each
right that would undo that is written down as refused, so that whoever signs sees what must not be granted.
"""

import plistlib

from installers.macos.launchd import FOLDER, PROGRAM
from installers.macos.profile import BUNDLE

# What `select.py` and `hardening.py` need: posix_spawn in sessions, LOCAL_PEERTOKEN, status items that tell.
OLDEST = "12.0"


def information(version: str) -> bytes:
    """Return the bundle's Info.plist: a program without a place in the Dock."""
    return plistlib.dumps(
        {
            "CFBundleIdentifier": BUNDLE,
            "CFBundleName": "Lamplighter",
            "CFBundleExecutable": PROGRAM.name,
            "CFBundlePackageType": "APPL",
            "CFBundleShortVersionString": version,
            "CFBundleVersion": version,
            "CFBundleInfoDictionaryVersion": "6.0",
            "LSMinimumSystemVersion": OLDEST,
            "LSUIElement": True,
        },
        sort_keys=True,
    )


def components() -> bytes:
    """Return what `pkgbuild --component-plist` takes: the bundle is installed at its place alone.

    Unless told otherwise Installer brings an upgrade to where it finds a bundle of this identifier.
    """
    app = next(folder for folder in PROGRAM.parents if folder.parent == FOLDER)
    return plistlib.dumps(
        [
            {
                "RootRelativeBundlePath": str(app.relative_to("/")),
                "BundleIsRelocatable": False,
                "BundleIsVersionChecked": True,
                "BundleHasStrictIdentifier": True,
                "BundleOverwriteAction": "upgrade",
            }
        ],
        sort_keys=True,
    )


def entitlements() -> bytes:
    """Return what `codesign --entitlements` takes: nothing is granted."""
    refused = (
        "com.apple.security.get-task-allow",
        "com.apple.security.cs.allow-dyld-environment-variables",
        "com.apple.security.cs.disable-library-validation",
        "com.apple.security.cs.debugger",
    )
    return plistlib.dumps(dict.fromkeys(refused, False), sort_keys=True)
