alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_sequences
    copy grants

    as (

with sequences as (
    select * from CLICKINTENT.ANALYTICS.session_sequences
    where not is_bot
),

sessions as (
    select session_id, is_before_split from CLICKINTENT.ANALYTICS.eval_sessions
),

final as (
    select sequences.*, sessions.is_before_split
    from sequences
    inner join sessions on sequences.session_id = sessions.session_id
)

select * from final
    )

;
alter session unset query_tag
;
