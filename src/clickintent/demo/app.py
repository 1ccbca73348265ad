"""Screens of the synthetic bank's app: another vocabulary than the web site, for the same intents.

One line a screen, in the columns of `site.PAGES`. A screen name is what an app sends as page_url.
"""

from __future__ import annotations

SCREENS = """
Welcome | Welcome | open | 0
SignIn | Hello again | open | 0
AccountsHome | Home | open | 26
ExploreTab | Explore | open | 12
Inbox | Inbox | open | 7
MoreMenu | More | open | 9
FindInApp | Find | open | 7
AssistantChat | Ask Nora | open | 8
ProfileSettings | You | open | 5
NearbyPins | Nearby | open | 3
RateSheet | Numbers today | open | 3
OfferShelf | Picked for you | open | 6

LedgerView | Account activity | task | look_at_money 5, contest_charge 2, scam_worry 1.5, settle_bill 1, pay_in_cheque 0.7
LedgerItem | Item | task | look_at_money 2.5, contest_charge 3, scam_worry 1, card_missing 0.5
PaperlessDocs | Statements and papers | task | look_at_money 2, contest_charge 0.8, house_purchase 0.5
MonthInReview | Your month | story | look_at_money 3, savings_rate 0.6, debt_trouble 0.4
PayBillPick | Pay a bill | task | settle_bill 4, debt_trouble 0.3
PayBillConfirm | Confirm payment | task | settle_bill 3.5, move_money 1.2
AutoPayGlide | On autopilot | task | settle_bill 2.5
DueSoon | Bills due soon | hub | settle_bill 3, debt_trouble 1.2, look_at_money 1
SendPick | Send money to | task | move_money 4, scam_worry 0.7
SendAmount | How much | task | move_money 3, settle_bill 1.5
BetweenMine | Transfer between mine | task | move_money 3, savings_rate 0.8
RequestSplit | Split it | task | move_money 2
SnapFront | Cheque, front side | task | pay_in_cheque 4
SnapBack | Back side | task | pay_in_cheque 3
SnapStatus | Deposit on its way | task | pay_in_cheque 2, look_at_money 0.8
WalletCards | My cards | hub | card_missing 3, look_at_money 1, contest_charge 1, card_rewards 1, scam_worry 0.7
CardSnooze | Snooze card | task | card_missing 4, scam_worry 1.5
CardReissue | Replace a lost card | task | card_missing 4
ChargeQuery | Doesn't look right? | task | contest_charge 4, scam_worry 1.2
ChargeEvidence | Add a photo or note | task | contest_charge 3
QueryTracker | Dispute status | task | contest_charge 2, card_missing 0.5
ShieldHome | Security shield | hub | scam_worry 4, card_missing 1.2, contest_charge 1
ShieldReport | Report fraud | task | scam_worry 4, contest_charge 1

PerksGallery | Perks and cards | hub | card_rewards 4, card_travel 3, card_transfer 1
PerksEarn | Earn more back | detail | card_rewards 4
PassportPerks | Travel card | detail | card_travel 4
ShiftBalance | Shift what you owe | detail | card_transfer 4, debt_trouble 2, personal_loan 0.6
NestHub | Home loans | hub | house_purchase 3, house_refinance 3, house_equity 2, property_cover 0.8
NestAfford | Can we? | tool | house_purchase 4
NestRework | Rework my payment | tool | house_refinance 4, debt_trouble 0.6
NestValue | What your home is worth | tool | house_equity 4, house_refinance 1
BorrowHub | Loans | hub | personal_loan 3, car_finance 3, debt_trouble 2, house_equity 1, card_transfer 0.7
WheelsQuote | Car loan quote | tool | car_finance 4
FlexQuote | Flexible loan quote | tool | personal_loan 4, debt_trouble 1
EaseUp | Ease up | detail | debt_trouble 4, settle_bill 0.5
PotsHome | Savings pots | hub | savings_rate 3, certificate 2, child_saving 2
PotsBoost | Boosted savings | detail | savings_rate 4
PotsLocked | Locked pot | detail | certificate 4
JuniorPot | For a child | detail | child_saving 4
AddAccount | Add another account | hub | open_checking 4, savings_rate 1, switch_bank 1, business_account 0.6
BringPaycheck | Paycheck here | detail | switch_bank 4, open_checking 1
MarketsPad | Markets | hub | brokerage 4, retirement 1
TickerView | Ticker | detail | brokerage 3
LaterYears | Retirement years | tool | retirement 4, advice 1
PersonToTalk | A person to talk to | detail | advice 4, retirement 0.6
SafetyNets | Insurance | hub | property_cover 3, life_cover 3
NetsThings | For things | detail | property_cover 4, car_finance 0.5
NetsPeople | Cover for people | detail | life_cover 4
ShopDesk | Business desk | hub | business_account 4, business_credit 2
ShopFloat | Float | tool | business_credit 4
"""  # noqa: E501 - one line a screen

# Where an application is started and signed in the app; fewer doors than on the site, so needs share them.
SIGN_UPS: dict[str, tuple[str, ...]] = {
    "PlasticOrder": ("rewards-card", "travel-card", "balance-transfer-card"),
    "NestSignup": ("mortgage", "equity-line"),
    "BorrowSignup": ("auto-loan", "personal-loan"),
    "PotsSignup": ("savings", "certificate", "young-saver"),
    "AccountSignup": ("checking",),
    "MarketsSignup": ("brokerage", "ira", "advisor-meeting"),
    "NetsSignup": ("cover-quote",),
    "ShopSignup": ("business-account", "business-credit"),
}

# Offer tiles on AccountsHome and the intents each one speaks to.
TILES: dict[str, tuple[str, ...]] = {
    "CashbackCard": ("card_rewards",),
    "HorizonCard": ("card_travel",),
    "ZeroTransfer": ("card_transfer", "debt_trouble"),
    "NestStart": ("house_purchase",),
    "NestRework": ("house_refinance", "house_equity"),
    "WheelsReady": ("car_finance",),
    "FlexLoan": ("personal_loan", "debt_trouble"),
    "BoostedPot": ("savings_rate",),
    "LockedPot": ("certificate", "child_saving"),
    "PaycheckBonus": ("open_checking", "switch_bank"),
    "LaterYears": ("retirement", "brokerage", "advice"),
    "SafetyNets": ("property_cover", "life_cover"),
    "ShopDesk": ("business_account", "business_credit"),
}
