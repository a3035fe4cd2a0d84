"""A day made by the real desk, from opening to a correction with its cascade, then checked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.verifier.forger import Forger
from unit.verifier.small_agency import DAY, METHODOLOGIES, ROOT, SmallAgency, signer

from assay import desk as acts
from assay.ledger.book.prices import proposal_of
from assay.methodology import library_of, load_methodology, load_reference
from assay.publication import export_days
from verifier import verify

REFERENCE = ROOT / "reference"
FAMILIES = ("al-a00", "al-lc", "cea", "ci-al")


class RealDay(SmallAgency):
    """The small agency's registers and data, its acts by the desk."""

    def desk(self) -> acts.Desk:
        reference = load_reference(REFERENCE)
        documents = (
            load_methodology(path, reference)
            for family in FAMILIES
            for path in sorted((METHODOLOGIES / family).glob("*.toml"))
        )
        return acts.Desk(
            self.ledger,
            library_of(documents),
            acts.load_permissions(REFERENCE),
            reference.calendars,
            documents=METHODOLOGIES,
            reference=REFERENCE,
            after_publication=lambda _: self.sign(),
        )

    def morning(self) -> None:
        self.people()
        self.firms()
        self.facts()
        self.clock.shanghai("08:00:00")
        desk = self.desk()
        acts.open_day(desk, signer("P-01"), DAY, ["AL-A00-FOSHAN", "AL-LC"])
        self.clock.shanghai("09:45:00")
        for deal in (("S-1", "F01", "22180", "200"), ("S-2", "F02", "22170", "100"),
                     ("S-3", "F03", "22200", "100"), ("S-4", "F04", "22300", "30")):  # fmt: skip
            self.submit(*deal)
        self.clock.shanghai("10:13:30")
        acts.screen(desk, signer("P-01"), DAY)
        acts.determine_series(desk, signer("P-01"), DAY)
        acts.propose(desk, signer("P-01"), DAY)
        self.approve()
        self.clock.shanghai("10:16:00")
        acts.publish(desk, signer("P-03"), DAY)

    def approve(self) -> None:
        for series in ("AL-A00-FOSHAN", "AL-LC"):
            with self.ledger.read() as connection:
                standing = proposal_of(connection, series, DAY)
            assert standing is not None
            acts.approve(self.desk(), signer("P-03"), series, DAY, standing["proposal"])

    def afternoon(self) -> None:
        """F03's deal was 22,230: see `small_agency.corrected` for the sums."""
        self.clock.shanghai("11:00:00")
        fields = {**self.rows()[2], "low": "22230", "high": "22230"}
        own = {k: v for k, v in fields.items() if k not in (
            "id", "group", "channel", "evidence", "received_at")}  # fmt: skip
        self.add("submission.confirmed/1", {"submission": "S-3", "fields": own}, "P-01")
        acts.correct(
            self.desk(), signer("P-01"), DAY, "AL-A00-FOSHAN", "F03 restated", "contributor_error"
        )
        self.approve()
        acts.publish_correction(self.desk(), signer("P-03"), DAY, "AL-A00-FOSHAN")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealDay]:
    day = RealDay(tmp_path_factory.mktemp("real"))
    day.morning()
    day.afternoon()
    for audience in ("auditor", "public"):
        out = day.folder / audience
        export_days(day.ledger, DAY, DAY, audience, out, METHODOLOGIES, REFERENCE)
    yield day
    day.ledger.close()


def test_the_auditor_recomputes_everything(day: RealDay) -> None:
    report = verify(day.folder / "auditor", day.key)
    assert report.problems == []
    assert [(e.series, e.revision, e.value, e.verdict) for e in report.lines] == [
        ("AL-A00-FOSHAN", 0, "22170/22180/22200", "recomputed"),
        ("AL-A00-FOSHAN", 1, "22170/22190/22230", "recomputed"),
        ("AL-LC", 0, "22947/22957/22977", "recomputed"),
        ("AL-LC", 1, "22947/22967/23007", "recomputed"),
    ]
    assert not [note for note in report.notes if "not checked" in note]


def test_the_public_recomputes_the_formula(day: RealDay) -> None:
    report = verify(day.folder / "public", day.key)
    assert report.problems == []
    assert [(e.series, e.verdict) for e in report.lines] == [
        ("AL-A00-FOSHAN", "not recomputed"),
        ("AL-A00-FOSHAN", "not recomputed"),
        ("AL-LC", "recomputed"),
        ("AL-LC", "recomputed"),
    ]


def test_the_calendar_that_the_age_was_counted_on_is_in_the_bundle(day: RealDay) -> None:
    names = [path.name for path in (day.folder / "public" / "reference").iterdir()]
    assert [name for name in names if name.startswith("CEA-")]


def test_a_bundle_cut_at_the_older_head_is_found_by_who_kept_the_newer(
    day: RealDay, tmp_path: Path
) -> None:
    """The correction is cut off with an honest older signature; only a kept head tells."""
    copy = Path(shutil.copytree(day.folder / "auditor", tmp_path / "cut"))
    kept = copy.parent / "kept.json"
    kept.write_bytes((copy / "heads.json").read_bytes())
    forger = Forger(copy)
    forger.heads.pop()
    end = forger.heads[-1]
    forger.lines = forger.lines[: end["seq"]]
    forger.manifest["head"] = {name: end[name] for name in ("digest", "seq")}
    folder = forger.tables().write()
    honest = verify(folder, day.key)
    assert [each.revision for each in honest.lines] == [0, 0]
    report = verify(folder, day.key, kept)
    assert "kept.newer" in {problem.code for problem in report.problems}
