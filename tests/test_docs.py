"""The docs say what the code does: every setting has its heading, every command its help with an example."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parents[1]
SETTINGS = (ROOT / "linklog" / "settings.py").read_text()


def setting_names() -> list[str]:
    """The environment variables that settings.py reads."""
    return sorted(set(re.findall(r'env\.\w+\(\s*"((?:LINKLOG_\w+)|DATABASE_URL)"', SETTINGS)))


def test_the_settings_are_found() -> None:
    assert {"LINKLOG_HOME", "LINKLOG_URL", "DATABASE_URL", "LINKLOG_TITLE"} <= set(setting_names())


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_has_a_heading_in_the_docs(name: str) -> None:
    assert re.search(rf"^#+ .*`{name}`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)


def test_every_setting_in_the_docs_exists() -> None:
    headings = re.findall(
        r"^#+ .*`((?:LINKLOG_|DATABASE_)\w+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE
    )
    assert set(headings) == set(setting_names())


OWN_COMMANDS = sorted(name for name, app in get_commands().items() if app.startswith("linklog."))


@pytest.mark.parametrize("name", OWN_COMMANDS)
def test_every_command_helps_with_an_example(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    help_text = command.create_parser("linklog", name).format_help()
    assert "Example" in help_text or "example" in help_text
    assert f"linklog {name}" in help_text


def test_the_commands_are_all_there() -> None:
    assert {"init", "demo", "serve", "import", "export", "backup", "restore", "doctor", "rerender"} <= set(OWN_COMMANDS)


def test_every_dependency_is_named_with_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert block
    named = (ROOT / "docs" / "dependencies.md").read_text().lower()
    for dependency in re.findall(r'"([A-Za-z0-9_-]+)', block[1]):
        assert dependency.lower() in named, dependency


def test_the_tree_in_the_readme_is_the_tree() -> None:
    """Each room stands in the README with the first sentence of its docstring."""
    readme = (ROOT / "README.md").read_text()
    for room in sorted((ROOT / "linklog").iterdir()):
        init = room / "__init__.py"
        if init.exists() and (docstring := re.match(r'"""(.+?)(?:\.|$)', init.read_text(), re.MULTILINE)):
            assert f"{room.name}/" in readme, room.name
            assert docstring[1] in readme, room.name
