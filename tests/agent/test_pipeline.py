from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.observation import TypedText, WindowTitle
from lamplighter_agent.pipeline import REMEMBERED, Pipeline
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.policy.device_policy import Floor
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.keywords.bundles.test_licensed import made
from tests.keywords.lists import matcher_of, pack_of, term

SAM = Speaker(
    user="sam",
    kind=pb.USER_KIND_PUPIL,
    session=1,
    identity=pb.IDENTITY_CONFIDENCE_KIOSK,
    place=pb.PLACE_ON_SITE,
)
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Bench:
    """A pipeline over a small list about lamps: severity 4 for `lantern`, 1 for `candle`."""

    def __init__(self) -> None:
        self.contexts = ContextCounts()
        terms = (
            term("lantern", "lantern on a pole", term_id="lamp-1", severity=4),
            term("candle", term_id="lamp-2", severity=1),
        )
        self.pipeline = Pipeline(matcher_of(*terms), SystemClock(), self.contexts)

    def typed(
        self, text: str, *, position: int = 0, field: int = 1, speaker: Speaker = SAM, pasted: bool = False
    ) -> list[Detection]:
        observed = TypedText(
            field_id=field, position=position, text=text, pasted=pasted, application="xterm", observed_at=AT
        )
        return self.pipeline.process(observed, speaker)

    def title(self, title: str, speaker: Speaker = SAM) -> list[Detection]:
        return self.pipeline.process(WindowTitle(title=title, application="editor", observed_at=AT), speaker)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_match_becomes_a_detection_with_the_kernel_s_user(bench: Bench) -> None:
    (found,) = bench.typed("I carry a lantern ")
    assert (found.term, found.severity, found.user, found.application) == ("lamp-1", 4, "sam", "xterm")
    assert found.evidence is not None
    assert (found.evidence.before, found.evidence.matched) == ("I carry a ", "lantern")
    assert (found.source, found.user_kind, len(found.id)) == (pb.SOURCE_TYPED, pb.USER_KIND_PUPIL, 16)
    assert (found.identity, found.place) == (pb.IDENTITY_CONFIDENCE_KIOSK, pb.PLACE_ON_SITE)


def test_what_does_not_match_leaves_nothing(bench: Bench) -> None:
    assert bench.typed("nothing of the kind ") == []


def test_the_growing_window_of_a_field_counts_each_match_once(bench: Bench) -> None:
    assert len(bench.typed("a lantern ")) == 1
    assert bench.typed("a lantern and ") == []
    # The ring moved on: the same place of the field under another offset.
    assert bench.typed("lantern and a ", position=2) == []
    assert len(bench.typed("lantern and a lantern ", position=2)) == 1


def test_a_match_that_grows_while_it_is_typed_counts_once(bench: Bench) -> None:
    assert len(bench.typed("a lantern ")) == 1
    assert bench.typed("a lantern on a pole ") == []
    assert len(bench.typed("a lantern on a pole lantern ")) == 1


def test_another_field_user_session_or_place_counts_anew(bench: Bench) -> None:
    assert len(bench.typed("lantern ")) == 1
    assert len(bench.typed("lantern ", field=2)) == 1
    assert len(bench.typed("lantern ", position=500)) == 1
    assert len(bench.typed("lantern ", speaker=Speaker(user="sam", kind=SAM.kind, session=2))) == 1


def test_a_match_seen_standing_is_not_counted_again_when_it_is_deleted(bench: Bench) -> None:
    assert len(bench.typed("lantern ")) == 1
    assert bench.typed("lantern " + "\b" * 8 + "hello ") == []


def test_a_title_counts_once_while_it_stays(bench: Bench) -> None:
    assert len(bench.title("lantern - Editor")) == 1
    assert bench.title("lantern - Editor") == []
    assert bench.title("Desktop") == []
    assert len(bench.title("lantern - Editor")) == 1


def test_severity_one_is_only_counted(bench: Bench) -> None:
    assert bench.typed("a candle ") == []
    assert bench.typed("a candle and ") == []
    counted = bench.contexts.take_finished(datetime.now(UTC) + timedelta(days=2))
    assert [(one.severity, one.repeats, one.evidence) for one in counted] == [(1, 1, None)]


def test_pasted_text_is_named_so(bench: Bench) -> None:
    (found,) = bench.typed("lantern ", pasted=True)
    assert found.source == pb.SOURCE_PASTED


