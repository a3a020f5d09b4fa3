"""What changed between two looks at the portable media, for systems whose events don't say. Pure."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from lamplighter_agent.backends.media_ports import MediaChange, Medium


class MediaSeen:
    """The media of the last look, each with the number of its insertion, which these systems don't count."""

    def __init__(self) -> None:
        self._present: dict[str, Medium] = {}
        self._arrivals = 0

    @property
    def media(self) -> Mapping[str, Medium]:
        return self._present

    def clear(self) -> None:
        self._present.clear()

    def look(self, media: Iterable[Medium], route: str, tell: Callable[[MediaChange], None]) -> None:
        """Tell each that went, came, or is another inside."""
        found = {medium.key: medium for medium in media}
        for key, before in [*self._present.items()]:
            now = found.get(key)
            if now is None or not _is_same(before, numbered(now, before.sequence)):
                del self._present[key]
                tell(MediaChange(medium=before, present=False, route=route))
        for key, medium in found.items():
            was = self._present.get(key)
            if was is None:
                self._arrivals += 1
            now = numbered(medium, self._arrivals if was is None else was.sequence)
            if now != was:
                self._present[key] = now
                tell(MediaChange(medium=now, present=True, route=route))


def numbered(medium: Medium, sequence: int) -> Medium:
    """Return a medium, and each of its volumes, as that insertion's."""
    volumes = tuple(dataclasses.replace(one, sequence=sequence) for one in medium.volumes)
    return dataclasses.replace(medium, sequence=sequence, volumes=volumes)


def _is_same(before: Medium, now: Medium) -> bool:
    """Say whether it is the same insertion of the same medium, whatever its volumes are."""
    return dataclasses.replace(before, volumes=now.volumes) == now
