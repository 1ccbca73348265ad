"""What a port to another warehouse is told to supply is what the code asks for."""

import porting_lists


def test_the_page_lists_what_the_code_asks_of_a_warehouse():
    page = porting_lists.PAGE.read_text()
    assert page == porting_lists.with_lists(page), "run: python tests/porting_lists.py"


def test_whatever_is_dispatched_has_a_default():
    alone = [name for name, (_, _, warehouses) in porting_lists.forms().items() if "default" not in warehouses]
    assert alone == []
