"""Words that banks use, by what a visitor wants; layouts draw from them. Written for this project."""

from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, ...]] = {
    "card_rewards": (
        "rewards card", "cashback credit card", "points credit card", "bonus card", "reward programme",
        "money back on purchases", "credit card with perks", "loyalty points", "gold credit card",
    ),
    "card_travel": (
        "travel credit card", "air miles card", "no foreign fee card", "airport lounge access", "card for trips abroad",
        "travel perks", "holiday card", "flight rewards", "platinum travel card",
    ),
    "card_transfer": (
        "transfer your card balance", "zero interest balance transfer", "move credit card debt",
        "introductory zero rate", "pay off your card", "card payoff", "lower card interest", "0 percent card",
    ),
    "house_purchase": (
        "home loan", "buy a house", "mortgage for first buyers", "house purchase loan", "fixed rate mortgage",
        "property loan", "home buying", "new mortgage", "moving home", "affordability check",
    ),
    "house_refinance": (
        "refinance mortgage", "remortgage", "switch your home loan", "lower your mortgage payment",
        "mortgage refinancing", "renew your mortgage", "new rate for your house", "refinancing options",
    ),
    "house_equity": (
        "home equity loan", "equity line of credit", "borrow against your house", "heloc", "release equity",
        "credit line on your home", "home value estimate", "second mortgage",
    ),
    "car_finance": (
        "car loan", "auto finance", "vehicle loan", "new car financing", "used car loan", "auto loan quote",
        "motor finance", "electric car loan", "car payment",
    ),
    "personal_loan": (
        "personal loan", "instalment loan", "cash loan", "flexible loan", "consumer credit", "unsecured loan",
        "borrow money", "quick loan", "loan quote",
    ),
    "debt_trouble": (
        "debt help", "debt consolidation", "missed payment support", "hardship programme", "payment holiday",
        "struggling to pay", "money worries", "repayment plan", "consolidate debts",
    ),
    "savings_rate": (
        "savings account", "high interest savings", "easy access savings", "saving rates", "online saver",
        "interest on savings", "money market account", "rainy day fund", "emergency savings",
    ),
    "certificate": (
        "certificate of deposit", "fixed term deposit", "term savings", "cd rates", "time deposit", "fixed rate bond",
        "locked savings", "deposit ladder",
    ),
    "child_saving": (
        "children savings", "kids account", "junior saver", "college savings plan", "savings for your child",
        "teen account", "youth account", "education fund",
    ),
    "open_checking": (
        "checking account", "current account", "everyday account", "open an account", "debit card account",
        "student checking", "new bank account", "no fee account", "basic account",
    ),
    "switch_bank": (
        "switch bank", "move your account to us", "account switching service", "transfer your salary",
        "direct deposit setup", "change banks", "bring your payments over", "switch and earn",
    ),
    "brokerage": (
        "stock trading", "brokerage account", "investment funds", "trade shares", "etf investing", "stocks and bonds",
        "trading platform", "fund prices", "market overview", "portfolio",
    ),
    "retirement": (
        "retirement account", "pension plan", "ira account", "retirement planning", "pension transfer", "retire early",
        "rollover retirement", "retirement income",
    ),
    "advice": (
        "financial advisor", "wealth management", "private banking", "investment advice", "meet an adviser",
        "financial planning", "talk to an expert", "estate planning",
    ),
    "property_cover": (
        "home insurance", "car insurance", "contents insurance", "renters insurance", "auto insurance quote",
        "insurance claim", "property insurance", "protect your home",
    ),
    "life_cover": (
        "life insurance", "term life cover", "protect your family", "income protection", "life cover quote",
        "funeral cover", "critical illness cover",
    ),
    "business_account": (
        "business account", "business banking", "merchant services", "company checking", "start up banking",
        "card payments for shops", "payroll service", "business debit card",
    ),
    "business_credit": (
        "business loan", "company credit line", "equipment financing", "commercial loan", "working capital",
        "business credit card", "invoice financing", "small business lending",
    ),
    "look_at_money": (
        "account balance", "transaction history", "recent activity", "account statement", "spending insights",
        "my accounts", "download statements", "monthly summary", "account details",
    ),
    "settle_bill": (
        "pay bills", "bill payments", "payees", "scheduled payments", "standing order", "autopay settings",
        "upcoming bills", "pay a company",
    ),
    "move_money": (
        "transfer money", "send money", "wire transfer", "transfer between accounts", "pay a friend", "recipients",
        "international transfer", "split a payment",
    ),
    "pay_in_cheque": (
        "deposit a check", "mobile check deposit", "cheque deposit", "photo deposit", "deposit status",
        "pay in a cheque",
    ),
    "card_missing": (
        "lost card", "stolen card", "block my card", "freeze card", "order a replacement card", "card controls",
        "report card missing", "lock card",
    ),
    "contest_charge": (
        "dispute a transaction", "unknown charge", "chargeback", "dispute centre", "report a wrong charge",
        "claim status", "question a payment",
    ),
    "scam_worry": (
        "report fraud", "suspicious message", "phishing help", "security alert", "scam advice", "secure your account",
        "fraud protection", "identity theft",
    ),
}  # fmt: skip
"""By the simulator's intents: what a page that draws them may be called."""

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "hub": ("{p}", "all about {p}", "{p} overview", "{p} and more", "explore {p}"),
    "detail": ("{p}", "{p} details", "our {p}", "{p} explained", "features of {p}", "{p} at a glance"),
    "story": ("a guide to {p}", "{p}: what to know", "five tips on {p}", "how {p} works", "is {p} right for you"),
    "compare": ("compare {p}", "{p} side by side", "find the right {p}"),
    "tool": ("{p} calculator", "estimate {p}", "{p} planner", "{p} tool"),
    "rates": ("{p} rates", "{p} rates and fees", "what {p} costs"),
    "form": ("{p} application", "apply for {p}", "get {p}", "request {p}"),
    "task": ("{p}", "your {p}", "manage {p}", "{p} online"),
    "faq": ("{p} help", "questions about {p}", "{p} support"),
}
"""By kind of page; {p} is a phrase."""

