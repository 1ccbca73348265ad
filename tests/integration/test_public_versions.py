"""A version of a public model that another one follows says until when it stays."""

import json

import pytest


def versions_without_an_end(manifest: dict) -> list[str]:
    """Models with versions, each version below the latest that bears no `deprecation_date`: 'name.v1'.

    Args:
        manifest: dbt's, as it stands in target/manifest.json.
    """
    return sorted(
        f"{node['name']}.v{node['version']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node.get("version") is not None
        and float(node["version"]) < float(node["latest_version"])
        and not node.get("deprecation_date")
    )


def manifest_of(*models: dict) -> dict:
    plain = {"resource_type": "model", "name": "journeys", "version": None, "latest_version": None}
    return {"nodes": {str(number): {**plain, **model} for number, model in enumerate(models)}}


@pytest.mark.parametrize(
    ("models", "found"),
    [
        ([{"version": 1, "latest_version": 2}, {"version": 2, "latest_version": 2}], ["journeys.v1"]),
        ([{"version": 9, "latest_version": 10}, {"version": "10", "latest_version": 10}], ["journeys.v9"]),
        ([{"version": 1, "latest_version": 2, "deprecation_date": "2027-06-30"}], []),
        ([{"version": 2, "latest_version": 1}], []),
        ([{}], []),
        ([{"resource_type": "test", "version": 1, "latest_version": 2}], []),
    ],
    ids=["followed", "ten follows nine", "dated", "a preview of the next", "no versions", "no model"],
)
def test_a_version_that_is_followed_and_has_no_date_is_found(models, found):
    assert versions_without_an_end(manifest_of(*models)) == found


def test_every_version_of_a_public_model_but_the_latest_says_until_when_it_stays(built_demo):
    manifest = json.loads((built_demo.folder / "target" / "manifest.json").read_text())
    with_versions = [node for node in manifest["nodes"].values() if node.get("version") is not None]
    assert len({node["name"] for node in with_versions if node["resource_type"] == "model"}) > 5
    assert versions_without_an_end(manifest) == []
