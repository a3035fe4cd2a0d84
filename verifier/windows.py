"""The publication window: inside it, or flagged late; never before it opens.

The hours come from the document then in force, changed only by an arrangement of that
day that the journal shows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from verifier.chain import Act, Journal, instant
from verifier.days import CORRECTED, NOT_ASSESSED, PUBLISHED, Days, PriceDay
from verifier.documents import Documents
from verifier.report import Report

#: Two writers' clocks may differ by this much.
STUMBLE = timedelta(seconds=2)
#: The recorded time may follow the published instant by this much.
RECORDING = timedelta(minutes=1)


def check_windows(journal: Journal, days: Days, documents: Documents, report: Report) -> None:
    """Every value of the bundle against its window and its own recorded time."""
    for price in days.values():
        for act in price.ends if price.asked else ():
            with report.place(act.where):
                _check_recording(act, report)
                if act.kind == PUBLISHED:
                    _check_window(journal, price, act, documents, report)


def _check_recording(act: Act, report: Report) -> None:
    if act.kind == NOT_ASSESSED:  # may be decided before the window in which it shows
        return
    published = instant(act.body["published_at"])
    if published > act.recorded_at + STUMBLE:
        report.problem("price.embargo", act.where, "recorded before the instant it was out for all")
    elif act.recorded_at - published > RECORDING:
        report.problem("price.backdated", act.where, f"recorded only at {act.recorded_at}")


def _check_window(
    journal: Journal, price: PriceDay, act: Act, documents: Documents, report: Report
) -> None:
    hours = window_of(journal, price, act, documents)
    if hours is None:
        report.note(f"{price.where}: its document names no publication window")
        return
    opens, closes = hours
    published, late = instant(act.body["published_at"]), bool(act.body["late"])
    shown = f"published at {published.isoformat()}, window {opens.time()}-{closes.time()} UTC"
    if published < opens:
        report.problem("price.before_window", act.where, shown)
    elif max(published, act.recorded_at - STUMBLE) >= closes and not late:
        report.problem("price.after_window", act.where, f"{shown}, not flagged late")
    elif late and published < closes:
        report.problem("price.not_late", act.where, f"{shown}, yet flagged late")


def window_of(
    journal: Journal, price: PriceDay, act: Act, documents: Documents
) -> tuple[datetime, datetime] | None:
    """When the window of this price opened and closed, in UTC, or None without one."""
    document = documents.in_force(price)
    hours = dict(document.get("hours", {})) if document else {}
    for each in journal.of("day.arranged/1"):
        told = each.body
        about = told["pricing_date"] == price.pricing_date and price.series in told["series"]
        if each.seq < act.seq and about:
            hours |= {name: told[name] for name in ("opens", "closes") if told.get(name)}
    if not hours.get("opens") or not hours.get("closes"):
        return None
    day = date.fromisoformat(price.pricing_date)
    return (
        at(day, _clock(hours["opens"]), hours["zone"]),
        at(day, _clock(hours["closes"]), hours["zone"]),
    )


def _clock(given: object) -> time:
    return given if isinstance(given, time) else time.fromisoformat(str(given))


def at(day: date, clock: time, zone: str) -> datetime:
    """The instant when the clock of `zone` shows `clock` on `day`, in UTC."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


__all__ = ["CORRECTED", "at", "check_windows", "window_of"]
