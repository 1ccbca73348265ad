alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.pages
    copy grants

    as (with events as (
    select * from CLICKINTENT.ANALYTICS.stg_events
    where page_key is not null
),

rules as (
    select * from CLICKINTENT.ANALYTICS.page_rules
),

counted as (
    select
        page_key,
        min(event_at) as first_seen_at,
        min(case when page_title is not null then event_at end) as first_titled_at,
        count(*) as event_count
    from events
    group by 1
),

-- the title of the first view: later ones may be personal, and a changing text would move every embedding
first_titles as (
    select events.page_key, min_by(events.page_title, events.event_id) as page_title
    from events
    inner join counted on events.page_key = counted.page_key and events.event_at = counted.first_titled_at
    where events.page_title is not null
    group by 1
),

ruled as (
    select counted.page_key, rules.page_group
    from counted
    inner join rules on (regexp_instr(lower(counted.page_key), rules.pattern) > 0)
    qualify row_number() over (partition by counted.page_key order by rules.priority) = 1
),

decoded as (
    select
        counted.*,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(case
        when contains(translate(regexp_replace(counted.page_key, '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(translate(regexp_replace(counted.page_key, '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(translate(regexp_replace(counted.page_key, '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else translate(regexp_replace(counted.page_key, '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  ')
    end, '%(25)*(20|09|0a|0d|a0|2c)|&(nbsp|#160|#32);', ' ', 1, 0, 'i'), '%(25)*40|&(commat|#64|#x40);', '@', 1, 0, 'i'), '\\s*[([](at|@)[])]\\s*', '@', 1, 0, 'i'), '%(25)*3f|&(quest|#63|#x3f);', '?', 1, 0, 'i'), '%(25)*3d|&(equals|#61|#x3d);', '=', 1, 0, 'i'), '%(25)*26|&(amp|#38|#x26);', '&', 1, 0, 'i'), '(&#([0-9]{1,7}|x[0-9a-f]{1,6});){2,}', ' ', 1, 0, 'i'), '&#([0-9]{1,7}|x[0-9a-f]{1,6});', '', 1, 0, 'i'), '%(25)*3b', ';', 1, 0, 'i'), '%(25)*(2f|7c)', '/', 1, 0, 'i'), '%(25)*(2b|2d|2e|28|29)', '-', 1, 0, 'i') as page,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(case
        when contains(translate(regexp_replace(regexp_replace(first_titles.page_title, '[|][^|]*$', ''), '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(translate(regexp_replace(regexp_replace(first_titles.page_title, '[|][^|]*$', ''), '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(translate(regexp_replace(regexp_replace(first_titles.page_title, '[|][^|]*$', ''), '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  '), '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else translate(regexp_replace(regexp_replace(first_titles.page_title, '[|][^|]*$', ''), '[­​-‏⁠﻿]', ''), '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 ', '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  ')
    end, '%(25)*(20|09|0a|0d|a0|2c)|&(nbsp|#160|#32);', ' ', 1, 0, 'i'), '%(25)*40|&(commat|#64|#x40);', '@', 1, 0, 'i'), '\\s*[([](at|@)[])]\\s*', '@', 1, 0, 'i'), '%(25)*3f|&(quest|#63|#x3f);', '?', 1, 0, 'i'), '%(25)*3d|&(equals|#61|#x3d);', '=', 1, 0, 'i'), '%(25)*26|&(amp|#38|#x26);', '&', 1, 0, 'i'), '(&#([0-9]{1,7}|x[0-9a-f]{1,6});){2,}', ' ', 1, 0, 'i'), '&#([0-9]{1,7}|x[0-9a-f]{1,6});', '', 1, 0, 'i'), '%(25)*3b', ';', 1, 0, 'i'), '%(25)*(2f|7c)', '/', 1, 0, 'i'), '%(25)*(2b|2d|2e|28|29)', '-', 1, 0, 'i') as title,
        to_number(left(md5(lower(regexp_replace(first_titles.page_title, '[|][^|]*$', ''))), 15), 'XXXXXXXXXXXXXXX') as title_hash,
        coalesce((regexp_instr(first_titles.page_title, '\\bsearch results?\\b|\\bresults? for\\b|\\byou searched\\b|\\bsearch(ed|ing)? (results? )?for\\b|\\b[0-9]+ (hits?|results?|matches|treffer|r.sultats?|resultados)\\b|\\b(search|suche|recherche|buscar) ?:', 1, 1, 0, 'i') > 0), false) as is_title_of_search,
        (regexp_instr(counted.page_key, '(^|/)(search|search[-_ ]?results?|(site|web|internal)[-_ ]?search|results?|suche|suchergebnisse?|recherche|rechercher|r.sultats|buscar|buscador|b.squeda|resultados|ricerca|risultati|zoeken|zoekresultaten|pesquisa|busca)([-_ ]?(page|screen|view))?([.][a-z0-9]+)?([;?&[:space:]/]|$)', 1, 1, 0, 'i') > 0) as is_search_page,
        ruled.page_group as ruled_group
    from counted
    left join first_titles on counted.page_key = first_titles.page_key
    left join ruled on counted.page_key = ruled.page_key
),

