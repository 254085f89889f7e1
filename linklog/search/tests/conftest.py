"""What several of search's tests use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llm.plugins import pm

from linklog.search import embedding_models, vectors
from linklog.search.tests.concepts import Concepts, Plugin


@pytest.fixture
def concepts(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Concepts]:
    """The tests' own embedding model, in use."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    settings.LINKLOG_EMBEDDING_MODEL = "concepts"
    embedding_models.forget()
    vectors.forget()
    model = Concepts()
    plugin = Plugin(model)
    pm.register(plugin)
    yield model
    pm.unregister(plugin)
    embedding_models.forget()
