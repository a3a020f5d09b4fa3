"""``letter``: on standard output the letter alone, beside it what its sender has to know."""

import json
from html import unescape
from pathlib import Path

from lamplighter_collector.clock import utc_now
from lamplighter_collector.setup.answers import answers_of
from lamplighter_collector.setup.desk import begin

from tests.collector.setup.answering import contact, place, tables
from tests.collector.terminal import run


def made(folder: Path) -> Path:
    today = utc_now().date()
    told = tables(folder, contacts=[contact("Room 4", today.isoformat())])
    begin(place(folder), answers_of(told, folder, today))
    return place(folder).config


def test_a_letter_as_text_as_a_page_and_as_json_or_why_there_is_none(tmp_path: Path) -> None:
    config = made(tmp_path)
    text = run(config, "letter", "--data-contact", "safeguarding lead")
    assert text.code == 0
    assert text.out.startswith("Marrowby Vale School\n")
    assert "Before you send it: retention_days = 365" in text.err
    assert "retention_days" not in text.out
    page = run(config, "letter", "--html").out
    assert page.startswith("<!doctype html>")
    headings = [section["heading"] for section in run(config, "letter", "--json").json["sections"]]
    for heading in headings:
        assert heading in text.out
        assert heading in unescape(page)
    assert len(headings) > 10
    assert json.dumps(headings).count("Room 4") == 0
    refused = run(config, "letter", "--data-contact", "zebra")
    assert (refused.code, refused.out) == (2, "")
    assert "--data-contact: the published policy has no contact of that label" in refused.err
    assert "zebra" not in refused.err
