"""What people read: figures as JSON, a table in Markdown, a plot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.classifier.batches import BATCH, FLOOR, TRANSPORT, UDF

_Measured = Mapping[str, Any]


def document(measured: _Measured) -> dict[str, Any]:
    """The whole of results/classifier.json: headline figures, medians of the repeats, then the raw ones."""
    batch, udf = measured["batches"]["calls"], measured["udf"]["calls"]
    session, llm = measured["one_session"], measured["llm_floor"]
    return {
        "labels_per_second": batch[BATCH]["per_second_median"],
        "labels_per_cpu_second": batch[BATCH]["per_cpu_second"],
        "labels_share_of_products": share(batch, BATCH, FLOOR),
        "udf_labels_per_second": udf[UDF]["per_second_median"],
        "udf_labels_per_cpu_second": udf[UDF]["per_cpu_second"],
        "udf_share_of_transport": share(udf, UDF, TRANSPORT),
        "events_to_intent_ms_p50": session["ms_p50"],
        "events_to_intent_ms_p99": session["ms_p99"],
        "teacher_agreement": measured["agreement"]["agreement"],
        "over_llm_labeler_at_least": round(batch[BATCH]["per_second_median"] / llm["per_second"]),
        "measured": measured,
    }


def share(calls: Mapping[str, Mapping[str, Any]], of: str, floor: str) -> float:
    """CPU time of the floor as a share of a call's."""
    return round(float(calls[of]["per_cpu_second"] / calls[floor]["per_cpu_second"]), 3)


def markdown(measured: _Measured) -> str:
    """The whole of results/classifier.md."""
    batch, udf = measured["batches"], measured["udf"]
    return f"""# Speed of the intent classifier

{_how(measured["environment"])} Sessions a second in the fastest of the repeats, in the median
one, and in a second of CPU time of all threads.

## {batch["rows"]:,} embeddings in memory, {batch["threads"]} threads

{_table(batch["calls"])}

## {udf["rows"]:,} rows of a table in DuckDB, {udf["threads"]} threads

{_table(udf["calls"])}

## One session, one thread

{_one_session(measured["one_session"])}

## Beside a language model

{_llm(measured["llm_floor"], batch["calls"][BATCH]["per_second_median"])}

## Agreement

{_agreement(measured["agreement"])}
"""


def _how(environment: _Measured) -> str:
    machine = environment["machine"]
    return (
        f"`{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores, load\n"
        f"average {machine['load_average']} at the start, commit {environment['commit']}."
    )


def _one_session(found: _Measured) -> str:
    return (
        "From the lists of a session, as in `session_sequences`, to its intent: "
        f"p50 {found['ms_p50']} ms, p99 {found['ms_p99']} ms,\n"
        f"of which the embedding is {found['embedding_ms_p50']} ms at p50; {found['sessions']:,} sessions of "
        f"{found['events_mean']} events on average.\n"
        f"In CPU time p50 {found['cpu_ms_p50']} ms, p99 {found['cpu_ms_p99']} ms."
    )


def _llm(floor: _Measured, per_second: int) -> str:
    return (
        "No language model was asked. With one that answers at once, on the same machine, the labeler `openai` gets\n"
        f"through {floor['per_second']:,} sessions a second: prompts, transport, checks and what is kept, "
        f"{floor['calls']} calls for {floor['narratives']:,}\nnarratives. The classifier is at least "
        f"{per_second / floor['per_second']:,.0f} times as fast. A model would read about "
        f"{floor['prompt_tokens_per_session']:.0f} tokens\na session on top, and write "
        f"{floor['completion_tokens_per_session']:.0f}, by an estimate of 4 bytes a token."
    )


def _agreement(found: _Measured) -> str:
    return (
        f"{found['agreement']:.1%} of {found['n']:,} held-out labels of the labeler `{found['labeler']}`, by the "
        f"metrics of `{found['classifier_version']}`\nin the file that was measured on. Speed does not depend on it."
    )


def plot(measured: _Measured, file: Path) -> None:
    """Draws sessions a second of every call.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib as mpl  # noqa: PLC0415 - only plots need it

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "classifier"
    from matplotlib import pyplot  # noqa: PLC0415

    calls = {**measured["batches"]["calls"], **measured["udf"]["calls"]}
    figure, axis = pyplot.subplots(figsize=(7, 3.4), layout="constrained")
    places = range(len(calls))
    colours = ["0.6" if name in (FLOOR, TRANSPORT) else "tab:blue" for name in calls]
    axis.barh(places, [call["per_second"] / 1e6 for call in calls.values()], color=colours)
    axis.plot([call["per_second_median"] / 1e6 for call in calls.values()], places, "k|", label="median repeat")
    axis.set_yticks(places, calls, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel("million sessions a second, fastest repeat")
    axis.legend(frameon=False, fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _table(calls: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        f"| {name} | {call['per_second']:,} | {call['per_second_median']:,} | {call['per_cpu_second']:,} |"
        for name, call in calls.items()
    ]
    return "\n".join(["| | fastest | median | a CPU second |", "|---|---:|---:|---:|", *rows])
