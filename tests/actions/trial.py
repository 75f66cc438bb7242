"""A small course for the tests of actions: a lesson with practice, a baseline, a drill, a test with pool, time limit and three tries."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import attempt, certify, study
from elearn.actions.attempt import Sitting
from elearn.actions.certify import Signing
from elearn.actions.publish import publish
from elearn.actions.shelf import Shelf
from elearn.course.source import Source
from elearn.store.people import PersonRow
from tests.factories import make_person

TOML: Final = """format = 1
id = "trial"
code = "T02"
title = "A trial"
summary = "A course to try things with."
language = "en"
licence = "CC-BY-SA-4.0"
minutes = 40
level = "foundation"
topics = ["foundations"]
countries = ["KZ", "TJ", "TM"]
public = true

[[objective]]
id = "o1"
text = "Know a right"

[[module]]
id = "one"
title = "One"
pages = ["hello", "before", "drill", "final"]

[completion]
lessons = "read"
quizzes = ["final"]
critical = true

[certificate]
hours = 2
valid_months = 1

[translation]
ru = "en"
kk = "ru"
"""

HELLO: Final = """---
title: Hello
minutes: 10
objectives: o1
---

Words about dignity.

::: single {#hinted}
Who holds the duty?

- [x] The State {#state}
- [ ] The child {#child}
- [ ] Nobody {#nobody}

hint: Who signs?
:::

::: short-text {#typed}
Name the Covenant.

= Covenant {#covenant}
:::
"""

BEFORE: Final = """---
title: Before
kind: quiz
minutes: 5
form: baseline
pass: 0
tries: 1
paging: all
---

::: single {#known}
What is known?

- [x] This {#this}
- [ ] That {#that}
:::
"""

DRILL: Final = """---
title: Drill
kind: quiz
minutes: 5
form: practice
---

::: number {#count answer=3}
How many?
:::
"""

TEST: Final = """---
title: Final
kind: quiz
minutes: 20
objectives: o1
form: test
pass: 60
tries: 3
time: 30
---

::: pool {#bank draw=2}
::: true-false {#t1 answer=yes}
First.
:::

::: true-false {#t2 answer=yes}
Second.
:::

::: true-false {#t3 answer=yes}
Third.
:::

::: true-false {#t4 answer=yes}
Fourth.
:::
:::

::: single {#must critical=yes objective=o1}
Which one?

- [x] Right one {#good}
- [ ] Wrong one {#bad}
- [ ] Worse one {#worse}
:::
"""

RU: Final = """msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "A trial"
msgstr "Проба"

msgid "Know a right"
msgstr "Знать право"

msgid "Words about dignity."
msgstr "Слова о достоинстве."

msgctxt "hello/typed/covenant"
msgid "Covenant"
msgstr "Пакт"
"""

FILES: Final = {
    "course.toml": TOML,
    "one/hello.md": HELLO,
    "one/before.md": BEFORE,
    "one/drill.md": DRILL,
    "one/final.md": TEST,
    "po/ru.po": RU,
}
NEW_QUESTION: Final = "\n::: true-false {#fresh answer=yes}\nNew here.\n:::\n"


def source(**changes: tuple[str, str]) -> Source:
    """The trial course with `old, new` changes by file: toml, hello, before, drill, final, ru."""
    files = dict(FILES)
    names = {path.rpartition("/")[2].partition(".")[0]: path for path in files} | {"toml": "course.toml"}
    for name, (old, new) in changes.items():
        assert old in files[names[name]], old
        files[names[name]] = files[names[name]].replace(old, new)
    return Source({path: text.encode() for path, text in files.items()})


def release(session: Session, shelf: Shelf, now: datetime, *, accept: bool = False, **changes: tuple[str, str]) -> int:
    """Publish the trial course with these changes and let the shelf know."""
    release_id = publish(session, source(**changes), now=now, accept_changed_keys=accept)
    shelf.forget()
    return release_id


def identity(person: PersonRow) -> Identity:
    """Who a person is to the actions."""
    return Identity(person_id=person.id, organisation_id=person.organisation_id)


def learner(session: Session, organisation_id: str) -> Identity:
    """Somebody new who learns."""
    return identity(make_person(session, organisation_id))


class Desk:
    """One learner at the trial course: each method is one thing she does, at the time of `now`."""

    def __init__(self, session: Session, shelf: Shelf, who: Identity, now: datetime) -> None:
        self.session, self.shelf, self.who, self.now = session, shelf, who, now

    def start(self, page: str = "final", *, seed: int = 1, language: str = "en") -> Sitting:
        """Begin or go on."""
        return attempt.start(self.session, self.shelf, self.who, "trial", page, language=language, seed=seed, now=self.now)  # type: ignore[arg-type]

    def answer(self, sitting: Sitting, question: str, *, key: str = "", language: str = "en", **fields: str | list[str]) -> Sitting:
        """Answer one question."""
        form = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
        return attempt.answer(
            self.session, self.shelf, self.who, sitting.row.id, question, form, language=language, key=key, now=self.now  # type: ignore[arg-type]
        )  # fmt: skip

    def submit(self, sitting: Sitting) -> Sitting:
        """Hand in."""
        return attempt.submit(self.session, self.shelf, self.who, sitting.row.id, language="en", now=self.now)

    def take(self, *, right: bool = True, seed: int = 1, must: str = "good") -> Sitting:
        """Take the whole test, all right or (apart from `must`) all wrong."""
        sitting = self.start(seed=seed)
        for drawn in sitting.drawn:
            choice = must if drawn.question_id == "must" else "yes" if right else "no"
            sitting = self.answer(sitting, drawn.question_id, choice=choice)
        return self.submit(sitting)


def issue(session: Session, shelf: Shelf, who: Identity, person_id: str, course_id: str, *, signer: Signing, now: datetime) -> str:
    """Issue a certificate as the office does: read, signed, issued."""
    due = certify.propose(session, shelf, [(person_id, course_id)], random=signer.random, now=now)
    ready = {one: certify.sign(unsigned, signer) for one, unsigned in due.items()}
    return certify.issue(session, shelf, who, ready, person_id, course_id, now=now)


def replace(session: Session, shelf: Shelf, who: Identity, serial: str, reason: str, *, signer: Signing, now: datetime) -> str:
    """Replace a certificate as the office does."""
    ready = certify.sign(certify.propose_replacement(session, shelf, serial, random=signer.random, now=now), signer)
    return certify.replace_certificate(session, shelf, who, serial, reason, ready=ready, now=now)


def complete(desk: Desk) -> None:
    """Do all that the course asks for."""
    published = desk.shelf.course(desk.session, "trial", now=desk.now)
    study.read(desk.session, desk.who, published, "hello", now=desk.now)
    desk.take()
