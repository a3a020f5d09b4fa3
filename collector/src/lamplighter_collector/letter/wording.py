"""The letter, section by section, before it is text or HTML. Pure; in plain English, without blame.

It says nothing that the program does not do. Who changes a sentence here changes what schools tell families.
"""

from dataclasses import dataclass
from typing import Final

from lamplighter_keywords.policy.device_policy import Contact

from lamplighter_collector.letter import policy_words
from lamplighter_collector.letter.facts import LetterFacts
from lamplighter_collector.people.roles import Role

_NEVER: Final = (
    "Passwords",
    "Pictures of the screen, the camera, the microphone, or where the device is",
    "Messages and pages as a whole: only words that match a list, with at most 40 characters either side",
    "Files on the device",
    "How fast somebody types; and no score or mark is put on any child",
    "Your own phones and computers",
)
_FOUND: Final = (
    (
        "The words that matched are kept with at most 40 characters either side, the time, the device and "
        "the name of the account. Everything else that was typed is forgotten at once."
    ),
    "They are encrypted on their way to the school and where the school keeps them.",
    (
        "It is a possible concern and no finding: machines make mistakes, and an account's name does not say "
        "who sat there. A person decides what follows. No computer tells anybody off, and nothing goes to "
        "the police or to you by itself."
    ),
)
_CANT: Final = (
    (
        "It is no emergency service: nobody may be reading at night, at weekends and in holidays. If a child "
        "is in danger now, ring 999."
    ),
    "It filters nothing on the web, and it does not take the place of talking with your child.",
)
_CHILD: Final = (
    "The strip at the top of the screen opens a page that says what this device checks and never checks.",
    (
        "The button “I need help” at its end tells an adult at school that your child asked for help. Nobody "
        "has to say why."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question of a family, and its answer."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The whole letter."""

    organisation: str
    date: str
    title: str
    greeting: str
    sections: tuple[Section, ...]
    signature: str


def letter_of(facts: LetterFacts) -> Letter:
    """Write the letter."""
    policy = facts.policy
    pupil = policy.pupil
    return Letter(
        organisation=facts.organisation,
        date=f"{facts.day.day} {facts.day:%B %Y}",
        title="How the school's devices are checked",
        greeting="Dear families,",
        sections=(
            Section(heading="What this is about", paragraphs=_about(facts)),
            Section(heading="What is looked at", items=policy_words.looked_at(pupil)),
            Section(heading="What is never looked at", items=_NEVER),
            Section(heading="What it looks for", paragraphs=_lists(facts), items=facts.themes),
            Section(heading="When", paragraphs=policy_words.times(policy)),
            Section(heading="If something is found", paragraphs=_FOUND),
            Section(heading="Who can read it", paragraphs=(*_readers(facts), *policy_words.staff(policy))),
            Section(heading="How long it is kept", paragraphs=_kept(facts)),
            Section(heading="Memory sticks", paragraphs=policy_words.sticks(pupil)),
            Section(heading="What your child can do", paragraphs=_CHILD),
            Section(heading="What it can't do", paragraphs=_CANT),
            Section(heading="Your rights, and how to ask", paragraphs=_rights(facts)),
            Section(heading="Whom to ask", items=tuple(map(contact_words, policy.contacts))),
        ),
        signature=f"Signed for {facts.organisation}: ____________________",
    )


def contact_words(contact: Contact) -> str:
    return f"{contact.label}: {contact.value} (checked on {contact.checked.isoformat()})"


def _about(facts: LetterFacts) -> tuple[str, ...]:
    return (
        (
            f"{facts.organisation} owns the device that your child uses. A program called Lamplighter runs "
            "on it. It looks out for words that may mean that a child is being hurt, is in danger or needs "
            "help."
        ),
        (
            "It is not a secret: while anything is checked, a strip at the top of the screen says so. Where "
            f"the strip can't be seen, nothing is checked. {policy_words.notice(facts.policy)}"
        ),
        (
            "A device that has not been in touch with the school for "
            f"{facts.policy.silent_days} days stops checking."
        ),
    )


def _lists(facts: LetterFacts) -> tuple[str, ...]:
    if not facts.themes:
        return ("There are no word lists at present, so no words can be found.",)
    own = (
        "Words and phrases about the following. A question or a story about them is not a concern by itself."
    )
    lent = (
        "Some lists are lent to the school by partners who keep children safe. Nobody may show their words."
    )
    return (own, lent) if facts.licensed else (own,)


def _readers(facts: LetterFacts) -> tuple[str, ...]:
    deputies, chairs = facts.readers.get(Role.DEPUTY, 0), facts.readers.get(Role.CHAIR, 0)
    leads = facts.readers[Role.DSL]
    lead = "the designated safeguarding lead" if leads == 1 else f"{leads} designated safeguarding leads"
    deputy = "" if not deputies else f" and {'one deputy' if deputies == 1 else f'{deputies} deputies'}"
    head = "What may be about an adult who works at the school goes to the headteacher instead"
    chair = ", what may be about the headteacher to the chair of governors." if chairs else "."
    return (
        f"What may be about a pupil can be read by {lead}{deputy}. {head}{chair}",
        (
            "Nobody reads what is about themselves or their own child, as far as the school has linked their "
            "accounts. Technicians can't read the words. Each time that somebody opens them is written down."
        ),
    )


def _kept(facts: LetterFacts) -> tuple[str, ...]:
    return (
        (
            f"The school's rule: words that nobody needs any more are kept for {facts.policy.retention_days} "
            "days at most. What a record of safeguarding needs is kept as long as that record. Ask us how we "
            "keep to it."
        ),
    )


def _rights(facts: LetterFacts) -> tuple[str, ...]:
    return (
        (
            "You and your child can ask for a copy of what is kept about your child, have mistakes put "
            "right, and object. Ask in your own words, in writing or in person; it costs nothing."
        ),
        f"Ask here: {contact_words(facts.data_contact)}.",
        "You can also complain to the Information Commissioner (https://ico.org.uk).",
    )
