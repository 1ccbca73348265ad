"""The versions of encoder and classifier that a build left, in whatever warehouse."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from clickintent.doctor.finding import Finding

MODELS: Final = ("session_encoder", "intent_classifier")


def versions_query(named: Callable[[str], str] = str) -> str:
    """Query for the rows that `model_findings` takes.

    Args:
        named: name of a table -> as SQL.
    """
    return " union all ".join(
        f"select '{model}' as model, version, status, config, weights from {named(model)}" for model in MODELS
    )


def model_findings(versions: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """A finding for each model: which version is in force, whether it can be read, and what waits for approval.

    Args:
        versions: rows of `versions_query`.
    """
    from clickintent.encoder import EncoderError, load_encoder  # noqa: PLC0415 - torch only where there is a build

    for model in MODELS:
        of_model = [row for row in versions if row["model"] == model]
        current = next((row for row in of_model if row["status"] == "current"), None)
        if current is None:
            advice = "Run `dbt build`; without labels there is no classifier: see label_coverage."
            yield Finding(model, "warning", "no version is in force", advice)
            continue
        name = current["version"]
        if model == "session_encoder":
            try:
                load_encoder(bytes(current["weights"]), current["config"])
            except EncoderError as error:
                advice = "Install the clickintent that trained it, or train anew."
                yield Finding(model, "bad", f"{name}: {error}", advice)
                continue
        waiting = [row["version"] for row in of_model if row["status"] == "candidate"]
        if waiting:
            advice = "Read its card (`clickintent models card`), then `clickintent models promote`."
            yield Finding(model, "warning", f"{name} is in force, {', '.join(waiting)} waits for approval", advice)
        else:
            yield Finding(model, "good", f"{name} is in force")
