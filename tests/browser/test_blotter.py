"""The blotter while the journal moves: only what changed is touched, and nothing is lost."""

from __future__ import annotations

from assay.ledger import Draft

MARK = "document.querySelectorAll('#blotter tr.row').forEach((row) => { row.kept = true; })"
KEPT = "[...document.querySelectorAll('#blotter tr.row')].filter((row) => row.kept).length"
TEXT = "document.getElementById('blotter').innerText"


def settled(page, seq: int):
    """The page when it has heard of everything and asked for it."""
    page.wait_for_selector(f"body[data-head='{seq}']")
    page.wait_for_timeout(1200)
    return page


def fields_of(served, name: str) -> dict:
    received = served.room.ledger.entries(kinds=["submission.received/1"])
    return next(each.body["fields"] for each in received if each.body["submission"] == name)


def test_after_every_change_the_page_is_as_if_loaded_anew(served, somebody):
    page = somebody("A-1").desk()
    room = served.room
    room.deal("F03", "22230", "90", name="S-A", confirmed=False)
    page.wait_for_selector("tbody[data-place=pending] #row-S-A")
    page.evaluate(MARK)
    count = page.locator("#blotter tr.row").count()
    room.deal("F04", "22135", "60", name="S-B", confirmed=False)
    said = {**fields_of(served, "S-A"), "low": "22240", "high": "22240"}
    confirmed = {"submission": "S-A", "fields": said}
    dropped = {"submission": "S-008", "reason": "no datum"}
    room.ledger.append([Draft("submission.confirmed/1", "A-1", confirmed)])
    room.ledger.append([Draft("submission.discarded/1", "A-1", dropped)])
    settled(page, room.ledger.head().seq)
    page.wait_for_selector("tbody[data-place=in] #row-S-A:has-text('22,240')")
    page.wait_for_selector("#row-S-008", state="detached")
    assert page.evaluate(KEPT) >= count - 2  # what did not move was never replaced
    shown = page.evaluate(TEXT)
    page.reload()
    page.wait_for_selector("#line.live")
    assert page.evaluate(TEXT) == shown


def test_a_change_takes_neither_the_row_in_hand_nor_the_words_being_written(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("j")
    page.keyboard.press("j")
    mine = page.evaluate("document.activeElement.id")
    served.room.deal("F05", "22205", "110", name="S-C")
    page.wait_for_selector("#row-S-C")
    assert page.evaluate("document.activeElement.id") == mine
    page.keyboard.press("r")
    page.keyboard.type("Six deals")
    served.room.deal("F06", "22215", "110", name="S-D")
    page.wait_for_selector("#row-S-D")
    page.keyboard.type(" agree.")
    page.click("#blotter thead")
    settled(page, served.room.ledger.head().seq)
    assert page.input_value("#rationale") == "Six deals agree."


def test_a_fast_journal_asks_one_question_at_a_time(served, somebody):
    page = somebody("A-1").desk()
    under_way, most = [0], [0]

    def asked(request):
        if "/fresh" in request.url:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])

    def answered(request):
        if "/fresh" in request.url:
            under_way[0] -= 1

    page.on("request", asked)
    page.on("requestfinished", answered)
    page.on("requestfailed", answered)
    for number in range(20):
        served.room.deal("F02", str(22150 + number), "50", name=f"S-F{number}")
    settled(page, served.room.ledger.head().seq)
    page.wait_for_selector("#row-S-F19")
    assert most[0] == 1
