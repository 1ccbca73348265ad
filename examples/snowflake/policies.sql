-- Who sees a customer: a masking policy and a row access policy, as examples to change.
-- Both let the builder see everything: a build that reads masked or missing rows would take them for changed ones.

use role sysadmin;
use schema clickintent_db.analytics;

-- whose id is hidden: a session's customer is null for everyone but the builder and ranking
create masking policy if not exists customer_id_masked as (customer_id varchar) returns varchar ->
    case
        when is_role_in_session('CLICKINTENT_BUILDER') or is_role_in_session('CLICKINTENT_RANKING') then customer_id
    end
    comment = 'customer ids are for ranking alone';

alter table sessions modify column customer_id set masking policy customer_id_masked;
alter table journeys modify column customer_id set masking policy customer_id_masked;

-- whose rows are kept back: staff, say, or people who objected to being ranked
create table if not exists withheld_customers (customer_id varchar not null, reason varchar);

create row access policy if not exists customers_not_withheld as (customer varchar) returns boolean ->
    is_role_in_session('CLICKINTENT_BUILDER')
    or not exists (select 1 from withheld_customers where withheld_customers.customer_id = customer)
    comment = 'rows of customers who are kept back';

alter table tile_ranking_examples add row access policy customers_not_withheld on (customer_id);
alter view customer_embeddings add row access policy customers_not_withheld on (customer_id);

-- dbt replaces these tables, and a hook of the builder attaches the policy again
grant apply on masking policy customer_id_masked to role clickintent_builder;
grant apply on row access policy customers_not_withheld to role clickintent_builder;
