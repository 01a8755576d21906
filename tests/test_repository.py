"""What is committed works on any machine: no registry's address, no path of somebody's disk, every package pinned."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The patterns are put together here, so that this file does not hold what it looks for.
REGISTRY = re.compile(
    "|".join(
        ["index" + "-url", "extra" + "-index", "trusted" + "-host", "find" + "-links", r"pypi\.", r"pythonhosted\."]
    )
)
MACHINE = re.compile(r"(?<![\w./-])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w")
RUN_TIME_PACKAGES = 45


def test_no_registry_and_no_path_of_a_machine_is_committed() -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in _committed().items()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line) or (REGISTRY.search(line) and "--no-emit-" not in line)
    ]
    assert found == []


@pytest.mark.parametrize("line", ["--index" + "-url=x", "see pypi" + ".org", "cd /wo" + "rk/main", '"/ro' + 'ot/x"'])
def test_what_must_not_be_committed_is_seen(line: str) -> None:
    assert REGISTRY.search(line) or MACHINE.search(line)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    packages = re.split(r"\n(?=[A-Za-z])", (ROOT / lock).read_text())[1:]
    assert packages
    for package in packages:
        assert re.match(r"[\w.-]+==[\w.]+ .*\\\n    --hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]


def test_running_needs_few_packages() -> None:
    assert len(re.findall(r"^[\w.-]+==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)) <= RUN_TIME_PACKAGES


def test_every_direct_dependency_says_why_it_is_there() -> None:
    declared = (ROOT / "pyproject.toml").read_text().split("\ndependencies = [")[1].split("\n]")[0]
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text()
    names = re.findall(r'"([\w-]+)', declared)
    assert [name for name in names if f"`{name}`" not in reasons] == []


def _committed() -> dict[str, str]:
    """Text by name of every file of the repository, those not yet committed too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    texts = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (raw := path.read_bytes()):
            texts[name] = raw.decode()
    return texts
