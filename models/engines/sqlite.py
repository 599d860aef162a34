"""SQLite: write transactions start IMMEDIATE, a failed start gives its lock back, and scripts don't commit.

Tortoise's own BEGIN is deferred: two processes that read, then write fail at once with "database is locked"
in spite of the busy timeout. Its lock stays taken when BEGIN fails. And sqlite3 commits before a script.
"""

import re
import sqlite3
from collections.abc import Iterator

from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
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

    async def execute_script(self, query: str) -> None:
        for statement in statements(query):
            await self.execute_query(statement)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(ImmediateTransaction(self))


def statements(script: str) -> Iterator[str]:
    """The script's statements; SQLite's own tokenizer says where each ends (a trigger has semicolons inside)."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


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
        wrapper: TransactionalDBClient = self.connection
        return wrapper

    async def _begin(self) -> None:
        try:
            await self.connection.begin()
        except BaseException:
            get_connections().reset(self.token)
            # Cancelled, BEGIN may still wait in the connection's thread: the rollback queues up behind it.
            await self.connection._connection.rollback()
            raise


class Client(SqliteClient):
    def _in_transaction(self) -> TransactionContext:
        return SafeTransactionContext(ImmediateTransaction(self), self._lock)


client_class = Client
