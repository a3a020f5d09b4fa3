"""What is said about an artefact: CycloneDX by its own schema, licences for people, or a refusal."""

import json
from dataclasses import replace

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from installers.release.found import Component
from installers.release.licences import LicenceRefused
from installers.release.report import bill, notices

WHOLE = Component(name="x_1.0_amd64.deb", version="1.0", licence="EUPL-1.2", kind="application")
PARTS = (
    Component(name="CPython", version="3.11", licence="PSF-2.0", kind="platform", texts=(("L", "python's"),)),
    Component(
        name="a",
        version="2",
        licence="MIT OR Apache-2.0",
        purl="pkg:pypi/a@2",
        hashes=("0" * 64, "1" * 64),
        texts=(("LICENSE", "the words\n```\nof MIT"),),
    ),
    Component(name="b", version="3", licence="MIT", texts=(("COPYING", "the words\n```\nof MIT\n"),)),
    Component(name="dbus", purl="pkg:deb/debian/dbus", bundled=False),
)


def test_the_bill_is_valid_by_the_schema_and_says_every_part() -> None:
    text = bill(WHOLE, PARTS, seconds=1_795_000_000)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert [one["name"] for one in told["components"]] == ["CPython", "a", "b", "dbus"]
    assert told["components"][1]["purl"] == "pkg:pypi/a@2"
    assert len(told["components"][1]["hashes"]) == 2
    assert told["components"][3]["properties"][0]["value"] == "of the system"
    assert told["metadata"]["timestamp"] == "2026-11-18T11:06:40Z"


def test_the_schema_is_strict_enough_to_refuse_what_is_none() -> None:
    told = json.loads(bill(WHOLE, PARTS, seconds=0))
    told["components"][0]["type"] = "thing"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(told)) is not None


def test_the_same_is_said_the_same_way_twice() -> None:
    assert bill(WHOLE, PARTS, seconds=7) == bill(WHOLE, PARTS, seconds=7)
    assert bill(WHOLE, PARTS, seconds=7) != bill(WHOLE, PARTS[:2], seconds=7)


def test_each_text_is_printed_once_inside_a_fence_that_it_cannot_close() -> None:
    text = notices("x", PARTS)
    assert text.count("of MIT") == 1
    assert "## a (LICENSE), b (COPYING)" in text
    assert "````text\nthe words\n```\nof MIT\n````" in text
    assert "dbus" not in text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"licence": ""}, "unknown"),
        ({"licence": "AGPL-3.0-only"}, "not on the list"),
        ({"texts": ()}, "text of"),
    ],
)
def test_it_refuses_and_names_the_part(change: dict[str, object], why: str) -> None:
    with pytest.raises(LicenceRefused, match=rf"^a: .*{why}"):
        notices("x", [replace(PARTS[1], **change), *PARTS[2:]])  # type: ignore[arg-type]
