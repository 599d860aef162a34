"""PostgreSQL: a cancelled start of a transaction gives its connection back, and no RESET round trip.

Tortoise takes a connection, then awaits BEGIN; cancelled in between, the connection never returns to the pool
(asyncpg #97, SQLAlchemy #6652 are the same class).
"""

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections


class Connection(asyncpg.Connection):
    """asyncpg still rolls back an open transaction on release; nothing else of ours outlives one."""

    def get_reset_query(self) -> str:
        return ""


class SafeTransactionContext(TransactionContextPooled):
    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        connection = await pool.acquire()
        token = None
        try:
            self.client._connection = connection
            token = self.token = get_connections().set(self.connection_name, self.client)
            await self.client.begin()
        except BaseException:
            if token is not None:
                get_connections().reset(token)
            await pool.release(connection)  # asyncpg shields the release itself
            raise
        return self.client


class Client(AsyncpgDBClient):
    connection_class = Connection  # type: ignore[assignment] # Tortoise leaves asyncpg's record type open

    def _in_transaction(self) -> TransactionContext:
        return SafeTransactionContext(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
