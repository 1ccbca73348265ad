"""The part of the local server that keeps files and batches, as far as the Batch API needs it."""

import json
import re
import threading
from dataclasses import dataclass, field


@dataclass
class Batches:
    """Files and batches by id; nothing happens to a batch until `finish` is called.

    Attributes:
        files: content by id, as uploaded or written.
        made: batches by id, as the API shows them.
        deleted: ids of files that were deleted.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    made: dict[str, dict] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def __post_init__(self):
        self._lock = threading.Lock()

    def requests(self, batch_id: str) -> list[dict]:
        return [json.loads(line) for line in self.files[self.made[batch_id]["input_file_id"]].splitlines()]

    def finish(self, answer, status: str = "completed") -> None:
        """End every batch that is in progress.

        Args:
            answer: custom_id, body -> (status code, body of the response), or None for a request that is lost.
            status: that the batches end in.
        """
        for batch_id, batch in self.made.items():
            if batch["status"] != "in_progress":
                continue
            lines = {True: [], False: []}
            for request in self.requests(batch_id):
                answered = answer(request["custom_id"], request["body"])
                if answered is not None:
                    code, body = answered
                    response = {"status_code": code, "request_id": "r", "body": body}
                    line = {"id": "l", "custom_id": request["custom_id"], "response": response, "error": None}
                    lines[code == 200].append(json.dumps(line))
            batch["status"] = status
            for name, is_good in (("output_file_id", True), ("error_file_id", False)):
                if lines[is_good]:
                    batch[name] = self._keep("\n".join(lines[is_good]).encode())

    def handle(self, method: str, path: str, content_type: str, content: bytes) -> tuple[int, dict | bytes] | None:
        """The response to a request; None where it is not about files or batches."""
        response = None
        match method, path.split("?", maxsplit=1)[0].removeprefix("/v1/").split("/"):
            case "POST", ["files"]:
                response = 200, {"id": self._keep(_uploaded(content_type, content)), "object": "file"}
            case "GET", ["files", file_id, "content"]:
                response = (200, self.files[file_id]) if file_id in self.files else _missing()
            case "DELETE", ["files", file_id]:
                self.deleted.append(file_id)
                response = (200, {"id": file_id, "deleted": True}) if self.files.pop(file_id, None) else _missing()
            case "POST", ["batches"]:
                response = 200, self._make(json.loads(content))
            case "GET", ["batches"]:
                response = 200, {"object": "list", "data": [*self.made.values()][::-1], "has_more": False}
            case "GET", ["batches", batch_id]:
                response = (200, self.made[batch_id]) if batch_id in self.made else _missing()
        return response

    def _keep(self, content: bytes) -> str:
        with self._lock:
            file_id = f"file-{len(self.files) + len(self.deleted) + 1}"
            self.files[file_id] = content
            return file_id

    def _make(self, asked: dict) -> dict:
        with self._lock:
            batch_id = f"batch-{len(self.made) + 1}"
            self.made[batch_id] = {
                **asked,
                "id": batch_id,
                "object": "batch",
                "status": "in_progress",
                "created_at": 1,
                "output_file_id": None,
                "error_file_id": None,
            }
            return self.made[batch_id]


def _missing() -> tuple[int, dict]:
    return 404, {"error": {"message": "no such thing"}}


def _uploaded(content_type: str, content: bytes) -> bytes:
    """The file in a multipart body."""
    boundary = re.search(r"boundary=([^;]+)", content_type)[1].encode()
    part = next(part for part in content.split(b"--" + boundary) if b"filename=" in part)
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
