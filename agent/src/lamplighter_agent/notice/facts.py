"""What the page may say: facts of the running agent, never hopes. No text of a person is among them."""

from dataclasses import dataclass
from enum import Enum, auto

from lamplighter_keywords.policy.device_policy import DevicePolicy


class Area(Enum):
    """The four areas of risk that every theme belongs to."""

    CONTENT = auto()
    CONTACT = auto()
    CONDUCT = auto()
    COMMERCE = auto()


class Checking(Enum):
    """Whether anything is checked now, and if not, why, as far as a child needs to know."""

    ON = auto()
    NOT_ENROLLED = auto()
    # The school revoked or retired this device, or did not hear of it for too long.
    ENDED = auto()
    # The collector was not heard for too long; what is kept is kept.
    SILENT = auto()
    # No signed lists have come yet.
    WAITING = auto()
    # Outside the hours of the device policy.
    RESTING = auto()
    STRIP_HIDDEN = auto()
    STAFF_NOT_AGREED = auto()
    STOPPED = auto()


class Place(Enum):
    """Where this device counts as being."""

    AT_SCHOOL = auto()
    AWAY = auto()
    # It can't be asked: the rules for away hold.
    UNKNOWN = auto()


class Check(Enum):
    """What a sensor of this device looks at."""

    TYPED = auto()
    TITLES = auto()
    MEDIA = auto()


class Counted(Enum):
    """How much of what is found counts in a place."""

    ALL = auto()
    SERIOUS = auto()
    MOST_SERIOUS = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeFact:
    """A theme that has a list on this device; `name` is for themes that the page has no words for."""

    slug: str
    name: str
    area: Area | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """Everything that the page is made from."""

    organisation: str
    asset_tag: str
    checking: Checking
    # For a technician, beside the plain sentence: the reason as `status` gives it.
    detail: str = ""
    themes: tuple[ThemeFact, ...]
    # How many words and phrases come from lists that the school holds under licence.
    licensed: int = 0
    # When checking goes on by itself; empty unless it rests.
    rests_until: str = ""
    # None where the place decides nothing.
    place: Place | None = None
    # The moment from which all this was so, as `languages.moment_in` takes it; empty where nobody knows.
    since: str = ""
    # What the school has signed; None before the first lists came.
    policy: DevicePolicy | None = None
    # Whether the rules for portable media are really kept to here.
    media_enforced: bool = False
    language: str = "en"
    # For whom the page is put in order: one of `languages.AGES`.
    age: str = "7-11"
