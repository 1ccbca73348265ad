alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.encoder_versions_in_use

  copy grants

  as (

-- The versions that stay scored: the one in force and those that were before it, so that a live ranker can move over.
with encoders as (
    select * from CLICKINTENT.ANALYTICS.session_encoder
    where status in ('current', 'retired')
),

final as (
    select version, status = 'current' as is_current, config, weights
    from encoders
    qualify row_number() over (
        order by case when status = 'current' then 0 else 1 end asc, approved_at desc nulls last, version asc
    ) <= 2
)

select * from final
  )
;
alter session unset query_tag
;
