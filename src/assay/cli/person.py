"""`assay person ...`: the agency's people and their roles."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import As, Json, SomeDate, SomeOptionalDate, answer, say, say_table, session

app = App(name="person", help="Persons of the agency and their roles.")


@app.command
def add(
    person: Annotated[str, Parameter(help="A code, e.g. P-08; the name goes to the vault.")],
    *,
    role: Annotated[
        list[str], Parameter(help="analyst, price_manager, compliance, auditor, admin.")
    ],
    since: Annotated[SomeDate, Parameter(help="The first day of these roles.")],
    until: Annotated[
        SomeOptionalDate, Parameter(help="Their last day; open when left out.")
    ] = None,
    name: Annotated[str | None, Parameter(help="The person's name; goes to the vault.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Register a person with roles from a day on, or restate them by a new entry.

    Example: `assay person add P-08 --role analyst --since 2026-01-05 --name "Wu Anran" --as P-07`
    """
    from assay.desk import register_person

    run = session()
    with run.desk() as desk:
        entry = register_person(
            desk, run.signer(as_), person, role, since,
            name={"name": name} if name else None, until=until,
        )  # fmt: skip
    if not answer({"seq": entry.seq, "person": person, "roles": role}, json):
        say(f"{person}: {', '.join(role)} from {since} (entry {entry.seq})")


@app.command(name="list")
def list_(*, json: Json = False) -> None:
    """List the persons as registered today, by code.

    Example: `assay person list`
    """
    import sqlalchemy as sa

    from assay.ledger.book.home import active_key, person_on, persons

    with session().desk() as desk, desk.ledger.read() as connection:
        codes = sorted(set(connection.execute(sa.select(persons.c.person)).scalars()))
        rows = []
        for code in codes:
            held = person_on(connection, code, desk.today())
            key = active_key(connection, code)
            if held is not None:
                rows.append(
                    {"person": code, "roles": sorted(held.roles), "key": key and key["key"]}
                )
    if not answer({"persons": rows}, json):
        say_table("", ("person", "roles", "key"), [(r["person"], ", ".join(r["roles"]), r["key"]) for r in rows])  # fmt: skip
