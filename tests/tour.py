"""Every kind of page once: people at different points of a course, brought there through the forms, and the stations to look at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

from elearn.course.model import Course, Lesson, Module, Page, QuizPage, page_questions
from elearn.quiz.model import Form, Question, SingleChoice
from elearn.quiz.response import redisplay, right_response
from tests.visitor import Seen, Visitor

Fields = dict[str, str | list[str]]
#: What the people of the tour answer where a sentence of their own is asked for.
TYPED: Final = "The duty to protect."


@dataclass(frozen=True)
class Station:
    """One page to look at: who goes there, the path below the language, and a form to send from it when `send` names its action."""

    name: str
    who: str
    path: str
    status: int = 200
    send: str = ""
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Tour:
    """People by name (stranger, newcomer, beginner, graduate, finisher, admin) and the stations they can reach."""

    people: dict[str, Visitor]
    stations: tuple[Station, ...]


def tour(people: dict[str, Visitor], course: Course) -> Tour:
    """Bring the people to where they belong and list the stations. The admin belongs to the organisation of the others."""
    beginner = Walk(people["beginner"], course)
    graduate = Walk(people["graduate"], course)
    begun = beginner.begin()
    held = graduate.graduate(people["admin"])
    beginner.practise(right=False)
    Walk(people["finisher"], course).complete()
    stations = (
        *_public(course, held["serial"]),
        *_account(),
        *_learning(course, begun, held),
        *_admin(held["serial"]),
        *_office(people["admin"], course),
    )
    return Tour(people, stations)


class Walk:
    """One person on the way through a course; every step goes through a form of a page."""

    def __init__(self, visitor: Visitor, course: Course) -> None:
        self.visitor, self.course = visitor, course
        self.quizzes = {page.quiz.form: (module, page) for module, page in course.pages() if isinstance(page, QuizPage)}

    def address(self, module: Module, page: Page) -> str:
        """Give the address of a page below the language."""
        return f"courses/{self.course.id}/{module.id}/{page.id}/"

    def post(self, page: Seen, target: str, fields: Mapping[str, str | list[str]]) -> Seen:
        """Send fields with the token of a page, where several forms of it lead to the same place."""
        token = page.all("input", name="csrf_token")[0].get("value", "")
        answer = self.visitor.client.post(target, data={"csrf_token": token, **fields}, follow_redirects=True)
        assert answer.status_code == 200, target
        return self.visitor.get(answer.request.path)

    def practise(self, *, right: bool) -> None:
        """Answer every practice question of the lessons, as the key says or, where that is simple, not so."""
        for module, page in self.course.pages():
            if isinstance(page, Lesson):
                seen = self.visitor.get(f"/en/{self.address(module, page)}")
                for question in page_questions(page):
                    fields = answer_fields(question, right=right)
                    if fields:
                        self.post(seen, f"{seen.address}practise", {"question": question.id, **fields})

    def read(self) -> None:
        """Press the button at the end of every lesson."""
        for module, page in self.course.pages():
            if isinstance(page, Lesson):
                seen = self.visitor.get(f"/en/{self.address(module, page)}")
                self.visitor.submit(seen, "/read", {})

    def start(self, form: Form) -> Seen:
        """Begin an attempt at the quiz of a form (baseline, test)."""
        module, page = self.quizzes[form]
        return self.visitor.submit(self.visitor.get(f"/en/{self.address(module, page)}"), "/start")

    def answer_all(self, seen: Seen) -> Seen:
        """Answer as the key says until the look back."""
        known = {question.id: question for _, page in self.course.pages() for question in page_questions(page)}
        while ids := [box.get("value", "") for box in seen.all("input", name="question")]:
            fields: Fields = {"question": ids}
            for name in ids:
                fields |= answer_fields(known[name], right=True)
            seen = self.visitor.submit(seen, "/answer", fields)
        return seen

    def begin(self) -> dict[str, str]:
        """Begin: the baseline stays open, the first test is handed in empty and a second one is open."""
        baseline = self.start("baseline")
        first = self.start("test")
        ends = self.visitor.submit(self.visitor.get(f"{first.address}?q=end"), "/hand-in")
        second = self.start("test")
        return {"all": below(baseline.address), "one": below(second.address), "failed": below(ends.address)}

    def complete(self) -> Seen:
        """Read, practise and pass, so that a certificate is due; gives the result."""
        self.practise(right=True)
        self.read()
        return self.visitor.submit(self.answer_all(self.start("test")), "/hand-in")

    def graduate(self, admin: Visitor) -> dict[str, str]:
        """Do all of it; the admin issues the certificate, and no other that is due: one admin may not issue without end."""
        known = _due(admin)
        thanks = self.visitor.submit(self.answer_all(self.start("baseline")), "/hand-in")
        passed = self.complete()
        chosen = urlencode({"due": sorted(_due(admin) - known)}, doseq=True)
        admin.submit(admin.get(f"/en/admin/certificates/preview?{chosen}"), "/issue")
        number = next(link for link in self.visitor.get("/en/learn/certificates/").links() if "/verify/" in link)
        return {"thanks": below(thanks.address), "passed": below(passed.address), "serial": urlsplit(number).path.rsplit("/", 1)[1]}


def _due(admin: Visitor) -> set[str]:
    return {box.get("value", "") for box in admin.get("/en/admin/").all("input", name="due")}


def answer_fields(question: Question, *, right: bool) -> Fields:
    """Give the form fields of an answer; a wrong one only to a choice among several, else none."""
    if right:
        given = redisplay(question, right_response(question)) or _any_answer(question)
        return {f"{question.id}:{name}": list(values) for name, values in given.items()}
    if not isinstance(question, SingleChoice):
        return {}
    return {f"{question.id}:choice": next(choice.id for choice in question.choices if not choice.fraction)}


def _any_answer(question: Question) -> dict[str, tuple[str, ...]]:
    """Answer what has no key: the first point of a scale, a sentence for an open question."""
    points = getattr(question, "choices", ())
    return {"choice": (points[0].id,)} if points else {"text": (TYPED,)}


def below(address: str) -> str:
    """Give an address without its language."""
    return address.split("/", 2)[2]


def _public(course: Course, serial: str) -> tuple[Station, ...]:
    lessons = [(module, page) for module, page in course.pages() if isinstance(page, Lesson)]
    quiz = next((module, page) for module, page in course.pages() if isinstance(page, QuizPage) and page.quiz.form == "test")
    who = "stranger" if course.public else "newcomer"
    place = f"courses/{course.id}"
    return (
        Station("home", "stranger", ""),
        Station("safety", "stranger", "safety"),
        Station("catalogue", "stranger", "courses/"),
        Station("dashboard, empty", "newcomer", "learn/"),
        Station("catalogue without a hit", "stranger", "courses/?length=long&topic=safety&country=KZ&language=tk"),
        Station("course", "stranger", f"{place}/"),
        *(Station(f"lesson {page.id}", who, f"{place}/{module.id}/{page.id}/") for module, page in lessons),
        Station("quiz start", who, f"{place}/{quiz[0].id}/{quiz[1].id}/"),
        Station("search", "stranger", "search"),
        Station("search with hits", "stranger", "search?q=ICCPR"),
        Station("search without a hit", "stranger", "search?q=qwertzuiop"),
        Station("verify", "stranger", "verify/"),
        Station("verdict", "stranger", f"verify/{serial}"),
        Station("verdict on a name", "stranger", f"verify/{serial}", send=f"/verify/{serial}", fields={"name": "X", "code": "AAAA-AAAA"}),
        Station("verdict on nothing", "stranger", "verify/AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", status=404),
        Station("sign in", "stranger", "account/sign-in"),
        Station("sign in, wrong", "stranger", "account/sign-in", 422, "/account/sign-in", {"handle": "nobody", "passphrase": "x" * 16}),
        Station("join", "stranger", "account/join"),
        Station("join, wrong", "stranger", "account/join", 422, "/account/join", {"handle": "a b", "passphrase": "short"}),
        Station("recover", "stranger", "account/recover"),
        Station("country", "stranger", "account/country"),
        Station("nothing there", "stranger", "nowhere", 404),
    )


def _account() -> tuple[Station, ...]:
    paths = ("", "export", "erase", "passphrase", "codes", "factor", "sessions")
    return (
        *(Station(f"account {path}".strip(), "newcomer", f"account/{path}") for path in paths),
        Station("profile, wrong", "newcomer", "account/", 422, "/account/", {"pseudonym": ""}),
        Station("sheet", "newcomer", "account/codes", send="/account/codes"),
        Station("key for an app", "newcomer", "account/factor", send="/account/factor/begin"),
    )


def _learning(course: Course, begun: Mapping[str, str], held: Mapping[str, str]) -> tuple[Station, ...]:
    lessons = [(module, page) for module, page in course.pages() if isinstance(page, Lesson)]
    module, page = max(lessons, key=lambda place: len(page_questions(place[1])))
    lesson = f"courses/{course.id}/{module.id}/{page.id}/"
    return (
        Station("course begun", "beginner", f"courses/{course.id}/"),
        Station("course complete", "graduate", f"courses/{course.id}/"),
        Station("lesson, some not right", "beginner", lesson),
        Station("lesson, all right", "graduate", lesson),
        Station("attempt, one at a time", "beginner", begun["one"]),
        Station("attempt, all on one page", "beginner", begun["all"]),
        Station("attempt, old form", "beginner", begun["one"], 400, "/answer", {"csrf_token": "old"}),
        Station("look back", "beginner", f"{begun['one']}?q=end"),
        Station("result, not passed", "beginner", begun["failed"]),
        Station("result, passed", "graduate", held["passed"]),
        Station("result of a baseline", "graduate", held["thanks"]),
        Station("dashboard", "beginner", "learn/"),
        Station("mistakes, none", "newcomer", "learn/mistakes/"),
        Station("mistakes", "beginner", "learn/mistakes/"),
        Station("certificates, none", "newcomer", "learn/certificates/"),
        Station("certificates", "graduate", "learn/certificates/"),
        Station("certificate", "graduate", f"learn/certificates/{held['serial']}/"),
    )


def _admin(serial: str) -> tuple[Station, ...]:
    return (
        Station("due", "admin", "admin/"),
        Station("preview", "admin", "admin/certificates/preview?all=1"),
        Station("issued", "admin", f"admin/certificates/{serial}/"),
        Station("end", "admin", f"admin/certificates/{serial}/end?how=withdraw"),
        Station("end, no reason", "admin", f"admin/certificates/{serial}/end?how=replace", 422, "/end"),
        Station("patterns", "admin", "admin/patterns"),
    )


def _office(admin: Visitor, course: Course) -> tuple[Station, ...]:
    """Invites, cohorts and figures; a cohort and a sheet of codes are made first."""
    fields: Fields = {"name": TYPED, "starts_on": "2026-03-02", "languages": ["en", "tg"], "courses": [course.id]}
    cohort = below(admin.submit(admin.get("/en/admin/cohorts/new"), "/new", fields).address)
    people = admin.get(f"/en/{cohort}people")
    admin.submit(people, "/people", {"person": [box.get("value", "") for box in people.all("input", name="person")[:2]]})
    slips = admin.submit(admin.get("/en/admin/invites/new"), "/new", {"people": "2"})
    sheet = next(link for link in slips.links() if re.search(r"/admin/invites/[0-9a-f]{32}/$", link))
    return (
        Station("invites", "admin", "admin/invites/"),
        Station("invites of a sheet", "admin", below(sheet)),
        Station("new invites", "admin", "admin/invites/new"),
        Station("new invites, wrong", "admin", "admin/invites/new", 422, "/new", {"people": "0"}),
        Station("slips", "admin", "admin/invites/new", send="/new", fields={"people": "2"}),
        Station("cohorts", "admin", "admin/cohorts/"),
        Station("cohorts without a hit", "admin", "admin/cohorts/?q=qwertzuiop"),
        Station("cohort", "admin", cohort),
        Station("cohort, people", "admin", f"{cohort}people"),
        Station("cohort, change", "admin", f"{cohort}change"),
        Station("new cohort", "admin", "admin/cohorts/new"),
        Station("new cohort, wrong", "admin", "admin/cohorts/new", 422, "/new", {"name": ""}),
        Station("progress of a cohort", "admin", cohort.replace("admin/", "teach/")),
        Station("coalition", "admin", "admin/coalition"),
    )
