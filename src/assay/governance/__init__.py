"""How the house is run: accounts, contributors, integrity, changes, complaints, controls."""
