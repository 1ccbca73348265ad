"""A local server that speaks OpenAI's chat completions, answers by a function, and fails as it is told to.

    with LlmServer(reply=lambda body: {"labels": []}, faults=[rate_limited(retry_after="1"), reset()]) as server:
        settings = LlmSettings(base_url=server.url)

Faults are taken in order, one a request; after the last all goes well. `some_faults` makes an endless mixture that is
the same each time.
"""

import itertools
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from llm_batches import Batches

MODEL_SNAPSHOT = "-2025-04-14"
PROMPT_BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Fault:
    """What a server does in place of answering well.

    Attributes:
        name: for tests to count by.
        act: handles the request wholly; None where the answer is only bent.
        bend: changes the completion.
        is_late: whether a request about a batch has had its effect before it fails.
    """

    name: str
    act: Callable[["Handler", dict], None] | None = None
    bend: Callable[[dict], dict] | None = None
    is_late: bool = False


def refused(status: int, name: str = "refused", headers: dict | None = None, **error) -> Fault:
    """A response that is no success: its body is what OpenAI sends, and echoes the request as unkind servers do."""

    def act(handler, body):
        told = {"message": f"no: {json.dumps(body)} {handler.headers['Authorization']}", "type": None, **error}
        handler.respond(status, {"error": told}, headers)

    return Fault(name, act)


def rate_limited(retry_after: str | None = None, **error) -> Fault:
    return refused(429, "rate_limited", {"Retry-After": retry_after} if retry_after else None, **error)


def failing(status: int = 500) -> Fault:
    return refused(status, f"failing_{status}")


def hanging(seconds: float = 30.0) -> Fault:
    return Fault("hanging", lambda handler, _: handler.server.owner.closing.wait(seconds))


def reset() -> Fault:
    """The connection breaks in the middle of the body."""

    def act(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "4000")
        handler.end_headers()
        handler.wfile.write(b'{"id": "cmpl-1", "choices": [{"mess')
        handler.wfile.flush()
        # closed with a reset, not with the end of the stream
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return Fault("reset", act)


def broken_body() -> Fault:
    """Status 200 and a body that is no JSON."""
    return Fault("broken_body", lambda handler, _: handler.respond_bytes(200, b'{"id": "cmpl-1", "choices": [{'))


def no_completion() -> Fault:
    """Status 200 and JSON that is no completion."""
    return Fault("no_completion", lambda handler, _: handler.respond(200, {"hello": "visitor"}))


def _bend_choice(name: str, *, message: dict | None = None, **choice) -> Fault:
    def bend(completion):
        first = completion["choices"][0]
        first |= choice
        first["message"] |= message or {}
        return completion

    return Fault(name, bend=bend)


def not_json() -> Fault:
    return _bend_choice("not_json", message={"content": "Sure! Here are your labels: {"})


