"""The last good bundle of this device, on disk.

::

    <state>/bundles/       mode 0700
      current              a BundleOffer, sealed with this device's key (`seal.py`): every root since the
                           first, the manifest, its parts
      previous             what was current before, for the day that the disk spoils the newer one

One file holds all that belongs together. A new one is written aside, synced and renamed; whenever the power
goes, the old or the new one is there, whole. What is read at the start is verified like what is received,
byte for byte, with one difference: the manifest may be signed by a key of an earlier root of the same chain.
A rotation that drops a stolen key must not take away what was received in good faith before, but nothing
that this key signs is ever installed again, and whatever the newest root's keys sign takes its place: also
where the thief had given theirs a higher version.

A bundle is ready only when the matcher is built from it: lists that no matcher can be built from are refused
before they are kept. Roots are followed even where the manifest that came with them is refused: a key that
was withdrawn is withdrawn. Blocks; never called from two threads at once.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from google.protobuf.message import DecodeError
from lamplighter_keywords.authoring.overrides import next_expiry
from lamplighter_keywords.bundles.bundle import (
    Bundle,
    Manifest,
    RootDocument,
    check_newer,
    follow_roots,
    read_bundle,
    read_manifest,
)
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY
from lamplighter_keywords.errors import BundleError, BundleMalformed, KeywordsError, SignatureInvalid
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.written import ROOM_ON_A_DEVICE
from lamplighter_protos.v1.bundles_pb2 import BundleOffer, BundlePart

from lamplighter_agent.backends.ports import KeyStore
from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.bundles.seal import BundleSeal, read_sealed
from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import BundleNotKept, KeyUnavailable
from lamplighter_agent.files import write_new
from lamplighter_agent.uncollected import uncollected

LARGEST_FILE: Final = 8 << 20
_CURRENT: Final = "current"
_PREVIOUS: Final = "previous"
_NO_ROOT: Final = "no root from the enrolment: enrol this device again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Whom to believe: what the enrolment said, and who we are."""

    organisation: str
    # Signed root documents from the first on, as they came over the pinned channel.
    roots: tuple[bytes, ...] = field(repr=False)
    agent_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A verified bundle, ready to be taken into use."""

    bundle: Bundle
    matcher: Matcher = field(repr=False)
    # The first day on which it must be built anew, because one of the school's changes is over.
    until: date | None = None

    @classmethod
    def of(cls, bundle: Bundle, today: date) -> "Ready":
        """Build what judges by these lists on this day; raise BundleMalformed where that can't be."""
        try:
            with uncollected():
                matcher = Matcher(bundle.pack_on(today), bundle.licensed, room=ROOM_ON_A_DEVICE)
            return cls(bundle=bundle, matcher=matcher, until=next_expiry(bundle.overrides, today))
        except KeywordsError as error:
            raise BundleMalformed(f"keywords: {error}") from error


def today_of(clock: Clock) -> date:
    """Return the day at this device's place."""
    return clock.now().astimezone().date()


