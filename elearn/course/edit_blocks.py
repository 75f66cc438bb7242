"""Pure edits inside a page for the browser editor: blocks by place, questions by id. Each gives a new course; ids stay."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from elearn.course.edit import change_page, check_ids, get_page, moved, placed
from elearn.course.model import Block, Box, Case, CountryBlock, Course, Lesson, Page, Prose, QuizPage
from elearn.course.syntax import Text, heading_ids
from elearn.course.tidy import tidy, tidy_text
from elearn.errors import Invalid, NotFound
from elearn.quiz.model import Pool, Question

#: Where a block stands: its position in the page, then in the block there, and so on. A quiz page counts its questions after its blocks.
Place = tuple[int, ...]
Change = Callable[[tuple[Block, ...], int], tuple[Block, ...]]


def body(page: Page) -> tuple[Block, ...]:
    """All blocks of a page; on a quiz page the questions and pools follow the rest."""
    return (*page.blocks, *page.quiz.slots) if isinstance(page, QuizPage) else page.blocks


def place_of(page: Page, block_id: str) -> Place:
    """Where the block, question or pool with this id stands. Raises NotFound."""
    found = next((place for place, block in _walk(body(page)) if _id(block) == block_id), None)
    if found is None:
        raise NotFound("no-such-id", id=block_id)
    return found


def add_block(course: Course, page_id: str, place: Place, block: Block) -> Course:
    """A new block at a place; what stands there and after it moves on."""
    return _change(course, page_id, place, lambda blocks, at: placed(blocks, tidy(block), at), beyond=1)


def replace_block(course: Course, page_id: str, place: Place, block: Block) -> Course:
    """Another block at a place."""
    return _change(course, page_id, place, lambda blocks, at: (*blocks[:at], tidy(block), *blocks[at + 1 :]))


def move_block(course: Course, page_id: str, place: Place, at: int) -> Course:
    """The block at another position among its neighbours."""
    return _change(course, page_id, place, lambda blocks, index: moved(blocks, index, at))


def remove_block(course: Course, page_id: str, place: Place) -> Course:
    """The page without the block; text before and after it becomes one."""
    return _change(course, page_id, place, lambda blocks, at: (*blocks[:at], *blocks[at + 1 :]))


def add_question(course: Course, page_id: str, question: Question, *, place: Place | None = None) -> Course:
    """A new question, at the end of the page unless a place is given."""
    return add_block(course, page_id, (len(body(get_page(course, page_id))),) if place is None else place, question)


def replace_question(course: Course, page_id: str, question: Question) -> Course:
    """The question with this id as it is now."""
    return replace_block(course, page_id, _place(course, page_id, question.id), question)


def rename_question(course: Course, page_id: str, question_id: str, prompt: str) -> Course:
    """Another prompt; the id stays."""
    text = tidy_text(prompt, keep_indent=True)
    if not text:
        raise Invalid("missing-prompt")
    return change_question(course, page_id, question_id, lambda question: replace(question, prompt=text))


def move_question(course: Course, page_id: str, question_id: str, at: int) -> Course:
    """The question at another position among its neighbours: the page, a box or a pool."""
    return move_block(course, page_id, _place(course, page_id, question_id), at)


def remove_question(course: Course, page_id: str, question_id: str) -> Course:
    """The page without the question. A pool that would draw more than it holds draws fewer."""
    return remove_block(course, page_id, _place(course, page_id, question_id))


def change_question(course: Course, page_id: str, question_id: str, change: Callable[[Question], Question]) -> Course:
    """The course with one question changed. Raises NotFound."""

    def changed(blocks: tuple[Block, ...], at: int) -> tuple[Block, ...]:
        question = blocks[at]
        if not isinstance(question, Question):
            raise NotFound("no-such-id", id=question_id)
        return (*blocks[:at], change(question), *blocks[at + 1 :])

    return _change(course, page_id, _place(course, page_id, question_id), changed)


def _place(course: Course, page_id: str, block_id: str) -> Place:
    return place_of(get_page(course, page_id), block_id)


def _walk(blocks: tuple[Block, ...], above: Place = ()) -> Iterator[tuple[Place, Block]]:
    for index, block in enumerate(blocks):
        yield (*above, index), block
        yield from _walk(_children(block), (*above, index))


def _children(block: Block) -> tuple[Block, ...]:
    if isinstance(block, Box | CountryBlock | Case):
        return block.blocks
    return block.questions if isinstance(block, Pool) else ()


def _id(block: Block) -> str:
    return "" if isinstance(block, Prose) else block.id


def _ids(page: Page) -> Iterator[str]:
    for _, block in _walk(body(page)):
        if isinstance(block, Prose):
            yield from (id_ for id_, _ in heading_ids(Text(tuple(block.text.split("\n")), 1)))
        elif block.id:
            yield block.id


def _change(course: Course, page_id: str, place: Place, change: Change, *, beyond: int = 0) -> Course:
    def changed(page: Page) -> Page:
        new = _with_body(page, _change_at(body(page), place, change, beyond))
        check_ids(_ids(new))
        return new

    return change_page(course, page_id, changed)


def _change_at(blocks: tuple[Block, ...], place: Place, change: Change, beyond: int) -> tuple[Block, ...]:
    if not place or not 0 <= place[0] < len(blocks) + (beyond if len(place) == 1 else 0):
        raise NotFound("no-such-place")
    at = place[0]
    if len(place) == 1:
        return _joined(change(blocks, at))
    inner = _change_at(_children(blocks[at]), place[1:], change, beyond)
    return (*blocks[:at], _with_children(blocks[at], inner), *blocks[at + 1 :])


def _with_children(block: Block, children: tuple[Block, ...]) -> Block:
    if isinstance(block, Box | CountryBlock | Case):
        return replace(block, blocks=children)
    if isinstance(block, Pool):
        questions = tuple(child for child in children if isinstance(child, Question))
        if len(questions) < len(children):
            raise Invalid("only-questions-in-pool")
        return replace(block, questions=questions, draw=max(1, min(block.draw, len(questions))))
    raise NotFound("no-such-place")


def _joined(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if isinstance(block, Prose) and isinstance(last, Prose):
            joined[-1] = replace(last, text=f"{last.text}\n\n{block.text}")
        else:
            joined.append(block)
    return tuple(joined)


def _with_body(page: Page, blocks: tuple[Block, ...]) -> Page:
    if isinstance(page, Lesson):
        return replace(page, blocks=blocks)
    slots = tuple(block for block in blocks if isinstance(block, Question | Pool))
    rest = _joined(tuple(block for block in blocks if not isinstance(block, Question | Pool)))
    return replace(page, blocks=rest, quiz=replace(page.quiz, slots=slots))
