"""`holdfast-verify`, and `python -m holdfast.verify`: Ctrl-C is handled before anything else is imported."""

from holdfast.kernel import interrupt


def main() -> None:
    """Run the command, and end with its exit code."""
    interrupt.mind()
    from holdfast.verify.main import main as verify  # noqa: PLC0415 - it takes 0.1 s

    verify()


if __name__ == "__main__":
    main()
