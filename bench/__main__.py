"""All budgets, one line each; the exit status says whether every one was kept."""

import sys
import tempfile
from pathlib import Path

from bench.lines import Line, tell
from bench.pages import html_lines, visit_lines
from bench.servers import served
from bench.siege import siege_lines
from bench.site import make_reader, make_site
from bench.speed import speed_lines, statement_lines
from bench.work import certificate_lines, publish_lines


def main() -> int:
    """Measure everything; 1 if a budget is over."""
    told: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="elearn-bench-") as name:
        folder = Path(name)
        site = make_site(folder / "site")
        with served(site.runtime.settings) as server:
            for line in (*html_lines(site, server.port, make_reader(site)), *visit_lines(site, server.port)):
                tell(line, told)
        for lines in (statement_lines(site), siege_lines(site), speed_lines(site, folder), certificate_lines(), publish_lines(site)):
            for line in lines:
                tell(line, told)
        site.runtime.database.dispose()
    return 0 if all(line.kept for line in told) else 1


if __name__ == "__main__":
    sys.exit(main())
