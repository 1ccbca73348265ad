"""Questions to a model that are asked once, ever: what was answered before is read from `llm_calls`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from clickintent.llm import CallItem, CallStore, ChatOutcome, ChatRequest, hash_of, prompt_hash
from clickintent.taxonomy.proposal.answers import AnswerError
from clickintent.taxonomy.proposal.sketch import SessionText
from clickintent.taxonomy.rows import TaxonomyError

if TYPE_CHECKING:
    from clickintent.llm import ChatClient

T = TypeVar("T")


class AskingError(TaxonomyError):
    """A question stays without an answer that can be used; what was answered before is kept."""


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question, and how its answer is read.

    Attributes:
        purpose: as `llm_calls` names it.
        instructions: what the model is told.
        data: the message that holds the data.
        schema: of the answer.
        sessions: those that the data show; `llm_calls` names their hashes, so that an erasure finds the call.
        read: turns the answer into what is wanted, or raises `AnswerError`.
    """

    purpose: str
    instructions: str
    data: str
    schema: Mapping[str, Any]
    sessions: Sequence[SessionText]
    read: Callable[[Mapping[str, Any]], T] = field(compare=False)

    @property
    def prompt_hash(self) -> str:
        """Of what is asked; the data are the item."""
        return prompt_hash([self.purpose, self.instructions], self.schema)

    @property
    def item_hash(self) -> str:
        """Of the whole question."""
        return hash_of(self.prompt_hash, self.data)

    def request(self, refusal: str | None = None) -> ChatRequest:
        """The question as a request, the second time with what was wrong with the first answer."""
        messages = [{"role": "system", "content": self.instructions}, {"role": "user", "content": self.data}]
        if refusal is not None:
            content = f"An earlier answer to this could not be used: {refusal}. Answer again, in full."
            messages.append({"role": "user", "content": content})
        return ChatRequest(self.purpose, tuple(messages), self.purpose, self.schema, payload=(self, refusal))


@dataclass
class Asker:
    """Asks questions, each at most twice.

    Attributes:
        client: sends them.
        store: keeps what came back.
        asked: calls that were made.
        tokens: that they took.
    """

    client: ChatClient
    store: CallStore
    asked: int = 0
    tokens: int = 0

    def ask(self, questions: Iterable[Question[T]]) -> list[T]:
        """Answers to n questions, in their order.

        Raises:
            AskingError: one has no answer that can be used, the second time either.
            LlmError: the server refuses every call.
        """
        wanted = list(questions)
        known = {hashed: self._known(hashed) for hashed in {question.prompt_hash for question in wanted}}
        found: dict[str, T] = {}
        unanswered: list[Question[T]] = []
        for question in wanted:
            answer = known[question.prompt_hash].get(question.item_hash)
            try:
                found[question.item_hash] = question.read(answer or {})
            except AnswerError:
                unanswered.append(question)

        def hear(outcome: ChatOutcome) -> list[ChatRequest]:
            question, refusal = cast("tuple[Question[T], str | None]", outcome.request.payload)
            outcome, read = _read(outcome, question)
            if outcome.status != "over_budget":
                self._keep(outcome, question)
            if read:
                found[question.item_hash] = read[0]
                return []
            # a fault of transport has had its attempts; only what the model said is worth a second question
            if refusal is not None or outcome.status not in {"invalid", "truncated"}:
                raise AskingError(
                    f"The proposal of a taxonomy stops at {question.purpose}: {outcome.error}. What was answered "
                    "before is kept: mend the cause and run it again."
                )
            return [question.request(outcome.error)]

        if unanswered:
            totals = self.client.run([question.request() for question in unanswered], hear)
            self.asked += totals.outcomes
            self.tokens += totals.prompt_tokens + totals.completion_tokens
        return [found[question.item_hash] for question in wanted]

    def _known(self, hashed: str) -> dict[str, Any]:
        settings = self.client.settings
        return self.store.answers(settings.model, settings.parameters, None, hashed)

    def _keep(self, outcome: ChatOutcome, question: Question[Any]) -> None:
        shown = [CallItem(session.narrative_hash, session.narrative_hash) for session in question.sessions]
        answered = CallItem(question.item_hash, answer=outcome.answer)
        self.store.append(outcome, [answered, *shown], prompt_hash=question.prompt_hash)


def _read(outcome: ChatOutcome, question: Question[T]) -> tuple[ChatOutcome, list[T]]:
    """What the answer says, or nothing; an outcome whose answer is of no use is 'invalid', with the reason."""
    if outcome.answer is None:
        return outcome, []
    try:
        return outcome, [question.read(outcome.answer)]
    except AnswerError as error:
        return replace(outcome, status="invalid", answer=None, error=str(error)), []
