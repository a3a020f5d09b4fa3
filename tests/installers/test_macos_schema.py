"""What is written for a Mac, held against the keys and types that Apple documents: launchd.plist(5), the
schema of its device management, and the keys of a bundle and of its package. A key that is misspelt would do
nothing there."""

import plistlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest
from lamplighter_agent.backends.macos import pending_managed

from installers.macos import bundle, launchd, profile

JOB: Mapping[str, type] = {
    "Label": str,
    "ProgramArguments": list,
    "RunAtLoad": bool,
    "KeepAlive": bool,
    "ThrottleInterval": int,
    "HardResourceLimits": dict,
    "SoftResourceLimits": dict,
    "Umask": int,
    "ProcessType": str,
    "StandardErrorPath": str,
    "LimitLoadToSessionType": str,
    "AssociatedBundleIdentifiers": list,
}
PROCESS_TYPES = {"Background", "Standard", "Adaptive", "Interactive"}
SESSION_TYPES = {"Aqua", "LoginWindow", "Background", "StandardIO", "System"}
COMMON: Mapping[str, type] = {
    "PayloadIdentifier": str,
    "PayloadUUID": str,
    "PayloadType": str,
    "PayloadVersion": int,
    "PayloadDescription": str,
    "PayloadDisplayName": str,
    "PayloadOrganization": str,
}
NEEDED = {"PayloadIdentifier", "PayloadUUID", "PayloadType", "PayloadVersion"}
OWN: Mapping[str, Mapping[str, type]] = {
    "Configuration": {"PayloadContent": list, "PayloadScope": str, "PayloadRemovalDisallowed": bool},
    "com.apple.TCC.configuration-profile-policy": {"Services": dict},
    "com.apple.servicemanagement": {"Rules": list},
    "com.apple.ManagedClient.preferences": {"PayloadContent": dict},
}
# Services of PPPC that may be allowed by a profile at all; of camera, microphone and screen it may not.
ALLOWED = {"Accessibility", "SystemPolicyAllFiles", "SystemPolicyRemovableVolumes"}
WHOLE = profile.profile(
    organisation="Larkhill Bridge School",
    team="A1B2C3D4E5",
    enrolment=profile.Enrolment(
        collector="lamp.school.example:7444", pin="sha256:" + "0" * 64, asset_tag="serial"
    ),
    full_disk_access=True,
)
# pkgbuild(1), "Component property list".
COMPONENT: Mapping[str, type] = {
    "RootRelativeBundlePath": str,
    "BundleIsRelocatable": bool,
    "BundleIsVersionChecked": bool,
    "BundleHasStrictIdentifier": bool,
    "BundleOverwriteAction": str,
}
IDENTITY: Mapping[str, type] = {
    "Identifier": str,
    "IdentifierType": str,
    "CodeRequirement": str,
    "StaticCode": bool,
    "Allowed": bool,
    "Authorization": str,
}


def fits(told: Mapping[str, Any], schema: Mapping[str, type]) -> bool:
    return all(name in schema and type(value) is schema[name] for name, value in told.items())


@pytest.mark.parametrize("job", [launchd.service_job(), launchd.session_job()], ids=["service", "session"])
def test_a_job_has_keys_of_launchd_alone(job: bytes) -> None:
    told = plistlib.loads(job)
    assert fits(told, JOB), told
    assert told["ProcessType"] in PROCESS_TYPES
    assert told.get("LimitLoadToSessionType", "Aqua") in SESSION_TYPES
    assert all(isinstance(word, str) for word in told["ProgramArguments"])
    assert told["AssociatedBundleIdentifiers"] == [profile.BUNDLE]


def test_each_payload_of_the_profile_has_keys_of_its_type_alone() -> None:
    whole = plistlib.loads(WHOLE)
    assert {payload["PayloadType"] for payload in (whole, *whole["PayloadContent"])} == OWN.keys()
    for payload in (whole, *whole["PayloadContent"]):
        assert fits(payload, {**COMMON, **OWN[payload["PayloadType"]]}), payload
        assert payload.keys() >= NEEDED | OWN[payload["PayloadType"]].keys()
        assert payload["PayloadVersion"] == 1
    assert whole["PayloadScope"] in {"System", "User"}


def test_an_identity_says_either_allowed_or_an_authorisation_that_its_service_takes() -> None:
    whole = plistlib.loads(WHOLE)
    (services,) = [payload["Services"] for payload in whole["PayloadContent"] if "Services" in payload]
    for service, identities in services.items():
        for one in identities:
            assert fits(one, IDENTITY), one
            assert one["IdentifierType"] in {"bundleID", "path"}
            assert ("Allowed" in one) != ("Authorization" in one)
            assert "Allowed" not in one or service in ALLOWED
            # Of a profile no more than that for what somebody types.
            if one.get("Authorization") == "AllowStandardUserToSetSystemService":
                assert service in {"ListenEvent", "ScreenCapture"}


def test_managed_settings_are_texts_for_our_own_program_alone_and_no_token() -> None:
    whole = plistlib.loads(WHOLE)
    (content,) = [one["PayloadContent"] for one in whole["PayloadContent"] if "PayloadContent" in one]
    (forced,) = content[profile.BUNDLE].pop("Forced")
    assert content == {profile.BUNDLE: {}}
    assert forced.keys() == {"mcx_preference_settings"}
    assert set(forced["mcx_preference_settings"]) == set(pending_managed.VALUES.values())
    assert all(isinstance(value, str) for value in forced["mcx_preference_settings"].values())


def test_the_bundle_is_the_one_that_the_jobs_start_and_the_profile_names() -> None:
    told = plistlib.loads(bundle.information("1.2.3"))
    assert told["CFBundleIdentifier"] == profile.BUNDLE
    assert launchd.PROGRAM.parts[-3:] == ("Contents", "MacOS", told["CFBundleExecutable"])
    assert told["LSUIElement"] is True


def test_the_package_puts_the_bundle_at_its_place_also_where_a_copy_lies_elsewhere() -> None:
    (told,) = plistlib.loads(bundle.components())
    assert fits(told, COMPONENT), told
    assert told["BundleIsRelocatable"] is False
    assert told["BundleOverwriteAction"] in {"upgrade", "update"}
    assert PurePosixPath("/", told["RootRelativeBundlePath"]) == launchd.PROGRAM.parents[2]


def test_it_is_signed_with_no_right_that_would_let_others_in() -> None:
    granted = plistlib.loads(bundle.entitlements())
    assert "com.apple.security.get-task-allow" in granted
    assert not any(granted.values())
