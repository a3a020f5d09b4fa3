"""Says what is in an artefact: as CycloneDX 1.6 for programs, and every licence's text for people. Pure."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from installers.release.found import Component
from installers.release.licences import LicenceRefused, may_be_shipped


def bill(artefact: Component, parts: Sequence[Component], *, seconds: float) -> str:
    """Return the list of `parts` as CycloneDX; the same parts and `seconds` since 1970, the same."""
    whole = _component(artefact)
    components = [_component(one) for one in parts]
    held = json.dumps([whole, components, seconds], sort_keys=True)
    about: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, held)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": whole,
        },
        "components": components,
        "dependencies": [{"ref": whole["bom-ref"], "dependsOn": [one["bom-ref"] for one in components]}],
    }
    return json.dumps(about, indent=1) + "\n"


def _component(one: Component) -> dict[str, Any]:
    reference = one.purl or f"{one.name}@{one.hashes[0][:16] if one.hashes else one.version}"
    about: dict[str, Any] = {"type": one.kind, "bom-ref": f"{reference}#{one.name}", "name": one.name}
    if one.version:
        about["version"] = one.version
    if one.purl:
        about["purl"] = one.purl
    if one.licence:
        # CycloneDX has expressions and single names in one field.
        about["licenses"] = [{"expression": one.licence}]
    if one.hashes:
        about["hashes"] = [{"alg": "SHA-256", "content": digest} for digest in one.hashes]
    if one.kind != "application":
        about["scope"] = "required"
        delivered = "in the artefact" if one.bundled else "of the system"
        about["properties"] = [{"name": "lamplighter:delivered", "value": delivered}]
    return about


def refuse(parts: Sequence[Component]) -> None:
    """Raise LicenceRefused where a bundled part's licence is unknown, forbidden, or without its text."""
    faults: list[str] = []
    for one in parts:
        if not one.bundled:
            continue
        if not one.licence:
            faults.append(f"{one.name}: its licence is unknown")
        elif not may_be_shipped(one.licence):
            faults.append(f"{one.name}: {one.licence} is not on the list of what may be shipped")
        elif not one.texts:
            faults.append(f"{one.name}: the text of {one.licence} was not found")
    if faults:
        raise LicenceRefused("; ".join(faults))


def notices(name: str, parts: Sequence[Component]) -> str:
    """Return the licences of what `name` contains, as Markdown: a table, then each text once.

    Raises LicenceRefused.
    """
    refuse(parts)
    bundled = [one for one in parts if one.bundled]
    lines = [f"# Licences of what {name} contains", "", "| part | version | licence |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.version or 'not told'} | {one.licence} |" for one in bundled]
    held: dict[str, tuple[list[str], str]] = {}
    for one in bundled:
        for file, text in one.texts:
            key = hashlib.sha256(text.strip().encode()).hexdigest()
            held.setdefault(key, ([], text))[0].append(f"{one.name} ({file})")
    for whose, text in held.values():
        fence = "`" * max(3, 1 + max((len(run) for run in text.split() if set(run) == {"`"}), default=0))
        lines += ["", f"## {', '.join(whose)}", "", f"{fence}text", text.strip(), fence]
    return "\n".join(lines) + "\n"