STEPS: tuple[tuple[str, ...], ...] = (
    ("start", "step 1", "begin", "your details"),
    ("review", "check and send", "sign"),
)
"""What the first and the last page of an application add."""

OPEN_PAGES: tuple[str, ...] = (
    "home", "start page", "dashboard", "main menu", "search", "find it", "help and support", "get in touch", "branches",
    "cash machines near you", "questions and answers", "rates overview", "products and services", "promotions",
    "news and insights", "magazine", "who we are", "jobs", "vacancy", "data protection", "conditions", "press",
    "log on", "forgotten password", "calculators", "make an appointment", "messages", "settings", "profile",
    "assistant", "for you", "notifications", "discover", "tour of the app", "cookies", "sustainability",
    "investor relations", "service status", "feedback", "sitemap",
)  # fmt: skip
"""What pages that serve everybody may be called."""

EVENT_TYPES: Mapping[str, tuple[str, ...]] = {
    "page_view": ("page_view", "view", "screen_view", "pageview", "screen"),
    "click": ("click", "tap", "press", "select"),
    "calculate": ("calculate", "tool_use", "calculator_submit"),
    "form_submit": ("form_submit", "submit", "send_form"),
    "form_start": ("form_start", "begin_form", "form_open"),
    "form_error": ("form_error", "validation_error"),
    "compare_select": ("compare_select", "add_to_compare", "select_item"),
    "file_download": ("file_download", "download", "pdf"),
    "video_play": ("video_play", "play", "video_start"),
    "search": ("search", "site_search", "query"),
    "login": ("login", "sign_in", "logged_in"),
    "app_open": ("app_open", "open", "launch"),
    "tile_click": ("tile_click", "banner_click", "promo_click"),
    "tile_impression": ("tile_impression", "banner_view", "promo_view"),
    "application_submit": ("application_submit", "apply", "lead"),
}
"""What a tracker may call an event."""

SYLLABLES: tuple[str, ...] = (
    "ba", "ve", "lo", "mi", "ra", "ten", "or", "qui", "sol", "na", "pe", "xi", "dor", "la", "fen", "tu", "ki", "mar",
)  # fmt: skip
"""Of names that mean nothing: products called after nothing are common, and words alone must not decide."""
