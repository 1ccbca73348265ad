"""What people read: figures as JSON, a table in Markdown, a plot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.classifier.batches import BATCH, FLOOR, TRANSPORT, UDF

_Measured = Mapping[str, Any]


def document(measured: _Measured) -> dict[str, Any]:
    """The whole of results/classifier.json: headline figures, then the raw ones."""
    batch, udf = measured["batches"]["calls"], measured["udf"]["calls"]
    session, llm = measured["one_session"], measured["llm_floor"]
    return {
        "labels_per_second": batch[BATCH]["per_second"],
        "labels_per_cpu_second": batch[BATCH]["per_cpu_second"],
        "labels_share_of_products": share(batch, BATCH, FLOOR),
        "udf_labels_per_second": udf[UDF]["per_second"],
        "udf_labels_per_cpu_second": udf[UDF]["per_cpu_second"],
        "udf_share_of_transport": share(udf, UDF, TRANSPORT),
        "events_to_intent_ms_p50": session["ms_p50"],
        "events_to_intent_ms_p99": session["ms_p99"],
        "teacher_agreement": measured["agreement"]["agreement"],
        "over_llm_labeler_at_least": round(batch[BATCH]["per_second"] / llm["per_second"]),
        "measured": measured,
    }


def share(calls: Mapping[str, Mapping[str, Any]], of: str, floor: str) -> float:
    """CPU time of the floor as a share of a call's."""
    return round(float(calls[of]["per_cpu_second"] / calls[floor]["per_cpu_second"]), 3)


def markdown(measured: _Measured) -> str:
    """The whole of results/classifier.md."""
    environment = measured["environment"]
    machine = environment["machine"]
    session, llm, agreement = measured["one_session"], measured["llm_floor"], measured["agreement"]
    best = measured["batches"]["calls"][BATCH]["per_second"]
    return (
        "\n\n".join(
            [
                "# Speed of the intent classifier",
                f"`{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores, load "
                f"average {machine['load_average']} at the start, commit {environment['commit']}. Sessions a second in the "
                "fastest of the repeats, in the median one, and in a second of CPU time of all threads.",
                f"## {measured['batches']['rows']:,} embeddings in memory, {measured['batches']['threads']} threads",
                _table(measured["batches"]["calls"]),
                f"## {measured['udf']['rows']:,} rows of a table in DuckDB, {measured['udf']['threads']} threads",
                _table(measured["udf"]["calls"]),
                "## One session, one thread",
                f"From the lists of a session, as in `session_sequences`, to its intent: p50 {session['ms_p50']} ms, p99 "
                f"{session['ms_p99']} ms, of which the embedding is {session['embedding_ms_p50']} ms at p50; "
                f"{session['sessions']:,} sessions of {session['events_mean']} events on average. In CPU time p50 "
                f"{session['cpu_ms_p50']} ms, p99 {session['cpu_ms_p99']} ms.",
                "## Beside a language model",
                f"No language model was asked. With one that answers at once, on the same machine, the labeler `openai` gets "
                f"through {llm['per_second']:,} sessions a second: prompts, transport, checks, and what is kept, "
                f"{llm['calls']} calls for {llm['narratives']:,} narratives. The classifier is at least "
                f"{best / llm['per_second']:,.0f} times as fast. A model takes about "
                f"{llm['prompt_tokens_per_session']:.0f} tokens of prompt and {llm['completion_tokens_per_session']:.0f} of "
                "answer a session on top, by an estimate of 4 bytes a token.",
                "## Agreement",
                f"{agreement['agreement']:.1%} of {agreement['n']:,} held-out labels of the labeler `{agreement['labeler']}`, "
                f"by the metrics of `{agreement['classifier_version']}` in the file that was measured on. The speed of the "
                "arithmetic does not depend on it.",
            ]
        )
        + "\n"
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
