"""`python -m holdfast.verify`."""

from holdfast.verify.main import main

main()
