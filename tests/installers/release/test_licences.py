"""Which licences a release may carry."""

from importlib import metadata

import pytest

from installers.release.licences import licence_of, may_be_shipped


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND Apache-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("(GPL-3.0-only OR MIT) AND AGPL-3.0-only", False),
        ("GPL-3.0-only OR MIT AND AGPL-3.0-only", False),
        ("GPL-2.0-or-later", False),
        ("GPL-2.0-or-later WITH Bootloader-exception", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LicenseRef-Proprietary", False),
        ("MIT MIT", False),
        ("(MIT", False),
        ("MIT AND", False),
        ("", False),
    ],
)
def test_an_expression_leaves_a_way_to_ship_or_not(expression: str, *, allowed: bool) -> None:
    assert may_be_shipped(expression) is allowed


def about(**fields: str) -> metadata.PackageMetadata:
    found = metadata.metadata("pytest")
    for name in ("License-Expression", "License", "Classifier"):
        del found[name]  # type: ignore[attr-defined]
    for name, text in fields.items():
        found[name.replace("_", "-")] = text  # type: ignore[index]
    return found


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "mit or apache-2.0"}, "MIT OR Apache-2.0"),
        ({"License": "Apache License, Version 2.0"}, "Apache-2.0"),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        # Says which of several it is to nobody.
        ({"License": "BSD"}, ""),
        ({"License": "a text of its own"}, ""),
        ({}, ""),
    ],
)
def test_what_a_distribution_says_becomes_an_expression_or_nothing(
    fields: dict[str, str], licence: str
) -> None:
    assert licence_of("some", about(**fields)) == licence
