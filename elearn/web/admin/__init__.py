"""Pages of admins."""

from elearn.web.admin import certificates, issued, patterns
from elearn.web.admin.blueprint import blueprint

__all__ = ["blueprint", "certificates", "issued", "patterns"]
