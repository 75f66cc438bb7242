"""A port for a server that is started in a moment."""

import random
import socket
from typing import Final

#: Below those that systems give to whoever asks for any port: nobody gets one of these by chance meanwhile.
_FIRST: Final = 20_000
_LAST: Final = 32_000


def free_port() -> int:
    """A port of this machine that nobody has; drawn with no seed, for other processes of the run draw too."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(_FIRST, _LAST)
        with socket.socket() as asker:
            try:
                asker.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
