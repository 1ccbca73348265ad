"""How well the embedded labeler does on sessions written by hand.

The pages are invented in the manner of real bank sites and apps: they are synthetic, and their author also
wrote the taxonomy, so the figures are an upper guide and no measurement of any bank's traffic. Parameters
were chosen on another set of bank sessions and on the sites below that are no bank; the filler words "screen"
and "tab" were added after a first look at these sessions.
"""

import re
from typing import NamedTuple

import polars as pl
import pytest

from clickintent.labeling import EmbeddedLabeler, SessionLabel, write_narratives
from clickintent.taxonomy import read_taxonomy

# A block is a session: channel and intent, then pages: key, title ('-' for none), event beside the view.
BANK_SESSIONS = """
web cards.find_new_card
  /  Lakeshore Bank - personal banking that moves with you
  /personal/credit-cards  Credit cards for every goal
  /personal/credit-cards/everyday-cash-mastercard  Everyday Cash Mastercard: 1.5% back, no annual fee
  /personal/credit-cards/secured-mastercard  Secured Mastercard - start building credit

web cards.find_new_card
  /lp/travel-card-75k-miles  Earn 75,000 bonus miles after you spend $4,000
  /cards/compare  Compare up to three cards side by side
  /cards/apply/skypass/applicant  Applicant details  form_start
  /cards/apply/skypass/decision  Your decision  application_submit

app cards.find_new_card
  SignInScreen  -  login
  HomeScreen
  ShopProductsScreen
  CreditCardProductListScreen
  PreApprovedOffersScreen

web cards.pay_card
  /account/login  Log in to your account
  /account/cards/overview  Everyday Cash Mastercard
  /account/cards/payments/one-time  Make a one-time payment  form_start

app cards.pay_card
  pin_login  -  login
  home
  credit_card_payment_amount
  credit_card_payment_success

app cards.pay_card
  LoginScreen
  AccountsScreen
  CreditCardAccountScreen
  AutoPayEnrollmentScreen

web cards.manage_card
  /account/login  Log in
  /account/cards/controls  Turn your debit card on or off, set travel plans
  /account/cards/new-pin  Choose a new PIN  form_submit

app cards.manage_card
  LoginScreen
  CardsScreen
  FreezeCardScreen  -  toggle
  AddToWalletScreen

web cards.manage_card
  /help/articles/how-do-i-request-a-higher-credit-limit  How do I request a higher credit limit?
  /account/cards/line-increase  Request an increase  form_start

app cards.rewards_offers
  LoginScreen
  HomeScreen
  CashBackRewardsScreen
  RedeemConfirmScreen

web cards.rewards_offers
  /rewards  Lakeshore Rewards: see what your points can do
  /rewards/shop/gift-cards/coffee  Gift cards

web home_lending.buy_home
  /personal/home-loans  Home loans for first-time and repeat buyers
  /personal/home-loans/rates  Today's home loan rates: 30-year fixed, 15-year fixed, ARM
  /personal/home-loans/loan-officers  Find a loan officer near you

web home_lending.buy_home
  /learning-center/first-home/how-to-get-preapproved  How to get preapproved and make an offer
  /learning-center/first-home/fha-vs-conventional  FHA vs conventional: which fits?
  /home-loans/apply  Start your mortgage application  form_start

web home_lending.buy_home
  /  Welcome to Cedar Federal
  /tools/mortgage-payment-estimator  Estimate a monthly mortgage payment  calculator_used
  /mortgages/veterans  VA loans for service members

app home_lending.buy_home
  HomeTab
  BorrowTab
  HomePurchaseRates
  PreapprovalIncome  -  form_start

web home_lending.refinance
  /home-loans/lower-your-rate  Lower your rate: refinance with Cedar
  /home-loans/refinance-rates  Refinance rates today
  /home-loans/cash-out  Turn home value into cash with a cash-out refi

web home_lending.refinance
  /mortgages/fixed-rate  Fixed rate mortgages
  /mortgages/refinancing/is-it-worth-it  Is refinancing worth it? Breakeven tool

web home_lending.home_equity
  /personal/borrowing/heloc  HELOC: a line of credit secured by your house
  /personal/borrowing/heloc/apply  HELOC application  form_start

web home_lending.home_equity
  /learning-center/fund-a-renovation  Ways to fund a renovation
  /equity-loans-and-lines  Equity loans and lines
  /equity-loans-and-lines/how-much-can-i-borrow  How much can I borrow against my home?

web home_lending.manage_mortgage
  /account/login  Log in
  /account/home-loan  Home loan ending 0021
  /account/home-loan/taxes-and-insurance  Property taxes, homeowner's insurance and escrow
  /account/home-loan/pay  Make a mortgage payment

app home_lending.manage_mortgage
  LoginScreen
  AccountsScreen
  HomeLoanDetailsScreen
  HomeLoanPayoffScreen

web loans.auto_loan
  /vehicle-loans  New and used auto financing
  /vehicle-loans/refinance-your-ride  Refinance your ride and lower your payment

web loans.auto_loan
  /  Cedar Federal Credit Union
  /rates/auto  Auto rates by term and model year
  /tools/car-affordability  How much car can I afford?  calculator_used
  /apply/auto/collateral  Tell us about the vehicle  form_start

web loans.personal_loan
  /borrow/personal-loan  Borrow up to $35,000 for whatever comes next
  /borrow/personal-loan/rates-and-terms  Rates and terms
  /borrow/personal-loan/application  Personal loan application  form_start

app loans.personal_loan
  LoginScreen
  HomeScreen
  PersonalLoanOfferScreen
  LoanAmountSliderScreen

web loans.student_loan
  /education-loans  Private loans for undergraduate students
  /education-loans/cosigners  Cosigning a loan for your student

web loans.student_loan
  /learning-center/college/refinancing-student-debt  Refinancing student debt: pros and cons
  /education-loans/refinance/rates  Rates

app loans.manage_loan
  LoginScreen
  AccountsScreen
  LoanAccountScreen
  LoanPaymentScheduleScreen
  MakeLoanPaymentScreen

web loans.manage_loan
  /account/login  Log in
  /account/vehicle-loan  Vehicle loan ending 7733
  /account/vehicle-loan/payoff-quote  10-day payoff quote

web debt_help.payment_relief
  /help/lost-your-job  Lost your job? Payment options while you get back on your feet
  /help/mortgage-hardship  Mortgage hardship: forbearance, repayment, modification
  /help/mortgage-hardship/apply  Request assistance  form_start

web debt_help.payment_relief
  /account/login  Log in
  /account/cards/cannot-pay  Having trouble paying? See hardship programs

app debt_help.payment_relief
  LoginScreen
  AccountsScreen
  AutoLoanScreen
  RequestExtensionScreen
  DeferralTermsScreen

web debt_help.debt_management
  /learning-center/debt/pay-off-credit-cards-faster  Snowball or avalanche: pay off debt faster
  /learning-center/debt/consolidate  Consolidate high-interest balances

web debt_help.debt_management
  /support/account-in-collections  My account is in collections. What now?
  /support/settlement  Settlement offers

web accounts.open_checking
  /personal/checking/student  Student checking for ages 16 to 24
  /personal/checking/compare  Compare accounts and fees
  /enroll/checking/identity  Verify your identity  form_start

web accounts.open_checking
  /switch-kit  Switch to Lakeshore in three steps
  /personal/checking/free  Totally Free Checking
  /locations  Find a branch

app accounts.open_checking
  WelcomeScreen
  ChooseCheckingAccount
  NewCustomerDetails  -  form_start
  FundYourAccount

web accounts.save_money
  /personal/savings/certificates  Certificates: lock in 4.10% APY for 11 months
  /personal/savings/money-market  Money market savings
  /rates/deposits  Rates

web accounts.save_money
  /learning-center/emergency-savings  Build an emergency fund
  /personal/savings/kids  Savings for kids

web wealth.invest
  /wealth/managed-portfolios  Managed portfolios built by experts
  /wealth/meet-an-advisor  Talk with a financial advisor

app wealth.invest
  LoginScreen
  InvestScreen
  EtfDetailScreen
  PlaceTradeScreen
  OrderStatusScreen

web wealth.retirement
  /wealth/retirement/ira-types  Traditional or Roth: choosing an IRA
  /wealth/retirement/calculator  When can I retire?  calculator_used

web wealth.insurance
  /protect/term-life  Term life coverage from $15 a month
  /protect/term-life/quote  Get a life insurance quote  quote_start

app wealth.insurance
  LoginScreen
  InsuranceScreen
  AutoPolicyScreen
  DigitalIdCardScreen

web business.bank_business
  /business/checking/simple  Simple Business Checking
  /business/cards/business-cash  Business Cash Visa
  /business/open  Open a business account: documents you need

app business.bank_business
  BusinessLogin
  BusinessHome
  PayrollRun
  InvoiceCreate

web business.borrow
  /business/loans/commercial-real-estate  Commercial real estate lending
  /business/loans/lines-of-credit  Business lines of credit

web business.borrow
  /business  Business banking
  /business/sba  SBA 7(a) and 504 programs
  /business/sba/checklist  Application checklist

app servicing.view_activity
  pin_login  -  login
  home
  account_details
  transactions_list
  transaction_detail

web servicing.view_activity
  /account/login  Log in
  /account/overview  Accounts
  /account/share-savings/activity  Recent activity

app servicing.view_activity
  FaceIdScreen
  HomeScreen
  SpendingByCategoryScreen
  MonthlyBudgetScreen

app servicing.transfer_money
  pin_login  -  login
  home
  transfer_from_account
  transfer_to_account
  transfer_confirmation

web servicing.transfer_money
  /account/login  Log in
  /account/overview  Accounts
  /account/move-money/wire/international  Send an international wire  form_start

app servicing.transfer_money
  LoginScreen
  PayAndTransferScreen
  ZelleContactScreen
  ZelleAmountScreen

app servicing.pay_bills
  LoginScreen
  PayAndTransferScreen
  BillerSearchScreen
  BillPaymentReviewScreen

web servicing.pay_bills
  /account/login  Log in
  /account/billpay/payees  Your payees
  /account/billpay/payees/electric-company  Pay Columbia Electric

app servicing.deposit_checks
  LoginScreen
  DepositScreen
  CheckPhotoFrontScreen
  CheckPhotoBackScreen
  DepositSuccessScreen

web servicing.deposit_checks
  /account/login  Log in
  /account/services/order-checks  Order checks
  /account/services/stop-payment  Stop payment on a check

web servicing.statements
  /account/login  Log in
  /account/documents  Statements and notices
  /account/documents/2026-03  March statement PDF

app servicing.statements
  LoginScreen
  MoreScreen
  DocumentsScreen
  TaxDocumentsScreen

web security.dispute_charge
  /help/articles/i-dont-recognize-a-transaction  I don't recognize a transaction
  /account/cards/dispute/new  Dispute this purchase  form_start

app security.dispute_charge
  LoginScreen
  CardActivityScreen
  TransactionDetailScreen
  ReportProblemWithTransactionScreen
  DisputeEvidenceUploadScreen

web security.report_fraud
  /security/someone-stole-my-card  My card was lost or stolen
  /security/report-unauthorized  Report unauthorized activity

web security.report_fraud
  /security/phishing-texts  Got a suspicious text from us?
  /security/identity-theft-steps  What to do after identity theft

web security.sign_in
  /account/login  Log in
  /account/recover  Can't log in? Recover your username
  /account/recover/new-password  Choose a new password  form_submit

app security.sign_in
  LoginScreen  -  login_failed
  AccountLockedScreen
  ResetPasscodeScreen

web security.update_profile
  /account/login  Log in
  /account/settings/contact  Email, phone and mailing address
  /account/settings/notifications  Notification settings

app security.update_profile
  LoginScreen
  MoreScreen
  PersonalDetailsScreen
  EditPhoneNumberScreen

web help.branch_atm
  /locations  Find a branch or ATM
  /locations/dayton-oh/main-street  Main Street, Dayton - hours and services

web help.contact_support
  /help  Help center
  /help/contact  Call, write or visit
  /help/secure-message  Send us a secure message  form_start

app help.contact_support
  LoginScreen
  MoreScreen
  MessagesInboxScreen
  NewMessageScreen

web help.about_bank
  /about/history  Our history since 1911
  /about/careers  Work with us
  /about/community-giving  Community giving
"""

