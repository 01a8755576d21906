"""`python -m infra.cli`: the command line without an installed `northing`."""

from infra.cli.main import main

main()
