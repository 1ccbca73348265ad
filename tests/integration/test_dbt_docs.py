"""`dbt docs` leaves nothing undescribed."""

import json

import pytest

RESOURCES = {"model", "seed", "source", "analysis", "snapshot"}


@pytest.fixture(scope="module")
def docs(built_demo):
    """Manifest, catalog and page of the built demo."""
    built_demo.succeed("docs", "generate", "--static")
    target = built_demo.folder / "target"
    manifest = json.loads((target / "manifest.json").read_text())
    catalog = json.loads((target / "catalog.json").read_text())
    return manifest, catalog, (target / "static_index.html").read_text()


def nodes(manifest):
    return {**manifest["nodes"], **manifest["sources"]}


def test_every_node_is_described(docs):
    manifest, _, _ = docs
    kinds = ("exposures", "metrics", "semantic_models", "saved_queries")
    described = {name: node for name, node in nodes(manifest).items() if node["resource_type"] in RESOURCES}
    described |= {name: node for kind in kinds for name, node in manifest[kind].items()}
    assert {node["resource_type"] for node in described.values()} >= {"model", "seed", "analysis", "metric", "exposure"}
    assert [name for name, node in described.items() if not node["description"].strip()] == []


def test_every_column_that_is_there_is_described_and_none_that_is_not(docs):
    manifest, catalog, _ = docs
    wrong = []
    for name, table in {**catalog["nodes"], **catalog["sources"]}.items():
        told = {column.lower(): text["description"] for column, text in nodes(manifest)[name]["columns"].items()}
        there = {column.lower() for column in table["columns"]}
        wrong += [
            f"{name}: {column} has no description" for column in sorted(there) if not told.get(column, "").strip()
        ]
        wrong += [f"{name}: there is no column {column}" for column in sorted(set(told) - there)]
    assert len(catalog["nodes"]) > 60
    assert wrong == []


def test_what_a_plain_build_leaves_out_describes_its_columns_too(docs):
    manifest, catalog, _ = docs
    left_out = [
        node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and name not in catalog["nodes"]
    ]
    assert left_out
    assert [node["name"] for node in left_out if not node["columns"]] == []
    assert [
        f"{node['name']}: {column['name']}"
        for node in left_out
        for column in node["columns"].values()
        if not column["description"].strip()
    ] == []


def test_what_a_term_means_is_taken_from_doc_blocks(docs):
    manifest, _, _ = docs
    blocks = [name for name, block in manifest["docs"].items() if block["package_name"] == "clickintent"]
    used = {
        block
        for node in manifest["nodes"].values()
        for column in node.get("columns", {}).values()
        for block in column.get("doc_blocks", [])
    }
    assert sorted(set(blocks) - used - {"doc.clickintent.__overview__"}) == []


def test_the_first_page_shows_the_flow(docs, built_demo):
    _, _, page = docs
    assert "docs/images/flow/flow.svg" in page
    assert (built_demo.folder / "target" / "docs" / "images" / "flow" / "flow.svg").exists()
