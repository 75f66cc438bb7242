"""Heavy work: certificates a second, and publishing a large course."""

import re
import time
from collections.abc import Iterator

import tomlkit

from bench.lines import Line
from bench.site import COURSE, Site
from elearn import paths
from elearn.actions.publish import publish
from elearn.course.source import Source
from elearn.credential.print import print_pdf
from elearn.runtime import utc_now
from tests.credential.factories import NAME, SALT
from tests.credential.test_print import make_sheet

_PAGES = 60
_SHEETS = 200
#: The id of a question or another block: one course may have it only once.
_ID = re.compile(rb"^:::+ [a-z-]+ \{#[a-z0-9-]+", re.MULTILINE)


def certificate_lines() -> Iterator[Line]:
    """Certificates with a name, one after the other on one core."""
    sheet = make_sheet("en", "ru")
    print_pdf(sheet, name=NAME, salt=SALT)
    began = time.process_time()
    for _ in range(_SHEETS):
        print_pdf(sheet, name=NAME, salt=SALT)
    yield Line("certificates a second and core", _SHEETS / (time.process_time() - began), 100, "/s", least=True)


def large_course() -> Source:
    """The shipped course with its modules repeated under new names until it has 60 pages, in all its languages."""
    files = dict(Source.from_folder(paths.data("courses") / COURSE).files)
    outline = tomlkit.parse(files["course.toml"].decode())
    outline["id"] = "large-course"
    first = list(outline["module"])
    count = sum(len(module["pages"]) for module in first)
    for number in range(2, _PAGES // count + 2):
        for module in first:
            names = {page: f"{page}-{number}" for page in module["pages"]}
            for page, name in names.items():
                files[f"{module['id']}-{number}/{name}.md"] = _ID.sub(rb"\g<0>-%d" % number, files[f"{module['id']}/{page}.md"])
            made = {"id": f"{module['id']}-{number}", "title": module["title"], "pages": list(names.values())}
            outline["module"].append(made)
    files["course.toml"] = tomlkit.dumps(outline).encode()
    return Source(files)


def publish_lines(site: Site) -> Iterator[Line]:
    """Publishing it as a first release."""
    source = large_course()
    began = time.monotonic()
    with site.runtime.database.transaction() as session:
        publish(session, source, now=utc_now())
    yield Line("publish a course of 60 pages in five languages", time.monotonic() - began, 10, "s")
