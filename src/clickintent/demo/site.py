"""Pages of the synthetic bank's public web site and online banking.

One line a page: path | title | kind | how strongly each intent draws to it. A page may serve several
intents; some have names that say little (as real editorial pages do), so that words alone do not give the
session away. Pages of kind `open` serve everyone: they are the ambiguous ones, with one weight. `{id}`
stands for a number that differs by session.
"""

from __future__ import annotations

HOST = "https://www.northwindbank.example"
TITLE_SUFFIX = " | Northwind Bank"

PAGES = """
/ | Northwind Bank: banking that moves with you | open | 30
/search | Search results | open | 16
/help | Help centre | open | 9
/help/contact | Contact us | open | 8
/help/branch-finder | Find a branch or ATM | open | 6
/help/branches/{id} | Branch details | open | 4
/help/faq/{id} | Frequently asked questions | open | 5
/rates | Today's rates at a glance | open | 14
/products | All products | open | 8
/offers | Current offers | open | 8
/learn | The money journal | open | 6
/learn/topics/{id} | Topic | open | 3
/about | About us | open | 3
/careers | Careers | open | 2
/careers/jobs/{id} | Job opening | open | 1
/legal/privacy | Privacy notice | open | 2
/legal/terms | Terms and conditions | open | 2
/legal/accessibility | Accessibility | open | 1
/news/{id} | Newsroom | open | 2
/login | Sign in | open | 10
/login/forgot | Trouble signing in | open | 4
/tools/calculators | All calculators | open | 5
/appointments | Book an appointment | open | 4

/credit-cards | Credit cards | hub | card_rewards 3, card_travel 3, card_transfer 3, debt_trouble 0.5
/credit-cards/cash-back | Cash back card | detail | card_rewards 5
/credit-cards/everyday-points | Everyday points card | detail | card_rewards 4, card_travel 1
/credit-cards/horizon | Horizon card | detail | card_travel 5, card_rewards 1
/credit-cards/balance-transfer | Balance transfer offer | detail | card_transfer 5, debt_trouble 2, personal_loan 0.6
/credit-cards/compare | Compare cards side by side | compare | card_rewards 3, card_travel 2, card_transfer 2
/credit-cards/benefits/{id} | Guide to benefits | detail | card_rewards 2, card_travel 3
/tools/payoff-planner | Payoff planner | tool | card_transfer 4, debt_trouble 3, personal_loan 1
/tools/points-value | What are your points worth? | tool | card_rewards 3, card_travel 3
/learn/lounges-and-luggage | Lounges, luggage and no fees abroad | story | card_travel 3
/learn/everyday-spending | Make everyday spending count | story | card_rewards 3, open_checking 1
/learn/zero-for-eighteen | Eighteen months at zero | story | card_transfer 3, debt_trouble 0.8

/mortgages | Mortgages | hub | house_purchase 4, house_refinance 3, house_equity 2
/mortgages/rates | Mortgage rates | rates | house_purchase 4, house_refinance 4, house_equity 1
/mortgages/first-time-buyers | First-time buyers | detail | house_purchase 5
/mortgages/fixed-30-year | 30-year fixed | detail | house_purchase 3, house_refinance 2
/mortgages/adjustable | Adjustable rate | detail | house_purchase 2, house_refinance 2
/mortgages/refinance | Refinance your home | detail | house_refinance 5, debt_trouble 0.5
/mortgages/cash-out | Cash-out options | detail | house_refinance 2, house_equity 2, debt_trouble 1
/home-equity | Home equity | hub | house_equity 4, personal_loan 1, debt_trouble 1, house_refinance 1
/home-equity/line-of-credit | Home equity line of credit | detail | house_equity 5, business_credit 0.4
/home-equity/rates | Home equity rates | rates | house_equity 4, personal_loan 0.7
/tools/how-much-house | How much house fits? | tool | house_purchase 5
/tools/break-even | Break-even calculator | tool | house_refinance 4, house_equity 1
/tools/what-could-i-draw | What could I draw? | tool | house_equity 4
/tools/monthly-cost | Monthly cost calculator | tool | house_purchase 2, car_finance 3, personal_loan 2, house_refinance 1
/learn/keys-in-hand | Keys in hand: a checklist | story | house_purchase 4, property_cover 0.8
/learn/lower-the-monthly | Lower the monthly | story | house_refinance 3, debt_trouble 1, car_finance 0.6
/learn/kitchens-and-roofs | Kitchens, roofs and what they cost | story | house_equity 3, personal_loan 1.2

/auto-loans | Auto loans | hub | car_finance 4
/auto-loans/rates | Auto loan rates | rates | car_finance 4
/auto-loans/new-and-used | New and used cars | detail | car_finance 4
/auto-loans/dealers/{id} | Dealer network | detail | car_finance 2
/learn/test-drive | Before the test drive | story | car_finance 3, property_cover 0.6
/personal-loans | Personal loans | hub | personal_loan 4, debt_trouble 2, card_transfer 0.6
/personal-loans/rates | Personal loan rates | rates | personal_loan 4, debt_trouble 1, car_finance 0.5
/personal-loans/consolidation | Consolidate what you owe | detail | debt_trouble 4, personal_loan 2, card_transfer 1
/personal-loans/uses/{id} | What people use it for | detail | personal_loan 3, house_equity 0.6
/support/hardship | When payments get hard | detail | debt_trouble 5, settle_bill 0.4
/support/payment-plans | Payment plans | detail | debt_trouble 4, settle_bill 0.8
/learn/breathing-room | Finding breathing room | story | debt_trouble 3, house_refinance 0.5
/tools/borrow-check | Check without a mark | tool | personal_loan 4, car_finance 1.5, debt_trouble 1

/savings | Savings | hub | savings_rate 4, certificate 2, child_saving 1.5
/savings/high-yield | High-yield savings | detail | savings_rate 5
/savings/rates | Savings and CD rates | rates | savings_rate 3, certificate 3, brokerage 0.4
/savings/certificates | Certificates of deposit | detail | certificate 5
/savings/certificates/ladder | Build a ladder | story | certificate 3, brokerage 0.5
/savings/young-savers | Young savers | detail | child_saving 5
/savings/college | College fund | detail | child_saving 3, advice 0.6
/tools/grow-it | How would it grow? | tool | savings_rate 3, certificate 3, child_saving 1, retirement 1
/learn/rainy-days | For rainy days | story | savings_rate 3, open_checking 0.6
/learn/pocket-money | Pocket money that teaches | story | child_saving 3
/learn/lock-or-not | Lock it or leave it? | story | certificate 3, savings_rate 1

/checking | Checking accounts | hub | open_checking 4, switch_bank 2
/checking/everyday | Everyday checking | detail | open_checking 4, switch_bank 1
/checking/premier | Premier checking | detail | open_checking 3, switch_bank 1, advice 0.5
/checking/fees | What it costs | detail | open_checking 2, switch_bank 3
/checking/student | Student account | detail | open_checking 3, child_saving 0.8
/checking/move-to-us | Move to us in ten minutes | detail | switch_bank 5
/checking/direct-deposit | Bring your paycheck over | detail | switch_bank 4, open_checking 1
/learn/leaving-well | Leaving your old bank well | story | switch_bank 4

/investing | Investing | hub | brokerage 4, retirement 2, advice 2
/investing/self-directed | Trade on your own | detail | brokerage 5
/investing/funds/{id} | Fund fact sheet | detail | brokerage 3, retirement 1, advice 0.6
/investing/pricing | Trading prices | rates | brokerage 3
/retirement | Retirement | hub | retirement 4, advice 1
/retirement/ira | IRAs | detail | retirement 5
/retirement/rollover | Bring over an old plan | detail | retirement 4, switch_bank 0.4
/tools/enough-at-67 | Will it be enough at 67? | tool | retirement 4, advice 1
/wealth/advisors | Meet an advisor | detail | advice 5
/wealth/advisors/{id} | Advisor profile | detail | advice 4
/wealth/planning | Planning with us | hub | advice 4, retirement 1, life_cover 0.6
/learn/the-long-view | The long view | story | retirement 2, brokerage 2, advice 1
/learn/someone-to-ask | Someone to ask | story | advice 3, retirement 0.5

/insurance | Insurance | hub | property_cover 3, life_cover 3
/insurance/home | Home insurance | detail | property_cover 4, house_purchase 1.2
/insurance/auto | Auto insurance | detail | property_cover 4, car_finance 1.2
/insurance/life | Life insurance | detail | life_cover 5
/insurance/claims | How claims work | detail | property_cover 2, life_cover 1
/tools/cover-finder | Cover finder | tool | property_cover 2.5, life_cover 2.5
/learn/what-if | The what-if talk | story | life_cover 3, advice 0.8
/learn/storms-and-dents | Storms and dents | story | property_cover 3

/small-business | Small business | hub | business_account 4, business_credit 3
/small-business/checking | Business checking | detail | business_account 5, open_checking 0.4
/small-business/cards | Business cards | detail | business_account 1.5, business_credit 2, card_rewards 0.5
/small-business/loans | Business loans | detail | business_credit 5, personal_loan 0.4
/small-business/equipment | Equipment finance | detail | business_credit 3, car_finance 0.4
/small-business/payments | Taking payments | detail | business_account 3
/learn/first-invoice | From first invoice to first hire | story | business_account 3, business_credit 1
/learn/cash-between-seasons | Cash between seasons | story | business_credit 3

/online | Overview | hub | look_at_money 4, settle_bill 1.5, move_money 1.5, contest_charge 1, card_missing 0.6
/online/accounts/{id} | Account activity | task | look_at_money 5, contest_charge 1.5, scam_worry 1, settle_bill 0.7
/online/statements/{id} | Statement | task | look_at_money 3, contest_charge 1, house_purchase 0.3
/online/bills | Bills and payees | task | settle_bill 5, debt_trouble 0.5
/online/bills/schedule | Schedule it | task | settle_bill 3
/online/move | Between accounts or to people | task | move_money 5, savings_rate 0.4
/online/move/recipients/{id} | Recipient | task | move_money 3, scam_worry 1
/online/wires | Wires | task | move_money 2.5, business_account 0.5
/online/cheque-image/{id} | Cheque image | task | pay_in_cheque 4, look_at_money 0.6
/help/mobile-deposit | Paying in by photo | faq | pay_in_cheque 4
/online/cards/{id}/controls | Card controls | task | card_missing 4, scam_worry 1, card_travel 0.3
/online/cards/{id}/replace | Send me a new one | task | card_missing 5
/help/lost | It's gone: what now? | faq | card_missing 3, scam_worry 1
/online/items/{id}/question | Question this item | task | contest_charge 5
/help/how-disputes-work | How disputes work | faq | contest_charge 3
/online/messages | Secure messages | task | contest_charge 1.5, scam_worry 1.5, settle_bill 0.5, look_at_money 0.5
/security | Security centre | hub | scam_worry 4, card_missing 1
/security/report | Report something odd | faq | scam_worry 5, contest_charge 1
/learn/that-text-was-not-us | That text was not us | story | scam_worry 3
"""  # noqa: E501 - one line a page

# Product of an application: (title, median amount in US dollars or None). A review page is where it is
# submitted.
PRODUCTS: dict[str, tuple[str, float | None]] = {
    "rewards-card": ("Cash back card", None),
    "travel-card": ("Horizon card", None),
    "balance-transfer-card": ("Balance transfer card", None),
    "mortgage": ("Mortgage", 310_000),
    "equity-line": ("Home equity line", 60_000),
    "auto-loan": ("Auto loan", 27_000),
    "personal-loan": ("Personal loan", 12_000),
    "savings": ("Savings account", 4_000),
    "certificate": ("Certificate", 10_000),
    "young-saver": ("Young saver", 500),
    "checking": ("Checking account", None),
    "brokerage": ("Trading account", 8_000),
    "ira": ("IRA", 6_000),
    "advisor-meeting": ("Advisor meeting", None),
    "cover-quote": ("Insurance quote", None),
    "business-account": ("Business account", None),
    "business-credit": ("Business credit", 45_000),
}
