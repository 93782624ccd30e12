"""What runs needs only what `make run` installs."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = {"blocweb", "planning"}


def imported(node: ast.AST) -> Iterator[str]:
    """Top-level names of the modules imported anywhere in it, except for type checkers only."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (name.name.split(".")[0] for name in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.split(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from imported(child)


def test_the_sources_import_runtime_dependencies_only() -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.lock").read_text(), re.MULTILINE)
    distributions = packages_distributions()
    strangers = {
        (str(path.relative_to(ROOT)), module)
        for folder in OURS
        for path in (ROOT / folder).rglob("*.py")
        for module in imported(ast.parse(path.read_text()))
        if module not in sys.stdlib_module_names | OURS
        and not {name.lower().replace("_", "-") for name in distributions.get(module, ())} & set(locked)
    }
    assert strangers == set()


def test_the_locks_hold_hashes_and_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text, lock.name
        assert "--index-url" not in text
