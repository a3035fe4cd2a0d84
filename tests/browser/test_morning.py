"""A keyboard-only morning by two people in two browsers, and every attack on four eyes."""

import time

from assay.desk.clockwork import turn
from assay.ledger.book.prices import latest_tick, proposal_of
from tests.browser.conftest import state_of_series
from tests.unit.desk.conftest import DAY

SERIES = "AL-A00-FOSHAN"


def proposal(served):
    with served.room.ledger.read() as connection:
        return proposal_of(connection, SERIES, DAY)


def propose_by_keyboard(page, words="Deals around 22,180."):
    page.keyboard.press("r")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#panels .chip:has-text('proposed')")


def test_from_pending_to_published_by_keyboard_only(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1", viewport={"width": 390, "height": 844})
    page, queue = analyst.desk(), reviewer.review()
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector("#drawer:not([hidden]) .message")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector("tbody[data-place=pending] tr.group:has-text('· 0')")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector("dialog#exclude[open]")
    page.keyboard.press("1")
    page.keyboard.type("far from what was corroborated")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody[data-place=out] .chip:has-text('exclude')")
    page.keyboard.press("u")
    page.wait_for_selector("tbody[data-place=out]:not(:has(.chip:has-text('exclude')))")
    propose_by_keyboard(page)
    queue.wait_for_selector(f"article#card-{SERIES}")  # came over the live line
    queue.keyboard.press("j")
    queue.keyboard.press("a")
    queue.wait_for_selector("article .chip:has-text('approved')")
    served.room.clock("10:15:01")
    turn(served.room.desk)
    page.wait_for_selector("#panels .chip:has-text('published')")
    with served.room.ledger.read() as connection:
        tick = latest_tick(connection, SERIES, DAY)
    # One vote a firm, by tonnes: F02 tells 150 t at 22,160 and 200 t at 22,170.
    assert (str(tick["low"]), str(tick["high"])) == ("22150", "22200")
    assert proposal(served) is None


def test_a_key_struck_while_an_act_is_on_its_way_waits_for_it(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_selector("tbody[data-place=pending] tr.group:has-text('· 0')")
    # The answer of the server takes a second; the live line shows the act before.
    page.evaluate(
        "() => { const sent = window.fetch; window.fetch = async (address, how) => {"
        " const answer = await sent(address, how);"
        " if (how.method === 'POST') await new Promise((go) => setTimeout(go, 1000));"
        " return answer; }; }"
    )
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector("dialog#exclude[open]")
    page.keyboard.press("1")
    page.keyboard.type("far from what was corroborated")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody[data-place=out] .chip:has-text('exclude')")
    assert page.locator("dialog#exclude[open]").count() == 1  # not answered yet
    page.keyboard.press("u")
    page.wait_for_selector("tbody[data-place=out] .chip:has-text('exclude')", state="detached")
    judged = [e.body["decision"] for e in served.room.ledger.entries(kinds=["submission.judged/1"])]
    assert judged == ["exclude", "none"]


def test_nobody_approves_his_own_proposal_by_any_path(served, somebody):
    both = somebody("B-1")  # analyst, price manager and administrator at once
    page = both.desk()
    propose_by_keyboard(page)
    queue = both.review()
    assert queue.locator("article >> text=another person").count() == 1
    assert queue.locator("[data-hx-post$='/approve']").count() == 0
    mine = proposal(served)["proposal"]
    answer = both.post(f"/review/{SERIES}/approve", day=str(DAY), proposal=mine)
    assert answer.status == 422
    assert "review.same_person" in answer.text()
    assert state_of_series(served.room.desk) == "proposed"


def test_a_stale_tab_cannot_approve_what_it_did_not_show(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1")
    propose_by_keyboard(analyst.desk())
    reviewer.review()
    seen = proposal(served)["proposal"]
    served.room.deal("F03", "22260", "400")
    page = analyst.desk()
    page.wait_for_selector("#row-S-009")
    propose_by_keyboard(page, "One more deal came in.")

    deadline = time.monotonic() + 10
    # While the second is made, the first is void already and there is none.
    while (proposal(served) or {}).get("proposal", seen) == seen and time.monotonic() < deadline:
        time.sleep(0.1)
    answer = reviewer.post(f"/review/{SERIES}/approve", day=str(DAY), proposal=seen)
    assert answer.status == 422
    assert "proposal.void" in answer.text()
    assert "changed" in answer.text()


def test_a_refusal_stands_above_the_cards_and_stays(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1", viewport={"width": 390, "height": 844})
    propose_by_keyboard(analyst.desk())
    queue = reviewer.review()
    queue.wait_for_selector(f"article#card-{SERIES}")
    queue.evaluate("window.dispatchEvent(new Event('pagehide'))")  # this tab hears no more
    served.room.deal("F03", "22260", "400")
    queue.keyboard.press("j")
    queue.keyboard.press("a")
    queue.wait_for_selector("#cards > .finding:has-text('proposal.stale')")
    assert queue.locator("article#card-" + SERIES).count() == 1
    assert queue.locator("button .finding").count() == 0
    assert state_of_series(served.room.desk) == "proposed"


def test_what_changed_since_it_was_proposed_is_said_and_blocks(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1")
    propose_by_keyboard(analyst.desk())
    served.room.deal("F03", "22260", "400")
    queue = reviewer.review()
    queue.wait_for_selector("article .finding.warning")
    seen = proposal(served)["proposal"]
    answer = reviewer.post(f"/review/{SERIES}/approve", day=str(DAY), proposal=seen)
    assert "proposal.stale" in answer.text()


def test_an_analyst_cannot_reach_the_queue_and_a_manager_cannot_propose(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1")
    assert analyst.page.request.get(f"{served.address}/review").status == 403
    reviewer.review()
    answer = reviewer.post(f"/desk/{SERIES}/propose", day=str(DAY))
    assert answer.status == 422
    assert "person.not_permitted" in answer.text()


def test_a_returned_proposal_comes_back_with_words(served, somebody):
    analyst, reviewer = somebody("A-1"), somebody("M-1")
    page = analyst.desk()
    propose_by_keyboard(page)
    reviewer.review()
    seen = proposal(served)["proposal"]
    answer = reviewer.post(
        f"/review/{SERIES}/return", day=str(DAY), proposal=seen, words="look at F06 again"
    )
    assert answer.status == 303
    page.wait_for_selector("#panels .chip:has-text('determined')")


def test_a_phone_note_is_archived_read_and_confirmed(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("n")
    page.keyboard.type("F04")
    page.keyboard.press("Tab")
    page.keyboard.type("A00佛山 22190 成交100吨 自提 现款")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody[data-place=pending] tr.row:has-text('22,190')")


def test_a_broken_line_is_shown_and_resumed_without_gap_or_double(served, somebody):
    analyst = somebody("A-1")
    page = analyst.desk()
    page.evaluate(
        "window.seen = []; document.addEventListener('assay:entry', (e) => window.seen.push(e.detail.seq))"
    )
    analyst.context.set_offline(True)
    # Chromium keeps a loopback stream open while offline: close it as a dead network would.
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    served.room.deal("F05", "22175", "120", name="S-OFF")
    analyst.context.set_offline(False)
    page.reload()
    page.wait_for_selector("#row-S-OFF")
    served.room.deal("F05", "22176", "120", name="S-ON")
    page.wait_for_selector("#row-S-ON")
    assert page.locator("#row-S-OFF").count() == 1
