{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source', 'load_batch'],
    on_schema_change='append_new_columns',
    pre_hook="{{ clickintent.require_all_loads() }}"
) }}
{#- A file that is in the audit is not read again: whatever else reads `source_events` comes before. #}
-- depends_on: {{ ref('consent_withdrawals') }}
{%- set is_backfill = var('backfill_from') or var('backfill_to') %}
{%- set columns = [
    'source', 'load_batch', 'file_size', 'file_modified_at', 'has_load_time', 'row_count', 'accepted_count',
    'duplicate_count', 'quarantined_count', 'refused_count', 'erased_count', 'is_to_recount', 'loaded_from', 'loaded_to'
] %}

-- counted from three sides, so that they can disagree: rows as they arrived, rows stored, rows whose id another row holds
with arrived as (
    select source, load_batch, event_id, verdict, has_load_time, loaded_at
    from {{ ref('source_events') }} as arrivals -- noqa: AL05
    where
        true
        {%- if is_incremental() %}
        and is_to_read
        {%- endif %}
        {%- if is_backfill %}
        -- a file of which a part is read is counted when it is read whole
        and load_file is null
        {%- endif %}
),

files as (
    select * from {{ ref('batches_to_read') }}
    where file_size is not null
        {%- if is_backfill %} and 1 = 0 {%- endif %}
),

stored as (
    select event_id, source, load_batch, true as is_accepted from {{ ref('stg_events') }}
    union all
    select event_id, source, load_batch, false as is_accepted from {{ ref('quarantined_events') }}
),

held as (
    select
        source,
        load_batch,
        count(case when is_accepted then 1 end) as accepted_count,
        count(case when not is_accepted then 1 end) as quarantined_count
    from stored
    group by source, load_batch
),

ids as (
    select
        source,
        load_batch,
        event_id,
        count(*) as row_count,
        count(case when verdict = 'refused' then 1 end) as refused_count,
        count(case when verdict = 'erased' then 1 end) as erased_count,
        max(case when has_load_time then 1 else 0 end) = 1 as has_load_time,
        min(loaded_at) as loaded_from,
        max(loaded_at) as loaded_to
    from arrived
    group by source, load_batch, event_id
),

batches as (
    select
        source,
        load_batch,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(refused_count) as bigint) as refused_count,
        cast(sum(erased_count) as bigint) as erased_count,
        max(case when has_load_time then 1 else 0 end) = 1 as has_load_time,
        min(loaded_from) as loaded_from,
        max(loaded_to) as loaded_to
    from ids
    group by source, load_batch
),

-- a row whose id stands nowhere is lost, and counted nowhere
duplicates as (
    select
        ids.source,
        ids.load_batch,
        cast(sum(
            ids.row_count - ids.refused_count - ids.erased_count
            - case when ids.load_batch = stored.load_batch then 1 else 0 end
        ) as bigint) as duplicate_count
    from ids
    inner join stored on ids.event_id = stored.event_id
    where ids.row_count > ids.refused_count + ids.erased_count
    group by ids.source, ids.load_batch
),

counted as (
    select
        coalesce(batches.source, files.source) as source,
        coalesce(batches.load_batch, files.load_batch) as load_batch,
        {%- if clickintent.is_read_by_all() %}
        files.file_size,
        files.file_modified_at,
        {%- else %}
        -- not everything that reads the file is built in this run: it is to be read again
        cast(null as bigint) as file_size,
        cast(null as timestamp) as file_modified_at,
        {%- endif %}
        coalesce(batches.has_load_time, false) as has_load_time,
        coalesce(batches.row_count, 0) as row_count,
        coalesce(batches.refused_count, 0) as refused_count,
        coalesce(batches.erased_count, 0) as erased_count,
        batches.loaded_from,
        batches.loaded_to
    from batches
    full join files on batches.source = files.source and batches.load_batch = files.load_batch
),

read_now as (
    select
        counted.* exclude (refused_count, erased_count, loaded_from, loaded_to),
        coalesce(held.accepted_count, 0) as accepted_count,
        coalesce(duplicates.duplicate_count, 0) as duplicate_count,
        coalesce(held.quarantined_count, 0) as quarantined_count,
        counted.refused_count,
        counted.erased_count,
        false as is_to_recount,
        counted.loaded_from,
        counted.loaded_to
    from counted
    left join held on counted.source = held.source and counted.load_batch = held.load_batch
    left join duplicates on counted.source = duplicates.source and counted.load_batch = duplicates.load_batch
),

{%- if is_incremental() and not flags.EMPTY %}

-- Rows of a batch that is not read now may have lost to rows that are: they stood when this build began, and another
-- row holds their id. What was missing by then is no duplicate.
read_before as (
    select
        known.* replace (
            coalesce(held.accepted_count, 0) as accepted_count,
            coalesce(held.quarantined_count, 0) as quarantined_count,
            known.duplicate_count + known.accepted_count + known.quarantined_count - coalesce(marked.missing_count, 0)
            - coalesce(held.accepted_count, 0) - coalesce(held.quarantined_count, 0) as duplicate_count
        )
    from {{ this }} as known
    left join read_now on known.source = read_now.source and known.load_batch = read_now.load_batch
    left join held on known.source = held.source and known.load_batch = held.load_batch
    left join {{ ref('batches_to_read') }} as marked on known.source = marked.source and known.load_batch = marked.load_batch
    where read_now.load_batch is null
),

final as (
    select {{ columns | join(', ') }} from read_now
    union all
    select {{ columns | join(', ') }} from read_before
    -- a batch whose counts stay is not written
    except
    select {{ columns | join(', ') }} from {{ this }}
)
{%- else %}

final as (
    select {{ columns | join(', ') }} from read_now
)
{%- endif %}

select * from final
