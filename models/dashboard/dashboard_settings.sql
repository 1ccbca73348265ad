{{ config(contract={'enforced': true}) }}
{#- a project around the package may have switched the evaluation off #}
{%- set models = graph.nodes.values() | map(attribute='name') | list if execute else [] %}

select
    cast({{ var('min_cell_sessions') }} as integer) as min_cell_sessions,
    cast({{ clickintent.sensitive_use() }} as varchar) as sensitive_intents_for,
    cast({{ 'encoder_drift' in models }} as boolean) as has_encoder_drift
