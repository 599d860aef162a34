"""SQLite: write transactions start IMMEDIATE, and a failed start gives its lock back.

Tortoise's own BEGIN is deferred: two processes that read, then write fail at once with "database is locked"
in spite of the busy timeout. And its lock stays taken when BEGIN fails.
"""

import sqlite3

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as failure:
            raise OperationalError(failure) from failure


class SafeTransactionContext(SqliteTransactionContext):
    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            await self._begin()
        except BaseException:
            self._trxlock.release()
            raise
        return self.connection

    async def _begin(self) -> None:
        try:
            await self.connection.begin()
        except BaseException:
            get_connections().reset(self.token)
            raw = self.connection._connection
            if raw is not None and raw.in_transaction:
                await raw.rollback()
            raise


class Client(SqliteClient):
    def _in_transaction(self) -> TransactionContext:
        return SafeTransactionContext(ImmediateTransaction(self), self._lock)


client_class = Client
