"""Every error the keywords raise on purpose.

::

    KeywordsError
      ListMalformed(file, term, line, problem)     a list can't be used; says where
      ThemesMalformed(file, line, problem)         themes.toml can't be used
      KnowledgeMalformed(file, line, problem)      a file of the benign knowledge can't be used
      ThemeUnknown(theme)                          a slug that themes.toml does not have
      ListsMissing(folder)                         nothing to load there
      SchoolMissing(folder)                        neither lists nor changes of a school there
      PatternRefused(problem)                      a regular expression outside the bounded subset
      VocabularyUnusable(file, problem)            the file of known words is missing or damaged
      PhraseRefused(problem)                       a text that breaks the phrase language
      LicensedMalformed(faults)                    a licensed list can't be used; quotes nothing of it
      PolicyError(key, problem)                    a device policy can't be used; names the setting
      MediumUnnameable(problem)                    a medium that no permission can name
      RegisterTooLarge(permissions)                more permissions than one register may hold
      BundleError                                  what a device is offered is not taken
        SignatureInvalid(what)                     not signed by those who may
        BundleStale(offered, installed)            older than what is in use
        BundleLeaps(offered, installed)            absurdly far above what is in use
        BundleMalformed(what)                      not what its format or its checksums say
        BundleForeign()                            made for another organisation
        BundleTooNew(needed)                       for a later version of the agent

Messages name files, terms and lines of lists; never a text that was looked at.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_FAULTS_SHOWN = 20


class KeywordsError(Exception):
    """Root of the keywords' errors."""


class ListMalformed(KeywordsError):
    """A list breaks the format. `term` is empty where the fault is not inside one term.

    `others` are further faults of the same file; the message is of the first.
    """

    def __init__(
        self, file: str, term: str, line: int, problem: str, *, others: tuple["ListMalformed", ...] = ()
    ) -> None:
        where = f"{file}:{line}: {term}: " if term else f"{file}:{line}: "
        super().__init__(where + problem)
        self.file = file
        self.term = term
        self.line = line
        self.problem = problem
        self.others = others

    @property
    def every(self) -> tuple["ListMalformed", ...]:
        return (self, *self.others)


class ThemesMalformed(KeywordsError):
    """The table of themes breaks its format."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class KnowledgeMalformed(KeywordsError):
    """A file of the benign knowledge breaks its format."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class ThemeUnknown(KeywordsError):
    """No theme has this slug. Of those that are `known`, the one most like it is named."""

    def __init__(self, theme: str, known: Iterable[str] = ()) -> None:
        near = get_close_matches(theme, known, n=1)
        meant = f"did you mean {near[0]!r}? The" if near else "the"
        super().__init__(f"unknown theme {theme!r}; {meant} command `themes` shows every theme")
        self.theme = theme


class ListsMissing(KeywordsError):
    """The folder is not there, or holds no list."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"no lists (*.toml) in {folder}; name the folder that holds them")
        self.folder = folder


class SchoolMissing(KeywordsError):
    """The folder is not there, or holds neither lists nor changes of a school."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"neither a folder lists nor a file overrides.toml in {folder}; name the folder that holds them"
        )
        self.folder = folder


class TextMissing(KeywordsError):
    """Nothing was given to be looked at."""

    def __init__(self) -> None:
        super().__init__("no text given: write it between quotes behind --text")


class PatternRefused(KeywordsError):
    """A regular expression could run too long, or uses what the subset does not have."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class VocabularyUnusable(KeywordsError):
    """The file of known words is missing or damaged."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem


class PhraseRefused(KeywordsError):
    """A text breaks the phrase language, or stands for too many spellings."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class LicensedMalformed(KeywordsError):
    """A licensed list can't be used. Each fault is a line, 0 where none is to blame, and what is wrong there.

    Nothing of the list is quoted.
    """

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        shown = [f"line {line}: {problem}" if line else problem for line, problem in faults[:_FAULTS_SHOWN]]
        if len(faults) > _FAULTS_SHOWN:
            shown.append(f"and {len(faults) - _FAULTS_SHOWN} more")
        super().__init__("; ".join(shown))
        self.faults = tuple(faults)


class PolicyError(KeywordsError):
    """A setting of the device policy is missing, unknown or wrong."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}" if key else problem)
        self.key = key
        self.problem = problem


class MediumUnnameable(KeywordsError):
    """No permission can name this medium: it is written wrongly or can't be told from others."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class RegisterTooLarge(KeywordsError):
    """More permissions than one register may hold."""

    def __init__(self, permissions: int) -> None:
        super().__init__(f"{permissions} permissions are too many for one register: end some")
        self.permissions = permissions


class BundleError(KeywordsError):
    """What a device was offered is not taken. `slug` is what is reported about it."""

    slug = "bundle-refused"


class SignatureInvalid(BundleError):
    """A document is not signed by those who may sign it."""

    slug = "signature-invalid"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: not signed by those who may")
        self.what = what


class BundleStale(BundleError):
    """A version that is older than what is in use, or the same number with another content."""

    slug = "bundle-stale"

    def __init__(self, offered: int, installed: int) -> None:
        super().__init__(f"version {offered} was offered, version {installed} is in use")
        self.offered = offered
        self.installed = installed


class BundleLeaps(BundleError):
    """A version so far above what is in use that only a thief would have signed it."""

    slug = "version-leaps"

    def __init__(self, offered: int, installed: int) -> None:
        super().__init__(f"version {offered} was offered, far above version {installed}")
        self.offered = offered
        self.installed = installed


class BundleMalformed(BundleError):
    """Not what its format or its checksums say. `what` names the part, never its content."""

    slug = "bundle-malformed"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BundleForeign(BundleError):
    """Signed, but for another organisation."""

    slug = "bundle-foreign"

    def __init__(self) -> None:
        super().__init__("made for another organisation")


class BundleTooNew(BundleError):
    """It needs a later version of the agent."""

    slug = "agent-too-old"

    def __init__(self, needed: str) -> None:
        super().__init__(f"needs an agent of version {needed} or later")
        self.needed = needed
