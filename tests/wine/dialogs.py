"""What asks and shows: Windows' own dialog in a process of its own, and a page by what opens pages."""

from pathlib import Path

from lamplighter_agent.backends.asked import UNSHOWN
from lamplighter_agent.notice.languages import language_of

from installers.roll_out.screen import take
from installers.windows.interpreter import windows_path
from tests.support.outcome import Outcome, beyond, proven
from tests.support.sources import ROOT
from tests.wine.prefix import Program, Wine

# Enter presses the first button, Tab goes to the next one; what closes a window is the window manager's.
ANSWERS = {
    "en": (("Return",), "YES"),
    "cy": (("Tab", "Return"), "NO"),
    "ar": (("Tab", "Tab", "Return"), "OTHER"),
    "uk": (("alt+F4",), "CLOSED"),
}
PICTURES = ROOT / ".wine"
OPENER = r"HKCR\htmlfile\shell\open\command"


def check_dialogs(wine: Wine) -> list[Outcome]:
    """Answer the notice in several languages, a form, let one go by itself, and open a page."""
    with wine.inside("ask.py") as ask:
        given = {tag: _notice(wine, ask, tag) for tag in ANSWERS}
        right = [tag for tag, (_, wanted) in ANSWERS.items() if given[tag] == wanted]
        form = _asked(wine, ask, "form", "Which", ("Tab", "Tab", "space", "Down", "Tab", "Return"))
        told = _asked(wine, ask, "told", "", ())
        stopped = _stopped(wine, ask)
        found = [
            proven(
                "notice: TaskDialogIndirect with our words; each button and closing it are told apart",
                holds=len(right) == len(ANSWERS),
                otherwise=f"{len(right)} of {len(ANSWERS)}",
            ),
            proven("form: the option that was chosen is told", holds=form == "1", otherwise="another one"),
            proven(
                "what is only told goes by itself, and all go with the service",
                holds=(told, stopped) == ("CLOSED", "CLOSED"),
                otherwise="one stayed",
            ),
            beyond(
                "the language that an account is spoken to in, from its registry",
                shown=bool(ask.values("language")[0]),
                lacking="wine has none for it",
            ),
        ]
        return [*found, _page(wine, ask)]


def _notice(wine: Wine, ask: Program, tag: str) -> str:
    keys, _ = ANSWERS[tag]
    return _asked(wine, ask, f"notice {tag}", language_of(tag).notice.title, keys)


def _asked(wine: Wine, ask: Program, line: str, title: str, keys: tuple[str, ...]) -> str:
    """Have it asked, press keys once it is in front, and return what was told of it."""
    before = len(ask.values("answer"))
    ask.tell(line)
    if title:
        wine.to_front(title)
        take(wine.desktop.display, PICTURES / f"{line.replace(' ', '-')}.png")
        wine.desktop.key(*keys)
    ask.until(lambda: len(ask.values("answer")) > before, f"the answer to {line}")
    return str(ask.values("answer")[-1])


def _stopped(wine: Wine, ask: Program) -> str:
    ask.tell("stop")
    wine.to_front(language_of("en").notice.title)
    return _asked(wine, ask, "now", "", ())


def _page(wine: Wine, ask: Program) -> Outcome:
    """Open a page where a program is set for pages: one that writes down what it was given."""
    page, seen = wine.folder / "page.html", wine.report_of("opened.py")
    page.write_text("<p>A page.</p>", encoding="utf-8")
    set_opener(wine, seen)
    code = _asked(wine, ask, f"page {windows_path(page)}", "", ())
    if code == str(UNSHOWN):
        return proven("page", holds=False, otherwise="nothing opened it")
    wine.patiently(lambda: page.name in seen.read_text(encoding="utf-8"), "the page where it is opened")
    return proven("page: opened by what the account opens pages with", holds=code == "0", otherwise=code)


def set_opener(wine: Wine, seen: Path) -> None:
    """Have pages opened by a program that tells which, in the report `seen`."""
    opener = wine.command_line(*wine.command("opened.py", windows_path(seen))[1:], "%1")
    wine.run("wine", "reg", "add", r"HKCR\.html", "/ve", "/d", "htmlfile", "/f")
    wine.run("wine", "reg", "add", OPENER, "/ve", "/d", opener, "/f")
