"""Who asks, and what they ask about. No passphrases, no sessions, no store."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in an organisation; the operator keeps the server and sees no people. Visitor: not signed in."""

    VISITOR = "visitor"
    LEARNER = "learner"
    TRAINER = "trainer"
    TRANSLATOR = "translator"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Identity:
    """The asker: empty `person_id` for a visitor. Everybody who is signed in may learn, whatever else they are.

    `proven`: a second factor was shown, or none is asked for here. `choosing`: somebody else knows her passphrase, so she has to choose
    her own before anything else. What hangs on both stands in rules.py.
    """

    person_id: str = ""
    organisation_id: str = ""
    roles: frozenset[Role] = frozenset()
    proven: bool = True
    choosing: bool = False

    @property
    def anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return not self.person_id

    @property
    def acting_as(self) -> frozenset[Role]:
        """Every role that may speak for this identity; a visitor's for everybody, no other without a person."""
        return frozenset({Role.VISITOR}) if self.anonymous else self.roles | {Role.VISITOR, Role.LEARNER}


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about: whose it is, whose organisation's, and whether everybody may read it. Empty: nobody's."""

    owner_id: str = ""
    organisation_id: str = ""
    public: bool = False


VISITOR = Identity()


def own(identity: Identity) -> Thing:
    """A thing of the asker's own, for deeds on oneself."""
    return Thing(owner_id=identity.person_id, organisation_id=identity.organisation_id)
