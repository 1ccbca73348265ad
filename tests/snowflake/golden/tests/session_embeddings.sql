-- accepted_values_session_embeddings_v1_channel__web__app
with all_values as (
    select
        channel as value_field,
        count(*) as n_records
    from CLICKINTENT.ANALYTICS.session_embeddings
    group by channel
)
select *
from all_values
where value_field not in (
    'web','app'
)
;
-- embedding_freshness_session_embeddings_v1_True__ref_sessions___24
with sessions as (
    select session_id, content_hash, updated_at as updated_at
    from CLICKINTENT.ANALYTICS.sessions
    where not is_bot
),
embedded as (
    select embeddings.session_id, embeddings.content_hash
    from CLICKINTENT.ANALYTICS.session_embeddings as embeddings
),
late as (
    select
        case when embedded.session_id is null then 'not embedded' else 'content has changed' end as problem,
        sessions.session_id,
        sessions.updated_at
    from sessions
    left join embedded on sessions.session_id = embedded.session_id
    where
        (embedded.session_id is null or embedded.content_hash <> sessions.content_hash)
        and (cast(date_part(epoch_microsecond, cast('2026-07-01 00:00:00' as timestamp)) - date_part(epoch_microsecond, sessions.updated_at) as double) / 1000000)
        > 24 * 3600
),
problems as (
    select * from late
)
select * from problems
;
-- embedding_health_session_embeddings_v1_True__embedding__2
with vectors as (
    select session_id as vector_key, embedding as vector, cast(embedding as array) as numbers
    from CLICKINTENT.ANALYTICS.session_embeddings
),
measured as (
    select
        vector_key,
        vector,
        numbers,
        vector is null or array_size(numbers) <> 64 as is_misshapen,
        (coalesce(vector_inner_product(vector, vector) = cast('NaN' as double), false)) as is_incomplete
    from vectors
),
lengths as (
    select *, case when not is_misshapen and not is_incomplete then sqrt(vector_inner_product(vector, vector)) end as norm
    from measured
),
broken as (
    select
        case
            when is_misshapen then 'vector is null or has not 64 numbers'
            when is_incomplete then 'vector holds a null or NaN'
            else 'length is not 1'
        end as problem,
        cast(vector_key as TEXT) as vector_key,
        norm as value
    from lengths
    where is_misshapen or is_incomplete or abs(norm - 1) > 0.001
),
sampled as (
    select row_number() over (order by md5(cast(vector_key as TEXT))) as position, vector, numbers
    from lengths
    where not is_misshapen and not is_incomplete
    qualify position <= 400
),
products as (
    select
        one.position as row_position,
        other.position as column_position,
        vector_inner_product(one.vector, other.vector) as product
    from sampled as one
    cross join sampled as other
),
-- inner products around the mean vector, without computing it
centred as (
    select
        row_position,
        column_position,
        product,
        product
        - avg(product) over (partition by row_position)
        - avg(product) over (partition by column_position)
        + avg(product) over () as centred_product
    from products
),
spread as (
    select
        count(case when row_position = column_position then 1 end) as row_count,
        avg(case when row_position <> column_position then product end) as mean_cosine,
        power(sum(case when row_position = column_position then centred_product end), 2)
        / nullif(sum(centred_product * centred_product), 0) as effective_dimensions
    from centred
),
sampled_numbers as (
    select
        cast(item.value as double) as number,
        item.index + 1 as dimension_index
    from sampled as listed
    cross join lateral flatten(input => listed.numbers) as item
),
constant_dimensions as (
    select dimension_index, var_pop(number) as variance
    from sampled_numbers
    group by dimension_index
    having count(*) >= 100 and var_pop(number) < 1e-08
),
problems as (
    select * from broken
    union all
    select 'mean cosine is above 0.9' as problem, null as vector_key, mean_cosine as value
    from spread
    where row_count >= 100 and mean_cosine > 0.9
    union all
    select 'effective dimensions are below 2' as problem, null as vector_key, effective_dimensions as value
    from spread
    where row_count >= 100 and coalesce(effective_dimensions, 0) < 2
    union all
    select 'dimension ' || cast(dimension_index as TEXT) || ' is constant' as problem, null as vector_key, variance as value
    from constant_dimensions
)
select * from problems
;
-- not_empty_session_embeddings_v1_
select row_count
from (select count(*) as row_count from CLICKINTENT.ANALYTICS.session_embeddings) as counted
where row_count = 0 and True
;
-- not_null_session_embeddings_v1_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.session_embeddings
where content_hash is null
;
-- not_null_session_embeddings_v1_embedded_at
select embedded_at
from CLICKINTENT.ANALYTICS.session_embeddings
where embedded_at is null
;
-- not_null_session_embeddings_v1_encoder_version
select encoder_version
from CLICKINTENT.ANALYTICS.session_embeddings
where encoder_version is null
;
-- not_null_session_embeddings_v1_session_id
select session_id
from CLICKINTENT.ANALYTICS.session_embeddings
where session_id is null
;
-- relationships_session_embeddings_v1_session_id__session_id__ref_sessions_
with child as (
    select session_id as from_field
    from CLICKINTENT.ANALYTICS.session_embeddings
    where session_id is not null
),
parent as (
    select session_id as to_field
    from CLICKINTENT.ANALYTICS.sessions
)
select
    from_field
from child
left join parent
    on child.from_field = parent.to_field
where parent.to_field is null
;
-- unique_session_embeddings_v1_session_id
select
    session_id as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.session_embeddings
where session_id is not null
group by session_id
having count(*) > 1
;
