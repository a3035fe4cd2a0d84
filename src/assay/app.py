"""The one place where the parts are joined: the faces of the program, behind one entry point."""


def main() -> None:
    """Run the command line."""
    from assay.cli.main import main as command_line

    command_line()
