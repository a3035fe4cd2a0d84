"""A forger of bundles: changes what it likes and makes every hash fit again.

It lacks the publication's private key unless a test hands it over.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unit.verifier.small_agency import private, signer


def dumps(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Forger:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "journal.jsonl").read_text("utf-8")
        self.lines = [json.loads(line) for line in text.splitlines()]
        self.heads = json.loads((folder / "heads.json").read_text("utf-8"))
        self.manifest = json.loads((folder / "manifest.json").read_text("utf-8"))

    # ---- finding and changing ----------------------------------------------------------

    def contents(self, kind: str) -> list[dict[str, Any]]:
        return [
            line["content"] for line in self.lines if line.get("content", {}).get("kind") == kind
        ]

    def change(self, kind: str, edit: Callable[[dict[str, Any]], Any], place: int = 0) -> Forger:
        edit(self.contents(kind)[place])
        return self

    def withhold(self, kind: str) -> Forger:
        for line in self.lines:
            if line.get("content", {}).get("kind") == kind:
                del line["content"], line["salt"]
        return self

    def remove(self, kind: str) -> Forger:
        self.lines = [e for e in self.lines if e.get("content", {}).get("kind") != kind]
        return self

    # ---- making it fit -----------------------------------------------------------------

    def sign_acts(self) -> Forger:
        """Every signed act signed again by its own person's key (an insider's power)."""
        self.relink()
        home = self.lines[0]["digest"]
        for line in self.lines:
            content = line.get("content")
            if content and content["key"]:
                act = {name: content[name] for name in ("actor", "body", "key", "kind")}
                message = dumps({**act, "home": home})
                content["signature"] = signer(content["actor"]).sign(message)
        return self

    def relink(self) -> Forger:
        previous = "sha256:" + "0" * 64
        for seq, line in enumerate(self.lines, 1):
            if "content" in line:
                whole = bytes.fromhex(line["salt"]) + dumps(line["content"])
                line["commitment"] = sha(whole)
            line |= {"seq": seq, "previous": previous}
            link = {name: line[name] for name in ("seq", "previous", "commitment")}
            line["digest"] = previous = sha(dumps(link))
        return self

    def move_head(self) -> Forger:
        """The last head named anew, its signature left as it was."""
        end = {"seq": self.lines[-1]["seq"], "digest": self.lines[-1]["digest"]}
        self.heads[-1] |= end
        self.manifest["head"] = end
        return self

    def sign_head(self, name: str) -> Forger:
        self.move_head()
        agency = self.manifest["agency"]
        message = {"agency": agency, **{e: self.heads[-1][e] for e in ("seq", "digest")}}
        self.heads[-1]["key"] = signer(name).key
        self.heads[-1]["signature"] = private(name).sign(dumps(message)).hex()
        return self

    def tables(self) -> Forger:
        """The price tables written again from the forged journal."""
        rows = []
        kinds = ("price.published/1", "price.corrected/1", "price.not_assessed/1")
        for line in self.lines:
            content = line.get("content", {})
            if content.get("kind") in kinds:
                rows.append(self._row(line["seq"], content))
        rows.sort(key=lambda row: (row["series"], row["pricing_date"], row["entry"]))
        (self.folder / "prices.json").write_bytes(dumps(rows) + b"\n")
        columns = (
            "series", "pricing_date", "revision", "status", "low", "mid", "high", "unit",
            "branch", "late", "reason", "published_at", "entry",
        )  # fmt: skip
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            cells = {**row, "late": "yes" if row["late"] else "no"}
            writer.writerow("" if cells[each] is None else cells[each] for each in columns)
        (self.folder / "prices.csv").write_bytes(text.getvalue().encode())
        return self

    @staticmethod
    def _row(seq: int, content: dict[str, Any]) -> dict[str, Any]:
        body, tick = content["body"], content["body"].get("tick") or {}
        return {
            "series": body["series"], "pricing_date": body["pricing_date"],
            "revision": body["revision"],
            "status": content["kind"].removeprefix("price.").removesuffix("/1"),
            **{name: tick.get(name) for name in ("low", "mid", "high", "unit", "branch")},
            "late": bool(body.get("late", False)), "reason": body.get("reason"),
            "published_at": body["published_at"], "entry": seq,
        }  # fmt: skip

    def write(self) -> Path:
        """Journal, heads and a manifest whose hashes all fit."""
        journal = b"".join(dumps(line) + b"\n" for line in self.lines)
        (self.folder / "journal.jsonl").write_bytes(journal)
        (self.folder / "heads.json").write_bytes(dumps(self.heads) + b"\n")
        return self.fit_manifest()

    def fit_manifest(self) -> Path:
        self.manifest["files"] = {
            path.relative_to(self.folder).as_posix(): sha(path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != "manifest.json"
        }
        (self.folder / "manifest.json").write_bytes(dumps(self.manifest) + b"\n")
        return self.folder

    # ---- the two powers ----------------------------------------------------------------

    def outsider(self) -> Path:
        """Everything fits, but nobody signed it."""
        return self.relink().move_head().tables().write()

    def insider(self) -> Path:
        """Everything fits and is signed with all of the agency's own keys."""
        return self.sign_acts().relink().sign_head("publication").tables().write()
