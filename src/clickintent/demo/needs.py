"""What people of the synthetic bank want: the simulator's own two-level vocabulary.

The names are the simulator's, on purpose different from any taxonomy a labeler uses, so that an evaluation
has to map one to the other in the open. An intent is either a *need* (comes, lasts days, may end in an
application) or a *service* (a habit of a customer: pay, look, move money, report a card).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Intent:
    """One leaf of the simulator's vocabulary.

    Attributes:
        name: Leaf name, unique.
        group: Level-1 name.
        is_service: True for a habit of a customer, False for a need that comes and goes.
        popularity: Relative frequency among the needs, or among the services.
        companions: Leaves a mixed web session may wander to; each is equally likely.
        product: The application a need may end in; None where nothing is applied for. Some needs share one.
    """

    name: str
    group: str
    is_service: bool
    popularity: float
    companions: tuple[str, ...]
    product: str | None = None


def _need(name: str, group: str, popularity: float, companions: str, product: str) -> Intent:
    return Intent(name, group, False, popularity, tuple(companions.split()), product)


def _service(name: str, group: str, popularity: float, companions: str) -> Intent:
    return Intent(name, group, True, popularity, tuple(companions.split()))


# Companions are the ties real banks see: a house buyer looks at cover, a debtor at balance transfers and
# equity.
INTENTS: tuple[Intent, ...] = (
    _need("card_rewards", "plastic", 9, "savings_rate open_checking look_at_money personal_loan", "rewards-card"),
    _need("card_travel", "plastic", 6, "brokerage savings_rate settle_bill life_cover", "travel-card"),
    _need(
        "card_transfer",
        "plastic",
        5,
        "debt_trouble personal_loan settle_bill house_equity",
        "balance-transfer-card",
    ),
    _need("house_purchase", "dwelling", 8, "property_cover savings_rate certificate switch_bank", "mortgage"),
    _need("house_refinance", "dwelling", 5, "debt_trouble personal_loan retirement settle_bill", "mortgage"),
    _need("house_equity", "dwelling", 4, "debt_trouble personal_loan car_finance advice", "equity-line"),
    _need("car_finance", "borrowing", 7, "property_cover house_equity savings_rate card_rewards", "auto-loan"),
    _need(
        "personal_loan",
        "borrowing",
        6,
        "card_transfer house_equity card_rewards look_at_money",
        "personal-loan",
    ),
    _need(
        "debt_trouble",
        "borrowing",
        4,
        "card_transfer house_equity settle_bill house_refinance",
        "personal-loan",
    ),
    _need("savings_rate", "putting_by", 8, "brokerage open_checking house_purchase look_at_money", "savings"),
    _need("certificate", "putting_by", 4, "brokerage retirement house_purchase advice", "certificate"),
    _need("child_saving", "putting_by", 3, "life_cover open_checking retirement move_money", "young-saver"),
    _need(
        "open_checking",
        "daily_account",
        6,
        "card_rewards savings_rate business_account child_saving",
        "checking",
    ),
    _need("switch_bank", "daily_account", 3, "savings_rate card_rewards settle_bill house_refinance", "checking"),
    _need("brokerage", "wealth", 4, "certificate savings_rate card_travel look_at_money", "brokerage"),
    _need("retirement", "wealth", 5, "life_cover certificate house_refinance look_at_money", "ira"),
    _need("advice", "wealth", 3, "life_cover certificate house_equity business_account", "advisor-meeting"),
    _need(
        "property_cover",
        "protection",
        4,
        "house_purchase car_finance house_refinance settle_bill",
        "cover-quote",
    ),
    _need("life_cover", "protection", 3, "retirement advice child_saving house_purchase", "cover-quote"),
    _need("business_account", "company", 4, "card_rewards open_checking advice move_money", "business-account"),
    _need(
        "business_credit",
        "company",
        3,
        "personal_loan house_equity card_rewards car_finance",
        "business-credit",
    ),
    _service("look_at_money", "money_chores", 9, "savings_rate brokerage card_rewards contest_charge"),
    _service("settle_bill", "money_chores", 7, "card_transfer debt_trouble contest_charge card_rewards"),
    _service("move_money", "money_chores", 6, "savings_rate brokerage scam_worry certificate"),
    _service("pay_in_cheque", "money_chores", 4, "scam_worry savings_rate business_account child_saving"),
    _service("card_missing", "safety", 3, "look_at_money card_rewards card_travel move_money"),
    _service("contest_charge", "safety", 3, "look_at_money settle_bill card_rewards card_transfer"),
    _service("scam_worry", "safety", 2, "move_money look_at_money pay_in_cheque open_checking"),
)

INTENT_NAMES: tuple[str, ...] = tuple(intent.name for intent in INTENTS)
GROUP_NAMES: tuple[str, ...] = tuple(dict.fromkeys(intent.group for intent in INTENTS))
INTENT_INDEX: dict[str, int] = {name: index for index, name in enumerate(INTENT_NAMES)}
GROUP_OF_INTENT: NDArray[np.int64] = np.array([GROUP_NAMES.index(intent.group) for intent in INTENTS])
IS_SERVICE: NDArray[np.bool_] = np.array([intent.is_service for intent in INTENTS])


def popularity(is_service: bool) -> NDArray[np.float64]:
    """Probability of every intent within the needs or within the services.

    Args:
        is_service: Which of the two kinds.

    Returns:
        Shape (intents,), sums to 1; zero for the other kind.
    """
    weights = np.array([intent.popularity if intent.is_service == is_service else 0.0 for intent in INTENTS])
    return np.asarray(weights / weights.sum())


def companions() -> NDArray[np.int64]:
    """Indices of the companions of every intent, shape (intents, 4)."""
    return np.array([[INTENT_INDEX[name] for name in intent.companions] for intent in INTENTS])