-- before their punctuation is gone, by which an identifier is recognised
scrubbed as (
    select
        * exclude (page, title),
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(page, '[?][^[:space:]?].*$', ' '), '[&#][^[:space:]?&#;=|/]*=.*$', ' '), '[^[:space:]/|?&;#=]*=[^/|;&]*', ' '), ';jsessionid[^/|[:space:]]*', ' '), '[^[:space:]@<>,;|/:]+ ?@ ?[^[:space:]@<>,;|/]+', ' '), '[0-9a-f]{8}[-_]?([0-9a-f]{4}[-_]?){3}[0-9a-f]{12}', ' ', 1, 0, 'i'), '\\b(welcome|hello|willkommen)\\s+(back|again|zur.ck)\\b', '\\1_\\2', 1, 0, 'i'), '\\bwelcome (bonus|offer|kit|cent(er|re)|pack(age)?|page|home)\\b', '\\1', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi) (to|bei|zu|zur|im|chez|sur|dans|en|al)\\b([^|,!?.:;]*),[^|!?.:;]*', '\\9', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi) (to|bei|zu|zur|im|chez|sur|dans|en|al)\\b', ' ', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi)(\\s*[,:]\\s*|\\s+)((mrs?|ms|dr|prof|herr|frau|[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿])[.]|[^[:space:]|<>!?.,:;()/–—-][^[:space:]|<>!?.,:;()/–—]*)(\\s+((mrs?|ms|dr|prof|herr|frau|[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿])[.]|[^[:space:]|<>!?.,:;()/–—-][^[:space:]|<>!?.,:;()/–—]*))*', '\\1', 1, 0, 'i'), '\\b(((first|last|full|user|given|family|middle|maiden|customer|client|account|payee|recipient|holder)[ _-]?)?names?|user(name)?|payee|beneficiary|recipient|(account|card)[ _-]?holder|surname|vorname|nachname|nom|pr.nom|nombre|apellidos?|cognome|e-?mail|phone|tel|telefon|address|adresse|anschrift|ssn|date of birth|iban|customer|kunde)\\s*:\\s*([^|/;&:]|:id)+', '\\1', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*[[:space:]_+-]+){1,3}(street|st|str|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|terrace|highway|hwy|parkway|pkwy)\\b[.]?(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*[[:space:]_+-]+){1,3}(drive|dr|close|court|ct|place|way)[.]?(\\s*,[^|/]*|\\s*$)', ' ', 1, 0, 'i'), '\\b[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*(stra(ss|ß)e|gasse|weg|platz|allee|[ -]?str[.]?)[[:space:]_+-]+([0-9]{1,5}[a-z]?|:id)(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)( ?(bis|ter))?,?[[:space:]_+-]+(rue|avenue|boulevard|chemin|impasse|all.e|quai)[[:space:]_+-]+[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][^|/,]*(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b(via|viale|corso|piazza|calle|avenida|plaza|rua|paseo)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*,?[[:space:]_+-]+){1,3}(n[.]? ?)?([0-9]{1,5}[a-z]?|:id)\\b(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b[a-z]{2}[0-9]{2}([ -]?[0-9a-z]{4})*[ -]?([0-9]{4}|[a-z][0-9]{3}|[0-9]{3}[a-z]|:id)([ -]?([0-9a-z]{4}|:id))*([ -][0-9a-z]{1,4}\\b)?', ' ', 1, 0, 'i'), '[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,7}', ' ', 1, 0, 'i'), '[A-Za-z0-9]{0}[0-9][A-Za-z0-9]{15,}|[A-Za-z0-9]{1}[0-9][A-Za-z0-9]{14,}|[A-Za-z0-9]{2}[0-9][A-Za-z0-9]{13,}|[A-Za-z0-9]{3}[0-9][A-Za-z0-9]{12,}|[A-Za-z0-9]{4}[0-9][A-Za-z0-9]{11,}|[A-Za-z0-9]{5}[0-9][A-Za-z0-9]{10,}|[A-Za-z0-9]{6}[0-9][A-Za-z0-9]{9,}|[A-Za-z0-9]{7}[0-9][A-Za-z0-9]{8,}|[A-Za-z0-9]{8}[0-9][A-Za-z0-9]{7,}|[A-Za-z0-9]{9}[0-9][A-Za-z0-9]{6,}|[A-Za-z0-9]{10}[0-9][A-Za-z0-9]{5,}|[A-Za-z0-9]{11}[0-9][A-Za-z0-9]{4,}|[A-Za-z0-9]{12}[0-9][A-Za-z0-9]{3,}|[A-Za-z0-9]{13}[0-9][A-Za-z0-9]{2,}|[A-Za-z0-9]{14}[0-9][A-Za-z0-9]{1,}|[A-Za-z0-9]{15}[0-9][A-Za-z0-9]{0,}|[A-Za-z0-9]{15,}[0-9][A-Za-z0-9]*', ' '), '[0-9][0-9 .()+%-]*:id', ' '), '[+]?[(]?[0-9](([ ./()_ ‐-―-]{1,3}|,)?[0-9]){6,}', ' '), '[0-9]{1,3}([.][0-9]{1,3}){3}', ' ') as page,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(title, '[?][^[:space:]?].*$', ' '), '[&#][^[:space:]?&#;=|/]*=.*$', ' '), '[^[:space:]/|?&;#=]*=[^/|;&]*', ' '), ';jsessionid[^/|[:space:]]*', ' '), '[^[:space:]@<>,;|/:]+ ?@ ?[^[:space:]@<>,;|/]+', ' '), '[0-9a-f]{8}[-_]?([0-9a-f]{4}[-_]?){3}[0-9a-f]{12}', ' ', 1, 0, 'i'), '\\b(welcome|hello|willkommen)\\s+(back|again|zur.ck)\\b', '\\1_\\2', 1, 0, 'i'), '\\bwelcome (bonus|offer|kit|cent(er|re)|pack(age)?|page|home)\\b', '\\1', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi) (to|bei|zu|zur|im|chez|sur|dans|en|al)\\b([^|,!?.:;]*),[^|!?.:;]*', '\\9', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi) (to|bei|zu|zur|im|chez|sur|dans|en|al)\\b', ' ', 1, 0, 'i'), '\\b(welcome(_back)?|hello(_again)?|hi|hey|dear|good (morning|afternoon|evening|day)|(logged|signed) in as|willkommen(_zur.ck)?|hallo|guten (morgen|tag|abend)|bienvenue|bonjour|bonsoir|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi)(\\s*[,:]\\s*|\\s+)((mrs?|ms|dr|prof|herr|frau|[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿])[.]|[^[:space:]|<>!?.,:;()/–—-][^[:space:]|<>!?.,:;()/–—]*)(\\s+((mrs?|ms|dr|prof|herr|frau|[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿])[.]|[^[:space:]|<>!?.,:;()/–—-][^[:space:]|<>!?.,:;()/–—]*))*', '\\1', 1, 0, 'i'), '\\b(((first|last|full|user|given|family|middle|maiden|customer|client|account|payee|recipient|holder)[ _-]?)?names?|user(name)?|payee|beneficiary|recipient|(account|card)[ _-]?holder|surname|vorname|nachname|nom|pr.nom|nombre|apellidos?|cognome|e-?mail|phone|tel|telefon|address|adresse|anschrift|ssn|date of birth|iban|customer|kunde)\\s*:\\s*([^|/;&:]|:id)+', '\\1', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*[[:space:]_+-]+){1,3}(street|st|str|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|terrace|highway|hwy|parkway|pkwy)\\b[.]?(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*[[:space:]_+-]+){1,3}(drive|dr|close|court|ct|place|way)[.]?(\\s*,[^|/]*|\\s*$)', ' ', 1, 0, 'i'), '\\b[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*(stra(ss|ß)e|gasse|weg|platz|allee|[ -]?str[.]?)[[:space:]_+-]+([0-9]{1,5}[a-z]?|:id)(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b([0-9]{1,5}[a-z]?|:id)( ?(bis|ter))?,?[[:space:]_+-]+(rue|avenue|boulevard|chemin|impasse|all.e|quai)[[:space:]_+-]+[A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][^|/,]*(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b(via|viale|corso|piazza|calle|avenida|plaza|rua|paseo)[[:space:]_+-]+([A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿][A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿.''’]*,?[[:space:]_+-]+){1,3}(n[.]? ?)?([0-9]{1,5}[a-z]?|:id)\\b(,[^|/]*)?', ' ', 1, 0, 'i'), '\\b[a-z]{2}[0-9]{2}([ -]?[0-9a-z]{4})*[ -]?([0-9]{4}|[a-z][0-9]{3}|[0-9]{3}[a-z]|:id)([ -]?([0-9a-z]{4}|:id))*([ -][0-9a-z]{1,4}\\b)?', ' ', 1, 0, 'i'), '[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,7}', ' ', 1, 0, 'i'), '[A-Za-z0-9]{0}[0-9][A-Za-z0-9]{15,}|[A-Za-z0-9]{1}[0-9][A-Za-z0-9]{14,}|[A-Za-z0-9]{2}[0-9][A-Za-z0-9]{13,}|[A-Za-z0-9]{3}[0-9][A-Za-z0-9]{12,}|[A-Za-z0-9]{4}[0-9][A-Za-z0-9]{11,}|[A-Za-z0-9]{5}[0-9][A-Za-z0-9]{10,}|[A-Za-z0-9]{6}[0-9][A-Za-z0-9]{9,}|[A-Za-z0-9]{7}[0-9][A-Za-z0-9]{8,}|[A-Za-z0-9]{8}[0-9][A-Za-z0-9]{7,}|[A-Za-z0-9]{9}[0-9][A-Za-z0-9]{6,}|[A-Za-z0-9]{10}[0-9][A-Za-z0-9]{5,}|[A-Za-z0-9]{11}[0-9][A-Za-z0-9]{4,}|[A-Za-z0-9]{12}[0-9][A-Za-z0-9]{3,}|[A-Za-z0-9]{13}[0-9][A-Za-z0-9]{2,}|[A-Za-z0-9]{14}[0-9][A-Za-z0-9]{1,}|[A-Za-z0-9]{15}[0-9][A-Za-z0-9]{0,}|[A-Za-z0-9]{15,}[0-9][A-Za-z0-9]*', ' '), '[0-9][0-9 .()+%-]*:id', ' '), '[+]?[(]?[0-9](([ ./()_ ‐-―-]{1,3}|,)?[0-9]){6,}', ' '), '[0-9]{1,3}([.][0-9]{1,3}){3}', ' ') as title
    from decoded
),

worded as (
    select
        *,
        trim(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(page, '([a-zß-öø-ÿ0-9])([A-ZÀ-ÖØ-Þ])', '\\1 \\2'), '([A-ZÀ-ÖØ-Þ])([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2})', '\\1 \\2'), ':[a-z]+', ' '), '[^A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿0-9]+', ' '))) as path_words,
        -- what comes before says which part of the site is searched; a visitor's terms come after
        trim(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(page, '(^|/)(search|search[-_ ]?results?|(site|web|internal)[-_ ]?search|results?|suche|suchergebnisse?|recherche|rechercher|r.sultats|buscar|buscador|b.squeda|resultados|ricerca|risultati|zoeken|zoekresultaten|pesquisa|busca)([-_ ]?(page|screen|view))?([.][a-z0-9]+)?([;?&[:space:]/]|$).*$', '', 1, 0, 'i'), '([a-zß-öø-ÿ0-9])([A-ZÀ-ÖØ-Þ])', '\\1 \\2'), '([A-ZÀ-ÖØ-Þ])([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2})', '\\1 \\2'), ':[a-z]+', ' '), '[^A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿0-9]+', ' '))) as searched_words,
        case
            when is_title_of_search or coalesce(ruled_group, '') = 'search' then null
            else trim(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(title, '([a-zß-öø-ÿ0-9])([A-ZÀ-ÖØ-Þ])', '\\1 \\2'), '([A-ZÀ-ÖØ-Þ])([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2})', '\\1 \\2'), ':[a-z]+', ' '), '[^A-Za-zªµºÀ-ÖØ-öø-῿Ⰰ-ⷿ々-퟿豈-﷿0-9]+', ' ')))
        end as title_words
    from scrubbed
),

described as (
    select
        page_key,
        -- null where the title has no part in the text
        case when not is_search_page and title_words <> '' then title_hash end as title_hash,
        case
            when is_search_page then trim(searched_words || ' search results')
            else trim(path_words || ' ' || coalesce(title_words, ''))
        end as text,
        coalesce(
            ruled_group,
            case when is_search_page then 'search' end,
            nullif(split_part(path_words, ' ', 1), ''),
            'other'
        ) as page_group,
        first_seen_at,
        event_count
    from worded
),

final as (
    select
        *,
        -- in the place of the page where numbers are quicker than texts; another text or group makes another number
        to_number(left(md5(
        coalesce(cast(page_key as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(text as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(page_group as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX') as page_hash
    from described
)

select * from final
    )

;
alter session unset query_tag
;
