"""Every error the keywords raise on purpose.

::

    KeywordsError
      ListMalformed(file, term, line, problem)     a list can't be used; says where
      ThemesMalformed(file, line, problem)         themes.toml can't be used
      ThemeUnknown(theme)                          a slug that themes.toml does not have
      ListsMissing(folder)                         nothing to load there
      PatternRefused(problem)                      a regular expression outside the bounded subset

Messages name files, terms and lines of lists; never a text that was looked at.
"""


class KeywordsError(Exception):
    """Root of the keywords' errors."""


class ListMalformed(KeywordsError):
    """A list breaks the format. `term` is empty where the fault is not inside one term."""

    def __init__(self, file: str, term: str, line: int, problem: str) -> None:
        where = f"{file}:{line}: {term}: " if term else f"{file}:{line}: "
        super().__init__(where + problem)
        self.file = file
        self.term = term
        self.line = line
        self.problem = problem


class ThemesMalformed(KeywordsError):
    """The table of themes breaks its format."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class ThemeUnknown(KeywordsError):
    """No theme has this slug."""

    def __init__(self, theme: str) -> None:
        super().__init__(f"unknown theme {theme!r}")
        self.theme = theme


class ListsMissing(KeywordsError):
    """The folder is not there, or holds no list."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"no lists (*.toml) in {folder}")
        self.folder = folder


class PatternRefused(KeywordsError):
    """A regular expression could run too long, or uses what the subset does not have."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