def test_memory_is_bounded_and_given_back(bench: Bench) -> None:
    for field in range(REMEMBERED + 10):
        bench.typed("lantern ", field=field)
    assert len(bench.pipeline._seen) == REMEMBERED
    bench.title("a title")
    bench.pipeline.forget(SAM.session)
    assert (len(bench.pipeline._seen), bench.pipeline._titles) == (0, {})


class LicensedBench(Bench):
    """Beside the lamps a licensed list: entry 1 `quibblefen`, entry 2 `mud lark song`."""

    def __init__(self, expires: int = 1 << 50) -> None:
        super().__init__()
        licensed = replace(made("quibblefen", "mud lark song"), expires=expires)
        terms = (term("lantern", "lantern on a pole", term_id="lamp-1", severity=4),)
        self.pipeline = Pipeline(Matcher(pack_of(*terms), [licensed]), SystemClock(), self.contexts)


def test_what_a_licensed_list_finds_has_a_number_and_no_text() -> None:
    for found in (LicensedBench().typed("my mud lark song here "), LicensedBench().title("my mud lark song")):
        (detection,) = found
        assert (detection.term, detection.lane, detection.theme) == ("partner-1:2", "licensed", "csam")
        assert detection.evidence is None
        assert detection.severity >= 4
        raw = detection.message("school").SerializeToString().lower()
        assert not any(word in raw for word in (b"mud", b"lark", b"song", b"here"))


def test_what_stands_beside_a_licensed_entry_shows_without_it() -> None:
    lamp, licensed = LicensedBench().typed("a lantern and a mud lark song too ")
    assert licensed.evidence is None
    assert lamp.evidence is not None
    assert lamp.evidence.after == " and a [withheld] too "


def test_a_licensed_entry_counts_once_for_a_place() -> None:
    bench = LicensedBench()
    assert len(bench.typed("quibblefen ")) == 1
    assert bench.typed("quibblefen and ") == []
    assert len(bench.typed("quibblefen and quibblefen ")) == 1


def test_a_licence_that_is_over_finds_nothing() -> None:
    over = LicensedBench(expires=1_000_000)
    assert over.typed("quibblefen ") == []
    assert [one.term for one in over.typed("quibblefen lantern ")] == ["lamp-1"]


pieces = st.sampled_from(
    [
        "quibblefen",
        "mud",
        "lark",
        "song",
        "lantern",
        "on a pole",
        "xx",
        "\b",
        "\b\b\b\b\b",
        " ",
        " ",
        " ",
        ", ",
    ]
)


@given(st.lists(pieces, min_size=1, max_size=40).map("".join))
def test_no_evidence_ever_shows_a_licensed_entry(text: str) -> None:
    bench = LicensedBench()
    matcher = Matcher(pack_of(term("lantern")), [made("quibblefen", "mud lark song")])
    for found in (*bench.typed(text), *bench.title(text.replace("\b", ""))):
        if found.evidence is None:
            assert found.lane == "licensed"
            continue
        shown = found.evidence.before + found.evidence.matched + found.evidence.after
        assert matcher.withheld(shown) == []


def test_what_does_not_count_here_and_now_is_not_even_counted() -> None:
    contexts = ContextCounts()
    terms = (
        term("lantern", term_id="lamp-1", severity=2),
        term("lantern oil", term_id="lamp-1b", severity=4),
        term("candle", term_id="lamp-2", severity=1),
    )
    core = Pipeline(matcher_of(*terms), SystemClock(), contexts)
    other = Pipeline(matcher_of(*terms, theme="other-theme"), SystemClock(), contexts)

    def severities(pipeline: Pipeline, text: str, floor: Floor) -> list[int]:
        observed = TypedText(
            field_id=1, position=0, text=text, pasted=False, application="xterm", observed_at=AT
        )
        return [found.severity for found in pipeline.process(observed, SAM, floor)]

    serious, gravest = Floor(severity=3), Floor(severity=4, core_only=True)
    assert severities(core, "a candle, a lantern ", serious) == []
    # It grew while it was typed.
    assert severities(core, "a candle, a lantern oil ", serious) == [4]
    assert severities(other, "a lantern oil ", gravest) == []
    assert severities(other, "a lantern oil ", Floor()) == [4]
    title = WindowTitle(title="lantern oil", application="editor", observed_at=AT)
    assert [one.severity for one in core.process(title, SAM, serious)] == [3]
    assert other.process(title, SAM, gravest) == []
    assert contexts.take_finished(AT + timedelta(days=400)) == []
