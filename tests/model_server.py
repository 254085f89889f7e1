"""A server that speaks OpenAI's protocol of chat completions on 127.0.0.1: streams, images, JSON schemas, usage, keys. What it answers is
the test's to say; what was asked of it is kept, and what no client of ours may ask is answered with 400 and noted as a complaint.

`model_server` in conftest.py serves it, and tells `llm` of it as its users would: in extra-openai-models.yaml and keys.json.
"""

import base64
import binascii
import io
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

MODEL = "gemini-1.5-flash-8b"  # for it has a known price: $0.0375 in and $0.15 out, a million tokens
PLAIN_MODEL = "plain-model"  # knows no images and no schemas, and its price is in no table
KEY = "key-of-the-model-server"
LONGEST_SIDE = 1_024
LETTERS_A_TOKEN = 4
IMAGE_TOKENS = 260
_MAX_BODY = 5_000_000


@dataclass(frozen=True)
class Reply:
    """What the server says next. `usage` overrides its own count of (input, cached, output) tokens; an `endless` answer never ends."""

    text: str = ""
    status: int = 200
    usage: tuple[int, int, int] | None = None
    has_usage: bool = True
    is_endless: bool = False
    is_silent: bool = False  # it takes the question, and says nothing until it is closed
    is_nonsense: bool = False  # a stream that is none


@dataclass
class Asked:
    """A question as it came."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def system(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"] if message["role"] == "system")

    @property
    def text(self) -> str:
        """All words that the user's messages hold."""
        return "\n".join(
            text for message in self.body["messages"] for text in _texts(message) if message["role"] == "user"
        )

    @property
    def images(self) -> list[Image.Image]:
        return [Image.open(io.BytesIO(content)) for content in self.image_bytes]

    @property
    def image_bytes(self) -> list[bytes]:
        parts = [
            part
            for message in self.body["messages"]
            if isinstance(message["content"], list)
            for part in message["content"]
        ]
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        return [base64.b64decode(url.partition(",")[2], validate=True) for url in urls]

    @property
    def schema(self) -> dict[str, Any] | None:
        return (self.body.get("response_format") or {}).get("json_schema", {}).get("schema")


@dataclass
class ModelServer:
    """`answers` are given in their order, then `answer` to everything else."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answers: deque[Reply | str] = field(default_factory=deque)
    answer: Callable[[Asked], Reply | str] = lambda asked: fitting(asked)
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    is_closed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        self.asked.clear()
        self.complaints.clear()
        self.answers.clear()
        self.answer = fitting
        self.input_tokens = self.cached_tokens = self.output_tokens = 0

    def configure(self, folder: Path) -> None:
        """Writes what `llm` reads in its own folder."""
        folder.mkdir(parents=True, exist_ok=True)
        common = {"api_base": f"{self.url}/v1", "api_key_name": "tests"}
        models = [
            {"model_id": MODEL, "model_name": "flash", "vision": True, "supports_schema": True, **common},
            {"model_id": PLAIN_MODEL, "model_name": "plain", **common},
        ]
        (folder / "extra-openai-models.yaml").write_text(json.dumps(models))  # which is YAML as well
        (folder / "keys.json").write_text(json.dumps({"tests": KEY}))

    def next_reply(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            scripted = self.answers.popleft() if self.answers else None
        found = self.answer(asked) if scripted is None else scripted
        return Reply(found) if isinstance(found, str) else found

    def count(self, usage: tuple[int, int, int]) -> None:
        with self.lock:
            self.input_tokens += usage[0]
            self.cached_tokens += usage[1]
            self.output_tokens += usage[2]


def fitting(asked: Asked) -> str:
    """An answer to anything: of an image its size, to a schema the least that it allows, else a sentence."""
    if asked.schema:
        return json.dumps(least(asked.schema))
    if asked.image_bytes:
        width, height = asked.images[0].size
        return f"A picture of {width} by {height} pixels."
    return "A sentence of the model's own."


def least(schema: dict[str, Any]) -> Any:
    """Some value that fits the schema."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: least(inner) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [least(schema["items"])]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return "Words of the model"


