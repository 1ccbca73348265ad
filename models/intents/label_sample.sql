{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='session_id',
    full_refresh=false,
    on_schema_change='append_new_columns',
    post_hook="{{ clickintent.delete_orphans(['session_id'], ref('session_narratives')) }}"
) }}
{%- set stratum = ['cluster_version', 'channel', 'cluster_id', 'auth_state', 'length_bucket'] %}

with strata as (
    select * from {{ ref('session_strata') }}
),

narratives as (
    select session_id from {{ ref('session_narratives') }}
),

rates as (
    select * from {{ ref('label_strata') }}
),

requests as (
    select session_id from {{ ref('label_requests') }}
),

-- of all sessions: for strata that nobody had seen when the rates were made
overall_rates as (
    select cluster_version, max(label_share) as rate from rates
    group by cluster_version
),

rated as (
    select
        strata.session_id,
        {%- for column in stratum %}
        strata.{{ column }},
        {%- endfor %}
        coalesce(rates.rate, overall_rates.rate) as rate,
        {{ clickintent.id_share('strata.session_id') }} as place
    from strata
    inner join narratives on strata.session_id = narratives.session_id
    inner join overall_rates on strata.cluster_version = overall_rates.cluster_version
    left join rates
        on {% for column in stratum %}strata.{{ column }} = rates.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
),

drawn as (
    select session_id, {{ stratum | join(', ') }}, 'sample' as reason, rate, 1 / rate as weight
    from rated
    where place < rate
),

-- nobody drew these: they stand for no other session
requested as (
    select
        rated.session_id,
        {%- for column in stratum %}
        rated.{{ column }},
        {%- endfor %}
        'uncertain' as reason,
        cast(null as double) as rate,
        cast(0 as double) as weight
    from rated
    inner join requests on rated.session_id = requests.session_id
    where rated.place >= rated.rate
),

combined as (
    select * from drawn
    union all
    select * from requested
),

final as (
    select
        combined.*,
        {%- set now = "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)" %}
        {%- if is_incremental() %}
        coalesce(held.drawn_at, {{ now }}) as drawn_at
    from combined
    left join {{ this }} as held on combined.session_id = held.session_id
    -- a session that has come into a stratum of a higher rate was as likely to be drawn as that says: its hash stays
    where held.session_id is null or combined.rate > coalesce(held.rate, 0)
        {%- else %}
        {{ now }} as drawn_at
    from combined
        {%- endif %}
)

select * from final
