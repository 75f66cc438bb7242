"""What the code can reach: no network, no commands, no objects out of bytes, no code out of texts. Exceptions stand here with reasons."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house import tree

FILES: Final = tree.python_files("elearn")

#: Modules by what they can reach, and the only files that may: the reason stands beside each.
REACH: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "the network": (
        frozenset(
            (
                *(
                    "socket",
                    "ssl",
                    "http",
                    "urllib.request",
                    "ftplib",
                    "smtplib",
                    "imaplib",
                    "poplib",
                    "telnetlib",
                    "xmlrpc",
                    "asyncio",
                    "socketserver",
                ),
                *("requests", "httpx", "urllib3", "aiohttp"),
            )
        ),
        frozenset(
            {
                "elearn/cli/serve.py",  # asks its own address whether the workers answer
                "elearn/cli/signer.py",  # listens at a Unix socket, never at an address
                "elearn/actions/remote_signer.py",  # calls that socket, by a path of the settings
                "elearn/actions/mail_server.py",  # speaks to the mail server of the settings, where there is one, and to nobody else
            }
        ),
    ),
    "other programs": (
        frozenset({"subprocess", "pty", "multiprocessing", "ctypes", "runpy"}),
        frozenset({"elearn/store/backup_copy.py"}),  # pg_dump and pg_restore, for the operator, without a shell
    ),
    "objects in bytes": (frozenset({"pickle", "marshal", "shelve", "dbm", "dill", "jsonpickle", "yaml"}), frozenset()),
    "documents that name others": (frozenset({"xml", "lxml", "defusedxml", "html5lib"}), frozenset()),
}
#: Calls that make code out of text, or hand a text to a shell.
CODE: Final = frozenset(
    (
        *("eval", "exec", "compile", "__import__", "input", "breakpoint"),
        *("os.system", "os.popen", "render_template_string", "flask.render_template_string"),
    )
)
#: Calls of these names run a template or a program whatever they are called on.
CODE_ENDS: Final = (".from_string", ".execv", ".execve", ".spawnl", ".spawnv", ".posix_spawn")
#: Identity, integrity and fingerprints alike are SHA-256, so that nothing weaker has to be told apart; time codes are what apps understand.
HASHES: Final = {"sha256": None, "sha1": {"elearn/access/timecode.py"}}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(tree.syntax(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree.syntax(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _within(module: str, names: frozenset[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize("what", sorted(REACH))
def test_only_known_files_reach(what: str) -> None:
    modules, allowed = REACH[what]
    reaching = {tree.name(file) for file in FILES for module in _imports(file) if _within(module, modules)}
    assert reaching == allowed


def test_no_text_becomes_code_and_no_command_is_run() -> None:
    calls = [f"{tree.name(file)}: {name}" for file in FILES for name, _ in _calls(file) if name in CODE or name.endswith(CODE_ENDS)]
    assert calls == []


def test_no_statement_is_put_together_from_texts() -> None:
    """SQL is written with placeholders; the one exception sets pragmas of our own list."""
    glued = [
        tree.name(file)
        for file in FILES
        for name, call in _calls(file)
        if name.rpartition(".")[2] in ("text", "literal_column", "execute", "exec_driver_sql", "executescript")
        and call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert glued == ["elearn/store/engine.py"]


def test_no_regular_expression_is_made_of_what_somebody_typed() -> None:
    """A pattern is a constant, or one made of constants of its module: names in capitals."""
    loose = [
        f"{tree.name(file)}: {ast.unparse(call)}"
        for file in FILES
        for name, call in _calls(file)
        if re.fullmatch(r"re\.(compile|match|fullmatch|search|sub|subn|split|findall|finditer)", name)
        and not all(part.isupper() for part in _names(call.args[0]))
    ]
    assert loose == []


def _names(pattern: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(pattern) if isinstance(node, ast.Name)}


def test_chance_comes_from_the_system_alone() -> None:
    """`random` lends its type and the generator of the system; everything else draws with `secrets`."""
    used = {
        (tree.name(file), node.attr)
        for file in FILES
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random"
    }
    assert {attribute for _, attribute in used} == {"Random", "SystemRandom"}
    seeded = [tree.name(file) for file in FILES for name, _ in _calls(file) if name in ("random.Random", "random.seed", "Random")]
    assert seeded == []


def test_only_one_hash_is_used() -> None:
    used: dict[str, set[str]] = {}
    for file in FILES:
        taken = {
            node.attr for node in ast.walk(tree.syntax(file)) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
        }
        named = {module.removeprefix("hashlib.") for module in _imports(file) if module.startswith("hashlib.")}
        for hashed in taken | named:
            used.setdefault(hashed, set()).add(tree.name(file))
    assert set(used) == set(HASHES)
    assert [hashed for hashed, files in HASHES.items() if files is not None and used[hashed] != files] == []


def test_only_one_file_uses_a_cipher() -> None:
    """What signs uses Ed25519; what hides uses AES-GCM in one file, or age in another. No key is made of a passphrase."""
    taken = {
        (tree.name(file), module.removeprefix("cryptography.hazmat.primitives."))
        for file in FILES
        for module in _imports(file)
        if module.startswith("cryptography.hazmat.primitives.") and module.count(".") > 3
    }
    hiding = {name for name, part in taken if part.startswith(("ciphers", "padding"))}
    assert hiding == {"elearn/store/sealed.py"}
    assert {part for name, part in taken if name in hiding} == {"ciphers.aead", "ciphers.aead.AESGCM"}
    assert {part.split(".")[0] for _, part in taken} <= {"ciphers", "asymmetric", "serialization"}
    assert {part.split(".")[1] for _, part in taken if part.startswith("asymmetric.")} == {"ed25519"}


def test_no_test_or_demo_switch_decides_about_safety() -> None:
    """What is only for tests and demos is not asked by rules, store or deeds; the web asks `testing` to show a crash to a test."""
    asking = [
        tree.name(file)
        for file in FILES
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.Attribute) and node.attr in ("testing", "debug")
    ]
    assert asking == ["elearn/web/errors.py"]


SCRIPTS: Final = {
    "HTML made of text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|createContextualFragment",
    "code made of text": r"\beval\b|new Function|setTimeout\(\s*[\"'`]|setInterval\(\s*[\"'`]",
    "messages of other windows": r"postMessage|onmessage|addEventListener\(\s*[\"']message",
    "anything kept in the browser": r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.",
    "globals": r"\bwindow\.\w+\s*=[^=]|\bglobalThis|\bdocument\.\w+\s*=[^=]|\bvar\b",
    "prototypes": r"__proto__|prototype|Object\.assign|constructor\[",
    "another site": r"https?://|\bimport\b|WebSocket|EventSource|sendBeacon",
}


@pytest.mark.parametrize("what", sorted(SCRIPTS))
def test_no_script_uses(what: str) -> None:
    found = [f"{tree.name(file)}: {hit.group()}" for file in tree.scripts() for hit in re.finditer(SCRIPTS[what], _code(file))]
    assert found == []


def _code(file: Path) -> str:
    return re.sub(r"^\s*(//|\*|/\*).*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_scripts_are_strict() -> None:
    assert '"use strict";' in tree.scripts()[0].parent.joinpath("main.js").read_text(encoding="utf-8").splitlines()[1]
