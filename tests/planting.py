"""Made-up identifiers by the thousand, written in many ways, and what must not be left of them."""

import html
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

SYLLABLES = ["kor", "vath", "lin", "del", "mar", "qui", "tos", "ben", "zul", "fari", "nok", "sel", "dru", "wex", "hal"]


@dataclass(frozen=True)
class Plant:
    """An identifier in a text.

    Attributes:
        kind: what it is.
        text: how it stands there.
        names: words of it, in lower case, none of which may be told.
    """

    kind: str
    text: str
    names: tuple[str, ...] = ()


def name(rng: random.Random) -> str:
    """A name that no page of a bank has for a word."""
    return "".join(rng.choices(SYLLABLES, k=3)).capitalize()


def digits(rng: random.Random, count: int) -> str:
    return rng.choice("123456789") + "".join(rng.choices(string.digits, k=count - 1))


def grouped(number: str, sizes: tuple[int, ...], gap: str) -> str:
    """Digits in groups of these sizes; the last group takes what is left."""
    groups = []
    for size in sizes:
        groups.append(number[:size])
        number = number[size:]
    return gap.join([*groups, number] if number else groups)


def card(rng: random.Random) -> Plant:
    number = rng.choice("3456") + digits(rng, 14)
    doubled = (2 * int(d) - 9 * (int(d) > 4) if i % 2 == 0 else int(d) for i, d in enumerate(number))
    number += str(-sum(doubled) % 10)
    return Plant(
        "card", f"{rng.choice(['Card', 'Karte', ''])} {grouped(number, (4, 4, 4, 4), rng.choice(['', ' ', '-']))}"
    )


def iban(rng: random.Random) -> Plant:
    country, bban = rng.choice(
        [
            ("DE", digits(rng, 18)),
            ("GB", "".join(rng.choices("BDKLMNTW", k=4)) + digits(rng, 14)),
            ("IT", "X" + digits(rng, 22)),
        ]
    )
    check = 98 - int("".join(str(int(c, 36)) for c in bban + country + "00")) % 97
    written = f"{country}{check:02d}{bban}"
    return Plant(
        "iban", grouped(written, (4,) * 6, rng.choice(["", " "])), (bban[:4].lower(),) if country == "GB" else ()
    )


def phone(rng: random.Random) -> Plant:
    number = digits(rng, 10)
    forms = [
        f"({number[:3]}) {number[3:6]}-{number[6:]}",
        f"+1-{number[:3]}-{number[3:6]}-{number[6:]}",
        f"+49 {number[:2]} {number[2:]}",
        f"0{number[:2]} {number[2:6]} {number[6:]}",
        f"0{number[:1]} " + grouped(number[1:9], (2, 2, 2, 2), " "),
        f"+41 {number[:2]} {number[2:5]} {number[5:7]} {number[7:9]}",
        f"{number[:3]}.{number[3:6]}.{number[6:]}",
        number,
    ]
    return Plant("phone", f"{rng.choice(['Call', 'Tel', 'SMS to'])} {rng.choice(forms)}")


def address(rng: random.Random) -> Plant:
    street, number, city = name(rng), rng.randint(1, 999), name(rng)
    told = (street.lower(), city.lower())
    forms = [
        (
            f"{number} {street} {rng.choice(['Street', 'St', 'Avenue', 'Rd', 'Lane', 'Drive'])}, {city} 90210",
            told,
        ),
        (f"{number}B {street} Road", told[:1]),
        (
            f"{street}{rng.choice(['straße', 'strasse', 'weg', 'platz'])} {number}, 10115 {city}",
            (street.lower(), city.lower()),
        ),
        (f"{street} Str. {number}", told[:1]),
        (f"{number} rue de {street}", told[:1]),
        (f"{number}, avenue {street}, 75001 {city}", told),
        (f"Via {street} {number}", told[:1]),
        (f"Calle {street} {number}", told[:1]),
    ]
    text, names = rng.choice(forms)
    return Plant("address", f"{rng.choice(['Deliver to', 'Adresse', 'Address:', 'Statement for'])} {text}", names)


def parameter(rng: random.Random) -> Plant:
    key = rng.choice(
        ["name", "user", "first_name", "last_name", "username", "customer_name", "payee", "fullname", "nachname"]
    )
    first, last = name(rng), name(rng)
    form = rng.choice([f"{key}={first}", f"{key}={first} {last}", f"{key}: {first} {last}", f"{key}={first}+{last}"])
    return Plant("parameter", form, (first.lower(), last.lower()) if last in form else (first.lower(),))


def email(rng: random.Random) -> Plant:
    first, last, host = name(rng), name(rng), name(rng)
    at = rng.choice(["@", "@", " @ ", "(at)", "[at]"])
    return Plant("e-mail", f"{first}.{last}{at}{host}.example".lower(), (first.lower(), last.lower(), host.lower()))


def token(rng: random.Random) -> Plant:
    letters = string.ascii_letters + string.digits
    body = "".join(rng.choices(letters, k=rng.randint(18, 40))) + digits(rng, 2)
    jwt = ".".join("eyJ" + "".join(rng.choices(letters, k=30)) + digits(rng, 1) for _ in range(2))
    written = rng.choice([body, f"{rng.getrandbits(128):032x}", jwt])
    return Plant("token", written, (written.lower()[:12],))


def identifier(rng: random.Random) -> Plant:
    written = str(uuid.UUID(int=rng.getrandbits(128)))
    written = rng.choice([written, written.upper(), written.replace("-", "")])
    return Plant("uuid", written, (written.lower()[-12:],))


def ip(rng: random.Random) -> Plant:
    v4 = ".".join(str(rng.randint(11, 254)) for _ in range(4))
    v6 = ":".join(f"{rng.randint(4096, 65535):x}" for _ in range(8))
    written = rng.choice([v4, v6, v6[: v6.rindex(":")].replace(":", "::", 1)])
    return Plant("ip", f"from {written}", tuple(part for part in written.split(":") if len(part) > 3))


KINDS: tuple[Callable[[random.Random], Plant], ...] = (
    *(card, iban, phone, address, parameter, email, token, identifier, ip),
    lambda rng: Plant("account", f"Account {digits(rng, rng.randint(7, 12))}"),
    lambda rng: Plant("ssn", grouped(digits(rng, 9), (3, 2, 4), rng.choice(["-", " ", "."]))),
    lambda rng: Plant("greeting", f"Welcome back, {(first := name(rng))}", (first.lower(),)),
)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spelled(text: str) -> str:
    """Every character percent-encoded, which browsers do not do and people who hide something do."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


WRITINGS: tuple[Callable[[str], str], ...] = (
    *(str, str, str, str.upper),
    quote,
    lambda text: quote(quote(text)),
    spelled,
    html.escape,
    lambda text: "".join(f"&#{ord(c)};" for c in text),
    full_width,
)


def plants(seed: int, count: int) -> Iterator[Plant]:
    """Identifiers of every kind in every writing, in turn."""
    rng = random.Random(seed)
    for number in range(count):
        plant = KINDS[number % len(KINDS)](rng)
        write = rng.choice(WRITINGS)
        yield Plant(plant.kind, write(plant.text), plant.names)
