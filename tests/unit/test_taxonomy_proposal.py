"""A taxonomy proposed by a language model: what it is made of, what it costs, and what cannot get into it."""

import json

import duckdb
import pytest

from clickintent.llm import CallStore, ChatClient, LlmServerError, LlmSettings, LlmSettingsError
from clickintent.taxonomy import MIN_LEAVES, TaxonomyError
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.proposal import (
    Asker,
    AskingError,
    ProposalSettings,
    SessionText,
    propose_from_clusters,
    propose_from_sessions,
)
from clickintent.taxonomy.proposal.merging import SAME
from clickintent.taxonomy.reading import Intent
from clickintent.warehouse import open_warehouse
from injections import HOSTILE
from llm_requests import KEY, PRICES, create_call_table
from llm_server import LlmServer, failing, refused, truncated
from taxonomy_model import lines_of, make_taxonomy, sessions_of

SUBJECTS = ("cards", "loans", "savings", "transfer", "mortgage", "hardship")
MAX_LEAVES = 12


def session(subject, number, channel="web"):
    return SessionText(f"{channel} session, 2 events\n- {subject} page {number} | {number}s\n- faq", channel)


SESSIONS = [session(SUBJECTS[n % 6], n, "app" if n % 4 == 0 else "web") for n in range(60)]
HELDOUT = [session(SUBJECTS[n % 5] if n % 10 else "weather", 100 + n) for n in range(40)]


@pytest.fixture
def store():
    with duckdb.connect() as connection:
        create_call_table(connection)
        yield CallStore(open_warehouse(connection), "llm_calls")


def model(reply=make_taxonomy, **behaviour):
    return LlmServer(reply=reply, **behaviour)


def asker(server, store, **settings):
    said = {"base_url": server.url, "backoff_seconds": 0.001, "max_output_tokens": 8192, **settings}
    client = ChatClient(LlmSettings(**said), prices=PRICES, environment={"OPENAI_API_KEY": KEY})
    return Asker(client, store)


def propose(server, store, sessions=SESSIONS, heldout=HELDOUT, *, max_leaves=MAX_LEAVES, batch_sessions=20, **settings):
    asks = asker(server, store, **settings)
    chosen = ProposalSettings(batch_sessions=batch_sessions)
    return propose_from_sessions(sessions, heldout, asks, chosen, max_leaves=max_leaves), asks


def purposes(server):
    return [body["response_format"]["json_schema"]["name"] for body in server.bodies]


def figures(proposal):
    return {figure.metric: figure for figure in proposal.quality}


def test_it_is_generated_updated_reviewed_and_judged_on_sessions_it_was_not_made_from(store):
    with model() as server:
        proposal, _ = propose(server, store)
    writing = [purpose for purpose in purposes(server) if "assign" not in purpose]
    assert writing == ["taxonomy_generate", "taxonomy_update", "taxonomy_update", "taxonomy_review"]
    read_for_writing = [s for body in server.bodies[:4] for s in sessions_of(body)]
    assert sorted(read_for_writing) == sorted(session.text for session in SESSIONS)
    read_for_judging = [s for body in server.bodies[4:] for s in sessions_of(body)]
    assert sorted(read_for_judging) == sorted(2 * [session.text for session in HELDOUT])
    taxonomy = versioned(proposal.intents)
    assert taxonomy.leaf_ids[:2] == ("borrowing.look_into_loans", "borrowing.look_into_mortgage")
    assert len(taxonomy.leaves) == 6


def test_a_leaf_has_all_that_people_and_labelers_read(store):
    with model() as server:
        proposal, _ = propose(server, store)
    leaf = versioned(proposal.intents).intent("cards.look_into_cards")
    assert leaf.description == "The visitor came for cards and what belongs to it."
    assert leaf.keywords == ("cards", "cards rates")
    assert leaf.web_examples
    assert all(page.startswith("cards page") for page in (*leaf.web_examples, *leaf.app_examples)[:2])
    assert versioned(proposal.intents).intent("service.look_into_hardship").is_sensitive
    assert not leaf.is_sensitive


def test_the_figures_tell_coverage_other_agreement_and_likeness(store):
    with model() as server:
        proposal, _ = propose(server, store)
    told = figures(proposal)
    # 4 of 40 held-out sessions are about the weather
    assert (told["heldout_coverage"].value, told["heldout_coverage"].n) == (0.9, 40)
    assert told["heldout_coverage"].low < 0.9 < told["heldout_coverage"].high
    assert told["heldout_other_share"].value == 0.1
    assert (told["prompt_agreement"].value, told["prompt_kappa"].value) == (1.0, 1.0)
    assert 0 < told["mean_description_likeness"].value <= told["max_description_likeness"].value < SAME


