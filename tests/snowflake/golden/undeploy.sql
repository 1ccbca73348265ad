-- function CLICKINTENT_EMBED(varchar, varchar, varchar, array, array, array, array, array, array, array)
drop function if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_EMBED(varchar, varchar, varchar, array, array, array, array, array, array, array);

-- function CLICKINTENT_INTENT(array, varchar)
drop function if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_INTENT(array, varchar);

-- function CLICKINTENT_INTENT(array)
drop function if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_INTENT(array);

-- integration CLICKINTENT_OPENAI_ACCESS
drop integration if exists CLICKINTENT_OPENAI_ACCESS;

-- secret CLICKINTENT_OPENAI_KEY
drop secret if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_KEY;

-- network rule CLICKINTENT_OPENAI_HOSTS
drop network rule if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_HOSTS;

-- stage CLICKINTENT_PACKAGES
drop stage if exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES;
