from vidimus.storage import tags
from vidimus.storage.database import Database

ARN = "arn:aws:rekognition:us-east-1:000000000000:collection/people"


def test_tags_are_set_overwritten_and_taken_away(database: Database) -> None:
    with database.writing() as tx:
        assert tags.get(tx, ARN) == {}
        tags.put(tx, ARN, {"b": "2", "a": "1", "é": ""})
        tags.put(tx, ARN, {"b": "3"})
        tags.put(tx, ARN, {})
        assert list(tags.get(tx, ARN).items()) == [("a", "1"), ("b", "3"), ("é", "")]
        tags.remove(tx, ARN, ["a", "never there"])
        assert tags.get(tx, ARN) == {"b": "3", "é": ""}


def test_tags_of_one_resource_are_not_those_of_another(database: Database) -> None:
    with database.writing() as tx:
        tags.put(tx, ARN, {"a": "1"})
        tags.put(tx, f"{ARN}2", {"a": "2"})
        tags.delete_all(tx, ARN)
        assert tags.get(tx, ARN) == {}
        assert tags.get(tx, f"{ARN}2") == {"a": "2"}
