"""One file a resource. A route names what is decided; asking.py does the rest."""
