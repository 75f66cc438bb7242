"""The outline of a course becomes course.toml, the mirror of read_outline."""

from typing import Final

import tomlkit
from tomlkit.items import AoT, Table

from elearn.course.model import Course

FORMAT: Final = 1


def write_outline(course: Course) -> str:
    """course.toml as text, keys in one fixed order."""
    document = tomlkit.document()
    document.update(
        {
            "format": FORMAT,
            "id": course.id,
            "code": course.code,
            "title": course.title,
            "summary": course.summary,
            "language": course.language,
            "licence": course.licence,
            "minutes": course.minutes,
            "level": course.level,
            "topics": list(course.topics),
            "countries": list(course.countries),
            "public": course.public,
            "prerequisites": list(course.prerequisites),
        }
    )
    if course.objectives:
        document["objective"] = _tables([{"id": objective.id, "text": objective.text} for objective in course.objectives])
    if course.modules:
        document["module"] = _tables(
            [{"id": module.id, "title": module.title, "pages": [page.id for page in module.pages]} for module in course.modules]
        )
    completion, certificate = course.completion, course.certificate
    document["completion"] = _table({"lessons": completion.lessons, "quizzes": list(completion.quizzes), "critical": completion.critical})
    document["certificate"] = _table({"hours": certificate.hours, "valid_months": certificate.valid_months})
    if course.translation:
        document["translation"] = _table({str(language): str(base) for language, base in course.translation.items()})
    if course.facts:
        facts = tomlkit.table(is_super_table=True)
        for table in course.facts.values():
            facts[table.name] = _table({"key": list(table.key)})
        document["facts"] = facts
    return tomlkit.dumps(document)


def _table(values: dict[str, object]) -> Table:
    table = tomlkit.table()
    table.update(values)
    return table


def _tables(rows: list[dict[str, object]]) -> AoT:
    tables = tomlkit.aot()
    for row in rows:
        tables.append(_table(row))
    return tables
