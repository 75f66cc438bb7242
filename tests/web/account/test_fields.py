"""Fields of secrets: masked, open to paste and to managers of passphrases; and what is on every page of somebody signed in."""

import pytest
from flask import Flask

from elearn.actions.session import Opened, sign_in
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE
from tests.visitor import Visitor

TOKENS = {"passphrase": {"current-password", "new-password"}, "new_passphrase": {"new-password"}}


@pytest.mark.parametrize("address", ["sign-in", "join", "recover", "passphrase", "sign-in?fresh=1"])
def test_a_passphrase_is_masked_and_may_be_pasted_and_filled_in(visitor: Visitor, member: Visitor, address: str) -> None:
    page = (member if address in ("passphrase", "sign-in?fresh=1") else visitor).get(f"/en/account/{address}")
    fields = [field for field in page.all("input") if field.get("name") in TOKENS]
    assert len(fields) == 1
    for field in fields:
        assert field.get("type") == "password"
        assert field.get("autocomplete") in TOKENS[field.get("name", "")]
        assert field.get("readonly") is None
        assert int(field.get("maxlength", "1000")) >= 1_000  # far above what is allowed: nothing is cut off unseen
        assert not [name for name in field.keys() if name.startswith("on")]  # noqa: SIM118 - an element is no mapping


def test_no_form_asks_for_a_hint_or_a_private_fact(app: Flask, visitor: Visitor, member: Visitor) -> None:
    asked = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("account.") and "GET" in (rule.methods or ()) and not rule.rule.endswith(".json"):
            address = rule.rule.replace("<any(en,ru,kk,tg,tk):lang>", "en")
            for who in (visitor, member):
                answer = who.client.get(address)
                if answer.status_code == 200 and "<" not in address:
                    asked |= {field.get("name", "") for field in who.get(address).all("input")}
    assert not {name for name in asked if any(word in name for word in ("hint", "answer", "mother", "school", "birth", "mail", "phone"))}


@pytest.mark.parametrize(
    "address", ["/en/", "/en/account/", "/en/account/sessions", "/en/learn/", "/en/learn/certificates/", "/en/nothing"]
)
def test_every_page_of_somebody_signed_in_has_a_way_out(member: Visitor, address: str) -> None:
    page = member.get(address, status=404 if address.endswith("nothing") else 200)
    assert page.form("/account/exit").get("method") == "post"
    assert "/en/account/" in page.links()  # where the session can be ended without leaving the site


def test_a_passphrase_works_for_as_long_as_its_owner_keeps_it(runtime: Runtime, learner: PersonRow, clock: StandingClock) -> None:
    clock.move(days=3_650)
    assert isinstance(sign_in(runtime.database, learner.handle, PASSPHRASE, now=clock.now), Opened)
