from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from tests.storage.rows import MOMENT, add_collection
from vidimus.storage.database import Database
from vidimus.storage.tables import Moment, collection

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    kept = Moment().process_bind_param(moment, DIALECT)
    back = Moment().process_result_value(kept, DIALECT)
    assert back == moment.astimezone(back.tzinfo if back else None)


def test_a_moment_is_read_in_utc(database: Database) -> None:
    with database.writing() as tx:
        add_collection(tx, "people")
        read = tx.connection.execute(select(collection.c.created_at)).scalar_one()
    assert read == MOMENT
    assert read.utcoffset() == timedelta(0)
    assert read == MOMENT.astimezone(timezone(timedelta(hours=5)))


def test_a_naive_moment_is_refused(database: Database) -> None:
    naive = select(collection).where(collection.c.created_at == MOMENT.replace(tzinfo=None))
    with database.reading() as tx, pytest.raises(StatementError, match="time zone"):
        tx.connection.execute(naive)
