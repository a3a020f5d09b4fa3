"""The configuration profile that a school's device management gives its Macs. Pure.

Accessibility can be granted by a profile. Input Monitoring can't: a profile only lets a person without
administrator rights tick it, and until somebody has, no key is read. Nothing asks for the screen. Files on
removable volumes are for the scan of portable media; no others of a person are asked for.
"""

import plistlib
import re
import uuid
from typing import Any

from installers.macos.launchd import BUNDLE

__all__ = ["BUNDLE", "ProfileRefused", "code_requirement", "profile"]
# Ours, fixed: so the same settings give the same profile, and a newer one replaces the older.
NAMESPACE = uuid.UUID("6f0e6a0e-5b5c-4b0d-9d7e-1f2d7c3b8a41")
TEAM = re.compile(r"[A-Z0-9]{10}")


class ProfileRefused(ValueError):
    """A setting can't go into a profile; the message names it."""


def profile(*, organisation: str, team: str) -> bytes:
    """Return the .mobileconfig for programs that `team` (an Apple team identifier) has signed."""
    if TEAM.fullmatch(team) is None:
        raise ProfileRefused("team: must be ten capital letters or digits")
    if not organisation.strip() or not organisation.isprintable():
        raise ProfileRefused("organisation: must be a name in one line")
    contents = [_privacy(team), _background(team)]
    return plistlib.dumps(
        {
            **_payload("Configuration", "profile", "Lamplighter"),
            "PayloadOrganization": organisation.strip(),
            "PayloadDescription": "Lets Lamplighter check this device, in the open.",
            "PayloadScope": "System",
            "PayloadRemovalDisallowed": True,
            "PayloadContent": contents,
        },
        sort_keys=True,
    )


def code_requirement(team: str) -> str:
    """Return what a program must be signed as, to be ours: Developer ID, this team, this bundle."""
    return (
        f'identifier "{BUNDLE}" and anchor apple generic'
        " and certificate 1[field.1.2.840.113635.100.6.2.6]"
        " and certificate leaf[field.1.2.840.113635.100.6.1.13]"
        f' and certificate leaf[subject.OU] = "{team}"'
    )


def _privacy(team: str) -> dict[str, Any]:
    ours = {
        "Identifier": BUNDLE,
        "IdentifierType": "bundleID",
        "CodeRequirement": code_requirement(team),
        "StaticCode": False,
    }
    return {
        **_payload("com.apple.TCC.configuration-profile-policy", "privacy", "Lamplighter: privacy"),
        "Services": {
            "Accessibility": [{**ours, "Allowed": True}],
            "ListenEvent": [{**ours, "Authorization": "AllowStandardUserToSetSystemService"}],
            "SystemPolicyRemovableVolumes": [{**ours, "Allowed": True}],
        },
    }


def _background(team: str) -> dict[str, Any]:
    """Keep launchd's two jobs from being switched off among the login items."""
    return {
        **_payload("com.apple.servicemanagement", "background", "Lamplighter: background items"),
        "Rules": [{"RuleType": "TeamIdentifier", "RuleValue": team}],
    }


def _payload(kind: str, name: str, shown: str) -> dict[str, Any]:
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{BUNDLE}.{name}",
        "PayloadUUID": str(uuid.uuid5(NAMESPACE, name)).upper(),
        "PayloadDisplayName": shown,
    }
