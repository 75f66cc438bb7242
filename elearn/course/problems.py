"""The codes of everything a reader of course files may find wrong, and the report that collects them. No translations, no rules."""

from typing import Final, Literal

from elearn.errors import Problem, Where

#: What is said of a whole upload or folder before any of it is read.
SOURCE_CODES: Final[dict[str, str]] = {
    "source-damaged": "The file is not a zip archive, or it is damaged.",
    "source-empty": "There are no files.",
    "source-too-many-files": "There are more than %(limit)s files.",
    "source-too-large": "The files are larger than %(limit)s MB together.",
    "source-compressed-too-much": "The file %(name)s is compressed so much that it may be a trap.",
    "source-encrypted": "The file %(name)s is locked with a password.",
    "source-method": "The file %(name)s is compressed in a way that is not supported.",
    "source-archive-inside": "The file %(name)s is itself an archive.",
    "source-symlink": "%(name)s is a link to another place. Only plain files are accepted.",
    "source-not-a-file": "%(name)s is neither a file nor a folder.",
    "source-name-not-text": "A file name is not written in UTF-8: %(name)s",
    "source-bad-path": "The file name %(name)s is not safe.",
    "source-duplicate": "The file %(name)s is there twice.",
    "source-folder-missing": "There is no folder %(name)s.",
}

#: What is wrong with a file as text, with its header or with the line grammar.
SYNTAX_CODES: Final[dict[str, str]] = {
    "file-missing": "The file %(name)s is missing.",
    "file-too-large": "The file is larger than %(limit)s bytes.",
    "not-utf8": "The file is not written in UTF-8.",
    "control-character": "There is an invisible control character (U+%(number)s).",
    "unknown-file": "The file has no place in a course and is not used.",
    "header-missing": "The page does not start with a header between two lines of three hyphens.",
    "header-unclosed": "The header is not closed by a line of three hyphens.",
    "header-line": "This line of the header is not written as “key: value”.",
    "key-twice": "The key “%(key)s” is given twice.",
    "unknown-key": "The key “%(key)s” is not known here.",
    "missing-key": "The key “%(key)s” is missing.",
    "wrong-value": "The value of “%(key)s” must be one of these: %(expected)s.",
    "not-yes-or-no": "The value of “%(key)s” must be yes or no.",
    "not-a-number": "The value of “%(key)s” must be a number.",
    "not-a-whole-number": "The value of “%(key)s” must be a whole number.",
    "out-of-range": "The value of “%(key)s” must be from %(low)s to %(high)s.",
    "bad-id": "“%(id)s” is not an id: use small Latin letters, digits and hyphens, at most 60 characters.",
    "missing-id": "An id is missing at the end, for example {#name}.",
    "duplicate-id": "The id “%(id)s” is used twice.",
    "bad-block-line": "A line with three colons opens or closes a block, but this one does neither.",
    "bad-attributes": "The part in braces cannot be read from here on: %(rest)s",
    "unexpected-arrow": "An arrow has no meaning here.",
    "unknown-block": "There is no block called “%(name)s”.",
    "unclosed-block": "The block “%(name)s” is not closed.",
    "nothing-to-close": "This line closes a block, but none is open.",
    "too-deep": "Blocks stand more than %(limit)s deep in one another.",
}

#: What is wrong with course.toml, a page or a table of facts.
PAGE_CODES: Final[dict[str, str]] = {
    "toml-syntax": "The file is not valid TOML: %(detail)s",
    "wrong-type": "The value of “%(key)s” must be %(expected)s.",
    "unknown-format": "The format of the course is %(format)s, but only format 1 is known.",
    "reserved-id": "“%(id)s” is the name of a folder with another meaning and cannot be the id of a module.",
    "bad-translation-chain": "The translation into %(language)s does not lead back to the language of the course.",
    "page-not-in-outline": "The page is not in the outline of course.toml and is not used.",
    "facts-not-declared": "The table has no section [facts.%(table)s] in course.toml.",
    "csv-syntax": "The table cannot be read: %(detail)s",
    "csv-header": "The header row of the table has an empty, doubled or misspelt column: “%(column)s”.",
    "csv-key-column": "The key column “%(column)s” is not in the table.",
    "csv-row-length": "The row has %(found)s cells, but the header has %(expected)s.",
    "csv-empty-key": "The row has an empty cell in a key column.",
    "csv-duplicate-row": "The row “%(key)s” is there twice.",
    "header-key-of-quiz": "The key “%(key)s” belongs to a quiz, but the page is a lesson.",
    "baseline-pass": "A baseline has no pass mark: “pass” must be 0.",
    "no-questions": "There is no question.",
    "prose-after-questions": "Text stands before the questions of a quiz, not between or after them.",
    "block-after-questions": "A block of this kind stands before the questions of a quiz, not between or after them.",
    "pool-in-lesson": "A pool of questions belongs on a quiz page.",
    "pool-in-block": "A pool of questions cannot stand inside another block.",
    "only-questions-in-pool": "A pool holds questions and nothing else.",
    "draw-too-many": "The pool draws %(draw)s questions but holds %(count)s.",
    "question-in-block": "A question cannot stand inside a block of this kind on this page.",
    "country-in-country": "A part for one country cannot stand inside another one.",
    "no-body": "The block “%(name)s” has no text of its own.",
    "no-block-inside": "No block may stand inside “%(name)s”.",
    "bad-media-path": "The path of the picture must start with media/ and name a file.",
    "bad-columns": "The columns must be written as “name Label | name Label”: %(part)s",
    "bad-where": "The condition must be written as “column=value,value”: %(part)s",
}

