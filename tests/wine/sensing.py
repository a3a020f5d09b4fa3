"""Types into both fields of a window, on the virtual desktop, while the backends look on inside wine."""

import contextlib

from tests.support.outcome import Outcome, beyond, proven
from tests.wine.prefix import Program, Wine

KEYS = "low-level hook: keys arrive"
QUEUE = "low-level hook: the callback only enqueues (keys reach their window while our loop stands still)"
SECRET = "ES_PASSWORD: a secret field is silent"
POLLED = "title by polling"
TOLD = "title by SetWinEventHook"
DEAD = "dead keys: undisturbed in the window, and composed by us"
ENDS = "hook, events and focus: no thread is left when they are stopped"
NAME_EVENT = 0x800C
ORDINARY, SLOW, HIDDEN, AFTER = "harbour 12", " slowly", "hedgehog", " oars"
ACCENTED = "\u00e9"


def check_sensing(wine: Wine) -> list[Outcome]:
    """Run all checks of hook, titles and fields; raise `TimeoutError` where one never comes to an end."""
    with wine.inside("form.py") as form, wine.inside("watch.py") as watch:
        watch.until(lambda: True in watch.values("started"), "the backends")
        wine.to_front("A form")
        watch.until(lambda: watch.values("title")[-1:] == ["A form"], "the title")
        found = [_keys(wine, form, watch), _queue(wine, form, watch), _secret(wine, form, watch)]
        found += _titles(form, watch)
        found.append(_dead_keys(wine, form, watch))
        watch.tell("end")
        watch.until(lambda: bool(watch.values("stopped")), "the end")
        left = [name for name in watch.values("stopped")[0] if name.startswith("lamplighter")]
        found.append(proven(ENDS, holds=not left, otherwise=f"{len(left)} are"))
        failed = watch.values("failed")
        return [*found, *(proven("no backend failed", holds=False, otherwise=one) for one in failed)]


def _read(watch: Program) -> str:
    return "".join(watch.values("text"))


def _field(form: Program, name: str) -> str:
    """Return what a field of the form really holds."""
    count = len(form.values(name))
    form.tell("say")
    form.until(lambda: len(form.values(name)) > count, "the form's word", seconds=5)
    return str(form.values(name)[-1])


def _enter(form: Program, watch: Program, name: str, role: str) -> None:
    """Give a field the focus and wait until the backends say so."""
    form.tell(name)
    watch.until(lambda: watch.values("role")[-1:] == [role], f"the field {name}")


def _keys(wine: Wine, form: Program, watch: Program) -> Outcome:
    # Wine tells of the focus only when it moves inside a window.
    _enter(form, watch, "secret", "SECRET")
    _enter(form, watch, "plain", "EDITABLE")
    wine.desktop.type_text(ORDINARY, delay_ms=60)
    form.until(lambda: _field(form, "plain") == ORDINARY, "the keys in their window")
    watch.until(lambda: len(_read(watch)) + sum(watch.values("lost")) >= len(ORDINARY), "the keys")
    lost = sum(watch.values("lost"))
    return proven(KEYS, holds=_read(watch) == ORDINARY, otherwise=f"{lost} of {len(ORDINARY)} were dropped")


def _queue(wine: Wine, form: Program, watch: Program) -> Outcome:
    watch.tell("hold")
    watch.until(lambda: watch.values("holding")[-1:] == [True], "the loop to stand still")
    wine.desktop.type_text(SLOW, delay_ms=60)
    form.until(lambda: _field(form, "plain") == ORDINARY + SLOW, "the keys in their window")
    holding = watch.values("holding")[-1]
    watch.until(lambda: watch.values("holding")[-1:] == [False], "the loop to go on")
    watch.until(lambda: len(_read(watch)) >= len(ORDINARY + SLOW), "the keys afterwards")
    came = _read(watch) == ORDINARY + SLOW
    why = "the keys waited for us" if not holding else "keys were lost meanwhile"
    return proven(QUEUE, holds=holding and came, otherwise=why)


def _secret(wine: Wine, form: Program, watch: Program) -> Outcome:
    before = _read(watch)
    _enter(form, watch, "secret", "SECRET")
    wine.desktop.type_text(HIDDEN, delay_ms=60)
    form.until(lambda: _field(form, "secret") == HIDDEN, "the keys in the secret field")
    _enter(form, watch, "plain", "EDITABLE")
    wine.desktop.type_text(AFTER, delay_ms=60)
    watch.until(lambda: _read(watch).endswith(AFTER[-3:]), "the keys after the secret field")
    new = _read(watch).removeprefix(before)
    # The first key in a field may be lost, and is counted; of the secret field none may be there.
    return proven(SECRET, holds=bool(new) and AFTER.endswith(new), otherwise=f"{len(new)} keys were read")


def _titles(form: Program, watch: Program) -> list[Outcome]:
    form.tell("title Another form")
    watch.until(lambda: watch.values("title")[-1:] == ["Another form"], "the new title")
    told = NAME_EVENT in watch.values("event")
    return [
        proven(POLLED, holds=True, otherwise=""),
        beyond(
            TOLD, shown=told, lacking="wine takes the hook and tells neither fronts nor names, only the focus"
        ),
    ]


def _dead_keys(wine: Wine, form: Program, watch: Program) -> Outcome:
    before, held = _read(watch), _field(form, "plain")
    wine.desktop.set_layout("us", "-variant", "intl")
    wine.desktop.key("apostrophe", "e")
    wine.desktop.key("space")
    with contextlib.suppress(TimeoutError):
        form.until(lambda: _field(form, "plain").endswith(" "), "the space in its window", seconds=10)
        watch.until(lambda: _read(watch).endswith(" "), "the space", seconds=10)
    wine.desktop.set_layout("us", "-variant", "")
    window, ours = _field(form, "plain").removeprefix(held), _read(watch).removeprefix(before)
    if window.rstrip() != ACCENTED:
        return beyond(DEAD, shown=False, lacking=f"wine itself made {len(window.rstrip())} characters of it")
    return proven(
        DEAD, holds=ours.rstrip() == ACCENTED, otherwise=f"we made {len(ours.rstrip())} characters of it"
    )
