"""The way to a language model, and the only one: the `llm` library, its plugins and whatever server they reach.

A model gets a prompt file with a task's own fields in it, and perhaps images; no tool, no setting, no row of a table. What it answers is
parsed by the task, limited in length and time, and handed back: nothing here saves or fetches. Each question is a row of the ledger.
"""

import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.util import find_spec
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from linklog.assist import ledger, prompts, untrusted
from linklog.assist.costs import cost_text, image_tokens, text_tokens
from linklog.assist.ledger import CALL_SECONDS, AssistError, LimitReached, Usage
from linklog.assist.models import ModelCall

T = TypeVar("T")

_LETTERS_A_TOKEN = 8  # no answer is longer than its tokens allow, whatever a server sends
_REASONING_TOKENS = 2_000  # for models that think before they answer, which counts as output
_LIMIT_OPTIONS = ("max_tokens", "max_output_tokens", "num_predict")  # as the plugins call it
_REFUSALS = {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror"}  # nothing was sent
_END = object()
_loading = threading.Lock()
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task(Generic[T]):
    """What a model can be asked for. `name` is its prompt file's, `fields` are all that is sent, with the characters each may have.

    `parse` gets a text, or what was read from JSON where there is a schema, and raises ValueError for what is of no use.
    """

    name: str
    fields: Mapping[str, int]
    max_output_tokens: int
    parse: Callable[[Any], T]
    schema: Mapping[str, Any] | None = field(default=None)


@dataclass(frozen=True)
class Picture:
    """An image on its way to a model."""

    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A suggestion, and what it cost."""

    text: str  # as the model wrote it, without what nobody sees
    value: T  # as the task parsed it
    call: ModelCall

    @property
    def cost(self) -> str:
        return self.call.cost


class Unusable(Exception):
    """An answer that is not what was asked for."""


def model_for(task: str) -> str:
    """The model that a task is given to; "" where none is."""
    return str(settings.LINKLOG_TASK_MODELS.get(task, "").strip() or settings.LINKLOG_MODEL)


def available(task: str) -> bool:
    """Whether there is a model for it, and the library to reach it."""
    return bool(model_for(task)) and find_spec("llm") is not None


def names_of(model: str) -> tuple[str, str]:
    """A model's own name, and the server that it is asked at or else the plugin that asks it. Raises AssistError where there is none."""
    found = _model(model)
    base = getattr(found, "api_base", None) or ("https://api.openai.com" if hasattr(found, "get_client") else "")
    return str(found.model_id), urlsplit(base).netloc or type(found).__module__.partition(".")[0]


def ask(task: Task[T], values: Mapping[str, str], **options: Any) -> Answer[T]:
    """The whole answer. Options as of `stream`; raises AssistError."""
    *_pieces, answer = stream(task, values, **options)
    assert isinstance(answer, Answer)
    return answer


def stream(
    task: Task[T],
    values: Mapping[str, str],
    *,
    attachments: Sequence[Picture] = (),
    about: str = "",
    by: Any = None,
    model: str = "",
    max_dollars: Decimal | None = None,
) -> Iterator[str | Answer[T]]:
    """The pieces of an answer as they come, and at the end the Answer. Raises AssistError. May not run in a transaction.

    `about` says in the ledger what it was for, `by` is the user who asked, `model` another than the settings name. What might cost more
    than `max_dollars` is not asked (LimitReached).
    """
    question = prepare(task, values, attachments=attachments, model=model)
    if max_dollars is not None and question.most > max_dollars:
        raise LimitReached(
            _("The next might cost %(most)s, and no more than %(left)s is left.")
            % {"most": cost_text(question.most), "left": cost_text(max(max_dollars, Decimal(0)))}
        )
    call = ledger.reserve(
        most=question.most,
        task=task.name,
        model=question.model_id,
        prompt_version=question.version,
        about=untrusted.visible(about)[:200],
        asked_by=by if by and by.pk else None,
    )
    started, pieces = time.monotonic(), list[str]()
    try:
        for piece in question.pieces():
            pieces.append(untrusted.visible(piece))
            yield pieces[-1]
        text = "".join(pieces)
        value = parsed(task, text)
    except BaseException as error:  # a plugin may raise anything, and who reads this may leave
        sentence = _sentence(error, question.model_id)
        is_refusal = not pieces and _is_refusal(error)
        ledger.fail(call, sentence, time.monotonic() - started, is_refusal=is_refusal, usage=question.usage())
        if not isinstance(error, Exception):
            raise
        logger.warning("No answer to %s from %s: %s", task.name, question.model_id, type(error).__name__)
        raise AssistError(sentence, call.counted) from error
    ledger.settle(call, question.usage(), time.monotonic() - started)
    yield Answer(text, value, call)


@dataclass
class Question:
    """What is ready to be asked, and what it may cost at most."""

    model: Any
    version: str
    most: Decimal
    max_letters: int
    arguments: dict[str, Any]
    _response: Any = None

    @property
    def model_id(self) -> str:
        return str(self.model.model_id)[:200]

    def pieces(self) -> Iterator[str]:
        """As the server sends them, until the answer is complete or as long as it may get."""
        clients = _impatient(self.model)
        length = 0
        try:
            self._response = self._begun()
            for piece in _as_they_come(self._response):
                length += len(piece)
                if length > self.max_letters:
                    yield piece[: self.max_letters - length]
                    return
                yield piece
        finally:
            for client in clients:
                client.close()

    def _begun(self) -> Any:
        """Nothing is sent yet, but looked at whether this model takes such a question. Raises NotImplementedError, as plugins do."""
        try:
            return self.model.prompt(**self.arguments)
        except ValueError as error:
            raise NotImplementedError from error

    def usage(self) -> Usage | None:
        """As the server counted; None where it did not."""
        found = self._response
        if found is None or not found.input_tokens:
            return None
        return Usage(found.input_tokens, _cached(found.token_details), found.output_tokens or 0)


def prepare(
    task: Task[Any], values: Mapping[str, str], *, attachments: Sequence[Picture] = (), model: str = ""
) -> Question:
    """Raises AssistError where there is no such model."""
    if values.keys() != task.fields.keys():
        raise ValueError(f"{task.name} sends {sorted(task.fields)}, not {sorted(values)}")
    chosen = _model(model or model_for(task.name))
    try:
        prompt = prompts.in_use(task.name)
    except prompts.PromptError as error:
        raise AssistError(str(error)) from error
    system, text = prompt.rendered(values, task.fields)
    arguments: dict[str, Any] = {}
    if task.schema and chosen.supports_schema:
        arguments["schema"] = dict(task.schema)
    elif task.schema:
        system += f"\n\nAnswer with JSON alone, as this schema has it:\n{json.dumps(task.schema)}"
    options, output_tokens = _options(chosen, task.max_output_tokens)
    arguments |= {"prompt": text, "system": system, "options": options, "stream": True}
    if attachments:
        arguments["attachments"] = [
            _llm().Attachment(type=picture.media_type, content=picture.content) for picture in attachments
        ]
    input_tokens = text_tokens(f"{system}{text}{json.dumps(task.schema)}") + sum(
        image_tokens(chosen.model_id, picture.width, picture.height) for picture in attachments
    )
    return Question(
        chosen,
        prompt.version,
        ledger.dollars_for(chosen.model_id, input_tokens, output_tokens),
        task.max_output_tokens * _LETTERS_A_TOKEN,
        arguments,
    )


def _options(model: Any, output_tokens: int) -> tuple[dict[str, Any], int]:
    """What is asked of the model besides words: a short answer, by little thinking. And how many tokens it may put out."""
    known = model.Options.model_fields
    options: dict[str, Any] = {}
    if "reasoning_effort" in known:
        options["reasoning_effort"] = "low"
        output_tokens += _REASONING_TOKENS
    if limit := next((name for name in _LIMIT_OPTIONS if name in known), None):
        options[limit] = output_tokens
    return options, output_tokens


def _llm() -> Any:
    """The library, which takes most of a second. It looks for keys and servers in LINKLOG_HOME/llm if there is such a folder, else where
    the `llm` command does.
    """
    folder = settings.HOME / "llm"
    with _loading:
        if folder.is_dir():
            os.environ.setdefault("LLM_USER_PATH", str(folder))
        try:
            import llm
        except ImportError as error:
            raise AssistError(_("The assistant needs a library: install linklog[assist].")) from error
    return llm


def _model(name: str) -> Any:
    if not name:
        raise AssistError(_("No language model is set."))
    llm = _llm()
    try:
        return llm.get_model(name)
    except Exception as error:  # a plugin, or a file of the author's that is not right
        logger.warning("No model %s: %s", name, error)
        raise AssistError(
            _("There is no model %(name)s here. The command llm models lists those there are.") % {"name": name}
        ) from error


def _impatient(model: Any) -> list[Any]:
    """OpenAI's client waits for ten minutes and asks three times. Those that the model makes are in the list, to be closed."""
    clients: list[Any] = []
    if make := getattr(model, "get_client", None):

        def get_client(*arguments: Any, **options: Any) -> Any:
            clients.append(make(*arguments, **options).with_options(timeout=CALL_SECONDS, max_retries=1))
            return clients[-1]

        model.get_client = get_client
    return clients


def _as_they_come(response: Any) -> Iterator[str]:
    """The pieces of a response within CALL_SECONDS. A thread reads them, for a server may send nothing, or hardly anything, for ever."""
    pieces: queue.Queue[Any] = queue.Queue()
    is_over = threading.Event()

    def read() -> None:
        try:
            for piece in response:
                pieces.put(piece)
                if is_over.is_set():
                    return
            pieces.put(_END)
        except BaseException as error:
            pieces.put(error)

    threading.Thread(target=read, daemon=True).start()
    until = time.monotonic() + CALL_SECONDS
    try:
        while (piece := pieces.get(timeout=max(until - time.monotonic(), 0))) is not _END:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    except queue.Empty:
        raise TimeoutError from None
    finally:
        is_over.set()


def parsed(task: Task[T], text: str) -> T:
    """As the task has it. JSON may stand in a fence, for models that know no schema like to put one around it."""
    try:
        return task.parse(json.loads(text[text.find("{") : text.rfind("}") + 1]) if task.schema else text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Unusable from error


def _cached(details: Any) -> int:
    """Wherever a plugin noted it: {"prompt_tokens_details": {"cached_tokens": 7}}, for one."""
    if not isinstance(details, dict):
        return 0
    counts = [
        _cached(value) if isinstance(value, dict) else value if "cached" in str(key).lower() else 0
        for key, value in details.items()
    ]
    return max((count for count in counts if isinstance(count, int)), default=0)


def _is_refusal(error: BaseException) -> bool:
    """Whether the server itself said no, or nothing was sent to it at all."""
    seen: BaseException | None = error
    while seen:
        if getattr(seen, "status_code", 0) or type(seen).__name__ in _REFUSALS:
            return True
        seen = seen.__cause__
    return isinstance(error, _llm().ModelError | NotImplementedError)  # raised before anything is sent


def _sentence(error: BaseException, model: str) -> str:
    """For the author. What a server wrote stays out of it: it may be anything, even the key."""
    if isinstance(error, TimeoutError) or type(error).__name__ == "APITimeoutError":
        return _("%(model)s did not answer in %(seconds)s seconds.") % {"model": model, "seconds": CALL_SECONDS}
    if isinstance(error, GeneratorExit | KeyboardInterrupt):
        return _("It was stopped.")
    if type(error).__name__ == "NeedsKeyException":
        return _("The key for %(model)s is missing. The command llm keys set notes one.") % {"model": model}
    if status := getattr(error, "status_code", 0):
        return _("The server of %(model)s answered with an error (%(status)s).") % {"model": model, "status": status}
    if isinstance(error, Unusable):
        return _("%(model)s gave an answer that cannot be used.") % {"model": model}
    if isinstance(error, NotImplementedError):
        return _("%(model)s cannot take such a question.") % {"model": model}
    if _is_refusal(error):
        return _("The server of %(model)s cannot be reached.") % {"model": model}
    return _("%(model)s gave no answer (%(reason)s).") % {"model": model, "reason": type(error).__name__}
