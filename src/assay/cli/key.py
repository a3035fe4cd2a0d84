"""`assay key ...`: key files and their registration. Private keys never enter the home."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import As, Json, WrongUse, answer, say, session

app = App(name="key", help="Key files: make, register, rotate.")


@app.command
def make(
    person: Annotated[str, Parameter(help="A person's code, or publication.")],
    *,
    as_: As = None,
    json: Json = False,
) -> None:
    """Make a key file in ASSAY_KEYS and register its public key in the journal.

    Example: `assay key make P-08 --as P-07`
    """
    from assay.desk import must_be_registered, register_key
    from assay.desk.founding import key_at
    from assay.ledger.heads import register_publication_key
    from assay.ledger.keys import PUBLICATION

    run = session()
    with run.desk() as desk:
        if person != PUBLICATION:
            must_be_registered(desk, person)
        owner = key_at(run.settings.keys, person)
        if person == PUBLICATION:
            register_publication_key(desk.ledger, owner)
        else:
            register_key(desk, run.signer(as_), owner)
    document = {"person": person, "key": owner.key, "public": owner.public}
    if not answer(document, json):
        say(f"{person}: key {owner.key} in {run.settings.keys / (person + '.key')}")


@app.command
def rotate(
    *,
    reason: Annotated[
        str, Parameter(help="Why the publication key changes: the journal keeps it.")
    ],
    successor: Annotated[str, Parameter(help="Name of the new key file.")] = "publication-next",
    json: Json = False,
) -> None:
    """Hand over from the publication key to a new one, both acts signed by the old one.

    The files change names: the new one becomes `publication.key`, the old one is kept beside it.

    Example: `assay key rotate --reason "yearly rotation"`
    """
    from assay.ledger import load_signer, make_key
    from assay.ledger.heads import rotate_publication_key
    from assay.ledger.keys import PUBLICATION, Signer

    run = session()
    keys = run.settings.keys
    if not reason.strip():
        raise WrongUse("--reason", "say why")
    old = load_signer(keys, PUBLICATION)
    made = make_key(keys, successor)
    new = Signer(PUBLICATION, made.private)
    with run.ledger() as ledger:
        rotate_publication_key(ledger, old, new, reason)
    for suffix in ("key", "pub"):
        (keys / f"{PUBLICATION}.{suffix}").rename(keys / f"{PUBLICATION}-{old.key}.{suffix}")
        (keys / f"{successor}.{suffix}").rename(keys / f"{PUBLICATION}.{suffix}")
    if not answer({"old": old.key, "new": new.key}, json):
        say(f"publication key {old.key} handed over to {new.key}")