# Sites that are no bank: there is no right leaf.
OTHER_SESSIONS = """
web none
  /women/dresses/summer  Summer dresses for women, new in
  /women/dresses/blue-linen-dress  Blue linen dress, free returns
  /basket  Your basket  add_to_cart

web none
  /recipes/pasta/carbonara  Spaghetti carbonara recipe
  /recipes/desserts/tiramisu  Classic tiramisu

web none
  /docs/getting-started/install  Installation guide
  /docs/api/reference/client  Client API reference
  /blog/release-notes-2-1  Release notes 2.1

web none
  /news/politics/election-results  Election results live
  /news/sports/football/transfers  Football transfer rumours
  /weather/london  London weather forecast

app none
  Welcome
  ChooseTopic
  VideoPlayer
  QuizQuestion
  QuizResult

web none
  /hotels/lisbon  Hotels in Lisbon
  /hotels/lisbon/riverside-inn  Riverside Inn: rooms, reviews, photos
  /booking/guests  Guest details  form_start

web none
  /electronics/laptops/15-inch-laptop  15 inch laptop with 16 GB memory
  /cart  Shopping cart
  /checkout/shipping  Shipping address

web none
  /courses/python-for-beginners  Python for beginners course
  /courses/python-for-beginners/lesson-3  Lesson 3: loops

web none
  /projects/xdotool/  xdotool - fake keyboard and mouse input
  /blog/geekery/ssl-latency.html  SSL handshake latency and HTTPS optimizations

web none
  /presentations/logstash-puppetconf-2012/  Logstash talk slides
  /blog/tags/puppet  Articles tagged puppet
  /images/web/banner  Banner

web none
  /patients/appointments/cardiology  Cardiology clinic
  /conditions/asthma/symptoms  Asthma: symptoms and causes

app none
  Splash
  WorkoutList
  WorkoutTimer
  StreakBoard

web none
  /garden/roses/pruning  How to prune roses
  /garden/tools  Best garden tools of the year

web none
  /music/albums/new-releases  New album releases
  /music/artist/tour-dates  Tour dates and tickets

web none
  /phones/plans/unlimited  Unlimited phone plans
  /phones/coverage-map  Network coverage map
  /phones/upgrade  Upgrade your phone

web none
  /jobs/engineering/backend  Backend engineer
  /team  Meet the team
"""


