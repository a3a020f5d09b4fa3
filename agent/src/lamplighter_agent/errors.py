"""Every error the agent raises on purpose.

::

    LamplighterError
      ConfigError(key, problem)                    exits at start, names the key
      BackendUnavailable(port, reason, remedy)     shown by `status`, never fatal for the other sensors
      PartEnded(part, problem)                     ends the service, which is then started again
      PeerRejected(verb)
      FrameTooLarge(limit)
      FrameMalformed
      SpoolError
        SpoolFull
        RecordDamaged
        KeyUnavailable
      DeliveryError
        Transient                                  the same record may succeed later
          CollectorUnreachable
          CollectorBusy(retry_after_seconds)
        Permanent                                  the same record will always fail
          DetectionRefused(reason)
          NotEnrolled
          IdentityRevoked(reason)
      EnrolmentError                               the verb `enrol` or a renewal did not work
        PinWrong(expected, found)
        EnrolmentRefused(reason, problem, remedy)
        AnswerUnusable(problem)
        IdentityDamaged(problem)
        IdentityReplaced                           another identity took this one's place meanwhile
        PendingUnusable(problem)                   what was left to enrol with is not as it must be
      MediaGuardError                              a portable medium stays refused
        NotHeld(reason)
          StillInUse(reason, accounts, by_the_system) somebody uses it still
        NotReleased(reason)
      BundleNotKept(problem)                       a sound bundle could not be written; the old one stays

Messages carry ids, counts and keys; never text of a person.
"""


class LamplighterError(Exception):
    """Root of the agent's errors."""


class ConfigError(LamplighterError):
    """A setting is missing, unknown or wrong. The agent does not start."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


class BackendUnavailable(LamplighterError):
    """An operating-system interface can't be used here; `remedy` tells a technician what to do."""

    def __init__(self, port: str, reason: str, remedy: str) -> None:
        super().__init__(f"{port}: {reason}")
        self.port = port
        self.reason = reason
        self.remedy = remedy


class PartEnded(LamplighterError):
    """A part of the service ended that must live as long as it; going on would be pretending to work."""

    def __init__(self, part: str, problem: str) -> None:
        super().__init__(f"{part} ended: {problem}")
        self.part = part
        self.problem = problem


class PeerRejected(LamplighterError):
    """Somebody other than our own session helper spoke on the local socket."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"peer rejected for {verb}")
        self.verb = verb


class FrameTooLarge(LamplighterError):
    """A local message announced more bytes than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"frame over {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class FrameMalformed(LamplighterError):
    """A local message could not be decoded."""


class SpoolError(LamplighterError):
    """The offline store could not do what was asked."""


class SpoolFull(SpoolError):
    """Neither the cap nor the disk has room for this record."""


class RecordDamaged(SpoolError):
    """A stored record failed its checksum or its seal."""


class KeyUnavailable(SpoolError):
    """The device's key can't be read; nothing may be stored or opened."""


class DeliveryError(LamplighterError):
    """Delivery to the collector failed."""


class Transient(DeliveryError):
    """May succeed later with the same record."""


class CollectorUnreachable(Transient):
    """No connection, or it broke."""


class CollectorBusy(Transient):
    """The collector asked for patience."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class Permanent(DeliveryError):
    """Will fail again with the same record."""


class DetectionRefused(Permanent):
    """The collector refused one detection."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotEnrolled(Permanent):
    """The device has no usable identity."""


class IdentityRevoked(Permanent):
    """The collector no longer accepts this device; `reason` is its slug, where it gave one that we know."""

    def __init__(self, problem: str, reason: str = "") -> None:
        super().__init__(problem)
        self.reason = reason


class EnrolmentError(LamplighterError):
    """This device could not get, keep or read its identity."""


class PinWrong(EnrolmentError):
    """Whoever answered is not the collector that the pin stands for."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            f"the pin does not fit: expected {expected}, found {found}. Nothing was sent. Check address and "
            "pin with whoever issued the token; if both are right, somebody else answers there"
        )
        self.expected = expected
        self.found = found


class EnrolmentRefused(EnrolmentError):
    """The collector refused, with the slug of its reason; empty where it gave none."""

    def __init__(self, reason: str, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.reason = reason
        self.problem = problem
        self.remedy = remedy


class AnswerUnusable(EnrolmentError):
    """The collector's answer does not make an identity."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the collector's answer can't be used: {problem}")
        self.problem = problem


class IdentityDamaged(EnrolmentError):
    """The identity on disk can't be read; nothing is sensed."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"this device's identity can't be read ({problem}): look as root, or enrol it again")
        self.problem = problem


class IdentityReplaced(EnrolmentError):
    """Another identity took the place of the one that was to be renewed."""


class PendingUnusable(EnrolmentError):
    """What a technician left for this device to enrol with can't be used; the message quotes none of it."""


class MediaGuardError(LamplighterError):
    """The system did not do what was asked of it about a portable medium. Nothing is released by that."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotHeld(MediaGuardError):
    """A medium could not be taken charge of."""


class StillInUse(NotHeld):
    """Somebody uses a medium that was taken back, and could not be made to let go of it."""

    def __init__(self, reason: str, *, accounts: tuple[int, ...] = (), by_the_system: bool = False) -> None:
        """Take the numbers of the accounts whose programs those are, as far as they were found.

        `by_the_system`: none of them is a person's, and they are waited for.
        """
        super().__init__(reason)
        self.accounts = accounts
        self.by_the_system = by_the_system


class NotReleased(MediaGuardError):
    """A volume was not released, for a reason that a technician understands."""


class BundleNotKept(LamplighterError):
    """A bundle that was verified could not be written. Offered again, it may be."""

    slug = "not-kept"

    def __init__(self, problem: str) -> None:
        super().__init__(f"the bundle could not be kept: {problem}")
        self.problem = problem
