"""What tests of pages share: courses published with a change, answers to every kind of question, completed courses, certificates."""

from dataclasses import dataclass
from typing import Final

from elearn.access.identity import Identity
from elearn.actions import certify
from elearn.actions.publish import publish
from elearn.course.source import Source
from elearn.credential.keys import signing_key
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from elearn.store.releases import get_release
from tests.actions import trial
from tests.factories import make_enrolment, make_summary
from tests.visitor import Seen
from tests.web.conftest import COURSES

#: The addresses of the pages of tests/courses/every_kind.
COURSE: Final = "/en/courses/every-kind/"
BLOCKS: Final = f"{COURSE}lessons/blocks/"
PRACTICE: Final = f"{COURSE}lessons/practice/"
BEFORE: Final = f"{COURSE}quizzes/before/"
DRILL: Final = f"{COURSE}quizzes/drill/"
FINAL: Final = f"{COURSE}quizzes/final/"

Fields = dict[str, str | list[str]]


@dataclass(frozen=True)
class Known:
    """A question of the practice page: fields that are right, fields that are not, and fields nobody can use."""

    right: Fields
    wrong: Fields
    rubbish: Fields
    #: What the page says about each; a scale and an open answer are neither right nor wrong.
    verdict: str = "Right"
    other: str = "Not right"


_STEPS: Final = ("negotiation", "signature", "debate", "ratification")
_UNUSABLE: Final = "x" * 30_000

QUESTIONS: Final[dict[str, Known]] = {
    "who-holds": Known({"choice": "children"}, {"choice": "ministry"}, {"choice": "dragon"}),
    "duties": Known({"choice": ["respect", "protect"]}, {"choice": "forget"}, {"choice": ["respect", "dragon"]}),
    "duties-exact": Known({"choice": "bind"}, {"choice": "sing"}, {"choice": "\u202e"}),
    "treaty-binds": Known({"choice": "no"}, {"choice": "yes"}, {"choice": "perhaps"}),
    "three-duties": Known(
        {"stem-police": "m-respect", "stem-inspector": "m-protect"},
        {"stem-police": "m-fulfil", "stem-inspector": "m-respect"},
        {"stem-police": "dragon"},
    ),
    "treaty-steps": Known(
        {f"place-{step}": str(place) for place, step in enumerate(_STEPS, start=1)},
        {f"place-{step}": str(place) for place, step in enumerate(reversed(_STEPS), start=1)},
        {f"place-{step}": "1" for step in _STEPS},
        other="Partly right",
    ),
    "force": Known(
        {"gap-step": "ratifies", "gap-word": "force-word"}, {"gap-step": "speaks", "gap-word": "view"}, {"gap-step": "<script>"}
    ),
    "body": Known({"text": "Human Rights Committee"}, {"text": "The court"}, {"text": _UNUSABLE}),
    "core-treaties": Known({"text": "9"}, {"text": "3"}, {"text": "nine"}),
    "about": Known({"text": "1500,5"}, {"text": "3"}, {"text": "1e999999"}),
    "below-zero": Known({"text": "-3"}, {"text": "3"}, {"text": "--3"}),
    "population": Known({"text": "20000000"}, {"text": "3"}, {"text": _UNUSABLE}),
    "sure": Known({"choice": "high"}, {"choice": "low"}, {"choice": "dragon"}, "Thank you.", "Thank you."),
    "factory": Known(
        {"scene-start": "ask", "scene-answer": "write"}, {"scene-start": "nothing"}, {"scene-start": "dragon"}, other="Not right"
    ),
    "plan": Known({"text": "To protect."}, {"text": "Nothing."}, {"text": _UNUSABLE}, "A trainer will mark it.", "A trainer will mark it."),
}


def named(question_id: str, fields: Fields) -> Fields:
    """Give fields by the names they have in a form."""
    return {f"{question_id}:{name}": value for name, value in fields.items()}


def form_of(page: Seen, question_id: str) -> Fields:
    """Give what the practice form of one question sends before anybody has touched it."""
    for form in page.all("form", method="post"):
        fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input") if field.get("type") == "hidden"}
        if fields.get("question") == question_id:
            return dict(fields)
    raise AssertionError(question_id)


def part_of(page: Seen, question_id: str) -> str:
    """Give the words of one question on a page."""
    return " ".join("".join(page.one("fieldset", id=f"q-{question_id}").itertext()).split())


def publish_changed(runtime: Runtime, folder: str, *changes: tuple[str, str]) -> int:
    """Publish a course of tests/courses with words of its files and their names replaced; the release is current at once."""
    files = dict(Source.from_folder(COURSES / folder).files)
    for old, new in changes:
        assert any(old.encode() in content for content in files.values()), old
        files = {name.replace(old, new): content.replace(old.encode(), new.encode()) for name, content in files.items()}
    with runtime.database.transaction() as session:
        release = publish(session, Source(files), now=runtime.clock(), accept_changed_keys=True)
    runtime.shelf.forget()
    return release


def publish_open(runtime: Runtime, *changes: tuple[str, str]) -> int:
    """Publish the course of every kind so that anybody may read it."""
    return publish_changed(runtime, "every_kind", ("public = false", "public = true"), *changes)


def complete(runtime: Runtime, person: PersonRow, release_id: int) -> None:
    """Put a person down as having completed the course of a release."""
    with runtime.database.transaction(person.organisation_id) as session:
        release = get_release(session, release_id)
        make_enrolment(session, person, release.course_id)
        make_summary(session, person, release, percent=100, complete_at=runtime.clock())


def certificate(runtime: Runtime, person: PersonRow, release_id: int) -> str:
    """Complete a course and issue its certificate; give the serial."""
    complete(runtime, person, release_id)
    signer = certify.Signer(
        signing_key(runtime.keys.certificate[0].secret), runtime.settings.site_name, runtime.settings.public_url, runtime.chance.randbytes
    )
    admin = Identity(person_id=person.id, organisation_id=person.organisation_id)
    with runtime.database.transaction(person.organisation_id) as session:
        course_id = get_release(session, release_id).course_id
        return trial.issue(session, runtime.shelf, admin, person.id, course_id, signer=signer, now=runtime.clock())
