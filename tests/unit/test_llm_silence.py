"""The key comes from the environment alone, and neither it nor a request nor a response is told to anybody."""

import logging
import traceback

import pytest

from clickintent.llm import ChatClient, LlmError, LlmSettings, LlmSettingsError
from clickintent.llm.silence import quiet_libraries
from llm_requests import KEY, PRICES, QUESTION, ask, no_matter, request
from llm_server import ANSWER_FAULTS, TRANSPORT_FAULTS, Fault, LlmServer, refused, wrong_model


def test_without_a_key_openai_is_not_asked():
    with pytest.raises(LlmSettingsError, match="set the environment variable OPENAI_API_KEY"):
        ChatClient(LlmSettings(), prices=PRICES, environment={})


def test_a_server_of_ones_own_needs_no_key_and_may_stand_in_the_environment():
    with LlmServer() as server:
        asked = ChatClient(LlmSettings(), prices=PRICES, environment={"OPENAI_BASE_URL": server.url})
        assert asked.run([request()], no_matter).by_status == {"ok": 1}
    assert server.headers[0]["authorization"] == "Bearer no-key"


SECRETS = (KEY, QUESTION, "Say it again", "Here are your labels", "I cannot help")


def is_silent(text):
    return not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        *TRANSPORT_FAULTS,
        *ANSWER_FAULTS,
        refused(400),
        refused(401, code=KEY),
        refused(404, code=QUESTION, param=QUESTION),
        wrong_model(QUESTION),
    ],
    ids=lambda fault: fault.name if isinstance(fault, Fault) else "ok",
)
def test_no_key_request_or_response_reaches_logs_errors_or_tracebacks(fault, caplog, capfd):
    told = []
    for library in ("", "openai", "openai._base_client", "httpx2", "httpcore2", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=library)
    with LlmServer(faults=[fault] * 2) as server:
        try:
            outcomes, _ = ask(server, max_attempts=2)
            told.append(str(outcomes[0].error))
            told.append(repr(outcomes))
        except LlmError as error:
            told += traceback.format_exception(error)
    out, err = capfd.readouterr()
    assert is_silent("\n".join([caplog.text, *told, out, err]))
    quiet = ("openai", "httpx2", "httpcore2", "asyncio")
    assert [r for r in caplog.records if r.name.split(".")[0] in quiet and r.levelno < logging.WARNING] == []


def test_the_libraries_stay_quiet_until_the_last_of_two_runs_ends_and_log_as_before_then():
    library = logging.getLogger("httpx2")
    library.setLevel(logging.DEBUG)
    first, second = quiet_libraries(), quiet_libraries()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert library.level == logging.WARNING
    second.__exit__(None, None, None)
    assert library.level == logging.DEBUG
    library.setLevel(logging.NOTSET)
