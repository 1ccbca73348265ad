{#
    Vectors that a ranker can use: none is null or holds a NaN, each has `dimension` numbers and unit length, and
    together they have not collapsed. Collapse is judged on a sample by hash of `key`, once `min_rows` are there:
    fewer say nothing of a distribution. From the sample's inner products come the mean cosine of two sessions and the
    effective dimensions (participation ratio of the covariance's eigenvalues, trace squared over trace of the square:
    1 when all vary along one line, `dimension` when every direction varies alike). A dimension whose variance is below
    `min_variance` is constant. Zero rows fail unless `allow_empty`.
#}
{% test embedding_health(
    model, column_name, dimension=64, key='session_id', max_mean_cosine=0.9, min_effective_dimensions=2,
    min_variance=1e-8, norm_tolerance=1e-3, min_rows=100, sample_size=400, allow_empty=false
) %}
with vectors as (
    select {{ key }} as vector_key, {{ column_name }} as vector, {{ clickintent.vector_numbers(column_name) }} as numbers
    from {{ model }}
),

measured as (
    select
        vector_key,
        vector,
        numbers,
        vector is null or {{ clickintent.list_length('numbers') }} <> {{ dimension }} as is_misshapen,
        {{ clickintent.lacks_number('vector') }} as is_incomplete
    from vectors
),

lengths as (
    select *, case when not is_misshapen and not is_incomplete then sqrt({{ clickintent.inner_product('vector', 'vector') }}) end as norm
    from measured
),

broken as (
    select
        case
            when is_misshapen then 'vector is null or has not {{ dimension }} numbers'
            when is_incomplete then 'vector holds a null or NaN'
            else 'length is not 1'
        end as problem,
        cast(vector_key as {{ dbt.type_string() }}) as vector_key,
        norm as value
    from lengths
    where is_misshapen or is_incomplete or abs(norm - 1) > {{ norm_tolerance }}
),

sampled as (
    select row_number() over (order by md5(cast(vector_key as {{ dbt.type_string() }}))) as position, vector, numbers
    from lengths
    where not is_misshapen and not is_incomplete
    qualify position <= {{ sample_size }}
),

products as (
    select
        one.position as row_position,
        other.position as column_position,
        {{ clickintent.inner_product('one.vector', 'other.vector') }} as product
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
    {{ clickintent.list_rows('sampled', [], {'number': ('numbers', 'double')}, 'dimension_index') }}
),

constant_dimensions as (
    select dimension_index, var_pop(number) as variance
    from sampled_numbers
    group by dimension_index
    having count(*) >= {{ min_rows }} and var_pop(number) < {{ min_variance }}
),

problems as (
    select * from broken
    union all
    select 'mean cosine is above {{ max_mean_cosine }}' as problem, null as vector_key, mean_cosine as value
    from spread
    where row_count >= {{ min_rows }} and mean_cosine > {{ max_mean_cosine }}
    union all
    select 'effective dimensions are below {{ min_effective_dimensions }}' as problem, null as vector_key, effective_dimensions as value
    from spread
    where row_count >= {{ min_rows }} and coalesce(effective_dimensions, 0) < {{ min_effective_dimensions }}
    union all
    select 'dimension ' || cast(dimension_index as {{ dbt.type_string() }}) || ' is constant' as problem, null as vector_key, variance as value
    from constant_dimensions
    {%- if not allow_empty %}
    union all
    select 'no rows' as problem, null as vector_key, null as value
    from (select count(*) as row_count from vectors) as counted
    where row_count = 0
    {%- endif %}
)

select * from problems
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