#: What is wrong with one question.
QUESTION_CODES: Final[dict[str, str]] = {
    "missing-prompt": "The question asks nothing: its text is missing.",
    "stray-line": "This line of the question has no meaning: %(text)s",
    "too-many-lines": "The question has more than %(limit)s marked lines.",
    "empty-text": "The text of this line is missing.",
    "bad-mark": "A choice starts with “- [x]” when it is right and with “- [ ]” when it is not.",
    "mark-not-allowed": "The choices of this kind of question are not marked with [x] or [ ].",
    "feedback-not-allowed": "This line cannot have feedback of its own.",
    "feedback-twice": "The question has more than one feedback line.",
    "bad-proof": "The proof must be written as “table/key:column=value”: %(part)s",
    "too-few-choices": "At least %(least)s choices are needed.",
    "missing-right-choice": "No choice is marked as right.",
    "too-many-right-choices": "Only one choice may be marked as right.",
    "missing-arrow": "An arrow to the right choice or the next scene is missing.",
    "arrow-to-nowhere": "The arrow points to “%(id)s”, which does not exist.",
    "no-stems": "There is nothing to match: lines with “-” are missing.",
    "steps-out-of-order": "The steps must be numbered upwards.",
    "too-few-steps": "At least two steps are needed.",
    "gap-without-list": "The gap “%(id)s” has no list of choices.",
    "list-without-gap": "There is no gap “%(id)s” in the text.",
    "gap-twice": "The gap “%(id)s” stands twice in the text.",
    "choice-before-list": "A line with “@” and a name must come before this choice.",
    "no-accepted-answer": "There is no accepted answer.",
    "no-full-answer": "No accepted answer gives the full mark.",
    "no-scenes": "There is no scene.",
    "scene-named-end": "“end” ends the story and cannot be the name of a scene.",
    "scene-loop": "The scene “%(id)s” can be reached again from itself.",
    "scene-unreachable": "No choice leads to the scene “%(id)s”.",
}

#: What is said when a course as values cannot become text, or an edit cannot be made.
EDIT_CODES: Final[dict[str, str]] = {
    "course-not-writable": "A text holds something that would change the structure of the file %(file)s.",
    "media-not-kept": "The picture or sound %(name)s is missing.",
}

#: Every code with its English sentence: the source of the messages in all languages.
CODES: Final[dict[str, str]] = {**SOURCE_CODES, **SYNTAX_CODES, **PAGE_CODES, **QUESTION_CODES, **EDIT_CODES}

_LONGEST_PARAM: Final = 80
_MOST_PROBLEMS: Final = 200  # of one file: more help nobody, and a hostile file could make a million


class Report:
    """Collects the problems of one file while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: list[Problem] = []

    def error(self, code: str, line: int = 0, **params: str | int) -> None:
        """Note a problem that makes the course unusable; `line` from 1, 0 for the whole file."""
        self._note(code, line, params, "error")

    def warning(self, code: str, line: int = 0, **params: str | int) -> None:
        """Note a problem that an author should know of."""
        self._note(code, line, params, "warning")

    def problems(self) -> tuple[Problem, ...]:
        """What was noted, by line."""
        return tuple(sorted(self._problems, key=lambda problem: problem.where.line))

    def _note(self, code: str, line: int, params: dict[str, str | int], severity: Literal["error", "warning"]) -> None:
        if len(self._problems) >= _MOST_PROBLEMS:
            return
        short = {key: value[:_LONGEST_PARAM] if isinstance(value, str) else value for key, value in params.items()}
        self._problems.append(Problem(code, Where(self.file, line), short, severity))
