"""Every error the collector raises on purpose.

::

    CollectorError
      ConfigError(key, problem)              exits at start, names the key
      Refused(reason)                        one detection that will never be stored; its batch mates are
      RequestError                           ends the stream; the same message will always fail
        MessageMalformed
        TooManyDetections(count, limit)
      PeerError                              ends the stream; this device is not served
        PeerUnknown(problem)                 no usable client certificate
        PeerForeign                          a certificate of another organisation
      StoreError
        StoreUnavailable(retry_after_seconds)  the same batch may succeed later: disk full, read-only,
        stopping NotStorable                          the database refuses this very content
      ReviewError                            a person asked for what can't be done to an incident
        IllegalTransition(state, verb)       not in this state, or not any more
        ClaimTaken(by, at_ms)                a colleague is looking at it
        StaleDecision(by, at_ms)             somebody decided since the page was read
        NonceMisused                         the form was sent before, for something else
        AnswersInvalid(problems)             questions that the form left open, by field
      AccountRefused(problem)                an account can't be made or changed like this
      Busy                                   too many passwords are being checked; later it may succeed

Messages carry counts, keys and fixed reasons; never text of a person.
"""

from collections.abc import Mapping


class CollectorError(Exception):
    """Root of the collector's errors."""


class ConfigError(CollectorError):
    """A setting is missing, unknown or wrong. The collector does not start."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


class Refused(CollectorError):
    """One detection can never be stored. The reason is one of a fixed set of sentences."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestError(CollectorError):
    """A message breaks the rules of the wire."""


class MessageMalformed(RequestError):
    """The batch itself, not one detection in it, could not be decoded."""

    def __init__(self) -> None:
        super().__init__("the batch could not be decoded")


class TooManyDetections(RequestError):
    """A batch holds more detections than are taken at once."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} detections in one batch, the limit is {limit}")
        self.count = count
        self.limit = limit


class PeerError(CollectorError):
    """The device at the other end is not served."""


class PeerUnknown(PeerError):
    """The connection has no client certificate that names one organisation and one device."""


class PeerForeign(PeerError):
    """The certificate is sound but belongs to another organisation."""

    def __init__(self) -> None:
        super().__init__("the certificate belongs to another organisation")


class StoreError(CollectorError):
    """The database did not do what was asked."""


class StoreUnavailable(StoreError):
    """Nothing was stored and nothing may be acknowledged; later the same batch may succeed."""

    def __init__(self, problem: str, retry_after_seconds: int = 5) -> None:
        super().__init__(problem)
        self.retry_after_seconds = retry_after_seconds


class NotStorable(StoreError):
    """The database refuses the content. Raised for a whole group; the writer finds the item."""


class ReviewError(CollectorError):
    """What a person asked for can't be done to this incident."""


class IllegalTransition(ReviewError):
    """The incident's state does not allow it."""

    def __init__(self, state: str, verb: str) -> None:
        super().__init__(f"{verb} is not possible in the state {state}")
        self.state = state
        self.verb = verb


class ClaimTaken(ReviewError):
    """A colleague is looking at it. ``by`` is an account's id, ``at_ms`` when the claim began."""

    def __init__(self, by: str, at_ms: int) -> None:
        super().__init__(f"claimed by account {by}")
        self.by = by
        self.at_ms = at_ms


class StaleDecision(ReviewError):
    """Somebody decided since the page was read. ``by`` is an account's id."""

    def __init__(self, by: str, at_ms: int) -> None:
        super().__init__(f"decided meanwhile by account {by}")
        self.by = by
        self.at_ms = at_ms


class NonceMisused(ReviewError):
    """This form was sent before, by somebody else or for another incident."""

    def __init__(self) -> None:
        super().__init__("the form's number has been used for something else")


class AnswersInvalid(ReviewError):
    """The form leaves questions open. ``problems`` maps each field to a fixed sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} fields: {', '.join(problems)}")
        self.problems = problems


class AccountRefused(CollectorError):
    """An account can't be made or changed like this. The problem is one of a fixed set of sentences."""


class Busy(CollectorError):
    """Too many passwords are being checked at this moment."""

    def __init__(self) -> None:
        super().__init__("too many are signing in at this moment")
