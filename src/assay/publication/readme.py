"""The page for the reader of a bundle. The same in every bundle of one format version.

It carries no fact of any day, so that nothing in a bundle escapes the signature: the
verifier knows the hash of this text.
"""

FORMAT = "assay-bundle/1"

README = """\
# Prices of one or more days, with their proof

This folder shows what a price reporting agency published on the days named in
`manifest.json`, and lets you check it without trusting the agency's software.

| file | what it is |
|---|---|
| `prices.csv`, `prices.json` | the published values of the days, for reading and for programs |
| `journal.jsonl` | the agency's journal from its first entry to the signed head, one line an entry; entries not meant for you are sealed: you see that they exist, and can prove that nobody changed them |
| `heads.json` | the signed heads of the journal; the last one is its last line |
| `methodologies/` | the methodology documents that made the prices, exactly as they were in force |
| `reference/` | calendars and tables that the documents name |
| `evidence/` | the raw messages (bundles for auditors only) |
| `manifest.json` | the hash of every file |
| `manifest.sig` | the agency's seal on the manifest: with it, nobody else chose what you see |

## Check it

    python -m verifier THIS_FOLDER --key PUBLIC_KEY_FILE

The public key is not in this folder, on purpose: take it from the agency, from an
earlier day, or from somebody you trust, but never from whoever handed you the folder.
The verifier prints one line a price: `recomputed`, `differs`, or `not recomputed` and
why. It ends with exit code 0 (`verified`), 1 when something failed, 2 when it was called
wrongly, 3 (`UNSEALED`) when nothing failed but `manifest.sig` is missing: then somebody
may have left out what the agency shows, and you ask the agency itself.

Keep `heads.json`. With `--kept OLD_HEADS_FILE` a later bundle is held against it, and a
journal that was rewritten in between is found.

## What you can recompute

Prices made by a formula can be recomputed by anyone: their inputs are in the journal.
Where a licence forbids handing on an input, its value is sealed and the verifier says
`not recomputed: licence`. Prices assessed from what firms reported confidentially are
recomputed from a bundle for auditors, where the submissions are disclosed.

The format is specified in the agency's `docs/reference/bundle.md`; anybody can write
another verifier from it.
"""