class Session(NamedTuple):
    channel: str
    intent_id: str
    steps: list[list[str]]


def read_sessions(text: str) -> list[Session]:
    sessions = []
    for block in text.strip().split("\n\n"):
        head, *lines = block.split("\n")
        channel, intent_id = head.split()
        steps = [[*re.split(r"\s{2,}", line.strip()), "-", ""][:3] for line in lines]
        sessions.append(Session(channel, intent_id, steps))
    return sessions


def label_sessions(sessions: list[Session], taxonomy_frame: pl.DataFrame) -> list[SessionLabel]:
    pages: dict[str, str] = {}
    rows = []
    for number, session in enumerate(sessions):
        keys, types = [], []
        for key, title, event in session.steps:
            path_words = re.sub(r"[^A-Za-z0-9]+", " ", key)
            pages[key] = f"{path_words} {'' if title == '-' else title}".strip().lower()
            events = ["page_view", event] if re.fullmatch(r"[a-z_]+", event) else ["page_view"]
            keys += [key] * len(events)
            types += events
        rows.append(
            {
                "session_id": str(number),
                "channel": session.channel,
                "device_type": "desktop" if session.channel == "web" else "phone",
                "referrer_medium": "search",
                "page_keys": keys,
                "event_types": types,
                "dwell_seconds": [20.0] * len(keys),
                "gap_seconds": [None, *[20.0] * (len(keys) - 1)],
                "truncated_count": 0,
                "content_hash": str(number),
            }
        )
    page_frame = pl.DataFrame({"page_key": list(pages), "text": list(pages.values())})
    narratives = write_narratives(pl.DataFrame(rows), page_frame)["narrative"].to_list()
    return EmbeddedLabeler(read_taxonomy(taxonomy_frame)).label(narratives, [s.channel for s in sessions])


