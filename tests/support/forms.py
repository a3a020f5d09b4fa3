"""Filling in the forms of the incident's page as a browser without JavaScript does."""

import re
from html import unescape
from html.parser import HTMLParser

from tests.support.browser import Answer
from tests.support.signed_in import SignedIn


class _Fields(HTMLParser):
    """The values that the first form with this action would send if nobody touched it."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self._action = action
        self._inside = self._done = False
        self._area = ""
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("action") == self._action and not self._done:
            self._inside = True
        if not self._inside:
            return
        if tag == "textarea":
            self._area = found["name"]
            self.values[self._area] = ""
        elif tag == "input":
            is_choice = found.get("type") in {"radio", "checkbox"}
            if not is_choice or "checked" in found:
                self.values[found["name"]] = found.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "form" and self._inside:
            self._inside, self._done = False, True


def fields_of(answer: Answer, action: str) -> dict[str, str]:
    """What the form with this action sends as it stands; empty when the page has none."""
    fields = _Fields(action)
    fields.feed(answer.body)
    return fields.values


def fill_in(reader: SignedIn, incident: str, verb: str = "decide", **answers: str) -> dict[str, str]:
    """The form of a verb on the incident's page, with answers; underscores stand for hyphens in names."""
    path = f"/incidents/{incident}"
    fields = fields_of(reader.request(path), f"{path}/{verb}")
    assert fields, f"no form for {verb}"
    return fields | {name.replace("_", "-"): answer for name, answer in answers.items()}


def send(reader: SignedIn, incident: str, form: dict[str, str], verb: str = "decide") -> Answer:
    return reader.request(f"/incidents/{incident}/{verb}", method="POST", form=form)


def decide(reader: SignedIn, incident: str, **answers: str) -> Answer:
    return send(reader, incident, fill_in(reader, incident, **answers))


def text_of(answer: Answer) -> str:
    """What is read on the page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.body)).split())