def problem_of(asked: Asked) -> str:
    """What is wrong with a question, in a sentence; "" for a good one."""
    if asked.body.get("tools") or asked.body.get("functions"):
        return "tools were offered"
    if not asked.body.get("max_tokens") and not asked.body.get("max_completion_tokens"):
        return "no limit of tokens was set"
    try:
        images = asked.image_bytes
    except (binascii.Error, KeyError, ValueError):
        return "an image is not a data URI"
    for content in images:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            if image.format != "JPEG" or max(image.size) > LONGEST_SIDE:
                return f"an image is {image.format}, {image.size}"
            if kept := {"exif", "icc_profile", "comment", "xmp", "photoshop"} & image.info.keys():
                return f"an image has metadata: {sorted(kept)}"
    return ""


@contextmanager
def serving() -> Iterator[ModelServer]:
    model = ModelServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": model}))
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.is_closed.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    model: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(min(int(self.headers["Content-Length"]), _MAX_BODY)))
        asked = Asked(body, dict(self.headers))
        if self.path != "/v1/chat/completions" or self.headers["Authorization"] != f"Bearer {KEY}":
            self._json(401, {"error": {"message": "No such key.", "type": "invalid_request_error"}})
        elif problem := problem_of(asked):
            self.model.complaints.append(problem)
            self._json(400, {"error": {"message": problem, "type": "invalid_request_error"}})
        else:
            self._answer(asked, self.model.next_reply(asked))

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quietly."""

    def _answer(self, asked: Asked, reply: Reply) -> None:
        usage = reply.usage or _usage(asked, reply.text)
        try:
            if reply.status != 200:
                message = reply.text or "Out of order."
                self._json(reply.status, {"error": {"message": message, "type": "server_error"}})
            elif reply.is_silent:
                self.model.is_closed.wait()
            elif asked.body.get("stream"):
                self._stream(reply, usage)
            else:
                said = {"role": "assistant", "content": reply.text}
                choice = {"index": 0, "message": said, "finish_reason": "stop"}
                self.model.count(usage)
                self._json(200, {**_frame("chat.completion"), "choices": [choice], "usage": _as_json(usage)})
        except (BrokenPipeError, ConnectionResetError):
            return

    def _stream(self, reply: Reply, usage: tuple[int, int, int]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")  # after which http.server closes it
        self.end_headers()
        if reply.is_nonsense:
            return self._write("data: {nonsense\n\n")
        self._piece("", role="assistant")
        words = reply.text.split(" ")
        for number, word in enumerate(words):
            self._piece(word if number == 0 else f" {word}")
        while reply.is_endless and not self.model.is_closed.wait(0.02):
            self._piece(" and")
        self.model.count(usage)  # before whoever asked can look
        self._event({**_frame(), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        if reply.has_usage and (not reply.is_endless):
            self._event({**_frame(), "choices": [], "usage": _as_json(usage)})
        return self._write("data: [DONE]\n\n")

    def _piece(self, content: str, **more: str) -> None:
        delta = {"content": content, **more}
        self._event({**_frame(), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    def _event(self, data: dict[str, Any]) -> None:
        self._write(f"data: {json.dumps(data)}\n\n")

    def _write(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def _json(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _frame(kind: str = "chat.completion.chunk") -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_800_000_000, "model": "flash"}


def _texts(message: dict[str, Any]) -> list[str]:
    content = message["content"]
    return [content] if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"]


def _usage(asked: Asked, answer: str) -> tuple[int, int, int]:
    words = len(asked.system) + len(asked.text)
    return words // LETTERS_A_TOKEN + IMAGE_TOKENS * len(asked.image_bytes), 0, len(answer) // LETTERS_A_TOKEN + 1


def _as_json(usage: tuple[int, int, int]) -> dict[str, Any]:
    input_tokens, cached, output_tokens = usage
    return {
        "prompt_tokens": input_tokens,
        "completion_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
