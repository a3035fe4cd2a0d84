"""The one place where the parts are joined: settings in, a wired application out."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(2)
