"""The .wxs that wixl makes the MSI of: a component for each file, the service, what is asked.

Pure. What wixl 0.101 does not know stands in `tables.py`.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final
from xml.etree import ElementTree as ET

from installers.windows.names import (
    MANUFACTURER,
    PRODUCT,
    UPGRADE_CODE,
    component_code,
    key,
    product_code,
    product_version,
)

FILES: Final = "files"
PROGRAM: Final = PurePosixPath("lamplighter-agent.exe")
SETTINGS: Final = PurePosixPath("agent.toml")
SERVICE: Final = "Lamplighter"
DESCRIPTION: Final = (
    "Looks for signs that a pupil needs help, in the open. An icon is shown in every session while it does."
)
FOLDER, STATE, ENROLMENT = "INSTALLDIR", "STATEDIR", "Enrolment"
REGISTRY: Final = f"Software\\Lamplighter\\{ENROLMENT}"
# What is asked at install, and the value that the service reads it from.
PROPERTIES: Final = {
    "COLLECTOR": "Collector",
    "CA_PIN": "Pin",
    "ASSETTAG": "AssetTag",
    "TOKENFILE": "TokenFile",
    "TOKEN": "Token",
}
_CONDITIONS: Final = {
    "Lamplighter needs Windows 10 or later, 64 bit.": "Installed OR (VersionNT64 >= 603)",
    "COLLECTOR needs CA_PIN, and TOKENFILE or TOKEN, but not both of these.": (
        "Installed OR NOT COLLECTOR OR (CA_PIN AND ((TOKENFILE AND NOT TOKEN) OR (TOKEN AND NOT TOKENFILE)))"
    ),
    "CA_PIN, ASSETTAG, TOKENFILE and TOKEN say nothing without COLLECTOR.": (
        "Installed OR COLLECTOR OR NOT (CA_PIN OR ASSETTAG OR TOKENFILE OR TOKEN)"
    ),
}


def source(files: Iterable[PurePosixPath], version: str) -> bytes:
    """Return the .wxs, the same for the same files and version. They lie in `FILES`, beside it."""
    wix = ET.Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    product = _sub(
        wix,
        "Product",
        Id=product_code(version),
        Name=PRODUCT,
        UpgradeCode=UPGRADE_CODE,
        Language="1033",
        Version=product_version(version),
        Manufacturer=MANUFACTURER,
    )
    _sub(product, "Package", InstallerVersion="500", Compressed="yes", InstallScope="perMachine")
    _sub(product, "MajorUpgrade", DowngradeErrorMessage="A newer version of Lamplighter is installed.")
    _sub(product, "Media", Id="1", Cabinet="agent.cab", EmbedCab="yes")
    for message, condition in _CONDITIONS.items():
        _sub(product, "Condition", Message=message).text = condition
    # Nothing can be left out of it.
    _sub(product, "Property", Id="ARPNOMODIFY", Value="1")
    components = _folders(product, files)
    feature = _sub(product, "Feature", Id="Agent", Level="1", Title=PRODUCT, Absent="disallow")
    for component in components:
        _sub(feature, "ComponentRef", Id=component)
    ET.indent(wix)
    made: bytes = ET.tostring(wix, encoding="utf-8", xml_declaration=True)
    return made


def _folders(product: ET.Element, files: Iterable[PurePosixPath]) -> list[str]:
    target = _sub(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = _sub(target, "Directory", Id="ProgramFiles64Folder")
    made = {PurePosixPath(): _sub(programs, "Directory", Id=FOLDER, Name="Lamplighter")}
    names = []
    for path in sorted(files):
        for parent in [*reversed(path.parents)]:
            if parent not in made:
                above = made[parent.parent]
                made[parent] = _sub(above, "Directory", Id=key("d", parent), Name=parent.name)
        names.append(_file(made[path.parent], path))
    names.append(_enrolment(made[PurePosixPath()]))
    data = _sub(target, "Directory", Id="CommonAppDataFolder")
    state = _sub(data, "Directory", Id=STATE, Name="Lamplighter")
    _sub(_component(state, "State", component_code(PurePosixPath("state"))), "CreateFolder")
    return [*names, "State"]


def _file(folder: ET.Element, path: PurePosixPath) -> str:
    name = key("c", path)
    component = _component(folder, name, component_code(path))
    _sub(component, "File", Id=key("f", path), Name=path.name, Source=f"{FILES}/{path}", KeyPath="yes")
    if path == PROGRAM:
        _service(component)
    return name


def _service(component: ET.Element) -> None:
    _sub(
        component,
        "ServiceInstall",
        Id="Service",
        Name=SERVICE,
        DisplayName=PRODUCT,
        Description=DESCRIPTION,
        Arguments="service",
        Type="ownProcess",
        Start="auto",
        ErrorControl="normal",
        Vital="yes",
    )
    # Installing waits until it has started: a version that can't is rolled back to the one before.
    _sub(
        component,
        "ServiceControl",
        Id="Control",
        Name=SERVICE,
        Start="install",
        Stop="both",
        Remove="uninstall",
        Wait="yes",
    )


def _enrolment(folder: ET.Element) -> str:
    component = _component(folder, ENROLMENT, component_code(PurePosixPath("enrolment")))
    registry = _sub(component, "RegistryKey", Root="HKLM", Key=REGISTRY)
    for number, (asked, value) in enumerate(PROPERTIES.items()):
        more = {"KeyPath": "yes"} if number == 0 else {}
        _sub(registry, "RegistryValue", Id=asked, Name=value, Type="string", Value=f"[{asked}]", **more)
    return ENROLMENT


def _component(folder: ET.Element, name: str, code: str) -> ET.Element:
    return _sub(folder, "Component", Id=name, Guid=code, Win64="yes")


def _sub(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)