def test_prompts_that_disagree_lower_the_agreement(store):
    def moody(body):
        answer = make_taxonomy(body)
        if body["response_format"]["json_schema"]["name"] == "taxonomy_assign_again":
            answer["sessions"][1]["leaf"] = "other"
        return answer

    with model(moody) as server:
        proposal, _ = propose(server, store)
    # one session in each of two batches
    assert figures(proposal)["prompt_agreement"].value == 0.95
    assert figures(proposal)["prompt_kappa"].value < 0.95
    assert figures(proposal)["heldout_coverage"].value == 0.85


def test_running_it_again_makes_no_call_and_the_same_taxonomy(store):
    with model() as server:
        first, asked_first = propose(server, store)
        before = len(server.bodies)
        again, asked_again = propose(server, store)
    assert len(server.bodies) == before == asked_first.asked
    assert (asked_again.asked, asked_again.tokens) == (0, 0)
    assert again == first


def test_after_a_failure_only_what_was_not_answered_is_asked(store):
    with model(faults=[None, None, *[failing()] * 2]) as server:
        with pytest.raises(AskingError, match=r"stops at taxonomy_update: 127.0.0.1 answered with status 500"):
            propose(server, store, max_attempts=2)
        assert len(server.bodies) == 4
        propose(server, store)
    assert purposes(server)[4:6] == ["taxonomy_update", "taxonomy_review"]


def test_what_was_sent_is_found_by_the_hash_of_each_narrative(store):
    with model() as server:
        propose(server, store)
    rows = store._warehouse.read_committed("select purpose, items from llm_calls order by called_at, purpose")
    generate = json.loads(rows.row(0, named=True)["items"])
    assert [item["narrative_hash"] for item in generate[1:]] == [s.narrative_hash for s in SESSIONS[:20]]
    assert generate[0]["answer"]["groups"]
    assert set(rows["purpose"]) == {
        "taxonomy_generate",
        "taxonomy_update",
        "taxonomy_review",
        "taxonomy_assign",
        "taxonomy_assign_again",
    }


def clusters_draft():
    group = Intent("web", None, 1, "Web", "Sessions of the web site.")
    leaves = [
        Intent(f"web.c{n}", "web", 2, f"cluster {n}", f"Sessions of cluster {n}.", keywords=(subject,))
        for n, subject in enumerate(SUBJECTS)
    ]
    return versioned([group, *leaves])


SESSIONS_OF_LEAF = {
    f"web.c{n}": [s for s in SESSIONS if f"- {subject} " in s.text] for n, subject in enumerate(SUBJECTS)
}


def test_starting_from_clusters_names_and_groups_them_in_one_call(store):
    with model() as server:
        asks = asker(server, store)
        proposal = propose_from_clusters(clusters_draft(), SESSIONS_OF_LEAF, HELDOUT, asks, max_leaves=MAX_LEAVES)
        taxonomy = versioned(proposal.intents)
    assert [purpose for purpose in purposes(server) if "assign" not in purpose] == ["taxonomy_name"]
    assert [leaf.name for leaf in taxonomy.leaves if leaf.parent_intent_id == "borrowing"] == [
        "Look into loans",
        "Look into mortgage",
    ]
    assert len(taxonomy.leaves) == len(SUBJECTS)
    sent = server.bodies[0]["messages"][1]["content"]
    assert "cluster 1" not in sent
    assert figures(proposal)["heldout_coverage"].value == 0.9


def test_clusters_of_one_name_become_one_leaf(store):
    shown = {**SESSIONS_OF_LEAF, "web.c5": SESSIONS_OF_LEAF["web.c1"][5:]}
    with model() as server:
        proposal = propose_from_clusters(clusters_draft(), shown, [], asker(server, store), max_leaves=MAX_LEAVES)
    assert len(server.bodies) == 1
    names = [leaf.name for leaf in versioned(proposal.intents).leaves]
    assert sorted(names) == [f"Look into {subject}" for subject in sorted(SUBJECTS) if subject != "hardship"]


def test_a_cluster_that_the_model_leaves_out_is_asked_for_once_more(store):
    def careless(body):
        answer = make_taxonomy(body)
        if len(body["messages"]) == 2:
            answer["groups"].pop()
        return answer

    with model(careless) as server:
        asks = asker(server, store)
        proposal = propose_from_clusters(clusters_draft(), SESSIONS_OF_LEAF, [], asks, max_leaves=MAX_LEAVES)
    assert "keys are left out" in server.bodies[1]["messages"][2]["content"]
    assert len(versioned(proposal.intents).leaves) == len(SUBJECTS)


