from dataclasses import replace

from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.review import states
from lamplighter_collector.review.history import DecisionRecord
from lamplighter_collector.review.states import Ruling, State, Verb
from lamplighter_collector.web.record_wording import (
    claim_line,
    decided_lines,
    earlier_lines,
    follows,
    queue_note,
    record_lines,
    standing_words,
)

from tests.collector.web.samples import NEW, NOW, READER, item

DAY = 24 * 60 * 60_000
CLAIMED = states.claim(NEW, by="wren", now_ms=NOW)
WATCHED = states.decide(
    NEW,
    Ruling(outcome="watch", state=State.WATCHING, watch_until_ms=NOW + 1),
    by="dev",
    now_ms=NOW,
)


def record(**changes: object) -> DecisionRecord:
    row = DecisionRecord(
        number=1,
        at_ms=NOW,
        by="dev",
        verb=Verb.DECIDE,
        outcome="referred",
        reason="police",
        to_state=State.ACTIONED,
        texts={"told": "What was typed.", "parents": "on", "note": "Rang twice."},
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_who_is_reviewing_is_said_to_each_in_their_own_words() -> None:
    mine, theirs = claim_line(CLAIMED, READER), claim_line(CLAIMED, replace(READER, account="dev"))
    assert mine is not None
    assert (mine.lead, mine.mine, mine.free) == ("You are reviewing this.", True, False)
    assert theirs is not None
    assert theirs.lead.startswith("Wren Halloran is reviewing this")
    assert not theirs.mine
    free = claim_line(NEW, READER)
    assert free is not None
    assert free.free
    lapsed = claim_line(CLAIMED, replace(READER, now_ms=NOW + states.CLAIM_MS))
    assert lapsed is not None
    assert lapsed.free
    assert claim_line(item().standing, READER) is None


def test_the_queue_says_why_it_came_back_and_who_is_looking() -> None:
    later = replace(READER, now_ms=NOW + 1)
    assert queue_note(NEW, READER) == ""
    assert queue_note(CLAIMED, READER) == "You are reviewing this."
    assert queue_note(WATCHED, later).startswith("Back because a watch ended on ")
    claimed = states.claim(WATCHED, by="dev", now_ms=NOW + 1)
    assert queue_note(claimed, later).endswith("Dev Castellan is reviewing this.")


def test_a_watch_names_its_date_and_what_is_open_is_open() -> None:
    assert standing_words(WATCHED, "", NOW).startswith("Watch until ")
    assert standing_words(WATCHED, "", NOW + DAY) == "Open"
    assert standing_words(item().standing, "media", NOW) == "No concern: Song, game or film"


def test_the_record_says_who_did_what_and_what_was_written() -> None:
    decided, reopened, undone = record_lines(
        [
            record(),
            record(verb=Verb.REOPEN, outcome="", by="wren", texts={"note": "New facts."}),
            record(verb=Verb.UNDO, outcome="", by="gone", texts={}),
        ],
        READER,
    )
    assert decided.title == "Referred: Police"
    assert decided.byline.startswith("Dev Castellan, ")
    assert ("What you told them, in a sentence or two", "What was typed.") in decided.texts
    assert ("Parents or carers have been told, or there is a reason not to", "Yes") in decided.texts
    assert (reopened.title, reopened.texts) == ("Reopened", (("Reason", "New facts."),))
    assert reopened.byline.startswith("You, ")
    assert undone.byline.startswith("A colleague, ")
    assert "Rang" not in repr(decided)


def test_what_is_worse_leads_back_to_the_closed_item_of_its_theme() -> None:
    items = [
        item(theme="bullying"),
        item(severity=4, id="as grave"),
        item(standing=NEW, id="open"),
        item(id="before"),
    ]
    found = follows("self-harm", 4, items, NOW)
    assert found is not None
    assert found.id == "before"
    assert follows("self-harm", 2, items, NOW) is None


def test_lists_name_item_severity_and_decision() -> None:
    (earlier,) = earlier_lines([item()], NOW)
    assert (earlier.reference, earlier.severity) == ("LL-ABCDEF", "3 Serious")
    (decided,) = decided_lines([item(user="")], READER)
    assert (decided.user, decided.by) == ("an unknown account", "Dev Castellan")
    assert decided.decided == earlier.decided == "No concern: Song, game or film"
    assert item().standing.audience is Audience.DSL
