"""Answers of an invented school, and where its collector is to be."""

from datetime import date
from pathlib import Path

from lamplighter_collector.setup.answers import Answers, answers_of
from lamplighter_collector.setup.settings_file import Place
from lamplighter_collector.setup.tables import toml_text

TODAY = date(2026, 9, 20)
PASSWORD = "harbour-lantern-quiet-7"


def tables(folder: Path, **sections: object) -> dict[str, object]:
    """A whole file of answers; a section given as None is left out."""
    secret = folder / "rowan.secret"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    secret.chmod(0o600)
    found: dict[str, object] = {
        "organisation": {"name": "Marrowby Vale School"},
        "addresses": {"name": "localhost", "listen": "127.0.0.1"},
        "accounts": [
            {
                "login": "r.alder",
                "name": "Rowan Alder",
                "roles": ["dsl"],
                "device_accounts": ["ralder"],
                "password_file": secret.name,
            },
            {"login": "m.oak", "name": "Morgan Oak", "roles": ["headteacher", "chair"]},
        ],
        "contacts": [contact()],
    }
    return {key: value for key, value in (found | sections).items() if value is not None}


def contact(value: str = "Room 4", checked: str = "2026-09-01") -> dict[str, object]:
    return {"label": "Safeguarding lead", "value": value, "checked": checked}


def answers(folder: Path, **sections: object) -> Answers:
    return answers_of(tables(folder, **sections), folder, TODAY)


def written(folder: Path, **sections: object) -> Path:
    """The file of such answers."""
    path = folder / "answers.toml"
    path.write_text(toml_text(tables(folder, **sections)), encoding="utf-8")
    return path


def place(folder: Path) -> Place:
    return Place(config=folder / "etc" / "collector.toml", data=folder / "data")
