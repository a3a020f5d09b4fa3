"""Who reads a page."""

from dataclasses import dataclass, field

from lamplighter_collector.people.roles import Role, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A signed-in account, as everything that decides about reading sees it.

    Subjects are the pseudonyms that stand in ``incidents.subject``: those of the person's own accounts on
    devices, and of their children's.
    """

    account: str
    name: str = field(repr=False)
    roles: frozenset[Role]
    own_subjects: frozenset[str] = frozenset()
    child_subjects: frozenset[str] = frozenset()

    @property
    def closed_subjects(self) -> frozenset[str]:
        """Nobody reads an item about themselves or their own child."""
        return self.own_subjects | self.child_subjects

    @property
    def role_text(self) -> str:
        """The roles for an audit row, such as ``dsl,headteacher``."""
        return ",".join(in_order(self.roles))
