"""A small course as values, with every kind of block and question."""

from elearn.course.model import (
    Box,
    Case,
    CompletionRule,
    CountryBlock,
    Course,
    FactColumn,
    FactsTable,
    FactTable,
    Figure,
    Lesson,
    Module,
    Objective,
    Prose,
    QuizPage,
)
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    Gap,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Pool,
    Proof,
    Question,
    Quiz,
    Scale,
    Scene,
    ShortText,
    SingleChoice,
    Stem,
    Step,
    TrueFalse,
)

TREATIES = FactTable(
    "treaties",
    ("treaty_id",),
    ("treaty_id", "full_name_en", "dates_status", "name_ru", "as_of"),
    {
        "ICCPR": {
            "treaty_id": "ICCPR",
            "full_name_en": "International Covenant on Civil and Political Rights",
            "dates_status": "general_knowledge",
            "name_ru": "Международный пакт о гражданских и политических правах",
            "as_of": "2026-11-22",
        },
    },
)
RATIFICATIONS = FactTable(
    "ratifications",
    ("country", "treaty_id"),
    ("country", "treaty_id", "action", "in_force", "fact_status", "confidence", "as_of"),
    {
        "KAZ/ICCPR": {
            "country": "KAZ", "treaty_id": "ICCPR", "action": "ratification", "in_force": "2006-04-24",
            "fact_status": "verified", "confidence": "high", "as_of": "2025-09",
        },
        "TJK/ICCPR": {
            "country": "TJK", "treaty_id": "ICCPR", "action": "accession", "in_force": "1999-04-04",
            "fact_status": "general_knowledge", "confidence": "high", "as_of": "2023-10",
        },
    },
)  # fmt: skip
GLOSSARY = FactTable(
    "glossary",
    ("term_id",),
    ("term_id", "en", "ru", "definition_en"),
    {
        "G006": {"term_id": "G006", "en": "duty-bearer", "ru": "носитель обязанностей", "definition_en": "Who must act."},
        "G007": {"term_id": "G007", "en": "rights-holder", "ru": "", "definition_en": ""},
    },
)
FACTS = {"treaties": TREATIES, "ratifications": RATIFICATIONS, "glossary": GLOSSARY}

TABLE = FactsTable(
    "ratifications",
    (
        FactColumn("country", "State"),
        FactColumn("treaty_id", "Treaty", "treaties"),
        FactColumn("action", "Step"),
        FactColumn("in_force", "Since"),
    ),
    where=(("treaty_id", ("ICCPR",)), ("country", ("KAZ",))),
    title="Steps",
    id="steps",
)
SINGLE = SingleChoice(
    id="who",
    prompt="Who holds the duty?\n\nThink of the [State](term:G006).",
    feedback="The State (ICCPR art. 2).",
    hints=("Who signs treaties?",),
    objective="o1",
    choices=(Choice("state", "The State", right=True, feedback="Yes.\nIt signed."), Choice("person", "The person")),
)
KINDS: tuple[Question, ...] = (
    MultipleChoice(id="multiple", prompt="Which?", choices=(Choice("a", "First", right=True), Choice("b", "Second"))),
    TrueFalse(id="true", prompt="True?", answer=True),
    Matching(id="match", prompt="Match", stems=(Stem("s", "Stem", "c"),), choices=(Choice("c", "Partner"), Choice("d", "Stranger"))),
    Ordering(id="order", prompt="Order", steps=(Step("one", "Step one", 1), Step("two", "Step two", 2))),
    GapSelect(id="gaps", prompt="Fill {{x}}", gaps=(Gap("x", (Choice("y", "word", right=True), Choice("z", "other")), 0),)),
    ShortText(id="short", prompt="Name", accepted=(Accepted("full", "Human Rights Committee"), Accepted("part", "HRC", 0.5))),
    Number(id="number", prompt="How many?", answer=9),
    Scale(id="scale", prompt="How sure?", choices=(Choice("low", "Not"), Choice("high", "Very"))),
    Branching(
        id="story",
        prompt="A story",
        scenes=(
            Scene("start", "It begins.", (Choice("go", "Go", goto="then", fraction=1), Choice("stop", "Stop", goto="end"))),
            Scene("then", "It goes on.", (Choice("done", "Done", goto="end"),)),
        ),
    ),
    OpenAnswer(id="open", prompt="Explain", rubric=("names a duty",), words=50),
)
LESSON = Lesson(
    id="duties",
    title="Duties",
    minutes=10,
    objectives=("o1",),
    blocks=(
        Prose("## Start {#start}\n\nThe [duty-bearer](term:G006) and the [holder](term:G007).", 5),
        Box("note", (Prose("Inside a box", 10), SINGLE), id="b", title="Note well", line=9),
        CountryBlock("KZ", (Prose("In Kazakhstan", 20),), line=19),
        Case("A case", made_up=True, blocks=(Prose("It happened", 25),), line=24),
        Figure("media/x.webp", "A river", "The caption", line=30),
        TABLE,
    ),
)
QUIZ = QuizPage(
    id="final",
    title="Final",
    minutes=5,
    quiz=Quiz(
        id="final",
        form="test",
        pass_mark=70,
        slots=(
            Pool("bank", 1, KINDS),
            TrueFalse(
                id="binds",
                prompt="It binds.",
                answer=True,
                objective="o1",
                proofs=(Proof("ratifications/KAZ/ICCPR", "action", "=", "ratification"),),
            ),
        ),
    ),
    blocks=(Prose("Good luck", 6),),
)
COURSE = Course(
    id="sample",
    code="C00",
    title="Sample",
    summary="What it is.",
    language="en",
    licence="CC-BY-SA-4.0",
    minutes=15,
    level="foundation",
    topics=("foundations",),
    countries=("KZ", "TJ", "TM"),
    public=True,
    modules=(Module("first", "First module", (LESSON,)), Module("finish", "Finish", (QUIZ,))),
    objectives=(Objective("o1", "Name the duties"),),
    completion=CompletionRule("read", ("final",)),
    translation={"ru": "en", "tk": "ru"},
    facts=FACTS,
    media=("media/x.webp",),
)
