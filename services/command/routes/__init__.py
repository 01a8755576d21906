"""One file a resource. A route names what is decided; asking.py does the rest."""

from services.command.routes import imports, key_results, objectives, workspaces

ROUTERS = (workspaces.router, objectives.router, key_results.router, imports.router)
