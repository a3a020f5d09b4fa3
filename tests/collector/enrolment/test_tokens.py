"""Tokens on both databases: what each refusal needs, and who gets the last use."""

import threading
from dataclasses import replace

import pytest
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.enrolment.models import enrolment_tokens
from lamplighter_collector.enrolment.tokens import (
    Plan,
    examine,
    is_asset_tag,
    is_rule,
    issue,
    list_tokens,
    spend,
    withdraw,
)
from lamplighter_collector.errors import EnrolmentRefused
from sqlalchemy import Engine

from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

AT = 1_795_248_000_000
HOUR = 3_600_000
PLAN = Plan(asset_tags="AV-00*", device_group="pupils", attester=b"sealed", uses=2, hours=24)


def issued(engine: Engine, plan: Plan = PLAN) -> str:
    with engine.begin() as connection:
        text, expires_at = issue(connection, ORGANISATION, plan, AT)
    assert expires_at == AT + plan.hours * HOUR
    return text


def refusal(
    engine: Engine, text: str, tag: str = "AV-0042", at: int = AT + 1, organisation: str = ORGANISATION
) -> str:
    """Use a token once; the slug of the refusal, or nothing."""
    try:
        with engine.begin() as connection:
            token = examine(connection, organisation, text, tag, at)
            spend(connection, organisation, token)
    except EnrolmentRefused as error:
        return error.reason
    return ""


def test_used_as_often_as_it_says_and_never_again(engine: Engine) -> None:
    text = issued(engine)
    assert [refusal(engine, text) for _ in range(4)] == ["", "", "token-used-up", "token-used-up"]


def test_the_secret_is_not_in_the_store(engine: Engine) -> None:
    id_, _, secret = issued(engine).partition(".")
    assert len(secret) == 26
    (row,) = rows(engine, enrolment_tokens)
    assert id_ in row
    assert secret not in repr(row)


@pytest.mark.fault
def test_a_wrong_secret_and_an_unknown_token_are_the_same(engine: Engine) -> None:
    text = issued(engine)
    id_, _, secret = text.partition(".")
    other = issued(engine)
    wrong = [
        "",
        ".",
        id_,
        f"{id_}.",
        f"{id_}.{secret[:-1]}",
        f"{id_}.{other.partition('.')[2]}",
        f"nowhere.{secret}",
        text.upper(),
        f"{text} ",
        "\N{SNOWMAN}.\N{SNOWMAN}",
        f"\0.{secret}",
        f"{id_}\0.{secret}",
        f"{id_}.{secret}\0",
        f"{'a' * 100_000}.{secret}",
    ]
    assert {refusal(engine, each) for each in wrong} == {"token-unknown"}
    assert refusal(engine, text, organisation="Elsewhere") == "token-unknown"
    assert refusal(engine, text) == ""


@pytest.mark.parametrize(
    ("at", "reason"),
    [(AT, ""), (AT + 24 * HOUR - 1, ""), (AT + 24 * HOUR, "token-expired"), (AT - 2 * HOUR, "token-expired")],
)
def test_its_time(engine: Engine, at: int, reason: str) -> None:
    assert refusal(engine, issued(engine), at=at) == reason


@pytest.mark.parametrize(
    "tag", ["BV-0042", "av-0042", "AV-1042", "", " AV-0042", "AV-00/../42", "AV-00\n", "A" * 65, "AV-00é"]
)
def test_an_asset_tag_outside_the_rule_costs_no_use(engine: Engine, tag: str) -> None:
    text = issued(engine)
    assert refusal(engine, text, tag) == "asset-tag-refused"
    assert rows(engine, enrolment_tokens, "uses_left") == [(2,)]


def test_withdrawn(engine: Engine) -> None:
    text = issued(engine)
    with engine.begin() as connection:
        id_ = text.partition(".")[0]
        assert withdraw(connection, ORGANISATION, id_, AT)
        assert not withdraw(connection, ORGANISATION, id_, AT)
        assert not withdraw(connection, ORGANISATION, "nowhere", AT)
        (row,) = list_tokens(connection, ORGANISATION)
        assert row["withdrawn_at"] == AT
        assert "secret_hash" not in row
    assert refusal(engine, text) == "token-withdrawn"


def test_of_two_that_want_the_last_use_one_gets_it(store_url: str) -> None:
    engines = [writing_engine(store_url) for _ in range(2)]
    text = issued(engines[0], replace(PLAN, uses=1))
    answers: list[str] = []
    ready = threading.Barrier(2)

    def device(engine: Engine) -> None:
        ready.wait()
        answers.append(refusal(engine, text))

    threads = [threading.Thread(target=device, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sorted(answers) == ["", "token-used-up"]


def test_what_can_be_a_tag_and_a_rule() -> None:
    assert all(map(is_asset_tag, ["AV-0042", "a", "A.b_c-9", "x" * 64]))
    assert not any(map(is_asset_tag, ["", "-a", "a b", "a*", "a\n", "x" * 65]))
    assert all(map(is_rule, ["AV-00*", "*", "AV-????", "AV-0042"]))
    assert not any(map(is_rule, ["", "AV [0-9]", "[ab]*", "x" * 65]))
