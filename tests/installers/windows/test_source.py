"""The .wxs, as wixl reads it."""

from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from lamplighter_agent.backends.windows.places import PLACES

from installers.windows.source import FILES, PROGRAM, PROPERTIES, REGISTRY, SERVICE, SETTINGS, source

SPACE = "{http://schemas.microsoft.com/wix/2006/wi}"
PATHS = [PROGRAM, SETTINGS, PurePosixPath("_internal/a.pyd"), PurePosixPath("_internal/b/c.pyc")]


def tree(version: str = "0.1.0") -> ET.Element:
    return ET.fromstring(source(PATHS, version))


def test_every_file_has_a_component_of_its_own_in_the_feature() -> None:
    found = tree()
    files = found.findall(f".//{SPACE}Component/{SPACE}File")
    assert {file.get("Source") for file in files} == {f"{FILES}/{path}" for path in PATHS}
    components = {one.get("Id"): one.get("Guid") for one in found.iter(f"{SPACE}Component")}
    assert len(set(components.values())) == len(components) == len(PATHS) + 2
    assert {one.get("Id") for one in found.iter(f"{SPACE}ComponentRef")} == set(components)
    assert all(one.get("Win64") == "yes" for one in found.iter(f"{SPACE}Component"))


def test_the_same_files_make_the_same_source_and_another_version_the_same_components() -> None:
    assert source(PATHS, "0.1.0") == source(reversed(PATHS), "0.1.0")
    guids = [[one.get("Guid") for one in tree(v).iter(f"{SPACE}Component")] for v in ("0.1.0", "0.2.0")]
    assert guids[0] == guids[1]
    products = [tree(v).find(f"{SPACE}Product") for v in ("0.1.0", "0.2.0")]
    assert products[0] is not None
    assert products[1] is not None
    assert products[0].get("UpgradeCode") == products[1].get("UpgradeCode")
    assert products[0].get("Id") != products[1].get("Id")


def test_the_service_is_the_one_that_the_agent_is_and_lies_where_it_looks() -> None:
    found = tree()
    service = found.find(f".//{SPACE}ServiceInstall")
    assert service is not None
    assert (service.get("Start"), service.get("Arguments"), service.get("Vital")) == (
        "auto",
        "service",
        "yes",
    )
    # As the agent itself says in a module that only Windows can import.
    assert service.get("Name") == SERVICE == "Lamplighter"
    assert PLACES.config.endswith(f"\\{SERVICE}\\{SETTINGS}")
    assert PLACES.state.endswith(f"\\{SERVICE}")


def test_what_is_asked_reaches_the_key_that_the_service_reads() -> None:
    found = tree()
    key = found.find(f".//{SPACE}RegistryKey")
    assert key is not None
    assert (
        f"{key.get('Root')}\\{key.get('Key')}"
        == f"HKLM\\{REGISTRY}"
        == "HKLM\\Software\\Lamplighter\\Enrolment"
    )
    values = {one.get("Name"): one.get("Value") for one in key}
    assert values == {name: f"[{asked}]" for asked, name in PROPERTIES.items()}


def test_half_of_an_enrolment_is_refused_before_anything_is_installed() -> None:
    conditions = [str(one.text) for one in tree().iter(f"{SPACE}Condition")]
    assert len(conditions) == 3
    # None may stop a repair or a removal.
    assert all(one.startswith("Installed OR ") for one in conditions)
