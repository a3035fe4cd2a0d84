"""A made-up year of an agency: firms, prices, messages, and misconduct that was planted."""
