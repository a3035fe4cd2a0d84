"""`python -m assay`: the same as the command `assay`."""

from assay.app import main

main()