def truncated() -> Fault:
    def bend(completion):
        first = completion["choices"][0]
        content = first["message"]["content"]
        first |= {"finish_reason": "length", "message": {"role": "assistant", "content": content[: len(content) // 2]}}
        return completion

    return Fault("truncated", bend=bend)


def declined() -> Fault:
    return _bend_choice("declined", message={"content": None, "refusal": "I cannot help with that."})


def filtered() -> Fault:
    return _bend_choice("filtered", finish_reason="content_filter", message={"content": None})


def wrong_model(name: str = "gpt-3.5-turbo") -> Fault:
    return Fault("wrong_model", bend=lambda completion: {**completion, "model": name})


def other_content(change: Callable[[dict], dict], name: str = "other_content") -> Fault:
    """A well-formed answer that says something else than the reply would."""

    def bend(completion):
        message = completion["choices"][0]["message"]
        message["content"] = json.dumps(change(json.loads(message["content"])))
        return completion

    return Fault(name, bend=bend)


TRANSPORT_FAULTS = (
    rate_limited(),
    rate_limited(retry_after="0.01"),
    failing(500),
    failing(503),
    reset(),
    broken_body(),
    no_completion(),
)
"""Faults after which the same request succeeds."""

ANSWER_FAULTS = (not_json(), truncated(), declined(), wrong_model())
"""Faults that cost an answer."""


def some_faults(share: float, kinds: Iterable[Fault], seed: int = 0) -> Iterator[Fault | None]:
    """An endless mixture: a share of faults of all kinds, the rest well."""
    chance, kinds = random.Random(seed), list(kinds)
    while True:
        yield chance.choice(kinds) if chance.random() < share else None


@dataclass
class LlmServer:
    """The server; starts when entered, stops when left.

    Attributes:
        reply: request body -> the JSON object to answer with, or a text.
        faults: one a request, None for none.
        supports_schema: whether it takes response_format json_schema.
        supports_json: whether it takes response_format json_object.
        refuses: parameters that it answers with status 400, and the words that it says it with.
        seconds: that an answer takes.
        counts_tokens: whether it tells usage.
        bodies: of all requests to chat completions, in order.
        answered: bodies of those that were answered well.
        headers: of the same requests, by their names in lower case.
        happened: 'ok' or the name of the fault, of the same requests.
        times: when the same requests came, in seconds.
        batches: files and batches that it keeps.
        batch_faults: as `faults`, for the requests about these.
        most_at_once: requests in flight at the busiest moment.
    """

    reply: Callable[[dict], dict | str] = lambda body: {"echo": body["messages"][-1]["content"]}
    faults: Iterable[Fault | None] = ()
    supports_schema: bool = True
    supports_json: bool = True
    refuses: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    counts_tokens: bool = True
    bodies: list[dict] = field(default_factory=list)
    answered: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    batches: Batches = field(default_factory=Batches)
    batch_faults: Iterable[Fault | None] = ()
    most_at_once: int = 0

    def __post_init__(self):
        self.closing = threading.Event()
        self._faults = itertools.chain(self.faults, itertools.repeat(None))
        self.batch_faults = iter(self.batch_faults)
        self._lock = threading.Lock()
        self._at_once = 0

    def __enter__(self):
        self._http = _Http(("127.0.0.1", 0), Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def enter(self, body: dict, headers: dict) -> Fault | None:
        with self._lock:
            self.bodies.append(body)
            self.headers.append(headers)
            self.times.append(time.monotonic())
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            fault = self._refusal(body) or next(self._faults)
            self.happened.append(fault.name if fault else "ok")
            return fault

    def leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def completion(self, body: dict, fault: Fault | None) -> dict:
        content = self.reply(body)
        text = content if isinstance(content, str) else json.dumps(content)
        message = {"role": "assistant", "content": text, "refusal": None}
        completion = {
            "id": "cmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"] + MODEL_SNAPSHOT,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }
        if self.counts_tokens:
            prompt = len(json.dumps(body["messages"])) // PROMPT_BYTES_PER_TOKEN
            answer = len(text) // PROMPT_BYTES_PER_TOKEN
            completion["usage"] = {
                "prompt_tokens": prompt,
                "completion_tokens": answer,
                "total_tokens": prompt + answer,
            }
        if fault and fault.bend:
            return fault.bend(completion)
        with self._lock:
            self.answered.append(body)
        return completion

    def _refusal(self, body: dict) -> Fault | None:
        kind = body.get("response_format", {}).get("type")
        if (kind == "json_schema" and not self.supports_schema) or (kind == "json_object" and not self.supports_json):
            return refused(400, "no_format", message=f"'response_format' of type {kind} is not supported")
        for name, words in self.refuses.items():
            if name in body:
                return refused(400, f"no_{name}", message=words, param=name, code="unsupported_parameter")
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._batches(b"")

    def do_DELETE(self):
        self._batches(b"")

    def do_POST(self):
        owner = self.server.owner
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith("/chat/completions"):
            self._batches(content)
            return
        body = json.loads(content)
        fault = owner.enter(body, {name.lower(): value for name, value in self.headers.items()})
        try:
            if owner.seconds:
                owner.closing.wait(owner.seconds)
            if fault and fault.act:
                fault.act(self, body)
                self.close_connection = fault.name in {"hanging", "reset"}
            else:
                self.respond(200, owner.completion(body, fault))
        except OSError:
            self.close_connection = True
        finally:
            owner.leave()

    def _batches(self, content: bytes) -> None:
        owner = self.server.owner
        fault = next(owner.batch_faults, None)
        if fault and not fault.is_late:
            fault.act(self, {})
            return
        kind = self.headers["Content-Type"] or ""
        status, value = owner.batches.handle(self.command, self.path, kind, content) or (404, {"error": {}})
        if fault:
            fault.act(self, {})
        elif isinstance(value, bytes):
            self.respond_bytes(status, value)
        else:
            self.respond(status, value)

    def respond(self, status: int, value: dict, headers: dict | None = None) -> None:
        self.respond_bytes(status, json.dumps(value).encode(), headers)

    def respond_bytes(self, status: int, content: bytes, headers: dict | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):  # noqa: A002
        """Say nothing: tests read `happened`."""
