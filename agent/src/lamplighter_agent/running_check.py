"""What of a running service does not work, and what to do, from what it told last. For `doctor`. Pure.

A session that is not to be sensed now (resting, not agreed to) is no trouble; nor is what the policy switches
off.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lamplighter_agent.sensing.desktop import NOT_WANTED

_SEE_STATUS: Final = "see `indicator not shown` in agent/README.md"


def troubles(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each as `what`, `reason` and `remedy`. `content` is what `status` tells of a running service."""
    of_sessions = (one for told in content["sessions"] for one in _of_session(told))
    return [*_of_media(content.get("media") or {}), *of_sessions]


def _of_media(media: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Tell of the watch and the guard of portable media; the scanner is asked anew (`media_check`)."""
    for told in (media, media.get("guard") or {}):
        if told and not told["working"]:
            yield _trouble(told["sensor"], told)


def _of_session(told: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if not told["allowed"]:
        return
    where = f"in session {told['display']}"
    if not told["indicator_shown"]:
        # No sensor works then; one line for it all.
        reason, _, remedy = (told["indicator_reason"] or told["helper"]).partition("; ")
        yield {"what": f"indicator {where}", "reason": reason, "remedy": remedy or _SEE_STATUS}
        return
    for sensor in told["sensors"]:
        if not sensor["working"] and sensor["reason"] != NOT_WANTED:
            yield _trouble(f"{sensor['sensor']} {where}", sensor)


def _trouble(what: str, told: Mapping[str, Any]) -> dict[str, str]:
    return {"what": what, "reason": told["reason"], "remedy": told["remedy"]}
