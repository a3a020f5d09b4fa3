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
        IdentityReplaced                     the register knows another identity for this device, or none
        DeviceRevoked, DeviceRetired         the agent stops sensing and erases its spool
      SendersRefused(refused)                some devices of a group are not served any more
      EnrolmentRefused(reason)               a token, a signing request or an old certificate is not taken
      TooManyAttempts(retry_after_seconds)   from one address or device
      AuthorityUnusable(problem)             nothing can be issued; at start, the collector does not
      StoreError
        StoreUnavailable(retry_after_seconds)  the same batch may succeed later: disk full, read-only,
        stopping NotStorable                          the database refuses this very content
        NeverStarted                         no collector has run on this store yet
        BackupFailed(problem)                no backup was made; older ones are left as they are
      ReviewError                            a person asked for what can't be done to an incident
        IllegalTransition(state, verb)       not in this state, or not any more
        ClaimTaken(by, at_ms)                a colleague is looking at it
        StaleDecision(by, at_ms)             somebody decided since the page was read
        NonceMisused                         the form was sent before, for something else
        AnswersInvalid(problems)             questions that the form left open, by field
      AccountRefused(problem)                an account can't be made or changed like this
      Busy                                   too many passwords are being checked; later it may succeed
      SecretError(name)                      a key or another secret; the collector does not start
        SecretMissing
        SecretExists                         a secret is never overwritten
        SecretExposed(name, problem)         others can read it, or it is not ours
        SecretUnusable(name, problem)        it can't be opened or written here
      KeyRingError                           the collector does not start
        MasterKeyWrong(expected, found)      the key ring belongs to another master key
        MasterKeyAmbiguous(found)            it names several master keys in use
        KeyRingMissing                       it is empty, but sealed rows are there
        KeyRingForeign(store, ring, needed)  it is not the one that the store was kept with
        StoreMarkBroken(store, ring)         the store names this ring, but can't prove it
        StoreVanished(store, ring, served)   the store is empty, and the ring has served another one
      SealError                              one field can't be opened
        SealBroken(field)                    changed, moved, or sealed with a key that is not in the ring
        KeyDestroyed(subject)                its key was erased on purpose
      BundleError                            lists and policy for devices can't be signed or read
        NothingPublished                     `serve` has never run on this store
        PublicationRefused(problem)          a device would refuse it
        PublicationDamaged(problem)          the store holds something else than was signed
        SigningKeyMissing                    no key of the newest root is on this machine
        SigningKeyUnknown(id)                the newest root does not name it
        RootKeysMissing(needed, found)       too few to sign the next root
        KeyFileUnusable(file, problem)
      MediaError                             something about portable media can't be done
        MediaRefused(field, problem)         what was asked for is wrong; names the field
        MediaUnknown(what)                   there is no such permission, request or loan
        MediaSettled(what)                   it was revoked, answered or given back before

Messages carry counts, keys and fixed reasons; never text of a person.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from lamplighter_collector.devices.identity import DeviceName

RefusalReason = Literal[
    "token-unknown",
    "token-expired",
    "token-used-up",
    "token-withdrawn",
    "asset-tag-refused",
    "asset-tag-enrolled",
    "csr-unusable",
    "certificate-foreign",
    "certificate-too-old",
    "certificate-superseded",
]


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
    """The device at the other end is not served. ``reason`` is the slug that it is told, if any."""

    reason: ClassVar[str] = ""


class PeerUnknown(PeerError):
    """The connection has no client certificate that names one organisation and one device."""


class PeerForeign(PeerError):
    """The certificate is sound but belongs to another organisation."""

    def __init__(self) -> None:
        super().__init__("the certificate belongs to another organisation")


class IdentityReplaced(PeerError):
    """The device was enrolled anew since this certificate, or is not in the register at all."""

    reason = "identity-replaced"

    def __init__(self) -> None:
        super().__init__("the register knows another identity for this device, or none")


class DeviceRevoked(PeerError):
    """An administrator revoked the device."""

    reason = "device-revoked"

    def __init__(self) -> None:
        super().__init__("the device is revoked")


class DeviceRetired(PeerError):
    """The device is not in use any more."""

    reason = "device-retired"

    def __init__(self) -> None:
        super().__init__("the device is retired")


class SendersRefused(CollectorError):
    """Devices whose items are in one group are not served any more; nothing of the group is stored."""

    def __init__(self, refused: Mapping[DeviceName, PeerError]) -> None:
        super().__init__(f"{len(refused)} devices are not served any more")
        self.refused = refused


class EnrolmentRefused(CollectorError):
    """No certificate for whoever asked. The reason is one of a fixed set of slugs."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyAttempts(CollectorError):
    """One address or device asked too often; it may ask again later."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many attempts")
        self.retry_after_seconds = retry_after_seconds


