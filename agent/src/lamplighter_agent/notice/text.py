"""The same page as plain text, for a desktop without a browser."""

from lamplighter_agent.notice.document import Document, Group, Section, document_of
from lamplighter_agent.notice.facts import PageFacts


def render_text(facts: PageFacts) -> str:
    """The complete page, 78 columns not enforced: the window that shows it wraps."""
    document = document_of(facts)
    words = document.words
    head = [
        words.title,
        "=" * len(words.title),
        "",
        document.state,
        *document.now,
        _detail(document),
        document.device,
    ]
    parts = ["\n".join(line for line in head if line or line == ""), " ".join(document.why)]
    parts += [] if words.reviewed else [words.not_reviewed]
    parts += [_section(section) for section in (*document.sections, *document.folded)]
    parts += [" ".join(filter(None, (f"{one.who}:", one.how, one.address))) for one in document.contacts]
    parts += list(words.foot)
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _detail(document: Document) -> str:
    return f"{document.words.for_technician} {document.detail}" if document.detail else ""


def _section(section: Section) -> str:
    lines = [section.heading, "-" * len(section.heading)]
    if section.lead is not None:
        lines += _group(section.lead)
    lines += [section.introduction] if section.introduction else []
    lines += [line for group in section.groups for line in _group(group)]
    lines += [*section.paragraphs, *([section.strong] if section.strong else [])]
    return "\n".join(lines)


def _group(group: Group) -> list[str]:
    return [*([f"{group.heading}:"] if group.heading else []), *(f"  - {item}" for item in group.items)]
