"""Client of Pauta's recommendation API."""

from pauta_client.answers import Item, PautaError, Recommendations
from pauta_client.asynchronous import AsyncClient
from pauta_client.synchronous import Client

__all__ = ["AsyncClient", "Client", "Item", "PautaError", "Recommendations"]
