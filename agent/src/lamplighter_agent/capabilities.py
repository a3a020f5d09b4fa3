"""What this device lets us see, said from what the service told last: nothing is opened here. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

NOT_TOLD: Final = "told by a running service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One way of seeing. `session` is its display; empty for what belongs to the device."""

    name: str
    session: str = ""
    works: bool
    backend: str = ""
    reason: str = ""
    remedy: str = ""


def capabilities(content: Mapping[str, Any]) -> list[Capability]:
    """Return all of it, the device's first. `content` is what `status` tells."""
    return [*_of_device(content), *(one for told in content["sessions"] for one in _of_session(told))]


def _of_device(content: Mapping[str, Any]) -> Iterator[Capability]:
    if unproven := content.get("unproven", ""):
        yield Capability(name="tried on such a device", works=False, reason=unproven)
    finder = content.get("finder") or {}
    source, reason = finder.get("source", ""), finder.get("reason", "")
    works = bool(source) and not reason
    why = reason if source else NOT_TOLD
    yield Capability(name="sessions", works=works, backend=source, reason="" if works else why)
    for left in finder.get("left_out", ()):
        yield Capability(name=f"session {left['session']}", works=False, reason=left["reason"])
    yield from _of_media(content.get("media") or {})
    place = content.get("place") or {}
    yield Capability(name="place", works=place.get("known", False), reason=place.get("reason", NOT_TOLD))


def _of_media(media: Mapping[str, Any]) -> Iterator[Capability]:
    """Return whether media are heard of, whether that is enforced, and whether they are scanned."""
    guard = media.get("guard") or {}
    reason = (media.get("reason", "") or recorded_only(media)) if media else NOT_TOLD
    backend = media.get("backend", "")
    yield Capability(
        name="portable media",
        works=media.get("working", False),
        backend=f"{backend}; enforced by {guard['backend']}" if media.get("enforced") else backend,
        reason=reason,
        remedy=media.get("remedy", "") or guard.get("remedy", ""),
    )
    scanner = media.get("scanner")
    if scanner:
        yield Capability(
            name="portable media scan",
            works=scanner["working"],
            backend=scanner["backend"],
            reason=scanner["reason"],
            remedy=scanner["remedy"],
        )


def recorded_only(media: Mapping[str, Any]) -> str:
    """Return why media are recorded and not kept from being used, or can't be used; else it is empty."""
    guard = media.get("guard") or {}
    if not guard or guard["working"]:
        return ""
    return f"{'none can be used now' if media.get('away') else 'recorded only'}: {guard['reason']}"


def _of_session(told: Mapping[str, Any]) -> Iterator[Capability]:
    display = told["display"]
    shown = told["indicator_shown"]
    reason = "" if shown else told["indicator_reason"] or told["helper"]
    yield Capability(name="indicator", session=display, works=shown, reason=reason)
    for sensor in told["sensors"]:
        yield Capability(
            name=sensor["sensor"],
            session=display,
            works=sensor["working"],
            backend=sensor["backend"],
            reason=sensor["reason"],
            remedy=sensor["remedy"],
        )
