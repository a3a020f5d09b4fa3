"""Portable media in a few lines for people who look at `status`, from what the service told. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_ACCESS = {"read_only": "to read", "read_write": "to read and write"}


def summary(media: Mapping[str, Any]) -> list[str]:
    """Return what holds for all media, then a line for each that is in; nothing where nothing was told."""
    if not media:
        return []
    return ["; ".join(_of_all(media)), *(_of_one(one) for one in media["media"])]


def _of_all(media: Mapping[str, Any]) -> Iterator[str]:
    guard, scanner, register = media["guard"], media["scanner"], media["register"]
    yield _well(media, "heard of by", "not heard of")
    otherwise = "none can be used now" if media.get("away") else "recorded only"
    yield _well(guard, "kept from being used by", otherwise)
    yield _well(scanner, "scanned by", "not scanned, so none that needs a scan is used")
    for group, mode in sorted(media["rules"].items()):
        yield f"without a permission, {group}: {mode.replace('_', ' ')}"
    counts = f"register {register['version']}" if register["counts"] else "none: no register that counts"
    problem = f" ({register['problem'].replace('-', ' ')})" if register["problem"] else ""
    yield f"permissions: {counts}{problem}"


def _well(told: Mapping[str, Any], by: str, otherwise: str) -> str:
    """Say what it works by, with what of it does not, or why it doesn't and what to do."""
    trouble = ". ".join(part for part in (told["reason"], told["remedy"]) if part)
    if told["working"]:
        return f"{by} {told['backend']}" + (f" ({trouble})" if trouble else "")
    return f"{otherwise}: {trouble or 'not known why'}"


def _of_one(medium: Mapping[str, Any]) -> str:
    """Say what is done with a medium that is in, and why; nothing that tells whose it is."""
    bus = f" ({medium['bus']})" if medium["bus"] else ""
    done = [medium["step"] or "looked at", medium["reason"].replace("-", " ")]
    access, scan = _ACCESS.get(medium["access"], ""), medium["scan"].replace("-", " ")
    said = [*filter(None, done), *filter(None, [access]), *([f"its scan said: {scan}"] if scan else [])]
    return f"{medium['kind']}{bus}: {', '.join(said)}"
