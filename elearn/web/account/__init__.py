"""Pages about one's own account."""

from elearn.web.account import contact, data, devices, factor, join, notices, passkeys, profile, proof, recover, secret, session, setup
from elearn.web.account.blueprint import blueprint

__all__ = [
    "blueprint",
    "contact",
    "data",
    "devices",
    "factor",
    "join",
    "notices",
    "passkeys",
    "profile",
    "proof",
    "recover",
    "secret",
    "session",
    "setup",
]
