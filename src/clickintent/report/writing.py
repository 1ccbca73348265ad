"""The report as a page of its own and as Markdown, from the same sections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from clickintent.built_file import opened
from clickintent.report.charts import Chart, charts_of, svg
from clickintent.report.figures import Figure, Figures, number
from clickintent.report.reading import Evaluations, read_evaluations
from clickintent.report.sentences import sentences_of

TITLE: Final = "What the models are worth"
SYNTHETIC: Final = (
    "The events are those of a synthetic bank, drawn by a simulator. These figures say that the machinery works; they "
    "prove nothing about a bank."
)
PARTLY_SYNTHETIC: Final = (
    "Some of the events are those of a synthetic bank, drawn by a simulator: no figure is of real people alone."
)
NOTHING: Final = "None of its figures can be told yet."
_HEADINGS: Final = ("task", "model", "segment", "metric", "value", "low", "high", "n")
_TEXTS: Final = 4
_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-size: 13px; }
td, th { border-bottom: 1px solid #8884; padding: 2px 8px; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.notice { border-left: 4px solid #cc6600; padding: 4px 12px; }
svg { display: block; width: 100%; max-width: 45rem; margin: 1rem 0; }
"""


@dataclass(frozen=True)
class Section:
    """One table, told."""

    table: str
    title: str
    command: str
    about: Mapping[str, str]
    sentences: list[str]
    charts: list[Chart]
    rows: list[Figure]


def write_report(file: Path, out: Path) -> list[Path]:
    """Write report.html, report.md and the plots of the latter; the same tables write the same bytes.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        out: folder; plots of an earlier report in it are removed.

    Returns:
        What was written.

    Raises:
        BuiltFileError: there is no such file, it is being written, or the build in it is not complete.
    """
    with opened(file) as connection:
        evaluations = read_evaluations(connection)
    sections = sections_of(evaluations)
    out.mkdir(parents=True, exist_ok=True)
    for earlier in (path for known in evaluations.evaluations for path in out.glob(f"{known.table}-*.svg")):
        earlier.unlink()
    files = {"report.html": html_page(evaluations, sections), "report.md": markdown_page(evaluations, sections)}
    files |= {_plot(section, number_of): svg(chart) for section in sections for number_of, chart in _numbered(section)}
    for name, text in files.items():
        (out / name).write_text(text + "\n", encoding="utf-8")
    return [out / name for name in files]


def sections_of(evaluations: Evaluations) -> list[Section]:
    """The tables that are there, in the order in which they are told of."""
    sections = []
    for evaluation in evaluations.evaluations:
        if evaluation.table in evaluations.figures:
            figures = Figures(evaluations.figures[evaluation.table])
            sections.append(
                Section(
                    evaluation.table,
                    evaluation.title,
                    evaluation.command,
                    evaluations.about[evaluation.table],
                    sentences_of(evaluation.table, figures),
                    charts_of(evaluation.table, figures),
                    figures.rows,
                )
            )
    return sections


