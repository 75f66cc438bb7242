"""What the product is compared with: Flask that says hello, and a view that inserts one row and commits it."""

import os
from typing import Final

from flask import Flask, request

from elearn.store.engine import journal, sqlite_module

#: The file the bare view writes to, as the one who starts the server says.
_FILE: Final = os.environ.get("ELEARN_BENCH_FILE", "")  # noqa: TID251 - there is no other door to a worker


def hello() -> Flask:
    """Give an application that says hello."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


def bare() -> Flask:
    """Give an application that writes one row durably for each form, with the pragmas of the product."""
    sqlite = sqlite_module()
    mode, level = journal(tuple(sqlite.sqlite_version_info))
    connection = sqlite.connect(_FILE, isolation_level=None, check_same_thread=False)
    for pragma in (f"journal_mode={mode}", f"synchronous={level}", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, text TEXT)")
    app = Flask("bare")

    def save() -> str:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO answer (text) VALUES (?)", (request.form["text"],))
        connection.execute("COMMIT")
        return "saved"

    app.add_url_rule("/", "save", save, methods=["POST"])
    return app
