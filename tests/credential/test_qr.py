import io
import random
import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from elearn.credential import compact
from elearn.credential.qr import QrDrawing, qr_drawing, qr_png
from tests.credential.factories import SERIAL

RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def painted(drawing: QrDrawing, module: int = 4) -> Image.Image:
    """The drawing as a browser paints it."""
    picture = Image.new("L", (drawing.side * module, drawing.side * module), 255)
    brush = ImageDraw.Draw(picture)
    for x, y, width, back in (map(int, run.groups()) for run in RUN.finditer(drawing.path)):
        assert width == back
        brush.rectangle((x * module, y * module, (x + width) * module - 1, (y + 1) * module - 1), fill=0)
    return picture


@pytest.mark.parametrize(
    "content", ["https://learn.example/ru/account/join?invite=" + "0123456789abcdef" * 2, "otpauth://totp/x?secret=ABC&issuer=Қадам"]
)
def test_a_drawing_reads_back(content: str) -> None:
    drawing = qr_drawing(content)
    assert [found.text for found in zxingcpp.read_barcodes(painted(drawing))] == [content]


def test_a_drawing_holds_nothing_but_runs_of_modules_inside_its_margin() -> None:
    drawing = qr_drawing('"><script>')
    assert RUN.sub("", drawing.path) == ""
    for run in RUN.finditer(drawing.path):
        x, y, width, _ = map(int, run.groups())
        assert min(x, y) >= 4
        assert max(x + width, y + 1) <= drawing.side - 4


def test_two_hundred_codes_with_our_one_mask_all_read_back() -> None:
    chance = random.Random(7)
    for _ in range(200):
        text = compact.PREFIX + "".join(chance.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(186))
        content = chance.choice([text, f"https://learn.example/ru/verify/{SERIAL}#{text}"])
        code = Image.open(io.BytesIO(qr_png(content))).convert("L")
        big = Image.new("L", (code.width * 3 + 48, code.height * 3 + 48), 255)
        big.paste(code.resize((code.width * 3, code.height * 3), Image.Resampling.NEAREST), (24, 24))
        assert [found.text for found in zxingcpp.read_barcodes(big)] == [content]