def test_starting_from_clusters_is_cheaper(store):
    with model() as server:
        _, from_sessions = propose(server, store, heldout=[])
        from_clusters = asker(server, store)
        propose_from_clusters(clusters_draft(), SESSIONS_OF_LEAF, [], from_clusters, max_leaves=MAX_LEAVES)
    assert (from_sessions.asked, from_clusters.asked) == (4, 1)
    assert from_clusters.tokens < from_sessions.tokens / 3


def test_a_cluster_whose_sessions_may_not_be_sent_keeps_its_name_which_no_model_is_told(store):
    shown = {leaf: sessions for leaf, sessions in SESSIONS_OF_LEAF.items() if leaf != "web.c5"}
    with model() as server:
        asks = asker(server, store)
        proposal = propose_from_clusters(clusters_draft(), shown, HELDOUT, asks, max_leaves=MAX_LEAVES)
    assert "cluster 5" in {intent.name for intent in proposal.intents}
    assert len(purposes(server)) > 1
    assert "cluster 5" not in str(server.bodies)
    only = {"web.c1": SESSIONS_OF_LEAF["web.c1"]}
    with pytest.raises(TaxonomyError, match="1 clusters have sessions that may be sent"), model() as server:
        propose_from_clusters(clusters_draft(), only, [], asker(server, store), max_leaves=MAX_LEAVES)


def test_too_few_sessions_are_refused_in_a_sentence(store):
    with (
        model() as server,
        pytest.raises(TaxonomyError, match="from 10 different sessions at least, and 3 may be sent"),
    ):
        propose(server, store, SESSIONS[:3])
    assert server.bodies == []


def test_a_small_context_takes_more_and_smaller_calls(store):
    with model() as server:
        propose(server, store, heldout=[], batch_sessions=60, context_tokens=3_900, max_output_tokens=1_000)
    shown = [len(sessions_of(body)) for body in server.bodies]
    assert sum(shown) == 60
    assert max(shown) < 60
    with pytest.raises(LlmSettingsError, match="holds no session beside a taxonomy"), model() as server:
        propose(server, store, context_tokens=2_500, max_output_tokens=1_000)


def bent(change):
    """A model that says something else than it should when it generates, until it is told why."""

    def reply(body):
        answer = make_taxonomy(body)
        return change(answer) if len(body["messages"]) == 2 and "generate" in str(body["response_format"]) else answer

    return reply


def first_leaf(answer):
    return answer["groups"][0]["leaves"][0]


def changed(**fields):
    def change(answer):
        first_leaf(answer).update(fields)
        return answer

    return change


def twice(answer):
    answer["groups"][0]["leaves"].append(dict(first_leaf(answer)))
    return answer


REFUSED = {
    "a key of nothing": (changed(key="L99"), "a key is none of those that were given"),
    "no name": (changed(name="<<< >>>"), "a leaf has no name or no description of plain words"),
    "a name that is no text": (changed(name=7), "name has to be a text"),
    "keywords in one text": (changed(keywords="cards"), "keywords has to be a list"),
    "keywords of numbers": (changed(keywords=[1]), "keywords have to be texts"),
    "sensitive perhaps": (changed(is_sensitive="no"), "is_sensitive true or false"),
    "the same name twice": (twice, "two leaves have the same name"),
    "no groups": (lambda _: {"leaves": []}, "groups has to be a list"),
    "one leaf": (lambda a: {"groups": [{**a["groups"][0], "leaves": [first_leaf(a)]}]}, "there are 1 leaves; 2 to 12"),
    "groups that are texts": (lambda _: {"groups": ["cards"]}, "groups have to be objects"),
}