class BundleStore:
    """Keeps one device's bundle. `load` before anything else."""

    def __init__(self, folder: Path, anchor: Anchor, keys: KeyStore, clock: Clock) -> None:
        self._folder = folder
        self._anchor = anchor
        self._keys = keys
        self._clock = clock
        self._envelopes: tuple[bytes, ...] = ()
        self._roots: tuple[RootDocument, ...] = ()
        self._manifest: Manifest | None = None
        # Of what is on the disk all but the parts: they are two megabytes, and seldom asked for.
        self._kept_roots: tuple[bytes, ...] = ()
        self._kept_manifest = b""
        # Whether `current` is what is in use: a spoilt file must not become the previous one.
        self._current_is_sound = False

    @property
    def version(self) -> int:
        """What is installed; 0 for nothing."""
        return 0 if self._manifest is None else self._manifest.version

    @property
    def root_version(self) -> int:
        return self._roots[-1].version if self._roots else 0

    @property
    def newest_root(self) -> RootDocument | None:
        """Whose keys sign now."""
        return self._roots[-1] if self._roots else None

    def load(self) -> tuple[Ready | None, BundleError | None]:
        """Return the last good bundle if there is one, and what was wrong with a newer file if anything.

        Raises BundleMalformed or SignatureInvalid where the enrolment's own roots can't be used, and
        KeyUnavailable.
        """
        anchor = self._anchor
        if not anchor.roots:
            raise BundleMalformed(_NO_ROOT)
        self._follow(anchor.roots)
        problem: BundleError | None = None
        for name in (_CURRENT, _PREVIOUS):
            try:
                raw = self._read(name)
                if raw is None:
                    continue
                ready = self._take_up(raw)
            except BundleError as error:
                problem = problem or error
                # Only what was verified may be built upon.
                self._envelopes, self._roots = (), ()
                self._follow(anchor.roots)
            else:
                self._current_is_sound = name == _CURRENT
                return ready, problem
        return None, problem

    def take(self, offer: BundleOffer) -> Ready | None:
        """Verify an offer and keep it; returns the new bundle, None where what is installed stays.

        Raises BundleError when it is refused and BundleNotKept when it can't be written; the last good one
        stays in use either way.
        """
        before = self.root_version
        problem: BundleError | None = None
        try:
            self._follow(offer.roots)
        except BundleError as error:
            problem = error
        try:
            if problem is not None:
                raise problem
            return self._install(offer)
        except BundleError:
            if self.root_version > before:
                self._keep_roots()
            raise

    def _install(self, offer: BundleOffer) -> Ready | None:
        if not offer.manifest:
            self._keep_roots()
            return None
        root = self._roots[-1]
        manifest = read_manifest(offer.manifest, root)
        installed = self._still_vouched_for(root)
        check_newer(manifest, installed)
        manifest.check_version(self._anchor.agent_version)
        if manifest == installed:
            self._keep_roots()
            return None
        ready = self._ready(manifest, root, offer)
        # The key of licensed lists, which nobody signs, goes along with them.
        kept = {*manifest.parts, *((LICENSED_KEY,) if LICENSED in manifest.parts else ())}
        parts = [part for part in offer.parts if part.name in kept]
        self._keep(BundleOffer(roots=self._envelopes, manifest=offer.manifest, parts=parts))
        self._manifest = manifest
        return ready

    def _ready(self, manifest: Manifest, root: RootDocument, offer: BundleOffer) -> Ready:
        bundle = read_bundle(manifest, root, {part.name: part.content for part in offer.parts})
        return Ready.of(bundle, today_of(self._clock))

    def _still_vouched_for(self, root: RootDocument) -> Manifest | None:
        """Return what is installed, if a key that this root names has signed it."""
        with contextlib.suppress(SignatureInvalid):
            return read_manifest(self._kept_manifest, root) if self._kept_manifest else None
        return None

    def _follow(self, envelopes: Sequence[bytes]) -> None:
        """Go on along the chain as far as it is sound; raise at the first link that is not."""
        for envelope in envelopes:
            trusted = self._roots[-1] if self._roots else None
            (root,) = follow_roots([envelope], organisation=self._anchor.organisation, trusted=trusted)
            self._roots += (root,)
            self._envelopes += (envelope,)

    def _take_up(self, raw: bytes) -> Ready | None:
        """Verify a file that we wrote ourselves, perhaps under an older root."""
        try:
            kept = BundleOffer.FromString(raw)
        except DecodeError as error:
            raise BundleMalformed("the file can't be decoded") from error
        self._follow(kept.roots[len(self._envelopes) :])
        if not kept.manifest:
            self._note(kept)
            return None
        manifest, root = self._signed_by_any(kept.manifest)
        ready = self._ready(manifest, root, kept)
        self._manifest = manifest
        self._note(kept)
        return ready

    def _signed_by_any(self, envelope: bytes) -> tuple[Manifest, RootDocument]:
        for root in reversed(self._roots):
            with contextlib.suppress(SignatureInvalid):
                return read_manifest(envelope, root), root
        raise SignatureInvalid("manifest")

    def _keep_roots(self) -> None:
        if self._kept_roots != self._envelopes:
            manifest = self._kept_manifest
            self._keep(BundleOffer(roots=self._envelopes, manifest=manifest, parts=self._kept_parts()))

    def _kept_parts(self) -> Sequence[BundlePart]:
        """Read the parts of what is in use; raise BundleNotKept where the disk has lost them since."""
        if not self._kept_manifest:
            return ()
        try:
            raw = self._read(_CURRENT if self._current_is_sound else _PREVIOUS)
            kept = BundleOffer.FromString(raw or b"")
        except (BundleError, DecodeError, KeyUnavailable) as error:
            raise BundleNotKept("what is in use can't be read again") from error
        if kept.manifest != self._kept_manifest:
            raise BundleNotKept("what is in use is not on the disk any more")
        return kept.parts

    def _note(self, kept: BundleOffer) -> None:
        self._kept_roots, self._kept_manifest = tuple(kept.roots), kept.manifest

    def _read(self, name: str) -> bytes | None:
        return read_sealed(self._folder / name, LARGEST_FILE, lambda: BundleSeal(self._keys))

    def _keep(self, kept: BundleOffer) -> None:
        """Replace the current file; raise BundleNotKept with the old one still in its place."""
        current, previous = self._folder / _CURRENT, self._folder / _PREVIOUS
        aside = self._folder / f".{_CURRENT}"
        link = self._folder / f".{_PREVIOUS}"
        try:
            sealed = BundleSeal(self._keys).seal(kept.SerializeToString())
        except KeyUnavailable as error:
            raise BundleNotKept(str(error)) from error
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_new(aside, sealed)
            if self._current_is_sound and current.exists():
                link.unlink(missing_ok=True)
                link.hardlink_to(current)
                disk.replace(link, previous)
            disk.replace(aside, current)
            disk.sync_folder(self._folder)
        except OSError as error:
            raise BundleNotKept(error.strerror or "can't be written") from error
        self._note(kept)
        self._current_is_sound = True
