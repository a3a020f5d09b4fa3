from pathlib import Path

import pytest
from lamplighter_collector.db.url import holds_password, store_url
from lamplighter_collector.errors import ConfigError

FOLDER = Path("/etc/lamplighter")
HERE = "postgresql+psycopg://lamplighter@/store?host=/run/postgresql"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:///store.sqlite3", "sqlite:////etc/lamplighter/store.sqlite3"),
        ("sqlite:////var/lib/store.sqlite3", "sqlite:////var/lib/store.sqlite3"),
        (HERE, HERE),
    ],
)
def test_a_file_is_relative_to_the_settings(text: str, url: str) -> None:
    assert store_url(text, FOLDER) == url


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+psycopg://lamplighter:zebra@localhost/store",
        "postgresql+psycopg://lamplighter:zebra@127.0.0.1:5432/store",
        "postgresql+psycopg://lamplighter:zebra@[::1]/store",
        "postgresql+psycopg://lamplighter:zebra@db.example/store?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql+psycopg://u@/store?host=a.example&host=b.example&sslmode=verify-full&target_session_attrs=any",
    ],
)
def test_a_database_here_or_one_that_proves_itself(text: str) -> None:
    assert store_url(text, FOLDER) == text


@pytest.mark.parametrize(
    "text",
    [
        "sqlite://",
        "sqlite:///",
        "mysql://u:zebra@localhost/store",
        "postgresql://u:zebra@localhost/store",
        "postgresql+psycopg://u:zebra@localhost",
        "postgresql+psycopg://u:zebra@localhost/",
        "postgresql+psycopg://u:zebra@localhost:port/store",
        "postgresql+psycopg://u:zebra@[localhost/store",
        "postgresql+psycopg://u:zebra@localhost/store?sslmode",
        "postgresql+psycopg://localhost/store?password=zebra",
        "postgresql+psycopg://u:zebra@localhost/store?options=-csynchronous_commit%3Doff",
        "postgresql+psycopg://u:zebra@db.example/store",
        "postgresql+psycopg://u:zebra@db.example/store?sslmode=require",
        "postgresql+psycopg://u:zebra@db.example/store?sslmode=verify-full&sslmode=disable",
        "postgresql+psycopg://u:zebra@/store?host=/run/postgresql&host=192.0.2.1",
    ],
)
def test_anything_else_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ConfigError, match=r"store\.url") as refusal:
        store_url(text, FOLDER)
    assert "zebra" not in str(refusal.value)


def test_a_password_is_noticed() -> None:
    assert holds_password("postgresql+psycopg://u:zebra@localhost/store")
    assert not holds_password(HERE)
    assert not holds_password("sqlite:////etc/a:b@c/store.sqlite3")
