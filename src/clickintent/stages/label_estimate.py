"""What labeling by a language model would send and cost, before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from clickintent.labeling.answer_book import AnswerBook
from clickintent.labeling.asking import FEWEST_IN_BATCH
from clickintent.labeling.label_prompt import LabelPrompt
from clickintent.labeling.llm_setup import label_key
from clickintent.labeling.packing import LABEL_PURPOSE, LabelCalls
from clickintent.llm import BATCH_PRICE_SHARE, CallStore, LlmSettings, price_of
from clickintent.stages.run import Run
from clickintent.stages.sending import CALLS_TABLE, Sending
from clickintent.stages.session_labels import active_taxonomy, sessions_to_label


@dataclass(frozen=True)
class LabelEstimate:
    """What the labeler 'openai' would do in the next build.

    Attributes:
        settings: of the client.
        sessions: sampled, without a label of this model.
        withheld: of these, sessions of which nothing may be sent.
        narratives: distinct texts of the others, as they would be sent.
        cached: of these, texts whose answer is known or waits in a batch.
        too_long: of these, texts that do not fit the model.
        calls: to be made, if none has to be repeated.
        prompt_tokens: of the calls, about.
        completion_tokens: of the answers, about.
        cost_usd: of both by the price table; None for a model without a price.
    """

    settings: LlmSettings
    sessions: int
    withheld: int
    narratives: int
    cached: int
    too_long: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None

    @property
    def asked(self) -> int:
        """Texts that would be asked about."""
        return self.narratives - self.cached - self.too_long

    @property
    def is_over_budget(self) -> bool:
        """Whether a limit of the settings would stop the build before the end."""
        tokens, usd = self.settings.budget_tokens, self.settings.budget_usd
        return (tokens is not None and self.prompt_tokens + self.completion_tokens > tokens) or (
            usd is not None and (self.cost_usd or 0.0) > usd
        )


def estimate_labels(run: Run, llm: Mapping[str, object]) -> LabelEstimate:
    """Estimate the next build's labeling from the tables of the last one.

    Args:
        run: a build's file, opened by a command.
        llm: the var `llm`.

    Raises:
        LlmError: the settings do not fit.
    """
    settings = LlmSettings.read(llm)
    taxonomy = active_taxonomy(run, "intent_taxonomy")
    key = label_key(taxonomy, settings)
    book = AnswerBook(taxonomy.leaf_ids)
    book.recall(CallStore(run.warehouse, CALLS_TABLE).calls(LABEL_PURPOSE, *key.cached_by))
    writer = LabelCalls(LabelPrompt(taxonomy), taxonomy.leaf_ids, settings)

    sending = Sending(llm, "sendable_sessions", "page_audience", "event_type_audience", "llm_prices")
    tables = "session_narratives", "label_sample"
    stale = sessions_to_label(run, *tables, "openai", key.model_version, key.taxonomy_version)
    told = sending.narratives(run, stale)
    items = [key.item(text) for text in told.get_column("narrative").unique()]
    unknown = [item for item in items if book.is_to_ask(item.item_hash)]
    fitting = sorted((item for item in unknown if writer.fits(item)), key=lambda item: item.item_hash)
    calls = prompt_tokens = 0
    for request in writer.pack(fitting):
        calls += 1
        prompt_tokens += request.estimated_tokens
    completion_tokens = writer.usual_answer_tokens(len(fitting))
    price = price_of(settings.model, sending.price_table(run))
    price_share = BATCH_PRICE_SHARE if settings.batch and calls >= FEWEST_IN_BATCH else 1.0
    return LabelEstimate(
        settings=settings,
        sessions=stale.height,
        withheld=stale.height - told.height,
        narratives=len(items),
        cached=len(items) - len(unknown),
        too_long=len(unknown) - len(fitting),
        calls=calls,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        cost_usd=None if price is None else price_share * price.usd(prompt_tokens, completion_tokens),
    )
