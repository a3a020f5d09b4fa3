"""A licensed list from its import to the page: found within seconds, and its words are nowhere at all."""

from pathlib import Path

import pytest
from lamplighter_collector.bundles.shelf import newest_bundle
from lamplighter_collector.config import load
from lamplighter_collector.db.console import reading
from lamplighter_collector.people.roles import Role
from lamplighter_keywords.authoring.senso import library_text

from tests.collector.licensed.terms import LICENCE, WORDS, list_file
from tests.journeys.search import contains, files_below
from tests.journeys.stack import Stack
from tests.support.signed_in import sign_in
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey
THEME = "csam"
TYPED = "fennelworth mudlarkish fenwicket everyone hates you just leave "


def test_what_a_licensed_list_finds_is_told_without_any_of_its_words(stack: Stack, tmp_path: Path) -> None:
    stack.start_service()
    stack.tell_collector("licensed", "import", str(list_file(tmp_path / "sent")), *LICENCE)
    wait_for(lambda: stack.status()["bundle"]["version"] == 2, "the list on the device", seconds=60)
    stack.desktop.open_gtk_entry("Notes")
    stack.desktop.type_text(TYPED)
    licensed, beside = stack.wait_for_theme(THEME), stack.wait_for_theme("bullying")

    person = sign_in(stack.collector.web, stack.collector.config, Role.DSL)
    page = person.request(f"/incidents/{licensed['id']}", method="POST").body
    assert "Licensed list partner-1, entry 2; words withheld by licence" in page
    other = person.request(f"/incidents/{beside['id']}", method="POST").body
    # The rest of what was typed beside it is shown: there the search below finds what is to be found.
    assert "fennelworth [withheld] <mark>everyone hates you" in other
    verbs = ("incidents", "detections", "licensed list", "audit list", "bundles show")
    answers = [str(stack.read(verb)) for verb in verbs]
    config = load(stack.collector.config)
    with reading(config.store_url) as connection:
        exported = library_text(newest_bundle(connection, config.organisation).pack)

    stack.stop_service()
    seen = {"page": page.encode(), "other page": other.encode(), "answers": "".join(answers).encode()}
    seen["exported library"] = exported.encode()
    seen |= files_below(stack.folder)
    assert any(contains(content, "partner-1") for content in seen.values())
    for word in WORDS:
        assert [name for name, content in seen.items() if contains(content, word)] == []
