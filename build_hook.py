"""Build step of the wheel: compiles the interface catalogues. The repository holds texts only, the wheel what a server loads."""

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Adds `elearn/_data/translations/<language>/LC_MESSAGES/messages.mo` for each PO file of `translations/`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a folder of its own; an editable install reads the PO files themselves."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory(prefix="elearn-catalogues-")
        for source in sorted(Path(self.root, "translations").glob("*/LC_MESSAGES/messages.po")):
            language = source.parent.parent.name
            compiled = Path(self._folder.name, f"{language}.mo")
            with source.open("rb") as texts, compiled.open("wb") as out:
                write_mo(out, read_po(texts, locale=language))
            build_data["force_include"][str(compiled)] = f"elearn/_data/translations/{language}/LC_MESSAGES/messages.mo"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the shape is hatchling's
        """Remove the folder again."""
        if version != "editable":
            self._folder.cleanup()
