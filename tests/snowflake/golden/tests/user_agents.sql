-- not_null_user_agents_content_hash
select content_hash
from CLICKINTENT.ANALYTICS.user_agents
where content_hash is null
;
-- not_null_user_agents_is_bot
select is_bot
from CLICKINTENT.ANALYTICS.user_agents
where is_bot is null
;
-- not_null_user_agents_user_agent
select user_agent
from CLICKINTENT.ANALYTICS.user_agents
where user_agent is null
;
-- unique_user_agents_user_agent
select
    user_agent as unique_field,
    count(*) as n_records
from CLICKINTENT.ANALYTICS.user_agents
where user_agent is not null
group by user_agent
having count(*) > 1
;
