"""What the operator decides for everybody while the server runs: names, titles, entries in apps, the quick exit, other addresses."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField, TextAreaField

from elearn.access.permission import Permission
from elearn.actions import settings as deeds
from elearn.actions.settings import Site
from elearn.errors import Invalid
from elearn.web import auth
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form, needed, short
from elearn.web.i18n import gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render


class SiteForm(Form):
    """What the operator decides."""

    name = StringField(lazy_gettext("Name of the site"), needed(lazy_gettext("Write a name for the site.")))
    neutral_titles = BooleanField(lazy_gettext("Titles of pages say the name of the site only"))
    factor_issuer = StringField(lazy_gettext("Entry in the app for codes"), needed(lazy_gettext("Write what the app shall show.")))
    factor_label = StringField(lazy_gettext("Second line of that entry"), needed(lazy_gettext("Write what the app shall show.")))
    exit_url = StringField(lazy_gettext("Where the quick exit leads"), needed(lazy_gettext("Write a whole address.")))
    mirrors = TextAreaField(lazy_gettext("Other addresses of this site, one a line"), [short(10_000)], render_kw={"rows": 4})

    def site(self) -> Site:
        """Give what was decided."""
        return Site(
            name=(self.name.data or "").strip(),
            neutral_titles=bool(self.neutral_titles.data),
            factor_issuer=(self.factor_issuer.data or "").strip(),
            factor_label=(self.factor_label.data or "").strip(),
            exit_url=(self.exit_url.data or "").strip(),
            mirrors=tuple((self.mirrors.data or "").split()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage(Page):
    """The form."""

    template: ClassVar[str] = "admin/site.html"

    form: SiteForm


@blueprint.get("/admin/site")
@requires(Permission.CHANGE_SERVER)
def site() -> str:
    """Show what holds for the site."""
    known = asdict(auth.site())
    return _page(SiteForm(formdata=None, data=known | {"mirrors": "\n".join(known["mirrors"])}))


@blueprint.post("/admin/site")
@requires(Permission.CHANGE_SERVER)
def site_submit() -> ResponseReturnValue:
    """Decide anew; other processes of this server follow within ten seconds."""
    form, who = SiteForm(), identity()
    if not form.validate():
        return _page(form), 422
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            changed = deeds.change_site(session, who, form.site(), defaults=runtime().site_defaults, now=now())
    except Invalid as error:
        form.show_problems(error, {})
        return _page(form), 422
    runtime().sites.forget()
    leave_notice(ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", changed) if changed else _nothing_changed())
    return redirect(href("admin.site"), 303)


def _nothing_changed() -> str:
    return gettext("Nothing was changed.")


def _page(form: SiteForm) -> str:
    return render(SitePage(title=gettext("Settings of the site"), form=form))
