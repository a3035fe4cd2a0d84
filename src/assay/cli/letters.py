"""What the `letter` commands share: where a letter is written, in which language, whether it went out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from assay.cli.session import WrongUse, answer, say, session

if TYPE_CHECKING:
    from assay.governance.letters import Letter
    from assay.ledger import Ledger

Out = Annotated[Path, Parameter(help="The file to write: .pdf, .html or .md.")]
Lang = Annotated[Literal["en", "zh"], Parameter(name="--lang", help="The language of the letter.")]
Sent = Annotated[
    Literal["email", "post", "hand", "portal", "page"] | None,
    Parameter(help="Record that it went out this way, with its digest."),
]


def told_letter(
    ledger: Ledger, letter: Letter, out: Path, *, what: str, subject: str, permission: str,
    sent: str | None, as_: str | None, json: bool,
) -> None:  # fmt: skip
    """Write the letter, record that it went out where it did, say so."""
    from assay.core import digest_of
    from assay.governance.accounts import load_roles
    from assay.governance.letters import FORMS, send

    form = out.suffix.removeprefix(".")
    if form not in FORMS:
        raise WrongUse(
            str(out), f"end the file's name in {', '.join('.' + each for each in FORMS)}"
        )
    content = letter.content(form)
    said: dict[str, object] = {
        "what": what, "subject": subject, "language": letter.language, "file": str(out),
        "digest": digest_of(content),
    }  # fmt: skip
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    if sent is not None:
        entry = send(
            ledger, load_roles(session().settings.reference), session().must_sign(as_), permission,
            letter, what=what, subject=subject, channel=sent, zone="Asia/Shanghai",
        )  # fmt: skip
        said |= {"letter": entry.body["letter"], "seq": entry.seq}
    if not answer(said, json):
        tail = f", went out as {said['letter']} (entry {said['seq']})" if sent else ""
        say(f"{out}: {what} of {subject}{tail}")
