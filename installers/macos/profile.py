"""The configuration profile that a school's device management gives its Macs. Pure.

Accessibility can be granted by a profile. Input Monitoring can't: a profile only lets a person without
administrator rights tick it, and until somebody has, no key is read. Nothing asks for the screen. Files on
removable volumes are for the scan of portable media; no others of a person are asked for, unless a school
whose Macs refuse that scan says so: full disk access is a word of its own, and the helper of a session, which
is the same program, has it then, too.
"""

import plistlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

from installers.macos.launchd import BUNDLE

__all__ = ["BUNDLE", "Enrolment", "ProfileRefused", "code_requirement", "profile"]
# Ours, fixed: so the same settings give the same profile, and a newer one replaces the older.
NAMESPACE = uuid.UUID("6f0e6a0e-5b5c-4b0d-9d7e-1f2d7c3b8a41")
TEAM = re.compile(r"[A-Z0-9]{10}")
COLLECTOR = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
PIN = re.compile(r"sha256:[0-9a-f]{64}")
TAG = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ProfileRefused(ValueError):
    """A setting can't go into a profile; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What Macs shall enrol with, but for the token, which no profile may hold: everybody can read it."""

    collector: str
    pin: str
    asset_tag: str
    """The tag of one Mac, or `serial` or `hostname`, so that one profile does for all."""

    def __post_init__(self) -> None:
        """Raise ProfileRefused with the setting at fault."""
        for name, fits in (("collector", COLLECTOR), ("pin", PIN), ("asset_tag", TAG)):
            if fits.fullmatch(getattr(self, name)) is None:
                raise ProfileRefused(f"{name}: is not as `tokens issue` and agent/README.md write it")


def profile(
    *, organisation: str, team: str, enrolment: Enrolment | None = None, full_disk_access: bool = False
) -> bytes:
    """Return the .mobileconfig for programs that `team` (an Apple team identifier) has signed."""
    if TEAM.fullmatch(team) is None:
        raise ProfileRefused("team: must be ten capital letters or digits")
    if not organisation.strip() or not organisation.isprintable():
        raise ProfileRefused("organisation: must be a name in one line")
    settings = [] if enrolment is None else [_settings(enrolment)]
    contents = [_privacy(team, full_disk_access=full_disk_access), _background(team), *settings]
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


def _privacy(team: str, *, full_disk_access: bool) -> dict[str, Any]:
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
            **({"SystemPolicyAllFiles": [{**ours, "Allowed": True}]} if full_disk_access else {}),
        },
    }


def _background(team: str) -> dict[str, Any]:
    """Keep launchd's two jobs from being switched off among the login items."""
    return {
        **_payload("com.apple.servicemanagement", "background", "Lamplighter: background items"),
        "Rules": [{"RuleType": "TeamIdentifier", "RuleValue": team}],
    }


def _settings(enrolment: Enrolment) -> dict[str, Any]:
    """What the service reads as /Library/Managed Preferences/lamplighter.agent.plist."""
    told = {"Collector": enrolment.collector, "Pin": enrolment.pin, "AssetTag": enrolment.asset_tag}
    return {
        **_payload("com.apple.ManagedClient.preferences", "settings", "Lamplighter: settings"),
        "PayloadContent": {BUNDLE: {"Forced": [{"mcx_preference_settings": told}]}},
    }


def _payload(kind: str, name: str, shown: str) -> dict[str, Any]:
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{BUNDLE}.{name}",
        "PayloadUUID": str(uuid.uuid5(NAMESPACE, name)).upper(),
        "PayloadDisplayName": shown,
    }
