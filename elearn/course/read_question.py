"""Question blocks become questions: what every kind shares, and the table of kinds. The kinds themselves are in read_kinds."""

import re
from typing import Final

from elearn.course.fields import Fields
from elearn.course.problems import Report
from elearn.course.question_lines import parse_question_lines
from elearn.course.read_kinds import KINDS, Draft, Shared
from elearn.course.syntax import Node, Text
from elearn.quiz.model import Proof, Question

#: Marks are kept as whole numbers of a store: no weight may outgrow them.
HEAVIEST: Final = 1_000
_PROOF: Final = re.compile(r"(?P<row>[^:/]+/[^:]+)(?::(?P<column>[A-Za-z][A-Za-z0-9_]*)(?P<operator>\^?=)(?P<value>.*))?")


def read_question(node: Node, report: Report) -> Question:
    """The question of a block whose name is in KINDS; mistakes go to the report and leave harmless values."""
    kind = KINDS[node.name]
    lines: list[tuple[int, str]] = []
    for part in node.parts:
        if isinstance(part, Text):
            lines += enumerate(part.lines, start=part.line)
        else:
            report.error("no-block-inside", part.line, name=node.name)
    fields = node_fields(node, report)
    body = parse_question_lines(lines, kind.markers, report)
    if not node.attributes.id:
        report.error("missing-id", node.line)
    if not body.prompt:
        report.error("missing-prompt", node.line)
    draft = Draft(body, fields, report, node.line)
    question = kind.build(_shared(node, draft), draft)
    draft.check_ids()
    fields.finish()
    return question


def node_fields(node: Node, report: Report) -> Fields:
    """The pairs of a block; an arrow has no meaning on any block."""
    if node.attributes.goto:
        report.error("unexpected-arrow", node.line)
    return Fields({key: (value, node.line) for key, value in node.attributes.values.items()}, report, node.line)


def _shared(node: Node, draft: Draft) -> Shared:
    fields = draft.fields
    feedback = draft.body.of("feedback")
    for extra in feedback[1:]:
        draft.report.error("feedback-twice", extra.line)
    return Shared(
        id=node.attributes.id,
        prompt=draft.body.prompt,
        feedback=feedback[0].closing_text() if feedback else "",
        hints=tuple(item.closing_text() for item in draft.body.of("hint")),
        objective=fields.text("objective", ""),
        weight=fields.number("weight", 1.0, low=0, high=HEAVIEST),
        critical=fields.yes_no("critical", default=False),
        shuffle=fields.yes_no("shuffle", default=True),
        penalty=fields.number("penalty", 1 / 3, low=0, high=1),
        proofs=read_proofs(fields.text("proof", ""), draft.report, node.line),
        line=node.line,
    )


def read_proofs(text: str, report: Report, line: int) -> tuple[Proof, ...]:
    """`table/key:column=value; …` as proofs."""
    proofs: list[Proof] = []
    for part in filter(None, (piece.strip(" \t") for piece in text.split(";"))):
        match = _PROOF.fullmatch(part)
        if match is None or (match["operator"] == "^=" and not match["value"].strip(" \t")):
            report.error("bad-proof", line, part=part)
        elif match["operator"] is None:
            proofs.append(Proof(match["row"].strip(" \t")))
        else:
            starts_with = match["operator"] == "^="
            proofs.append(Proof(match["row"].strip(" \t"), match["column"], "^=" if starts_with else "=", match["value"].strip(" \t")))
    return tuple(proofs)