class AuthorityUnusable(CollectorError):
    """The certificate authority can't issue what anybody could use."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the certificate authority: {problem}")
        self.problem = problem


class StoreError(CollectorError):
    """The database did not do what was asked."""


class StoreUnavailable(StoreError):
    """Nothing was stored and nothing may be acknowledged; later the same batch may succeed."""

    def __init__(self, problem: str, retry_after_seconds: int = 5) -> None:
        super().__init__(problem)
        self.retry_after_seconds = retry_after_seconds


class NotStorable(StoreError):
    """The database refuses the content. Raised for a whole group; the writer finds the item."""


class NeverStarted(StoreError):
    """No collector has run on this store, so that there is nothing to tell of it."""

    def __init__(self) -> None:
        super().__init__(
            "no collector has run on this store yet, so nothing is kept in it:"
            " start one with lamplighter-collector serve"
        )


class BackupFailed(StoreError):
    """No backup was made. What was there before is there."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"no backup was made: {problem}")
        self.problem = problem


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


class SecretError(CollectorError):
    """A secret can't be used. Security never downgrades: what needs it does not start."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"the secret {name}: {problem}")
        self.name = name
        self.problem = problem


class SecretMissing(SecretError):
    """There is no secret of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "there is none")


class SecretExists(SecretError):
    """There is a secret of this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "there is one already")


class SecretExposed(SecretError):
    """Others can read or change the file or its folder. It counts as known to them."""


class SecretUnusable(SecretError):
    """The file can't be read, written, sealed or unsealed here."""


class KeyRingError(CollectorError):
    """The key ring and what belongs to it do not fit together. The collector does not start."""


class MasterKeyWrong(KeyRingError):
    """The data keys are wrapped by another master key than the one that is here."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"the key ring needs the master key {expected}, found is {found or 'none'}")
        self.expected = expected
        self.found = found


class MasterKeyAmbiguous(KeyRingError):
    """The ring names several master keys in use; which one wraps a data key can't be told."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(f"the key ring names {len(found)} master keys in use: {', '.join(found)}")
        self.found = found


class KeyRingMissing(KeyRingError):
    """The key ring is empty where it must not be: a new one would open nothing that was sealed."""

    def __init__(self) -> None:
        super().__init__("the key ring is empty: bring it back, a new one opens nothing that was sealed")


class KeyRingForeign(KeyRingError):
    """The key ring is not the one that the store was kept with: its key would break the record."""

    def __init__(self, *, store: str, ring: str, needed: str) -> None:
        super().__init__(
            f"{ring} does not belong to {store}, which was kept with {needed or 'another key ring'}."
            " Nothing was changed. Put that store's own key folder in place, or name in store.url"
            " the store that belongs to these keys"
        )


class StoreMarkBroken(KeyRingError):
    """The store's own note of its key ring was changed."""

    def __init__(self, *, store: str, ring: str) -> None:
        super().__init__(
            f"{store} names {ring}, but its proof of that does not fit: it was changed."
            " Nothing else was. Bring a backup of the database back"
        )


class StoreVanished(KeyRingError):
    """The store is empty, but its key ring has served one that was not."""

    def __init__(self, *, store: str, ring: str, served: str) -> None:
        super().__init__(
            f"{store} is empty, but {ring} has served {served}. Nothing was changed."
            " Put that store in place, or mend store.url. Only where it is lost for good and an empty"
            " one is wanted: lamplighter-collector keys new-store"
        )


class SealError(CollectorError):
    """A sealed field can't be opened."""


class SealBroken(SealError):
    """The sealed bytes were changed or moved, or their key is not in the key ring."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: the seal is broken")
        self.field = field


class KeyDestroyed(SealError):
    """The data key was erased on purpose, and with it all that it sealed."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"the data key of {subject or 'the organisation'} was destroyed")
        self.subject = subject


class BundleError(CollectorError):
    """Lists and policy for devices can't be signed, or not be read back."""


class NothingPublished(BundleError):
    """There is no root and no bundle in this store."""

    def __init__(self) -> None:
        super().__init__("nothing was ever published here: `serve` does it at its first start")


class PublicationRefused(BundleError):
    """A device would refuse it, so it is not published."""


class PublicationDamaged(BundleError):
    """What the store holds is not what was signed."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"what the store holds is not what was signed: {problem}")
        self.problem = problem


class SigningKeyMissing(BundleError):
    """None of the keys that may sign bundles is on this machine."""

    def __init__(self) -> None:
        super().__init__("no signing key of the newest root is here; `bundles rotate-root` makes a new one")


class SigningKeyUnknown(BundleError):
    """The newest root names no such key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the newest root names no signing key {key}")
        self.key = key


class RootKeysMissing(BundleError):
    """Too few root keys to sign the next root."""

    def __init__(self, needed: int, found: int) -> None:
        super().__init__(f"{needed} root keys are needed, {found} found: give the files with --root-key")
        self.needed = needed
        self.found = found


class KeyFileUnusable(BundleError):
    """A key file can't be read, written or understood."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem


class MediaError(CollectorError):
    """Something about portable media can't be done."""


class MediaRefused(MediaError):
    """What was asked for is wrong. ``field`` is the option's or the form's name for it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class MediaUnknown(MediaError):
    """There is no such permission, request or loan."""

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")
        self.what = what


class MediaSettled(MediaError):
    """Somebody was faster: it was revoked, answered or given back before."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
