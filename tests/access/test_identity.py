from elearn.access.identity import VISITOR, Identity, Role, Thing, own


def test_a_visitor_acts_as_a_visitor_whatever_roles_are_claimed() -> None:
    assert VISITOR.anonymous
    assert Identity(roles=frozenset(Role)).acting_as == {Role.VISITOR}


def test_everybody_who_is_signed_in_may_learn() -> None:
    admin = Identity("p1", "o1", frozenset({Role.ADMIN}))
    assert not admin.anonymous
    assert admin.acting_as == {Role.VISITOR, Role.LEARNER, Role.ADMIN}


def test_a_thing_of_ones_own_is_of_ones_organisation() -> None:
    assert own(Identity("p1", "o1")) == Thing("p1", "o1")