@pytest.fixture(scope="module")
def bank_results(pytestconfig):
    seed = pl.read_csv(pytestconfig.rootpath / "seeds" / "taxonomy.csv", infer_schema=False)
    sessions = read_sessions(BANK_SESSIONS)
    labels = label_sessions(sessions, seed)
    return [
        (label.intents[0][0] if label.status == "ok" else None, session.intent_id)
        for label, session in zip(labels, sessions, strict=True)
    ]


def test_four_in_five_bank_sessions_get_a_label(bank_results):
    assert sum(label is not None for label, _ in bank_results) >= 0.8 * len(bank_results)


def test_four_in_five_labels_name_the_right_leaf(bank_results):
    labelled = [(label, truth) for label, truth in bank_results if label]
    assert sum(label == truth for label, truth in labelled) >= 0.8 * len(labelled)


def test_nine_in_ten_labels_name_the_right_group(bank_results):
    labelled = [(label.split(".")[0], truth.split(".")[0]) for label, truth in bank_results if label]
    assert sum(label == truth for label, truth in labelled) >= 0.9 * len(labelled)


def test_every_leaf_has_a_session_in_the_set(bank_results, pytestconfig):
    seed = pl.read_csv(pytestconfig.rootpath / "seeds" / "taxonomy.csv", infer_schema=False)
    assert {truth for _, truth in bank_results} == set(read_taxonomy(seed).leaf_ids)


def test_sites_that_are_no_bank_mostly_get_no_label(pytestconfig):
    seed = pl.read_csv(pytestconfig.rootpath / "seeds" / "taxonomy.csv", infer_schema=False)
    labels = label_sessions(read_sessions(OTHER_SESSIONS), seed)
    assert sum(label.status == "ok" for label in labels) <= len(labels) / 2