def html_page(evaluations: Evaluations, sections: list[Section]) -> str:
    """One page that needs nothing else."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(TITLE)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<h1>{escape(TITLE)}</h1>",
    ]
    notice = _notice(evaluations)
    if notice:
        parts.append(f'<p class="notice"><strong>{escape(notice)}</strong></p>')
    parts.append(f"<p>{escape(_preamble(evaluations))}</p>")
    for section in sections:
        parts.append(f"<h2>{escape(section.title)}</h2>\n<p><code>{section.table}</code>{escape(_about(section))}</p>")
        if not section.rows:
            parts.append(f"<p>{NOTHING}</p>")
        if section.sentences:
            parts.append("<ul>\n" + "\n".join(f"<li>{escape(told)}</li>" for told in section.sentences) + "\n</ul>")
        parts += [svg(chart) for chart in section.charts]
        if section.rows:
            summary = f"<summary>All {len(section.rows)} figures</summary>"
            parts.append(f"<details>{summary}\n{_html_table(section)}\n</details>")
    if evaluations.missing:
        parts.append("<h2>Not built</h2>\n<ul>")
        parts += [
            f"<li><code>{missing.table}</code> ({escape(missing.title)}): <code>{escape(missing.command)}</code></li>"
            for missing in evaluations.missing
        ]
        parts.append("</ul>")
    return "\n".join([*parts, "</body>\n</html>"])


def markdown_page(evaluations: Evaluations, sections: list[Section]) -> str:
    """The same in Markdown; plots are files beside it."""
    notice = _notice(evaluations)
    parts = [f"# {TITLE}", *([f"**{notice}**"] if notice else []), _preamble(evaluations)]
    for section in sections:
        parts.append(f"## {section.title}")
        parts.append(f"`{section.table}`{_about(section)}")
        if not section.rows:
            parts.append(NOTHING)
        if section.sentences:
            parts.append("\n".join(f"- {_cell(told)}" for told in section.sentences))
        parts += [f"![{_cell(chart.title)}]({_plot(section, n)})" for n, chart in _numbered(section)]
        if not section.rows:
            continue
        rows = ["| " + " | ".join(_HEADINGS) + " |", "|" + "---|" * _TEXTS + "---:|" * (len(_HEADINGS) - _TEXTS)]
        rows += ["| " + " | ".join(map(_cell, _cells(row))) + " |" for row in section.rows]
        summary = f"<summary>All {len(section.rows)} figures</summary>"
        parts += [f"<details>{summary}", "\n".join(rows), "</details>"]
    if evaluations.missing:
        parts.append("## Not built")
        parts.append(
            "\n".join(f"- `{missing.table}` ({missing.title}): `{missing.command}`" for missing in evaluations.missing)
        )
    return "\n\n".join(parts)


def _notice(evaluations: Evaluations) -> str:
    if not evaluations.is_synthetic:
        return ""
    return SYNTHETIC if len(evaluations.sources) == 1 else PARTLY_SYNTHETIC


def _preamble(evaluations: Evaluations) -> str:
    return (
        f"{evaluations.sessions:,} human sessions from {', '.join(evaluations.sources) or 'no source'}. Intervals are "
        "95%, by bootstrap over people; a difference whose interval holds zero cannot be told. "
        "Written by `clickintent report`."
    )


def _about(section: Section) -> str:
    said = {
        "split_at": "fitted on what was known before {}",
        "encoder_version": "encoder {}",
        "taxonomy_version": "taxonomy {}",
        "classifier_version": "classifier {}",
        "evaluated_at": "evaluated at {}",
    }
    told = [text.format(section.about[name]) for name, text in said.items() if name in section.about]
    return f": {', '.join(told)}. Built by `{section.command}`." if told else f". Built by `{section.command}`."


def _numbered(section: Section) -> Iterator[tuple[int, Chart]]:
    yield from enumerate(section.charts, 1)


def _plot(section: Section, number_of: int) -> str:
    return f"{section.table}-{number_of}.svg"


def _cells(row: Figure) -> list[str]:
    values = ["" if value is None else number(value) for value in (row.value, row.low, row.high)]
    return [row.task, row.model, row.segment, row.metric, *values, f"{row.n:,}"]


def _cell(text: str) -> str:
    """What a name holds must not end a cell or a line."""
    return escape(text, quote=False).replace("|", "\\|").replace("\n", " ")


def _html_table(section: Section) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    lines = [f"<table>\n<tr>{head}</tr>"]
    for row in section.rows:
        cells = _cells(row)
        texts = "".join(f"<td>{escape(cell)}</td>" for cell in cells[:_TEXTS])
        numbers = "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells[_TEXTS:])
        lines.append(f"<tr>{texts}{numbers}</tr>")
    return "\n".join([*lines, "</table>"])
