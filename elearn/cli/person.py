"""`elearn person`: how people come into an organisation, for the operator of the server. No list of people, no names."""

import click

from elearn.actions import invite as invites
from elearn.actions import setup, suggest
from elearn.actions.account import NewPerson
from elearn.cli.installation import installation
from elearn.cli.spoken import spoken
from elearn.lang import LANGUAGES, Language
from elearn.store.people import ROLES

_ORGANISATION = click.argument("organisation")


@click.group()
def person() -> None:
    """Let people into an organisation, named by its short name."""


@person.command()
@_ORGANISATION
@click.option("--role", type=click.Choice(invites.ROLES), default="learner", show_default=True, help="What the invited become.")
@click.option("--uses", default=1, show_default=True, help="How many people the code lets in.")
def invite(organisation: str, role: str, uses: int) -> None:
    """Print an invite code; it works for seven days."""
    with spoken(), installation() as runtime, runtime.database.transaction() as session:
        code = setup.invite_into(session, organisation, role=role, uses=uses, now=runtime.clock())
    click.echo(f"Invite code (shown once): {code}")


@person.command()
@_ORGANISATION
@click.option("--role", type=click.Choice(ROLES), default="learner", show_default=True, help="What the person becomes.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The person's language.")
def create(organisation: str, role: str, language: Language) -> None:
    """Make an account with a random handle and passphrase and print them; at first sign-in it chooses its own passphrase."""
    with spoken(), installation() as runtime:
        handle, words = suggest.handle(language, runtime.chance), suggest.passphrase(language, runtime.chance)
        shown = suggest.pseudonym(language, runtime.chance)
        new = NewPerson(handle=handle, pseudonym=shown, passphrase=words, language=language, country="")
        setup.enlist(runtime.database, new, organisation=organisation, role=role, now=runtime.clock())
    click.echo(f"handle={handle} passphrase={words}")
    click.echo("At the first sign-in, within seven days, it chooses a passphrase of its own and gets its recovery sheet.")


@person.command()
@_ORGANISATION
@click.argument("how", type=click.Choice(("open", "invited")))
def joining(organisation: str, how: str) -> None:
    """Say whether anyone may join, or only whoever has an invite."""
    with spoken(), installation() as runtime, runtime.database.transaction() as session:
        setup.let_join(session, organisation, openly=how == "open", now=runtime.clock())
    click.echo(f"{organisation}: {how}")
