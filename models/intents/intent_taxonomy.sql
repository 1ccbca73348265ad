{%- set taxonomy_source = var('taxonomy_source') -%}
{%- if execute and taxonomy_source != 'seed' -%}
    {{ exceptions.raise_compiler_error(
        "taxonomy_source is '" ~ taxonomy_source ~ "': this version of clickintent knows 'seed', the taxonomy in "
        ~ "seeds/taxonomy.csv. Edit that file to bring a taxonomy of your own."
    ) }}
{%- endif -%}
with seeded as (
    select * from {{ ref('taxonomy') }}
),

-- the version is a hash of what labels can depend on, so that any edit of the seed makes a new one
versioned as (
    select
        md5(string_agg(
            {{ clickintent.stable_hash([
                'intent_id', 'parent_intent_id', 'level', 'name', 'description', 'keywords', 'web_examples',
                'app_examples', 'is_sensitive'
            ]) }},
            '' order by intent_id
        )) as taxonomy_hash
    from seeded
),

final as (
    select
        'tax-' || left(versioned.taxonomy_hash, 12) as taxonomy_version,
        seeded.intent_id,
        seeded.parent_intent_id,
        seeded.level,
        seeded.name,
        seeded.description,
        seeded.keywords,
        seeded.web_examples,
        seeded.app_examples,
        'active' as status,
        '{{ taxonomy_source }}' as source,
        seeded.is_sensitive
    from seeded
    cross join versioned
)

select * from final
