"""Pages of admins."""

from elearn.web.admin import certificates, patterns
from elearn.web.admin.blueprint import blueprint

__all__ = ["blueprint", "certificates", "patterns"]
