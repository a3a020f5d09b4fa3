"""What the page says, before it is HTML or plain text: pure. Text is never markup here."""

from collections.abc import Iterable
from dataclasses import dataclass

from lamplighter_agent.notice import rules
from lamplighter_agent.notice.facts import Area, Checking, PageFacts
from lamplighter_agent.notice.languages import language_of, moment_in
from lamplighter_agent.notice.words import Words, words_in

# Where a child can tell somebody outside the school. Telephone numbers are a school's own `contacts`, with
# the day on which somebody made sure of them; the two addresses are those that these services give.
ADDRESSES = {
    "ceop": "https://www.ceop.police.uk/Safety-Centre/",
    "childline": "https://www.childline.org.uk/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A list, under a heading of its own where it has one."""

    heading: str = ""
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question and its answer. `kind` is "plain", "yes", "never", "pictures" or "talk"."""

    name: str
    heading: str
    kind: str = "plain"
    paragraphs: tuple[str, ...] = ()
    strong: str = ""
    lead: Group | None = None
    introduction: str = ""
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to talk to, and how; `address` is a page of theirs."""

    who: str
    how: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The whole page. What is folded opens with a press of its heading, so every page holds every word."""

    words: Words
    device: str
    on: bool
    state: str
    detail: str
    # Where it is, and when all this was so: a page can't follow what changes.
    now: tuple[str, ...]
    why: tuple[str, ...]
    sections: tuple[Section, ...]
    folded: tuple[Section, ...]
    contacts: tuple[Contact, ...]


def document_of(facts: PageFacts) -> Document:
    words = words_in(facts.language)
    on = facts.checking is Checking.ON
    tag = one_line(facts.asset_tag)
    shown, folded = _in_order(words, facts)
    return Document(
        words=words,
        device=words.this_device.replace("{asset_tag}", tag) if tag else "",
        on=on,
        state=_state(words, facts),
        detail=one_line(facts.detail) if facts.detail and not on else "",
        now=_now(words, facts),
        why=_filled(words, facts, _why(words, facts)),
        sections=shown,
        folded=folded,
        contacts=(*_school_contacts(words, facts), *_contacts(words)),
    )


def _in_order(words: Words, facts: PageFacts) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """Return what is shown and what is folded for a reader of this age."""
    if facts.checking is Checking.ENDED:
        return _ended(words), ()
    talk, pictures = _talk(words), _pictures(words)
    rest = (
        _checks(words, facts),
        _never(words),
        Section(name="when", heading=words.when_heading, paragraphs=_when(words, facts)),
        *_school(words, facts),
        Section(name="found", heading=words.found_heading, paragraphs=words.found),
        Section(
            name="readers",
            heading=words.readers_heading,
            paragraphs=_filled(words, facts, _readers(words, facts)),
        ),
        Section(name="wrong", heading=words.wrong_heading, paragraphs=words.wrong),
    )
    more = Section(name="more", heading=words.more_heading, paragraphs=words.more)
    adults = Section(
        name="adults", heading=words.adults_heading, paragraphs=_filled(words, facts, words.adults)
    )
    by_age = {
        "pictures": ((pictures, talk), (*rest, more, adults)),
        "11-18": ((*rest, more, talk), (adults, pictures)),
        "adult": ((*rest, more, adults, talk), (pictures,)),
    }
    return by_age.get(facts.age, ((*rest, talk), (pictures, more, adults)))


def _filled(words: Words, facts: PageFacts, sentences: Iterable[str]) -> tuple[str, ...]:
    # One plain replacement, so that braces in a name mean nothing.
    name = one_line(facts.organisation) or words.unnamed
    return tuple(sentence.replace("{organisation}", name) for sentence in sentences)


def one_line(text: str) -> str:
    """Configured text without line breaks, control characters or lone surrogates, which no page can carry."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if char.isprintable() or char in "\u200c\u200d")


def _state(words: Words, facts: PageFacts) -> str:
    if facts.checking is Checking.RESTING and facts.rests_until:
        texts = language_of(words.language).strip
        return words.rests_until.format(until=moment_in(texts, one_line(facts.rests_until)))
    return words.state[facts.checking]


def _now(words: Words, facts: PageFacts) -> tuple[str, ...]:
    place = () if facts.place is None else (words.place_now[facts.place],)
    moment = moment_in(language_of(words.language).strip, facts.since)
    return (*place, *((words.as_of.replace("{moment}", moment),) if moment else ()))


def _why(words: Words, facts: PageFacts) -> tuple[str, ...]:
    off = {Checking.NOT_ENROLLED: words.why_not_enrolled, Checking.ENDED: words.why_ended}
    return off.get(facts.checking, words.why)


def _ended(words: Words) -> tuple[Section, ...]:
    """Nothing is checked for good, so the page says only what still holds."""
    return _never(words), _talk(words)


def _never(words: Words) -> Section:
    return Section(
        name="never", heading=words.never_heading, kind="never", groups=(Group(items=words.never),)
    )


def _talk(words: Words) -> Section:
    return Section(
        name="talk",
        heading=words.talk_heading,
        kind="talk",
        paragraphs=words.talk,
        strong=words.nobody_reading,
    )


def _pictures(words: Words) -> Section:
    return Section(
        name="pictures",
        heading=words.pictures_heading,
        kind="pictures",
        groups=(Group(items=words.pictures),),
    )


def _contacts(words: Words) -> tuple[Contact, ...]:
    people = tuple(Contact(who=who, how=how) for who, how in words.contacts)
    links = (
        Contact(who=words.links[key][0], how=words.links[key][1], address=address)
        for key, address in ADDRESSES.items()
    )
    return (*people, *links)


def _when(words: Words, facts: PageFacts) -> tuple[str, ...]:
    policy = facts.policy
    if policy is None:
        return (*words.when, words.staff_off)
    staff = (
        (words.staff_on, *rules.hours_of(words, policy.staff)) if policy.staff_dpia else (words.staff_off,)
    )
    return (*words.when, *rules.hours_of(words, policy.pupil), *staff)


def _school(words: Words, facts: PageFacts) -> tuple[Section, ...]:
    """What the school signed beyond that: its own words, and the rules for places and portable media."""
    policy = facts.policy
    if policy is None:
        return ()
    own = tuple(one_line(line) for line in rules.school_lines(policy, facts.language))
    place = Section(
        name="place",
        heading=words.place_heading,
        paragraphs=words.place,
        groups=(Group(items=rules.places_of(words, policy.pupil)),),
    )
    sticks = rules.media_of(words, policy.pupil.portable, enforced=facts.media_enforced)
    school = Section(name="school", heading=words.school_heading, paragraphs=(*own, *sticks))
    return place, school


def _readers(words: Words, facts: PageFacts) -> tuple[str, ...]:
    if facts.policy is None:
        return words.readers
    return (*words.readers[:-1], words.kept_days.format(days=facts.policy.retention_days))


def _school_contacts(words: Words, facts: PageFacts) -> tuple[Contact, ...]:
    return tuple(
        Contact(who=one_line(label), how=one_line(value))
        for label, value in rules.contacts_of(words, facts.policy)
    )


def _checks(words: Words, facts: PageFacts) -> Section:
    groups = []
    for area in (*Area, None):
        names = {_theme(words, theme.slug, theme.name) for theme in facts.themes if theme.area is area}
        if names:
            groups.append(Group(heading=words.areas[area], items=tuple(sorted(names))))
    if facts.licensed:
        told = words.licensed.format(count=facts.licensed)
        groups.append(Group(heading=words.licensed_heading, items=(told,)))
    return Section(
        name="checks",
        heading=words.checks_heading,
        kind="yes",
        lead=Group(items=rules.checks_of(words, facts.policy)),
        introduction=words.looks_for if groups else words.no_lists,
        groups=tuple(groups),
    )


def _theme(words: Words, slug: str, name: str) -> str:
    return words.themes.get(slug) or one_line(name)
