"""Keeps the page true while the service runs: from its configuration, its lists and its own status.

The service calls `tell` whenever its status changes; what does not change the page costs a comparison, and
what does puts the time on it. When the service ends the page says so, since then nothing is checked.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_keywords.terms import KeywordPack, RiskArea, Theme

from lamplighter_agent.clock import Clock, SystemClock
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.launching import GraphicalSession
from lamplighter_agent.notice.asking import OpensPages
from lamplighter_agent.notice.facts import Area, Checking, PageFacts, Place, ThemeFact
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.languages import ENGLISH, language_of
from lamplighter_agent.notice.sign_in import ADULT
from lamplighter_agent.policy import NOT_ASSESSED, WAITING
from lamplighter_agent.status import ServiceStatus, SessionStatus
from lamplighter_agent.timetable import local_now

_AREAS = {
    RiskArea.CONTENT: Area.CONTENT,
    RiskArea.CONTACT: Area.CONTACT,
    RiskArea.CONDUCT: Area.CONDUCT,
    RiskArea.COMMERCE: Area.COMMERCE,
}


def themes_of(pack: KeywordPack, licensed: Sequence[LicensedList] = ()) -> tuple[ThemeFact, ...]:
    """The themes that have a list in this bundle: only those can be found."""
    with_a_list = {one.theme for one in pack.lists} | {one.theme for one in licensed}
    return tuple(_fact(theme) for slug, theme in sorted(pack.themes.items()) if slug in with_a_list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What the school's signed bundle says; nothing before the first came."""

    themes: tuple[ThemeFact, ...] = ()
    # How many entries of licensed lists are looked for.
    licensed: int = 0
    policy: DevicePolicy | None = None


def facts_of(config: AgentConfig, status: ServiceStatus, signed: Signed, *, asset_tag: str) -> PageFacts:
    """What the page may say now."""
    checking, detail = _checking(status, signed)
    rests = next((session.rests_until for session in status.sessions.values() if session.rests_until), "")
    language = config.desktop.language if config.desktop is not None else None
    return PageFacts(
        organisation=status.organisation,
        asset_tag=asset_tag,
        checking=checking,
        detail=detail,
        themes=signed.themes,
        licensed=signed.licensed,
        rests_until=rests if checking is Checking.RESTING else "",
        place=_place(status.place, checking),
        policy=signed.policy,
        media_enforced=bool(status.media.get("enforced")),
        language=language or "en",
        age=_age(config, signed.policy),
    )


def _age(config: AgentConfig, policy: DevicePolicy | None) -> str:
    """For whom the page is put in order: the policy's pupils, or adults on a device that is set to staff."""
    if config.session.default_kind == "staff":
        return ADULT
    return (policy or DevicePolicy()).reading_age.value


class RunningNotice:
    """The page of one run of the service."""

    def __init__(
        self,
        config: AgentConfig,
        pages: Callable[[PageFiles], OpensPages],
        *,
        asset_tag: str,
        clock: Clock | None = None,
    ) -> None:
        """Take what opens the page here."""
        self._config = config
        self._clock = clock or SystemClock()
        self._asset_tag = asset_tag
        self._files = PageFiles(folder=config.state)
        self._opener = pages(self._files)
        self._signed = Signed()
        self._written: PageFacts | None = None

    def signed_is(self, signed: Signed) -> None:
        """Take the lists and the policy in force."""
        self._signed = signed

    def tell(self, status: ServiceStatus) -> None:
        """Make the page say what holds now."""
        self._write(facts_of(self._config, status, self._signed, asset_tag=self._asset_tag))

    def open_for(self, session: GraphicalSession) -> None:
        """Show the page to the person who clicked."""
        self._opener.open_for(session)

    async def stop(self, status: ServiceStatus) -> None:
        """Say that nothing is checked from now on."""
        await self._opener.stop()
        now = facts_of(self._config, status, self._signed, asset_tag=self._asset_tag)
        if now.checking in (Checking.NOT_ENROLLED, Checking.ENDED):
            return
        self._write(replace(now, checking=Checking.STOPPED, detail="the service has stopped"))

    def _write(self, facts: PageFacts) -> None:
        if facts == self._written:
            return
        # A full disk must not stop the service; the next change tries again.
        with contextlib.suppress(OSError):
            self._files.write(replace(facts, since=_moment(local_now(self._clock))))
            self._written = facts


def _moment(now: datetime) -> str:
    return f"{now.day} {language_of(ENGLISH).strip.months[now.month - 1]} {now:%H:%M}"


def _place(said: Mapping[str, Any], checking: Checking) -> Place | None:
    if not said or checking in (Checking.NOT_ENROLLED, Checking.ENDED):
        return None
    if not said["known"]:
        return Place.UNKNOWN
    return Place.AT_SCHOOL if said["on_site"] else Place.AWAY


def _fact(theme: Theme) -> ThemeFact:
    area = None if theme.risk_area is None else _AREAS[theme.risk_area]
    return ThemeFact(slug=theme.slug, name=theme.name, area=area)


def _checking(status: ServiceStatus, signed: Signed) -> tuple[Checking, str]:
    if ended := status.enrolment.get("ended"):
        return Checking.ENDED, str(ended["words"])
    if status.not_enrolled:
        return Checking.NOT_ENROLLED, status.not_enrolled
    if silent := status.enrolment.get("silent"):
        return Checking.SILENT, str(silent)
    if signed.policy is None:
        return Checking.WAITING, str(status.bundle.get("reason") or WAITING)
    sessions = list(status.sessions.values())
    if any(session.sensing for session in sessions):
        return Checking.ON, ""
    return _why_off(sessions[0]) if sessions else (Checking.STOPPED, "no graphical session")


def _why_off(session: SessionStatus) -> tuple[Checking, str]:
    if session.helper != "running":
        return Checking.STOPPED, f"session helper: {session.helper}"
    if not session.allowed:
        if session.resting:
            return Checking.RESTING, session.policy_reason
        off = Checking.STAFF_NOT_AGREED if session.policy_reason == NOT_ASSESSED else Checking.STOPPED
        return off, session.policy_reason
    if not session.indicator_shown:
        return Checking.STRIP_HIDDEN, session.indicator_reason
    broken = (f"{one['sensor']}: {one['reason']}" for one in session.sensors if not one["working"])
    return Checking.STOPPED, "; ".join(broken) or "no sensor works"