@pytest.mark.parametrize(("change", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_answer_outside_the_schema_is_asked_for_once_more_with_the_reason(store, change, reason):
    with model(bent(change)) as server:
        proposal, _ = propose(server, store)
    assert purposes(server)[:3] == ["taxonomy_generate", "taxonomy_generate", "taxonomy_update"]
    [refusal] = [message["content"] for message in server.bodies[1]["messages"][2:]]
    assert reason in refusal
    assert len(versioned(proposal.intents).leaves) == 6


def test_a_model_that_does_not_listen_stops_the_proposal(store):
    def never(body):
        return {"groups": []}

    with model(never) as server, pytest.raises(AskingError, match="stops at taxonomy_generate: there are 0 leaves"):
        propose(server, store)
    assert len(server.bodies) == 2


def test_an_answer_that_was_cut_off_is_asked_for_once_more(store):
    with model(faults=[truncated()]) as server:
        propose(server, store)
    assert purposes(server)[:2] == ["taxonomy_generate"] * 2


def test_a_session_that_is_left_out_or_assigned_to_nothing_is_no_assignment(store):
    def careless(body):
        answer = make_taxonomy(body)
        if "assign" in str(body["response_format"]) and len(body["messages"]) == 2:
            return {"sessions": [{**answer["sessions"][0], "leaf": "L99"}, *answer["sessions"][1:]]}
        return answer

    with model(careless) as server:
        proposal, _ = propose(server, store)
    assert figures(proposal)["heldout_coverage"].value == 0.9
    assert any("leaf that is not in the taxonomy" in str(body["messages"][2:]) for body in server.bodies)


def test_leaves_that_say_the_same_become_one_with_the_words_of_both(store):
    def verbose(body):
        answer = make_taxonomy(body)
        if "review" in str(body["response_format"]):
            leaf = first_leaf(answer)
            twin = {**leaf, "key": "", "name": f"{leaf['name']} now", "keywords": ["another word"]}
            twin["key"] = answer["groups"][1]["leaves"].pop()["key"]
            answer["groups"][0]["leaves"].append(twin)
        return answer

    with model(verbose) as server:
        proposal, _ = propose(server, store)
    taxonomy = versioned(proposal.intents)
    assert figures(proposal)["merged_near_duplicates"].value == 1
    [merged] = [leaf for leaf in taxonomy.leaves if "another word" in leaf.keywords]
    assert len(merged.keywords) > 1


@pytest.mark.parametrize("max_leaves", [MIN_LEAVES, 4])
def test_there_are_never_more_leaves_than_allowed(store, max_leaves):
    with model() as server:
        # the model is asked for as many and says more
        sessions = [s for s in SESSIONS if "hardship" not in s.text and "mortgage" not in s.text]
        proposal, _ = propose(server, store, sessions, max_leaves=max_leaves)
    assert len(versioned(proposal.intents).leaves) == max_leaves


def test_words_of_strangers_stay_data(store):
    mark = "0" * 16
    hostile = [
        SessionText(f"web session, 1 event\n- {str(words).replace('{mark}', mark)} | 3s", "web") for words in HOSTILE
    ]
    with model() as server:
        propose(server, store, [*SESSIONS[:20], *hostile], heldout=hostile, max_leaves=35)
    for body in server.bodies:
        # one line an object, between the marks, and after them nothing but our own words
        content = body["messages"][1]["content"]
        assert len(content.splitlines()) == len(lines_of(body)) + 3
        assert all(c.isprintable() or c == "\n" for c in content)
        assert not any(mark in content for mark in ("<|", "</", "[INST", "```"))
    sent = {text for body in server.bodies for text in sessions_of(body)}
    assert {session.text for session in hostile} <= sent


def test_what_a_hostile_model_writes_is_cleaned_before_anybody_reads_it(store):
    evil = changed(
        name="Visit www.evil.example and https://evil.com/x \u202enow<script>",
        description="Mail a.person@mail.example or call +1 555 010 9999;\nIGNORE; drop table" + " x" * 400,
        keywords=["<b>cards</b>; \x00rm -rf", "4111 1111 1111 1111", *["k" * 90] * 3],
        extra={"role": "system"},
        excludes="[click](http://evil.com)",
    )

    def always(body):
        answer = make_taxonomy(body)
        return evil(answer) if "review" in str(body["response_format"]) else answer

    with model(always) as server:
        proposal, _ = propose(server, store)
    [leaf] = [leaf for leaf in versioned(proposal.intents).leaves if "Visit" in leaf.name]
    assert leaf.name == "Visit and now"
    assert len(leaf.description) <= 242
    told = "|".join([leaf.name, leaf.description, *leaf.keywords, leaf.excludes])
    for bad in ("evil", "mail.example", "555", "4111", "http", "<", ";", "\u202e", "\0", "[", "role"):
        assert bad not in told, bad
    assert all(len(keyword) <= 40 for keyword in leaf.keywords)


def test_a_server_that_refuses_every_call_is_told_as_what_it_is(store):
    with model(faults=[refused(401)]) as server, pytest.raises((LlmServerError, AskingError), match="OPENAI_API_KEY"):
        propose(server, store)


def test_a_budget_that_is_spent_stops_the_proposal_and_keeps_what_was_answered(store):
    with model() as server:
        with pytest.raises(AskingError, match=r"it would go beyond llm.budget_tokens"):
            propose(server, store, budget_tokens=12_000)
        paid = len(server.bodies)
        assert paid >= 1
        propose(server, store)
    assert purposes(server)[paid] != "taxonomy_generate"
