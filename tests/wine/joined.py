"""The real session helper, started by the launcher, with its sign, its sensors and its pipe."""

import time

from tests.support.outcome import Outcome, proven
from tests.wine.prefix import Program, Wine

TYPED = "harbour twelve "
HIDDEN = "hedgehog "
# What a helper that was killed may take to be back.
BACK_S = 5.0


def check_joined(wine: Wine) -> list[Outcome]:
    """Have a helper started, type a word, kill the helper, and end."""
    with wine.inside("form.py") as form, wine.inside("keep.py") as keep:
        keep.until(lambda: bool(keep.values("admitted")), "the helper on the pipe")
        keep.until(lambda: keep.values("shown")[-1:] == [True], "the sign")
        keep.until(lambda: _working(keep), "titles and text of fields")
        wine.to_front("A form")
        keep.until(lambda: "A form" in keep.values("title"), "the title")
        found = [_sign(keep), _typed(wine, form, keep), _closed(keep)]
        found += [_unkillable(wine, keep), _restart(keep)]
        keep.tell("end")
        keep.until(lambda: bool(keep.values("stopped")), "the end")
        left = keep.values("stopped")[0]
    return [
        *found,
        proven("launcher: no helper is left behind", holds=not left, otherwise=f"{len(left)} are"),
    ]


def _working(keep: Program) -> bool:
    states = keep.values("working")[-1:]
    return bool(states) and states[0].get("window titles") and states[0].get("text of fields")


def _sign(keep: Program) -> Outcome:
    states = [line for line in keep.told() if "shown" in line]
    early = [line for line in states if any(line["working"].values()) and not line["shown"]]
    return proven(
        "helper: the sign is shown before anything is sensed, and the sensors say that they work",
        holds=not early,
        otherwise=f"{len(early)} times a sensor worked without it",
    )


def _typed(wine: Wine, form: Program, keep: Program) -> Outcome:
    for field, text in (("secret", HIDDEN), ("plain", TYPED)):
        form.tell(field)
        _settle(form, field)
        wine.desktop.type_text(text, delay_ms=60)
    keep.until(lambda: TYPED.rsplit(maxsplit=1)[-1] in _text(keep), "the typed word at the service")
    hidden = [word for word in HIDDEN.split() if word in _text(keep)]
    return proven(
        "helper to service: a typed word arrives over the pipe, a secret one does not",
        holds=not hidden,
        otherwise="the secret one came",
    )


def _settle(form: Program, field: str) -> None:
    """Wait until the form says that a field has the focus."""

    def look() -> bool:
        form.tell("say")
        return form.values("focus")[-1:] == [field]

    form.until(look, f"the focus on {field}")


def _text(keep: Program) -> str:
    return "".join(keep.values("typed"))


def _closed(keep: Program) -> Outcome:
    said, readable = keep.values("closed")[-1], keep.values("readable")[-1]
    return proven(
        "helper: no other program of its user may read its memory",
        holds=said and not readable,
        otherwise="it can be opened for reading" if said else "its rights can't be set",
    )


def _unkillable(wine: Wine, keep: Program) -> Outcome:
    wine.run("wine", "taskkill", "/f", "/pid", str(keep.values("started")[-1]))
    return proven(
        "helper: no other program of its user may end it",
        holds=not keep.values("ended"),
        otherwise="it could be ended",
    )


def _restart(keep: Program) -> Outcome:
    first, admitted = keep.values("started")[-1], len(keep.values("admitted"))
    began = time.monotonic()
    keep.tell("kill")
    keep.until(lambda: keep.values("started")[-1] != first, "another helper")
    seconds = time.monotonic() - began
    keep.until(lambda: len(keep.values("admitted")) > admitted, "another helper on the pipe")
    killed = keep.values("killed")[-1]
    return proven(
        "launcher: a helper that was killed is known as killed, and another one started within 5 s",
        holds=killed and seconds < BACK_S,
        otherwise=f"{seconds:.1f} s" if killed else "its end looked like any other",
    )
